# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The three codes through WskControlSocket, on connections that whither really diverts."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/kernel"))

from client_scene import *

SUCCESS = "00000000"
NOT_FOUND = "c0000225"
TOO_SMALL = "c0000023"
INVALID_PARAMETER = "c000000d"
INVALID_DEVICE_STATE = "c0000184"
INVALID_DEVICE_REQUEST = "c0000010"
INTEGER_OVERFLOW = "c0000095"
ACCESS_DENIED = "c0000022"
UNWRITTEN = 0x7777


class Proxy:
    """The program wsk_redirect_proxy, listening."""

    def __init__(self, scene):
        program = os.path.join(os.environ["WHITHER_WINDOWS_TESTS"], "wsk_redirect_proxy")
        self.process = subprocess.Popen([program, str(PORT)], stdout=subprocess.PIPE, text=True)
        scene.later(self.end)
        equal(self.process.stdout.readline(), "ready\n", "the proxy's first line")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def answers(self):
        """label -> (status, information, returned, bytes), once the proxy has ended."""
        lines, _ = self.process.communicate(timeout=30)
        equal(self.process.returncode, 0, "the proxy's exit status")
        *lines, last = lines.splitlines()
        equal(last, "done", "the proxy's last line")
        found = {}
        for line in lines:
            label, status, information, returned, *data = line.split(" ")
            data = bytes.fromhex(data[0]) if data else None
            found[label] = (status, int(information), int(returned), data)
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


def failed(answers, label, status, size=None):
    """The answer was an error; size: what was needed, and where that is said."""
    told = (size, size) if size is not None else (0, UNWRITTEN)
    equal(answers[label][:3], (status, *told), label)


@case
def a_page_arrives_and_every_way_of_asking_agrees(scene):
    page = os.urandom(300000)
    origin = scene.listen(ORIGIN4)
    port = origin.getsockname()[1]
    proxy = Proxy(scene)
    scene.up(
        "web",
        f"[redirector one]\nlisten = {AT4}\nremote-address = 192.0.2.0/24\ncontext = text:port={port}\n",
    )
    with taken(scene, 1):  # and not again, when the proxy goes on
        server = scene.child(serve, origin, page)
        client = scene.child(fetch, ORIGIN4, port)
        check(client.result() == page, "the page is another")
        server.result()
        answers = proxy.answers()
    context = f"port={port}".encode()
    records = answers["records"][3]
    equal(answers["records"], (SUCCESS, len(records), len(records), records), "records")
    equal(answers["records-exact"], answers["records"], "records, exact")
    failed(answers, "records-size", TOO_SMALL, len(records))
    failed(answers, "records-short", TOO_SMALL, len(records))
    equal(answers["context"], (SUCCESS, len(context), len(context), context), "context")
    equal(answers["context-exact"], answers["context"], "context, exact")
    failed(answers, "context-size", TOO_SMALL, len(context))
    failed(answers, "context-short", TOO_SMALL, len(context))
    failed(answers, "records-with-input", INVALID_PARAMETER)
    failed(answers, "listening", INVALID_DEVICE_REQUEST)
    failed(answers, "datagram", INVALID_DEVICE_REQUEST)
    failed(answers, "unconnected", INVALID_DEVICE_STATE)
    failed(answers, "outbound", NOT_FOUND)
    failed(answers, "set-connected", INVALID_DEVICE_STATE)
    failed(answers, "set-nothing", INVALID_PARAMETER)
    failed(answers, "set-with-output", INVALID_PARAMETER)
    failed(answers, "set-longer", INTEGER_OVERFLOW)
    failed(answers, "set-too-long", INTEGER_OVERFLOW)
    failed(answers, "set-forged", ACCESS_DENIED)
    equal(answers["set"], (SUCCESS, 0, 0, None), "set")
    equal(answers["set-again"], (SUCCESS, 0, 0, None), "set again")
    equal(answers["closed-records"], answers["records"], "records, closed by the peer")
    equal(answers["closed-context"], answers["context"], "context, closed by the peer")
    failed(answers, "closed-size", TOO_SMALL, len(records))
    failed(answers, "closed-set", INVALID_DEVICE_STATE)


@case
def a_connection_without_a_context_has_records_alone(scene):
    proxy = Proxy(scene)
    scene.up("web", f"[redirector one]\nlisten = {AT4}\nremote-address = 192.0.2.0/24\n")
    scene.child(fetch, ORIGIN4, 80).result()
    answers = proxy.answers()
    equal(answers["records"][0], SUCCESS, "records")
    for label in ("context", "context-size"):
        failed(answers, label, NOT_FOUND)


@case
def a_connection_that_was_not_redirected_has_neither(scene):
    proxy = Proxy(scene)
    scene.up("web", f"[redirector one]\nlisten = {AT4}\nremote-address = 192.0.2.0/24\n")
    scene.child(fetch, PROXY4, PORT).result()
    answers = proxy.answers()
    for label in ("records", "records-size", "context", "context-size"):
        failed(answers, label, NOT_FOUND)
    # Both ends have closed it: the kernel knows no connection any more.
    for label in ("set-connected", "closed-records", "closed-context", "closed-size", "closed-set"):
        failed(answers, label, INVALID_DEVICE_STATE)


@case
def without_whither_nothing_is_found(scene):
    proxy = Proxy(scene)
    scene.down()
    scene.child(fetch, PROXY4, PORT).result()
    answers = proxy.answers()
    for label in ("records", "records-size", "context", "context-size"):
        failed(answers, label, NOT_FOUND)


main(__file__)
