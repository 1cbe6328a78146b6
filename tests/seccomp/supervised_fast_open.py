# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Calls that connect and send in one (MSG_FASTOPEN), under a supervisor: redirected with their data."""
from fast_open_scene import *


def in_the_log(scene, log, name, count):
    to = f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
    lines = [line for line in lines_of(log) if f" to={to} " in line and " error=" not in line]
    equal(len(lines), count, f"connections to {to} by the relay")


@case
def a_static_program_by_each_of_the_calls(scene):
    for _ in each_kernel():
        for name in (scene.origin(), scene.origin(ORIGIN6)):
            log = scene.log()
            program = scene.ends_with(0, "--log", log, "--", helper("strange_client"), "fastopen", *name)
            equal(program.stdout(), "<pingping>\n" * 3, "what came back")
            in_the_log(scene, log, name, 3)


EACH = """
for send in (sendto, sendmsg, sendmmsg):
    with fresh() as sock:
        sock.setblocking(BLOCKING)
        sock.setsockopt(socket.IPPROTO_TCP, 34, 1)  # TCP_FASTOPEN_NO_COOKIE
        sent = send(sock, b"hello ")
        if not BLOCKING:
            select.select([], [sock], [], 10)
        sock.setblocking(True)
        peer = sock.getpeername()[:2]
        sock.sendall(b"you")
        print(sent, peer == name, answer(sock).decode(), in_the_syn(sock))
"""


@case
def blocking_or_not_the_data_is_in_the_syn(scene):
    for _ in each_kernel():
        for address in (ORIGIN4, ORIGIN6):
            name = scene.origin(address)
            for blocking in (True, False):
                log = scene.log()
                program = scene.ends_with(0, "--log", log, "--",
                                          *calling(EACH.replace("BLOCKING", str(blocking)), name))
                equal(program.stdout(), f"6 True <hello you> {both_sides_may()}\n" * 3, f"blocking: {blocking}")
                in_the_log(scene, log, name, 3)


MAPPED = """
for send in (sendto, sendmsg, sendmmsg):
    with socket.socket(socket.AF_INET6) as sock:
        print(send(sock, b"hello", address=packed(("::ffff:" + name[0], name[1]))), sock.getpeername()[0],
              answer(sock).decode())
"""


@case
def an_address_of_the_other_family(scene):
    name, log = scene.origin(), scene.log()
    program = scene.ends_with(0, "--log", log, "--", *calling(MAPPED, name))
    equal(program.stdout(), f"5 ::ffff:{ORIGIN4} <hello>\n" * 3, "an IPv6 socket to an IPv4 address")
    in_the_log(scene, log, name, 3)


COOKIES = """
for number in range(4):
    with fresh() as sock:
        print(sendto(sock, b"hello"), answer(sock).decode())
"""


@case
def with_cookies_the_first_sends_later(scene):
    name, log = scene.origin(), scene.log()
    program = scene.ends_with(0, "--log", log, "--", *calling(COOKIES, name))
    equal(program.stdout(), "5 <hello>\n" * 4, "what came back")
    in_the_log(scene, log, name, 4)


WITHOUT_COOKIE = """
with fresh() as sock:
    sock.setblocking(False)
    begun = SEND(sock, b"early")
    select.select([], [sock], [], 10)
    sock.sendall(b"hello")
    print(begun, answer(sock).decode())
"""


@case
def without_a_cookie_what_does_not_wait_sends_nothing(scene):
    for number, call in enumerate(("sendto", "sendmsg", "sendmmsg"), 91):
        proxy = scene.origin(f"127.0.0.{number}")  # nobody has a cookie of this address
        program = scene.ends_with(0, "--to", f"{proxy[0]}:{proxy[1]}", "--",
                                  *calling(WITHOUT_COOKIE.replace("SEND", call), (NOBODY4, 80)))
        equal(program.stdout(), "EINPROGRESS <hello>\n", f"{call}, and what came back")


PUT_OFF = """
with fresh() as sock:
    sock.setsockopt(socket.IPPROTO_TCP, 34, 1)
    sock.setsockopt(socket.IPPROTO_TCP, 30, 1)  # TCP_FASTOPEN_CONNECT
    sock.connect(name)
    print(sendto(sock, b"hello") if FAST_TOO else sock.send(b"hello"), answer(sock).decode(), in_the_syn(sock))
"""


