# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What becomes of a connection when whither ends, and when it comes back."""
import errno
import socket

from kernel_connection import *
from kernel_scene import *

PORT = 12345
RULES = f"[redirector one]\nlisten = 127.0.0.1:{PORT}\nlisten = [::1]:{PORT}\n"
RULES += "remote-address = 192.0.2.0/24, 2001:db8::/32\n"
INACTIVE = {errno.EOPNOTSUPP, errno.ENOPROTOOPT}


def is_inactive(sock, what):
    for option in OPTIONS:
        for size in (0, 64, 1024):
            error, length, data = raw_get(sock, option, size, null=not size)
            check(error in INACTIVE, f"{what}, option {option}: {name(error)}")
            equal((length, set(data)), (size, {0x5A} if size else set()), "buffer and length")


class Talker(Held):
    """A held client that reads what the proxy sends before it ends."""

    @staticmethod
    def _hold(release, target, port, family, prepare):
        with socket.create_connection((target, port), timeout=10) as client:
            names = [client.getsockname()[:2], client.getpeername()[:2]]
            release.settimeout(60)
            release.recv(1)
            names += [client.getpeername()[:2], client.recv(100)]
            client.sendall(b"yes")
        return names


def each(scene):
    for address, target in (("127.0.0.1", ORIGIN4), ("::1", ORIGIN6)):
        listener = scene.listen(address, PORT)
        client = Talker(scene, target, 8080)
        accepted = scene.keep(listener.accept()[0])
        accepted.settimeout(10)
        yield listener, client, accepted, address, target


def comes_and_goes(scene, down):
    scene.up("web", RULES)
    ends = []
    for listener, client, accepted, address, target in each(scene):
        before, token = answers(accepted), query_records(accepted)
        check(all(type(before[option]) is bytes for option in (RECORDS, HOPS, ORIGIN)), "answers")
        ends.append((listener, client, accepted, address, target, token))
    down()
    for listener, client, accepted, address, target, token in ends:
        is_inactive(accepted, "accepted")
        is_inactive(listener, "listening")
        sock = scene.keep(socket.socket(listener.family))
        check(raw_set(sock, RECORDS, token) in INACTIVE, "set")
        # What was redirected goes on.
        accepted.sendall(b"still there")
        names = client.release()
        equal(names[1], (target, 8080), "the peer's name before")
        equal(names[2:], [(address, PORT), b"still there"], "the peer's name, and what was read")
        equal(accepted.recv(9), b"yes", "what was written")
        # And what begins now goes its own way.
        direct = scene.keep(socket.socket(listener.family))
        equal(direct.connect_ex((target, 8080)), errno.ECONNREFUSED, "a new connect")
    scene.up("web", RULES)
    for listener, _, accepted, _, target, token in ends:
        for option, found in answers(accepted).items():
            equal(name(found), name(errno.ENOENT), f"old connection, option {option}")
        error = raw_set(scene.keep(socket.socket(listener.family)), RECORDS, token)
        equal(name(error), name(errno.ESTALE), "set of a token under another key")
        fresh = Redirected(scene, listener, target)
        check(fresh.token != token, "the same token")
        equal(raw_set(scene.keep(socket.socket(listener.family)), RECORDS, fresh.token), 0, "set")


@case
def down_all_and_up_is_another_whither_with_another_key(scene):
    comes_and_goes(scene, scene.down)


@case
def the_last_set_takes_all_along(scene):
    comes_and_goes(scene, lambda: scene.down("web"))


@case
def a_socket_from_before_whither_came_up_was_not_redirected(scene):
    listener = scene.listen(ORIGIN4)
    client = scene.keep(socket.create_connection(listener.getsockname()))
    accepted = scene.keep(listener.accept()[0])
    waiting = scene.keep(socket.create_connection(listener.getsockname()))
    unused = scene.keep(socket.socket())
    is_inactive(accepted, "accepted")
    scene.up("web", RULES)
    for what, sock in (("client", client), ("accepted", accepted), ("waiting", waiting),
                       ("accepted afterwards", scene.keep(listener.accept()[0]))):
        for option, found in answers(sock).items():
            equal(name(found), name(errno.ENOENT), f"{what}, option {option}")
    # A socket made before, and used now, is redirected like any other.
    proxy = scene.listen("127.0.0.1", PORT)
    with unused:
        scene.child(connect_with, unused)
    accepted = scene.keep(proxy.accept()[0])
    equal(query_origin(accepted).destination, (ORIGIN4, 8080), "destination")


def connect_with(sock):
    sock.settimeout(10)
    sock.connect((ORIGIN4, 8080))
    sock.recv(1)


main(__file__)
