# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What wsk_redirect.py and winsock_redirect.py share: the worlds in which their proxies ask a table of
questions (redirect_question.h), and the connections to ask about.

The table's expectations are the proxies'; they fail at the first answer that is another.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/kernel"))

from client_scene import *

OTHER_PORT = 12346
RULES = f"[redirector one]\nlisten = {AT4}\nremote-address = 192.0.2.0/24\n"
# Takes what goes to another network, so that its records are another redirector's.
OTHER = f"[redirector two]\nlisten = {PROXY4}:{OTHER_PORT}\n{MATCH}"


class Program:
    """A proxy, listening; foreign: records of another redirector's connection."""

    def __init__(self, scene, program, world, context="", **environment):
        path = os.path.join(os.environ["WHITHER_WINDOWS_TESTS"], program)
        self.process = subprocess.Popen(
            [path, str(PORT), world, context],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **environment},
        )
        scene.later(self.end)
        equal(self.process.stdout.readline(), "ready\n", "the proxy's first line")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def go(self, foreign=b""):
        self.process.stdin.write(foreign.hex() + "\n")
        self.process.stdin.flush()

    def finish(self):
        """It has asked everything, and every answer was as its table says."""
        lines, _ = self.process.communicate(timeout=60)
        asked = lines.splitlines()
        check(self.process.returncode == 0 and asked[-1:] == ["done"], "the last lines:\n" + "\n".join(asked[-8:]))
        check(sum(line.startswith("# world") for line in asked) > 100, "few questions were asked")


def serve(listener, page):
    accepted, _ = listener.accept()
    with accepted:
        accepted.settimeout(10)
        check(accepted.recv(100), "no request arrived")
        accepted.sendall(page)


def fetch(target, port, request=b"GET /"):
    """What comes in answer; this end is closed before."""
    with socket.create_connection((target, port), timeout=20) as client:
        client.sendall(request)
        if request:
            client.shutdown(socket.SHUT_WR)
        page = b""
        while data := client.recv(65536):
            page += data
        return page


def visit(scene, proxy, target, port):
    """The two connections: one that the proxy ends first, and one to ask about. The page."""
    try:
        scene.child(fetch, target, port, b"").result()
        return scene.child(fetch, target, port).result()
    except OSError:
        proxy.finish()  # which says what was answered wrongly
        raise


def redirected(scene, program, **environment):
    """With a context and records, beside another redirector's connection; a page is relayed."""
    page = os.urandom(300000)
    origin = scene.listen(ORIGIN4)
    port = origin.getsockname()[1]
    other = scene.listen(PROXY4, OTHER_PORT)
    proxy = Program(scene, program, "redirected", f"port={port}", **environment)
    scene.up("web", f"{RULES}context = text:port={port}\n{OTHER}")
    foreign = scene.child(fetch, AWAY4, 80)
    accepted = arrive(scene, other)
    proxy.go(query_records(accepted))
    with taken(scene, 2):  # and not again, when the proxy goes on
        server = scene.child(serve, origin, page)
        check(visit(scene, proxy, ORIGIN4, port) == page, "the page is another")
        server.result()
        proxy.finish()
    check(accepted.recv(100), "no request arrived from the other client")
    accepted.close()
    foreign.result()


def bare(scene, program, **environment):
    """With records alone."""
    proxy = Program(scene, program, "bare", **environment)
    scene.up("web", RULES)
    proxy.go()
    visit(scene, proxy, ORIGIN4, 80)
    proxy.finish()


def direct(scene, program, **environment):
    """Not redirected, where whither is active."""
    proxy = Program(scene, program, "direct", **environment)
    scene.up("web", RULES)
    proxy.go()
    visit(scene, proxy, PROXY4, PORT)
    proxy.finish()


def away(scene, program, **environment):
    """Where whither is not active."""
    scene.down()
    proxy = Program(scene, program, "away", **environment)
    proxy.go()
    visit(scene, proxy, PROXY4, PORT)
    proxy.finish()