@case
def a_connect_that_is_put_off(scene):
    name = scene.origin()
    for too in (False, True):
        log = scene.log()
        program = scene.ends_with(0, "--log", log, "--", *calling(PUT_OFF.replace("FAST_TOO", str(too)), name))
        equal(program.stdout(), f"5 <hello> {both_sides_may()}\n", "what came back")
        in_the_log(scene, log, name, 1)


LARGE = """
import random
data = random.Random(1).randbytes(1 << 20)
place = at(data)
parts = [(place + 1024 * number, 1024) for number in range(1024)]
for blocking in (True, False):
    with fresh() as sock:
        sock.setblocking(blocking)
        sock.setsockopt(socket.IPPROTO_TCP, 34, 1)
        sent = sendmsg(sock, b"", parts=parts)
        came = answer(sock)
        print(sent == len(data) if blocking else 0 < sent < len(data), came == b"<" + data[:sent] + b">")
"""


@case
def a_mebibyte_in_1024_pieces_arrives_whole(scene):
    name, log = scene.origin(), scene.log()
    program = scene.ends_with(0, "--log", log, "--", *calling(LARGE, name))
    equal(program.stdout(), "True True\n" * 2, "sent whole, and came back whole")
    in_the_log(scene, log, name, 2)


@case
def a_proxy_gets_what_goes_to_nobody(scene):
    for address, nobody in ((ORIGIN4, NOBODY4), (ORIGIN6, NOBODY6)):
        proxy = scene.origin(address)
        at = f"[{proxy[0]}]:{proxy[1]}" if ":" in address else f"{proxy[0]}:{proxy[1]}"
        program = scene.ends_with(0, "--to", at, "--", helper("strange_client"), "fastopen", nobody, 80)
        equal(program.stdout(), "<pingping>\n" * 3, "what came back")


@case
def what_no_rule_is_about_passes(scene):
    name = scene.origin()
    program = scene.ends_with(0, "-v", f"remote-port={name[1] ^ 1}", "--", *calling(COOKIES, name))
    equal(program.stdout(), "5 <hello>\n" * 4, "what came back")
    check("4 connects: 0 redirected, 4 passed" in program.stderr(), program.stderr())


def asked(scene, verdict, wait=0):
    path = f"{scene.directory}/program"
    with open(path, "w") as file:
        file.write(f"#!/bin/sh\nread -r line; sleep {wait}; echo {verdict}\n")
    os.chmod(path, 0o700)
    return ["--ask", path]


ASKED = """
with fresh() as sock:
    sock.setblocking(BLOCKING)
    sock.setsockopt(socket.IPPROTO_TCP, 34, 1)
    begin = time.monotonic()
    sent = SEND(sock, b"hello", FLAGS)
    quick = time.monotonic() - begin < 0.5
    try:
        came = sent if sent == "EPERM" else answer(sock).decode()
    except OSError as error:
        came = errno.errorcode[error.errno]
print(sent, quick, came)
"""


@case
def somebody_is_asked_about_them(scene):
    name = scene.origin()
    every, held = ("sendto", "sendmsg", "sendmmsg"), "5 True <hello>"
    for calls, blocking, flags, verdict, expected in (
        (every[:1], True, "0", "redirect", ["5 False <hello>"]),
        (every[2:], True, "0", "block", ["EPERM False EPERM"]),
        (every, False, "0", "redirect", [held]),
        (every[1:2], True, "DONTWAIT", "redirect", [held]),
        (every[2:], False, "0", "block", [f"5 True {error}" for error in ("ECONNRESET", "EPIPE", "ENOTCONN", "")]),
    ):
        for call in calls:
            script = ASKED.replace("BLOCKING", str(blocking)).replace("FLAGS", flags).replace("SEND", call)
            program = scene.ends_with(0, *asked(scene, verdict, 1), "--", *calling(script, name))
            check(program.stdout().rstrip("\n") in expected,
                  f"{call}, blocking {blocking}, {flags}, {verdict}: {program.stdout()!r}, not {expected}")


@case
def three_thousand_leave_nothing(scene):
    leaves_nothing(scene, "manyfast", 1000, 2000, 8192)


main(__file__)
