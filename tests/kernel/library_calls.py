# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""libwhither, called from C on real sockets: library_calls.c does the asking."""
import errno
import os
import shutil
import socket
import subprocess

from chain_proxies import redirector
from kernel_connection import *
from kernel_scene import *

PORT = 12345


def program():
    """The helper: of the build that runs the tests, or of the usual place."""
    here = os.path.dirname(os.path.abspath(__file__))
    at = os.environ.get("WHITHER_HELPERS", f"{here}/../../build/tests/kernel")
    return f"{at}/library_calls"


def calls(what, *arguments, socket_=None, helper=None, **options):
    words = [helper or program(), *map(str, arguments)]
    done = subprocess.run(
        words, stdin=socket_, text=True, capture_output=True, timeout=60, **options
    )
    said = done.stdout + done.stderr
    equal((done.returncode, said), (0, ""), what)


def nobody(scene):
    """To call it as an unprivileged user: the build may lie where only root looks."""
    needs_users()
    os.chmod(scene.directory, 0o755)
    copy = shutil.copy(program(), scene.directory)
    return {"helper": copy, "user": 65534, "group": 65534, "extra_groups": [], "cwd": "/"}


def redirected(scene, more="", listener=None):
    listener = listener or scene.listen("127.0.0.1", PORT)
    scene.up("web", redirector("one", PORT, more))
    return Redirected(scene, listener).accepted


@case
def answers_of_every_size_are_those_of_the_kernel(scene):
    listener = scene.listen("127.0.0.1", PORT)
    for context in (b"\x7f", b"site=berlin", bytes(range(256)) * 4):
        sock = redirected(scene, f"context = hex:{context.hex()}\n", listener)
        calls("as root", "answers", context.hex(), socket_=sock)
        calls("as nobody", "answers", context.hex(), socket_=sock, **nobody(scene))
        sock.close()


@case
def without_a_context_the_library_says_so(scene):
    calls("no context", "unset", socket_=redirected(scene))


@case
def records_are_set_by_the_library(scene):
    # The helper is another process than this one: by user it is the redirector's too.
    scene.up("web", redirector("one", PORT, f"owner-user = {os.geteuid()}\n"))
    listener = scene.listen("127.0.0.1", PORT)
    connection = Redirected(scene, listener, uid=1001)
    calls("its redirector's process", "relates", socket_=connection.accepted)


@case
def records_that_are_refused_are_refused_by_the_library(scene):
    scene.up("web", redirector("one", PORT, f"owner-user = {os.geteuid()}\n"))
    listener = scene.listen("127.0.0.1", PORT)
    connection = Redirected(scene, listener, uid=1001)
    calls("another user", "refuses", errno.EACCES, socket_=connection.accepted,
          **nobody(scene))


@case
def errors_of_the_kernel_are_those_of_the_library(scene):
    scene.up("web", redirector("one", PORT, "remote-port = 8080\n"))
    kinds = {
        "new": (errno.ENOTCONN, socket.socket()),
        "new, IPv6": (errno.ENOTCONN, socket.socket(socket.AF_INET6)),
        "listening": (errno.EINVAL, scene.listen(ORIGIN4)),
        "UDP": (errno.EOPNOTSUPP, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
        "unix": (errno.EOPNOTSUPP, socket.socketpair()[0]),
        "MPTCP": (errno.EOPNOTSUPP, socket.socket(socket.AF_INET, 1, IPPROTO_MPTCP)),
        "a directory": (errno.ENOTSOCK, open(os.devnull, "rb")),
    }
    server = scene.listen(ORIGIN4)
    client = scene.keep(socket.create_connection(server.getsockname(), timeout=10))
    kinds["connected"] = errno.ENOENT, client
    for what, (error, sock) in kinds.items():
        calls(what, "fails", error, socket_=sock)
        sock.close()
    words = ["bash", "-c", f"exec {program()} fails {errno.EBADF} <&-"]
    done = subprocess.run(words, timeout=60, check=False)
    equal(done.returncode, 0, "a closed descriptor")


@case
def where_whither_is_not_active_every_call_says_so_in_one_way(scene):
    scene.down("--all")
    pairs = [scene.listen(ORIGIN4), scene.listen(ORIGIN6)]
    for listener in pairs:
        client = scene.keep(socket.create_connection(listener.getsockname()[:2]))
        accepted = scene.keep(listener.accept()[0])
        for sock in (client, accepted, listener, socket.socket(listener.family)):
            calls("not active", "fails", errno.EOPNOTSUPP, socket_=sock)
    calls("unix", "fails", errno.EOPNOTSUPP, socket_=socket.socketpair()[0])


main(__file__, ground=GROUND)
