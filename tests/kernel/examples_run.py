# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The examples, run as a reader would run them."""
import os
import re
import socket
import sys

from chain_proxies import RESET, Destination, fetch, redirector
from kernel_connection import GROUND
from kernel_program import *
from kernel_scene import *

PORT = 12352
# Which case runs which example. Examples of a user's own proxy stand elsewhere.
COVERED = {"proxy_minimal.c", "query_c.c", "query_python.py", "web.conf"}


def up(scene, more="listen = [::1]:12352\n"):
    scene.up("web", redirector("one", PORT, more))


def example(name):
    if name.endswith(".py"):
        return [sys.executable, source(f"examples/{name}")]
    return [built(f"examples/example-{name}")]


@case
def every_example_is_run_here(scene):
    names = os.listdir(source("examples"))
    names = {name for name in names if name.endswith((".c", ".py", ".conf"))}
    equal(names - COVERED, set(), "examples that no case runs")


def served(scene, proxy, target):
    """A client's connection through proxy, and the line that it writes."""
    client = scene.child(fetch, target, uid=1234)
    pid = client.pid
    equal(client.result()[0], b"<ping>", "answer")
    equal(proxy.line().split(" ", 1)[1],
          f"(pid {pid}, uid 1234) to {target[0]} port {target[1]}", "what it says")


@case
def the_minimal_proxy_takes_clients_where_they_were_going(scene):
    up(scene)
    for address, origin in (("127.0.0.1", ORIGIN4), ("::1", ORIGIN6)):
        proxy = Program(scene, [*example("proxy_minimal"), address, PORT], [PORT])
        target = Destination(scene, origin).name
        for _ in range(3):
            served(scene, proxy, target)
        # What is refused there is no end of data here.
        found = scene.child(fetch, (origin, 1)).result()[0]
        check(found in RESET, f"a destination that refuses: the client found {found}")
        check(proxy.line().endswith("port 1"), "it did not say so")
        # Nobody was redirected: nothing is served.
        found = scene.child(fetch, (address, PORT)).result()[0]
        check(found in RESET, f"a direct client found {found}")
        proxy.signal(signal.SIGTERM)
        proxy.ends()


@case
def two_minimal_proxies_chain(scene):
    scene.up("web", redirector("one", PORT) + redirector("two", PORT + 1))
    proxies = [
        Program(scene, [*example("proxy_minimal"), "127.0.0.1", port], [port])
        for port in (PORT, PORT + 1)
    ]
    target = Destination(scene).name
    client = scene.child(fetch, target)
    pid = client.pid
    equal(client.result()[0], b"<ping>", "answer")
    lines = [proxy.line() for proxy in proxies]
    equal(lines[0], lines[1], "both are told of the first client")
    check(f"pid {pid}," in lines[0], f"the client is another: {lines[0]}")


def ask(name):
    with socket.socket(socket.AF_INET6 if ":" in name[0] else socket.AF_INET) as client:
        client.settimeout(15)
        client.connect(name)
        answer = b""
        while data := client.recv(1000):
            answer += data
    return answer.decode()


def answers_of(scene, name):
    up(scene)
    for address, origin in (("127.0.0.1", ORIGIN4), ("::1", ORIGIN6)):
        program = Program(scene, [*example(name), address, PORT], [PORT])
        client = scene.child(ask, (origin, 8080), uid=1234)
        pid = client.pid
        expected = rf"\S+ \(pid {pid}, uid 1234\) to {re.escape(origin)} port 8080"
        answer = client.result()
        check(re.fullmatch(expected + "\n", answer), f"{name} says {answer!r}")
        equal(program.line() + "\n", answer, "what it prints")
        answer = scene.child(ask, (address, PORT)).result()
        equal(answer, "not redirected: No such file or directory\n", "to a direct client")
        program.kill()


@case
def the_question_from_c_is_answered(scene):
    answers_of(scene, "query_c")


@case
def the_question_from_python_is_answered(scene):
    answers_of(scene, "query_python.py")


@case
def the_rules_of_the_example_are_valid(scene):
    # Its owner is a program that need not be installed here.
    with open(source("examples/web.conf")) as file:
        text = file.read()
    check("/usr/sbin/haproxy" in text, "it states another program")
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(text.replace("/usr/sbin/haproxy", os.path.realpath("/bin/sh")))
    scene.run("check", path)
    scene.run("up", path)
    names = [one["name"] for one in scene.show()["redirectors"] if one["set"] == "web"]
    equal(names, ["inspect", "audit"], "its redirectors, in order")
    scene.down("web")


main(__file__, ground=GROUND)
