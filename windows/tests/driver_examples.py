# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""windows/examples, compiled by whither-cc with each compiler and run behind a redirected curl."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/kernel"))

from chain_proxies import RESET, Destination, Proxy, fetch, hops, redirector
from kernel_connection import GROUND
from kernel_program import *
from kernel_scene import *

COMPILERS = ("gcc", "clang")
DRIVER_PORT, WINSOCK_PORT, SECOND_PORT = 12360, 12361, 12002
PAGE = b"<html>the page</html>\n"
_made = {}
_made_folder = tempfile.TemporaryDirectory(prefix="whither-examples-")


def tool(name):
    return built(f"windows/driver/{name}")


def make(name, compiler, *words):
    """A driver or program that whither-cc makes of examples, once."""
    if (name, compiler) not in _made:
        output = f"{_made_folder.name}/{name}-{compiler}"
        done = subprocess.run([sys.executable, tool("whither-cc"), f"--cc={compiler}", "-g", "-Wall", "-Wextra",
                               "-Werror", *words, "-o", output], capture_output=True, text=True)
        equal((done.returncode, done.stdout + done.stderr), (0, ""), f"whither-cc of {name}")
        _made[name, compiler] = output
    return _made[name, compiler]


def driver_of(compiler, *words, name="wsk_proxy.so"):
    examples = source("windows/examples")
    return make(name, compiler, f"{examples}/wsk_proxy.c", f"{examples}/wsk_proxy_calls.c", *words)


def run_driver(scene, compiler, *words):
    return Program(scene, [tool("whither-driver"), "run", *words, driver_of(compiler)], [DRIVER_PORT])


def both(port, more=""):
    return redirector("one", port, f"listen = [::1]:{port}\ncontext = destination\n{more}")


def serve_pages(listener):
    while True:
        accepted, _ = listener.accept()
        with accepted:
            request = b""
            while b"\r\n\r\n" not in request:
                part = accepted.recv(4096)
                if not part:
                    break
                request += part
            accepted.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE)


def curl(listener, scene):
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    done = subprocess.run(["curl", "-gsS", "--noproxy", "*", "--max-time", "20", url], capture_output=True)
    equal((done.returncode, done.stdout), (0, PAGE), f"what curl says ({done.stderr.decode().strip()})")


def pages_arrive(scene, port, times=3):
    scene.up("web", both(port))
    scene.up("later", redirector("two", SECOND_PORT, f"listen = [::1]:{SECOND_PORT}\nweight = -1\n"))
    second = Proxy(scene, SECOND_PORT, address="::")
    for origin in (ORIGIN4, ORIGIN6):
        listener = scene.listen(origin)
        listener.settimeout(None)
        scene.child(serve_pages, listener)
        for _ in range(times):
            curl(listener, scene)
            equal(second.seen()["hops"], hops("web/one", "later/two"), "the chain, once each")
    second.nothing_more()


def unload(program):
    program.signal(signal.SIGTERM)
    equal(program.ends(), 0, "exit status")
    check("unloaded" in program.stderr(), "it does not say that it was unloaded")


@case
def the_driver_proxy_serves_both_families(scene):
    for compiler in COMPILERS:
        program = run_driver(scene, compiler)
        pages_arrive(scene, DRIVER_PORT)
        unload(program)


@case
def the_driver_proxy_serves_under_the_sanitizers(scene):
    for compiler in COMPILERS:
        path = driver_of(compiler, "-fsanitize=address,undefined", "-fno-sanitize-recover=all", name="wsk_proxy")
        program = Program(scene, [path], [DRIVER_PORT])
        pages_arrive(scene, DRIVER_PORT)
        unload(program)


@case
def the_winsock_proxy_serves_both_families(scene):
    for compiler in COMPILERS:
        for words in ((), ("-fsanitize=address,undefined",)):
            path = make("winsock_proxy" + "-asan" * len(words), compiler,
                        "--user", source("windows/examples/winsock_proxy.c"), *words)
            program = Program(scene, [path, WINSOCK_PORT], [WINSOCK_PORT])
            pages_arrive(scene, WINSOCK_PORT, 2)
            check(program.line().startswith(f"to {ORIGIN4} port "), "what it prints")
            program.kill()


@case
def a_bridge_retries_until_its_buffer_is_large_enough(scene):
    for compiler in COMPILERS:
        path = make("retry_bridge", compiler, "--user", source("windows/tests/sources/retry_bridge.cpp"))
        scene.up("web", both(WINSOCK_PORT))
        program = Program(scene, [path, WINSOCK_PORT], [WINSOCK_PORT])
        equal(scene.child(fetch, Destination(scene).name).result()[0], b"<ping>", "answer")
        equal(program.ends(), 0, "exit status")
        check("tries: " in program.stdout() and "tries: 1\n" not in program.stdout(), program.stdout())


@case
def the_driver_proxy_and_the_embedded_relay_chain(scene):
    for first, second in ((DRIVER_PORT, SECOND_PORT), (SECOND_PORT, DRIVER_PORT)):
        scene.up("web", redirector("one", first, "context = destination\n")
                 + redirector("two", second, "context = destination\n"))
        driver = run_driver(scene, "gcc")
        relay = Program(scene, [scene.whither, "relay", "-v", "--listen", f"127.0.0.1:{SECOND_PORT}"], [SECOND_PORT])
        listener = scene.listen(ORIGIN4)
        listener.settimeout(None)
        scene.child(serve_pages, listener)
        curl(listener, scene)
        chain = "hops=web/one," if first == DRIVER_PORT else "hops=web/one "
        line = relay.error_line()
        check("hops=web/one" in line and ("web/two" in line) == (first == DRIVER_PORT), f"{chain}: {line}")
        relay.signal(signal.SIGTERM)
        relay.ends()
        unload(driver)


@case
def what_it_cannot_serve_is_a_reset(scene):
    program = run_driver(scene, "gcc")
    scene.up("web", both(DRIVER_PORT))
    found = scene.child(fetch, (ORIGIN4, 1)).result()[0]
    check(found in RESET, f"a destination that refuses: {found}")
    found = scene.child(fetch, ("127.0.0.1", DRIVER_PORT)).result()[0]
    check(found in RESET, f"a direct client: {found}")
    equal(scene.child(fetch, Destination(scene).name).result()[0], b"<ping>", "it serves on")
    unload(program)


def hold(name, address):
    import socket

    with socket.create_connection(name, timeout=20) as client:
        client.sendall(b"x")
        try:
            return client.recv(10)
        except ConnectionResetError:
            return b"reset"


@case
def unloading_ends_connections_that_are_open(scene):
    program = run_driver(scene, "gcc")
    scene.up("web", both(DRIVER_PORT))
    listener = scene.listen(ORIGIN4)
    client = scene.child(hold, listener.getsockname(), ORIGIN4)
    accepted, _ = listener.accept()
    scene.keep(accepted)
    equal(accepted.recv(10), b"x", "what arrived")
    unload(program)
    equal(client.result(), b"reset", "what the client saw")


main(__file__, ground=GROUND)
