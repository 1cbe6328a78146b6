# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither relay: the embedded proxy as a program of its own."""
import os
import re
import socket
import threading

from chain_proxies import RESET, Destination, Proxy, fetch, hops, redirector
from kernel_connection import GROUND
from kernel_program import *
from kernel_scene import *

PORT = 12345


def start(scene, *words, ports=(PORT,), **options):
    return Program(scene, [scene.whither, "relay", *words], ports, **options)


def line_matches(line, pid, target, chain, sent, received, more=""):
    at = f"[{target[0]}]:{target[1]}" if ":" in target[0] else f"{target[0]}:{target[1]}"
    expected = (rf"(whither: )?connection \d+: pid={pid} name=\S+ user=\S+ exe=\S+ "
                rf"to={re.escape(at)} hops={re.escape(chain)}{more} "
                rf"sent={sent} received={received} time=\S+")
    check(re.fullmatch(expected, line), f"the line is {line!r}, expected {expected!r}")


@case
def it_serves_relates_and_tells(scene):
    scene.up("web", redirector("one", PORT, f"listen = [::1]:{PORT}\ncontext = text:a b\n"))
    scene.up("later", redirector("two", 12002, "listen = [::1]:12002\nweight = -1\n"))
    relay = start(scene, "-v", "--listen", f"127.0.0.1:{PORT}", "-l", f"[::1]:{PORT}")
    second = Proxy(scene, 12002, address="::")
    for origin in (ORIGIN4, ORIGIN6):
        target = Destination(scene, origin).name
        client = scene.child(fetch, target)
        pid = client.pid
        equal(client.result()[0], b"<ping>", "answer")
        seen = second.seen()
        equal((seen["hops"], seen["pid"]), (hops("web/one", "later/two"), pid), "the chain")
        line = relay.error_line()
        line_matches(line.replace("\"text:a b\"", "CONTEXT"), pid, target, "web/one", 4, 6,
                     " context=CONTEXT")
    relay.signal(signal.SIGTERM)
    equal(relay.ends(), 0, "exit status")
    equal(relay.stdout(), "", "its output")


@case
def without_v_it_is_silent_and_the_log_has_it_all(scene):
    scene.up("web", redirector("one", PORT))
    log = f"{scene.directory}/log"
    relay = start(scene, "--log", log, "--listen", f"127.0.0.1:{PORT}")
    target = Destination(scene).name
    pids = []
    for _ in range(3):
        client = scene.child(fetch, target)
        pids.append(client.pid)
        equal(client.result()[0], b"<ping>", "answer")
    relay.signal(signal.SIGINT)
    equal(relay.ends(), 0, "exit status")
    equal((relay.stdout(), relay.stderr()), ("", ""), "what it says")
    with open(log) as file:
        lines = file.read().splitlines()
    equal(len(lines), 3, "lines in the log")
    for pid, line in zip(pids, lines):
        moment, rest = line.split(" ", 1)
        check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", moment), f"time {moment}")
        line_matches(rest, pid, target, "web/one", 4, 6)


@case
def a_destination_that_refuses_is_a_reset_for_the_client(scene):
    scene.up("web", redirector("one", PORT))
    relay = start(scene, "-v", "--listen", f"127.0.0.1:{PORT}")
    found = scene.child(fetch, (ORIGIN4, 1)).result()[0]
    check(found in RESET, f"the client found {found}")
    check("ECONNREFUSED" in relay.error_line(), "the line does not say why")
    # Who comes directly is turned away.
    found = scene.child(fetch, ("127.0.0.1", PORT)).result()[0]
    check(found in RESET, f"a direct client found {found}")
    check("was not redirected" in relay.error_line(), "the line does not say why")
    target = Destination(scene).name
    equal(scene.child(fetch, target).result()[0], b"<ping>", "it serves on")


def much(target, size):
    """Sends and receives at once; the bytes that came back."""
    with socket.create_connection(target, timeout=30) as client:
        data = os.urandom(65536) * (size // 65536)

        def send():
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        got = bytearray()
        while part := client.recv(1 << 20):
            got += part
        sender.join()
        return got == data


def mirror(listener):
    while True:
        accepted, _ = listener.accept()
        with accepted:
            while part := accepted.recv(1 << 20):
                accepted.sendall(part)


@case
def what_goes_through_comes_out_unchanged(scene):
    scene.up("web", redirector("one", PORT))
    start(scene, "--listen", f"127.0.0.1:{PORT}")
    listener = scene.listen(ORIGIN4)
    listener.settimeout(None)
    scene.child(mirror, listener)
    for size in (65536, 16 << 20):
        check(scene.child(much, listener.getsockname(), size).result(60), f"{size} bytes")


@case
def sockets_that_are_handed_over_are_listened_on(scene):
    scene.up("web", redirector("one", PORT))
    listener = scene.listen("127.0.0.1", PORT)
    script = 'exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" relay -v'
    relay = Program(scene, ["bash", "-c", script, scene.whither], stdin=listener)
    listener.close()
    target = Destination(scene).name
    client = scene.child(fetch, target)
    pid = client.pid
    equal(client.result()[0], b"<ping>", "answer")
    line_matches(relay.error_line(), pid, target, "web/one", 4, 6)


@case
def what_it_cannot_do_it_says(scene):
    for words, status in (((), 2), (("--listen", "127.0.0.1"), 2), (("word",), 2),
                          (("--listen", "192.0.2.99:1"), 1)):
        relay = Program(scene, [scene.whither, "relay", *words])
        equal(relay.ends(), status, f"relay {' '.join(words)}")
        check(relay.stderr().startswith("whither: "), f"relay {' '.join(words)}: {relay.stderr()}")


main(__file__, ground=GROUND)
