# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The examples, run as a reader would run them."""
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

from chain_proxies import RESET, Destination, fetch, redirector
from kernel_connection import GROUND
from kernel_program import *
from kernel_scene import *

PORT = 12352
# Which case runs which example. Examples of a user's own proxy stand elsewhere.
COVERED = {
    "proxy_activated.conf", "proxy_activated.py", "proxy_activated.service", "proxy_activated.socket",
    "proxy_minimal.c", "query_c.c", "query_go.go", "query_node.js", "query_python.py", "web.conf",
}
# The user that the examples call "proxy".
PROXY = 61001
_go = []


def up(scene, more="listen = [::1]:12352\n"):
    scene.up("web", redirector("one", PORT, more))


def example(name):
    if name.endswith(".py"):
        return [sys.executable, source(f"examples/{name}")]
    if name.endswith(".js"):
        return ["node", source(f"examples/{name}")]
    if name.endswith(".go"):
        return [go_program(name)]
    return [built(f"examples/example-{name}")]


def go_program(name):
    """Built once, in a folder that goes at the end."""
    if not _go:
        _go.append(tempfile.TemporaryDirectory(prefix="whither-go-"))
        folder = _go[0].name
        done = subprocess.run(
            ["go", "build", "-o", f"{folder}/program", source(f"examples/{name}")],
            env=dict(os.environ, GO111MODULE="off", GOCACHE=f"{folder}/cache", CGO_ENABLED="0"),
            capture_output=True, text=True,
        )
        equal(done.returncode, 0, f"go build: {done.stderr}")
    return f"{_go[0].name}/program"


@case
def every_example_is_run_here(scene):
    names = set(os.listdir(source("examples"))) - {"README.md", "meson.build"}
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


def answers_of(scene, name, refusal="No such file or directory"):
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
        check(re.fullmatch(f"not redirected: .*{refusal}\n", answer), f"a direct client: {answer!r}")
        program.kill()


@case
def the_question_from_c_is_answered(scene):
    answers_of(scene, "query_c")


@case
def the_question_from_python_is_answered(scene):
    answers_of(scene, "query_python.py")


@case
def the_question_from_go_is_answered(scene):
    answers_of(scene, "query_go.go", "no such file or directory")


@case
def the_question_from_node_is_answered(scene):
    answers_of(scene, "query_node.js", "this connection was not redirected")


def activated(scene, listeners):
    """Starts the example as systemd does: with sockets that another process listens on."""
    def hand_over():
        for number, listener in enumerate(listeners):
            os.dup2(listener.fileno(), 3 + number)
            os.set_inheritable(3 + number, True)
        os.setgroups([])
        os.setresgid(PROXY, PROXY, PROXY)
        os.setresuid(PROXY, PROXY, PROXY)
        os.environ["LISTEN_FDS"], os.environ["LISTEN_PID"] = str(len(listeners)), str(os.getpid())
        os.environ["PYTHONUNBUFFERED"] = "1"
        words = ["/usr/bin/python3", source("examples/proxy_activated.py")]
        os.execvp(words[0], words)

    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            # Above those that are handed over.
            for number, listener in enumerate(listeners):
                listeners[number] = socket.socket(fileno=fcntl.fcntl(listener, fcntl.F_DUPFD, 20))
            os.dup2(write, 1)
            hand_over()
        finally:
            os._exit(127)
    os.close(write)
    scene.later(os.waitpid, pid, 0)
    scene.later(os.kill, pid, signal.SIGKILL)
    return os.fdopen(read, "r")


@case
def the_activated_proxy_takes_clients_where_they_were_going(scene):
    with open(source("examples/proxy_activated.socket")) as file:
        listens = re.findall("^ListenStream=(.*):([0-9]+)$", file.read(), re.MULTILINE)
    listeners = [scene.listen(address.strip("[]"), int(port)) for address, port in listens]
    for one in listeners:
        # What systemd hands over has the mode that the unit asks for: it blocks.
        one.settimeout(None)
    with open(source("examples/proxy_activated.conf")) as file:
        text = file.read().replace("remote-port = 80\n", "remote-port = 80, 8080, 1\n")
    scene.up("activated", text.replace("= proxy\n", f"= {PROXY}\n"))
    output = scene.keep(activated(scene, listeners))
    for origin in (ORIGIN4, ORIGIN6):
        target = Destination(scene, origin, 8080).name
        for _ in range(2):
            equal(scene.child(fetch, target, uid=1234).result()[0], b"<ping>", "answer")
            equal(output.readline(), f"to {target[0]} port {target[1]}\n", "what it says")
        found = scene.child(fetch, (origin, 1)).result()[0]
        check(found in RESET, f"a destination that refuses: the client found {found}")


@case
def the_service_runs_the_proxy_of_the_rules(scene):
    with open(source("examples/proxy_activated.service")) as file:
        text = file.read()
    check("User=proxy\n" in text, "the user of the rules")
    check("/proxy_activated.py\n" in text, "the program")


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
