# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Programs that whither-cc makes, and a redirected curl, for the tests of windows/examples."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/kernel"))

from chain_proxies import Proxy, hops, redirector
from kernel_program import *
from kernel_scene import *

if os.environ.get("WHITHER_SANITIZED"):
    skip("a sanitized library is not for programs that are not")
COMPILERS = ("gcc", "clang")
DRIVER_PORT, WINSOCK_PORT, SECOND_PORT = 12360, 12361, 12002
PAGE = b"<html>the page</html>\n"
_made = {}
_folders = []


def tool(name):
    return built(f"windows/driver/{name}")


def _folder():
    """Made when it is needed: this script runs itself again, and what it has made before stays."""
    if not _folders:
        _folders.append(tempfile.TemporaryDirectory(prefix="whither-examples-"))
    return _folders[0].name


def make(name, compiler, *words):
    """A driver or program that whither-cc makes of examples, once."""
    if (name, compiler) not in _made:
        output = f"{_folder()}/{name}-{compiler}"
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
    second.stop()


def unload(program):
    program.signal(signal.SIGTERM)
    equal(program.ends(), 0, "exit status")
    check("unloaded" in program.stderr(), "it does not say that it was unloaded")
