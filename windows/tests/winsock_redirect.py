# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The three codes through WSAIoctl, on connections that whither really diverts."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/kernel"))

from client_scene import *

SUCCESS = 0
FAULT = 10014
ACCESS = 10013
INVALID = 10022
NOT_SUPPORTED = 10045
CONNECTED = 10056
NOT_CONNECTED = 10057
NO_CONTEXT = 0x80320008
UNWRITTEN = 0x7777
RULES = f"[redirector one]\nlisten = {AT4}\nremote-address = 192.0.2.0/24\n"


class Proxy:
    """The program winsock_redirect_proxy, listening."""

    def __init__(self, scene, *words, **environment):
        program = os.path.join(os.environ["WHITHER_WINDOWS_TESTS"], "winsock_redirect_proxy")
        self.process = subprocess.Popen([program, str(PORT), *words], stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **environment})
        scene.later(self.end)
        equal(self.process.stdout.readline(), "ready\n", "the proxy's first line")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def answers(self):
        """label -> (error, returned, bytes), once the proxy has ended."""
        lines, _ = self.process.communicate(timeout=30)
        equal(self.process.returncode, 0, "the proxy's exit status")
        *lines, last = lines.splitlines()
        equal(last, "done", "the proxy's last line")
        found = {}
        for line in lines:
            label, error, returned, *data = line.split(" ")
            found[label] = (int(error), int(returned), bytes.fromhex(data[0]) if data else None)
        return found


def serve(listener, page):
    accepted, _ = listener.accept()
    with accepted:
        accepted.settimeout(10)
        check(accepted.recv(100), "no request arrived")
        accepted.sendall(page)


def fetch(target, port):
    with socket.create_connection((target, port), timeout=10) as client:
        client.sendall(b"GET /")
        page = b""
        while data := client.recv(65536):
            page += data
        return page


def failed(answers, label, error, size=UNWRITTEN):
    """The answer was an error; size: what was needed, if that was said."""
    equal(answers[label], (error, size, None), label)


def a_page_arrives(scene, *words):
    page = os.urandom(300000)
    origin = scene.listen(ORIGIN4)
    port = origin.getsockname()[1]
    proxy = Proxy(scene, *words)
    scene.up("web", f"{RULES}context = text:port={port}\n")
    with taken(scene, 1):  # and not again, when the proxy goes on
        server = scene.child(serve, origin, page)
        client = scene.child(fetch, ORIGIN4, port)
        check(client.result() == page, "the page is another")
        server.result()
        answers = proxy.answers()
    context = f"port={port}".encode()
    records = answers["records"][2]
    equal(answers["records"], (SUCCESS, len(records), records), "records")
    equal(answers["records-exact"], answers["records"], "records, exact")
    equal(answers["records-with-input"], answers["records"], "records, with input")
    for label in ("records-size", "records-three", "records-short"):
        failed(answers, label, FAULT, len(records))
    equal(answers["context"], (SUCCESS, len(context), context), "context")
    equal(answers["context-exact"], answers["context"], "context, exact")
    for label in ("context-size", "context-short"):
        failed(answers, label, FAULT, len(context))
    failed(answers, "listening", INVALID)
    failed(answers, "datagram", NOT_SUPPORTED)
    failed(answers, "unconnected", NOT_CONNECTED)
    failed(answers, "outbound", INVALID)
    failed(answers, "set-connected", CONNECTED)
    failed(answers, "set-nothing", INVALID)
    failed(answers, "set-with-output", INVALID)
    failed(answers, "set-longer", INVALID)
    check(answers["set-huge"][0] in (INVALID, FAULT), "set, huge")
    failed(answers, "set-forged", ACCESS)
    equal(answers["set"], (SUCCESS, 0, None), "set")
    equal(answers["set-bound"], (SUCCESS, 0, None), "set when bound")
    equal(answers["closed-records"], answers["records"], "records, closed by the peer")
    equal(answers["closed-context"], answers["context"], "context, closed by the peer")
    failed(answers, "closed-set", ACCESS)  # no connection any more, and no records


@case
def a_page_arrives_by_plain_calls(scene):
    a_page_arrives(scene)


@case
def a_page_arrives_by_overlapped_calls_with_an_event(scene):
    a_page_arrives(scene, "event")


@case
def a_page_arrives_by_overlapped_calls_with_a_routine(scene):
    a_page_arrives(scene, "routine")


@case
def a_connection_without_a_context_has_records_alone(scene):
    proxy = Proxy(scene)
    scene.up("web", RULES)
    scene.child(fetch, ORIGIN4, 80).result()
    answers = proxy.answers()
    equal(answers["records"][0], SUCCESS, "records")
    for label in ("context", "context-size"):
        failed(answers, label, NO_CONTEXT)


@case
def a_connection_that_was_not_redirected_has_neither(scene):
    proxy = Proxy(scene)
    scene.up("web", RULES)
    scene.child(fetch, PROXY4, PORT).result()
    answers = proxy.answers()
    for label in ("records", "records-size", "context", "context-size"):
        failed(answers, label, INVALID)
    failed(answers, "set-connected", CONNECTED)


@case
def without_whither_nothing_is_offered(scene):
    proxy = Proxy(scene)
    scene.down()
    scene.child(fetch, PROXY4, PORT).result()
    answers = proxy.answers()
    for label in ("records", "records-size", "context", "context-size", "set-connected"):
        failed(answers, label, NOT_SUPPORTED)


@case
def the_environment_chooses_the_other_documented_answers(scene):
    proxy = Proxy(scene, WHITHER_WSA_SHORT="122", WHITHER_WSA_NOT_FOUND="1168")
    scene.up("web", RULES)
    scene.child(fetch, ORIGIN4, 80).result()
    answers = proxy.answers()
    size = answers["records"][1]
    failed(answers, "records-size", 122, size)
    failed(answers, "records-short", 122, size)
    failed(answers, "context", 1168)


main(__file__)
