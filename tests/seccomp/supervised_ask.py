# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither run --ask PROGRAM: who is asked, what is waited for, and what when there is no answer."""
import json
import stat

from seccomp_scene import *


def program(scene, text, name="program"):
    """An executable script that is asked."""
    path = f"{scene.directory}/{name}"
    with open(path, "w") as file:
        file.write(f"#!/bin/sh\n{text}\n")
    os.chmod(path, stat.S_IRWXU)
    return path


def questions(scene):
    try:
        return [json.loads(line) for line in lines_of(f"{scene.directory}/questions")]
    except FileNotFoundError:
        return []


def says(scene, verdict, wait=0):
    """A program that notes its question and says verdict."""
    return program(scene, f"read -r line; echo \"$line\" >> {scene.directory}/questions\n"
                          f"sleep {wait}; echo {verdict}")


def asks(scene, status, words, *options, **more):
    return scene.ends_with(status, *options, "--", *words, **more)


@case
def the_question_says_who_and_whither(scene):
    name = scene.origin()
    done = asks(scene, 0, [helper("strange_client"), "plain", *name], "-v", "--ask", says(scene, "redirect"))
    equal(done.stdout(), "<ping>\n", "output")
    asked = questions(scene)
    equal(len(asked), 1, "questions")
    equal(asked[0]["destination"], {"address": name[0], "port": name[1]}, "destination")
    equal((asked[0]["executable"], asked[0]["name"], asked[0]["uid"], asked[0]["redirector"]),
          (os.path.realpath(helper("strange_client")), "strange_client", os.getuid(), "relay"), "who")
    check(asked[0]["pid"] > 0 and asked[0]["start_time"] > 0, "its process")
    check("1 question to" in done.stderr(), f"the summary: {done.stderr()!r}")


@case
def blocked_is_a_permission_denied(scene):
    name = scene.origin()
    ask = says(scene, "block")
    for mode, got in (("plain", "error 1\n"), ("nonblock", "error 104\n")):
        done = scene.run("--ask", ask, "--", helper("strange_client"), mode, *name)
        done.ends()
        check(done.stdout() in (got, "error 32\n", "\n"), f"{mode} got {done.stdout()!r}")
        check("<ping>" not in done.stdout(), f"{mode} came through")


@case
def an_answer_is_remembered_for_the_process_and_the_destination(scene):
    first, other = scene.origin(), scene.origin()
    script = ("import socket, sys\n"
              "for port in sys.argv[2:] * 3:\n"
              "    socket.create_connection((sys.argv[1], int(port))).close()\n")
    asks(scene, 0, [sys.executable, "-c", script, ORIGIN4, str(first[1]), str(other[1])],
         "--ask", says(scene, "redirect"))
    equal(sorted(one["destination"]["port"] for one in questions(scene)),
          sorted([first[1], other[1]]), "asked about")
    # Another process is asked about anew.
    asks(scene, 0, ["sh", "-c", '"$0" plain "$@"; "$0" plain "$@"', helper("strange_client"), *map(str, first)],
         "--ask", says(scene, "redirect"))
    equal(len(questions(scene)), 4, "questions")


@case
def a_socket_that_does_not_wait_does_not_wait(scene):
    name = scene.origin()
    script = """
import select, socket, sys, time
sock = socket.socket(); sock.setblocking(False)
begin = time.monotonic()
sock.connect_ex((sys.argv[1], int(sys.argv[2])))
select.select([], [sock], [], 10)
connected = time.monotonic() - begin
assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
assert sock.getpeername() == (sys.argv[1], int(sys.argv[2])), sock.getpeername()
sock.setblocking(True); sock.sendall(b"ping"); sock.shutdown(socket.SHUT_WR)
print(sock.recv(100).decode(), connected < 0.5, time.monotonic() - begin > 0.9)
"""
    done = asks(scene, 0, [sys.executable, "-c", script, *map(str, name)], "--ask", says(scene, "redirect", 1))
    equal(done.stdout(), "<ping> True True\n", "answer, connected at once, served after the verdict")


@case
def whoever_is_thought_about_holds_up_nobody_else(scene):
    slow, fast = scene.origin(), scene.origin()
    ask = program(scene, f'read -r line; case $line in *\'"port":{slow[1]}\'*) sleep 3;; esac; echo redirect')
    script = """
import socket, sys, threading, time
def slow(): socket.create_connection((sys.argv[1], int(sys.argv[2]))).close()
socket.create_connection((sys.argv[1], int(sys.argv[3]))).close()
threads = [threading.Thread(target=slow) for _ in range(16)]
for one in threads: one.start()
time.sleep(0.5)
begin = time.monotonic()
for _ in range(50): socket.create_connection((sys.argv[1], int(sys.argv[3]))).close()
print(time.monotonic() - begin < 1.5, all(one.is_alive() for one in threads))
"""
    done = asks(scene, 0, [sys.executable, "-c", script, ORIGIN4, str(slow[1]), str(fast[1])], "--ask", ask)
    equal(done.stdout(), "True True\n", "quick beside those that wait")


