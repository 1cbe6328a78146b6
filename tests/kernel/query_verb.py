# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither query: under a redirected connection, as inetd, socat and socket activation start it."""
import json
import os
import shutil
import socket
import subprocess
import uuid

from chain_proxies import GUID_NAMESPACE, redirector
from kernel_connection import *
from kernel_scene import *

PORT = 12345


def redirected(scene, more="context = text:site=berlin\n", address="127.0.0.1", target=ORIGIN4):
    listener = scene.listen(address, PORT)
    scene.up("web", redirector("one", PORT, more, address))
    return Redirected(scene, listener, target, uid=1234)


def query(scene, *words, sock=None, status=0, **options):
    done = subprocess.run(
        [scene.whither, "query", *words], stdin=sock, capture_output=True, timeout=30, **options
    )
    said = done.stderr.decode()
    equal(done.returncode, status, f"status of query {' '.join(words)}: {said}")
    return done.stdout.decode() if not status else said


def fields(text):
    return dict(line.split(None, 1) for line in text.splitlines() if not line.startswith(" "))


@case
def standard_input_is_asked(scene):
    for address, target in (("127.0.0.1", ORIGIN4), ("::1", ORIGIN6)):
        client = redirected(scene, address=address, target=target)
        found = fields(query(scene, sock=client.accepted))
        at = f"[{target}]:8080" if ":" in target else f"{target}:8080"
        equal(found["destination"], at, "destination")
        own = client.peer
        equal(found["client"], f"[{own[0]}]:{own[1]}" if ":" in own[0] else f"{own[0]}:{own[1]}",
              "client")
        check(found["process"].startswith(f"{client.pid} "), f"process {found['process']}")
        check("(1234)" in found["user"], f"user {found['user']}")
        equal(found["context"], "text:site=berlin", "context")
        equal(found["redirector"], str(uuid.uuid5(GUID_NAMESPACE, "web/one")), "redirector")
        client.accepted.close()


@case
def another_descriptor_is_asked(scene):
    sock = redirected(scene).accepted
    number = sock.fileno()
    first = query(scene, sock=sock)
    for words in (("--fd", str(number)), (f"--fd={number}",), ("-f", str(number))):
        found = query(scene, *words, sock=subprocess.DEVNULL, pass_fds=[number])
        equal(fields(found)["process"], fields(first)["process"], " ".join(words))


@case
def json_has_what_the_socket_answers(scene):
    client = redirected(scene)
    origin = query_origin(client.accepted)
    found = json.loads(query(scene, "--json", sock=client.accepted))
    text = json.dumps(found)
    equal(found["destination"], {"address": ORIGIN4, "port": 8080}, "destination")
    equal(found["client"], {"address": client.peer[0], "port": client.peer[1]}, "client")
    for value in (client.pid, 1234, origin.cgroup, origin.executable_inode, origin.netns_cookie):
        check(str(value) in text, f"{value} is not in {text}")
    check("site=berlin" in text, f"no context in {text}")
    equal(len(found["hops"]), 1, "hops")


@case
def an_unprivileged_user_asks_as_well(scene):
    client = redirected(scene)
    os.chmod(scene.directory, 0o755)
    copy = shutil.copy(scene.whither, f"{scene.directory}/whither-copy")
    done = subprocess.run(
        [copy, "query"], stdin=client.accepted, capture_output=True, timeout=30, text=True,
        user=65534, group=65534, extra_groups=[], cwd="/",
    )
    equal((done.returncode, done.stderr), (0, ""), "status, errors")
    equal(fields(done.stdout)["destination"], f"{ORIGIN4}:8080", "destination")


@case
def the_records_are_written_as_they_are(scene):
    client = redirected(scene, "")
    path = f"{scene.directory}/records"
    text = query(scene, "--records", path, sock=client.accepted)
    equal(fields(text)["context"], "none", "context")
    with open(path, "rb") as file:
        equal(file.read(), client.token, "the token")
    equal(os.stat(path).st_mode & 0o777, 0o600, "who may read it")
    query(scene, "--records", "/nonexistent/file", sock=client.accepted, status=1)


@case
def what_cannot_be_answered_is_explained(scene):
    scene.up("web", redirector("one", PORT, "remote-port = 8080\n"))
    listener = scene.listen(ORIGIN4)
    direct = scene.keep(socket.create_connection(listener.getsockname()))
    for sock, words in (
        (direct, "was not redirected"), (listener, "listens"), (socket.socket(), "not connected"),
        (socket.socketpair()[0], "not a TCP socket"), (subprocess.DEVNULL, "not a socket"),
    ):
        said = query(scene, sock=sock, status=1)
        check(words in said, f"expected {words!r} in {said!r}")
        equal(len(said.splitlines()), 1, "lines")
    said = query(scene, "--fd", "77", sock=subprocess.DEVNULL, status=1)
    check("not open" in said, said)
    for words in (("--fd", "x"), ("--fd", "-1"), ("word",), ("--nonsense",)):
        query(scene, *words, sock=direct, status=2)
    scene.down("--all")
    check("not active" in query(scene, sock=direct, status=1), "when whither is not active")


main(__file__, ground=GROUND)