@case
def sixty_four_at_once(scene):
    names = [scene.origin() for _ in range(64)]
    ask = says(scene, "redirect", 1)
    script = """
import socket, sys, threading
def one(port):
    with socket.create_connection((sys.argv[1], port)) as sock:
        sock.sendall(b"x"); sock.shutdown(socket.SHUT_WR); assert sock.recv(10) == b"<x>"
        done.append(port)
done = []
threads = [threading.Thread(target=one, args=(int(port),)) for port in sys.argv[2:]]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(done))
"""
    begin = time.monotonic()
    done = asks(scene, 0, [sys.executable, "-c", script, ORIGIN4, *(str(name[1]) for name in names)], "--ask", ask)
    equal((done.stdout(), len(questions(scene))), ("64\n", 64), "connections and questions")
    check(time.monotonic() - begin < 32, f"together, not one after the other: {time.monotonic() - begin}")


@case
def without_an_answer_there_is_a_default_and_a_line(scene):
    name = scene.origin()
    cases = {
        "hangs": ("sleep 100", "no answer within 1 s"),
        "dies": ("exit 3", "no answer that is"),
        "kills itself": ("kill -9 $$", "no answer that is"),
        "babbles": ("yes maybe", "no answer that is"),
        "says too much": ("head -c 100000 /dev/zero", "no answer that is"),
        "says nothing": ("echo", "no answer that is"),
        "hints": ("echo redirected", "no answer that is"),
    }
    for what, (text, reason) in cases.items():
        path = program(scene, text)
        for default, got in ((None, "error 1\n"), ("block", "error 1\n"), ("redirect", "<ping>\n")):
            options = ["--ask-default", default] if default else []
            done = scene.run("--ask", path, "--ask-timeout", 1, *options, "--", helper("strange_client"),
                             "plain", *name)
            done.ends()
            equal(done.stdout(), got, f"one that {what}, default {default}")
            lines = done.stderr().splitlines()
            check(len(lines) == 1 and reason in lines[0] and f"{name[0]}:{name[1]}" in lines[0],
                  f"one that {what}: {lines}")
    done = scene.run("--ask", "/nonexistent/program", "--", helper("strange_client"), "plain", *name)
    done.ends()
    equal(done.stdout(), "error 1\n", "one that is not there")
    check("No such file" in done.stderr(), done.stderr())


@case
def an_answer_before_the_question_was_read_counts(scene):
    name = scene.origin()
    for text in ("echo redirect", "printf redirect", "printf ' redirect \\r\\n'; sleep 100",
                 "cat >/dev/null; echo redirect; echo block"):
        done = asks(scene, 0, [helper("strange_client"), "plain", *name], "--ask", program(scene, text))
        equal((done.stdout(), done.stderr()), ("<ping>\n", ""), text)


CHANGES_RULES = """
import os, socket, struct, sys, threading, time
host, target, proxy, rules, asked, go = sys.argv[1], *map(int, sys.argv[2:4]), *sys.argv[4:]
ready, written = os.pipe()
child = os.fork()
if not child:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, proxy))
    listener.listen()
    os.write(written, b"x")
    print(listener.accept()[0].getsockopt(0x5746, 70, 64).decode(), flush=True)
    os._exit(0)
os.read(ready, 1)
thread = threading.Thread(target=lambda: socket.create_connection((host, target)))
thread.start()
while not os.path.exists(asked):
    time.sleep(0.01)
os.replace(rules + ".new", rules)
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as supervisor:
    supervisor.connect(os.environ["WHITHER_SUPERVISOR"] + "/supervisor")
    supervisor.sendall(struct.pack("=IHHII", 0x31535257, 3, 0, 0, 0) + bytes(128))
    assert struct.unpack_from("=i", supervisor.recv(2000))[0] == 0
open(go, "w").close()
thread.join()
os.waitpid(child, 0)
"""


@case
def what_was_decided_stays_while_the_rules_change(scene):
    target, at = scene.origin(), scene.free()
    path, asked, go = (f"{scene.directory}/{name}" for name in ("web.conf", "questions", "go"))
    one = f"[redirector one]\nlisten = {at[0]}:{at[1]}\nremote-port = {target[1]}\ncontext = text:one\n"
    with open(path, "w") as file:
        file.write(one)
    with open(path + ".new", "w") as file:
        file.write(f"[redirector zero]\nlisten = {at[0]}:1\nremote-port = 1\ncontext = text:zero\n{one}")
    ask = program(scene, f'read -r line; echo "$line" > {asked}; for i in $(seq 500); do '
                         f"[ -e {go} ] && break; sleep 0.02; done; echo redirect")
    done = scene.ends_with(0, "--rules", path, "--ask", ask, "--", sys.executable, "-c", CHANGES_RULES, *target,
                           at[1], path, asked, go)
    equal(done.stdout(), "one\n", done.stderr())


@case
def who_is_killed_while_waiting_leaves_nothing(scene):
    name = scene.origin()
    script = '"$0" plain "$@" & sleep 0.5; kill -9 $!; wait; exit 0'
    begin = time.monotonic()
    asks(scene, 0, ["bash", "-c", script, helper("strange_client"), *map(str, name)],
         "--ask", program(scene, "sleep 1000"))
    check(time.monotonic() - begin < 10, "the program was waited for")


@case
def options_that_make_no_sense(scene):
    for words in (["--ask-default", "maybe"], ["--ask-timeout", "0"], ["--ask-timeout", "x"],
                  ["--engine", "kernel", "--ask", "x"]):
        scene.ends_with(125, *words, "--", "true")


main(__file__)
