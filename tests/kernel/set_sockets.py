# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Sockets on which records can be set, sockets on which they cannot, and what it does."""
import errno
import os
import socket
import struct

from chain_proxies import Destination, Proxy, hops
from kernel_connection import *
from kernel_scene import *

ONE, TWO = 12001, 12002
CHAIN = hops("web/one", "web/two")
RULES = "".join(
    f"[redirector {name_}]\nlisten = 127.0.0.1:{port}\nlisten = [::1]:{port}\n"
    "remote-address = 192.0.2.0/24, 2001:db8::/32\nremote-port = 8000-8999\n"
    for name_, port in (("one", ONE), ("two", TWO))
)


def start(scene):
    """This process is redirector one's, on both families; another is two's."""
    listener = scene.listen("127.0.0.1", ONE), scene.listen("::1", ONE)
    scene.up("web", RULES)
    upstream = Destination(scene, "127.0.0.1").name
    return *listener, Proxy(scene, TWO, address="::", upstream=upstream)


def carries(second, connection, sock, target):
    """sock, with connection's records, connects to target: two is told the whole chain."""
    sock.settimeout(10)
    sock.connect(target)
    seen = second.seen()
    equal(seen["hops"], CHAIN, "hops")
    equal((seen["pid"], seen["count"]), (connection.pid, 2), "who began, hops")
    equal(tuple(seen["client"]), connection.peer[:2], "the first client's address")
    equal(tuple(seen["destinations"][0]), connection.target, "the first destination")
    shown = target[0].replace("::ffff:", ""), target[1]
    equal([tuple(seen["destination"]), tuple(seen["destinations"][1])], [shown] * 2, "the second")


@case
def records_of_either_family_go_on_sockets_of_either(scene):
    listener4, listener6, second = start(scene)
    for listener, origin in ((listener4, ORIGIN4), (listener6, ORIGIN6)):
        connection = Redirected(scene, listener, origin, 8001)
        for target in (ORIGIN4, ORIGIN6, "::ffff:" + ORIGIN4):
            family = socket.AF_INET6 if ":" in target else socket.AF_INET
            sock = scene.keep(socket.socket(family))
            equal(raw_set(sock, RECORDS, connection.token), 0, f"set for {target}")
            carries(second, connection, sock, (target, 8002))


@case
def one_record_on_several_sockets_at_once_is_carried_by_each(scene):
    listener, _, second = start(scene)
    connection = Redirected(scene, listener)
    targets = (ORIGIN6, 8003), (ORIGIN4, 8004), (ORIGIN4, 8005)
    families = socket.AF_INET6, socket.AF_INET, socket.AF_INET
    socks = [scene.keep(socket.socket(family)) for family in families]
    for sock in socks:
        equal(raw_set(sock, RECORDS, connection.token), 0, "set")
    # Happy Eyeballs: all are on their way before any has arrived.
    for sock, target in zip(socks, targets):
        sock.setblocking(False)
        equal(sock.connect_ex(target), errno.EINPROGRESS, "connect")
    left = {target: CHAIN for target in targets}
    for _ in targets:
        seen = second.seen()
        equal(seen["hops"], left.pop(tuple(seen["destination"])), "hops")
        equal(seen["pid"], connection.pid, "who began")


@case
def a_second_set_replaces_the_first(scene):
    listener, _, second = start(scene)
    first, last = (Redirected(scene, listener, port=port) for port in (8001, 8002))
    sock = scene.keep(socket.socket())
    for connection in (first, last, first, last):
        equal(raw_set(sock, RECORDS, connection.token), 0, "set")
    carries(second, last, sock, (ORIGIN4, 8003))


@case
def records_are_set_before_bind_or_after_it(scene):
    listener, _, second = start(scene)
    connection = Redirected(scene, listener)
    after, before = scene.keep(socket.socket()), scene.keep(socket.socket())
    after.bind(("127.0.0.1", 0))
    equal(raw_set(after, RECORDS, connection.token), 0, "set after bind")
    carries(second, connection, after, (ORIGIN4, 8003))
    equal(raw_set(before, RECORDS, connection.token), 0, "set before bind")
    before.bind(("127.0.0.1", 0))
    carries(second, connection, before, (ORIGIN4, 8003))


@case
def a_connect_that_failed_leaves_the_records_for_the_next(scene):
    listener, _, second = start(scene)
    connection = Redirected(scene, listener)
    sock = scene.keep(socket.socket())
    equal(raw_set(sock, RECORDS, connection.token), 0, "set")
    equal(sock.connect_ex((ORIGIN4, 1)), errno.ECONNREFUSED, "connect")
    carries(second, connection, sock, (ORIGIN4, 8003))


@case
def a_socket_with_records_may_end_before_its_connection_or_after(scene):
    listener, _, second = start(scene)
    connection = Redirected(scene, listener)
    token = connection.token
    unused = socket.socket()
    equal(raw_set(unused, RECORDS, token), 0, "set")
    unused.close()
    late = scene.keep(socket.socket())
    equal(raw_set(late, RECORDS, token), 0, "set")
    # The chain was copied: that the connection ends changes nothing.
    connection.release()
    connection.accepted.close()
    error = raw_set(scene.keep(socket.socket()), RECORDS, token)
    equal(name(error), name(errno.ESTALE), "too late")
    late.settimeout(10)
    late.connect((ORIGIN4, 8003))
    seen = second.seen()
    equal((seen["hops"], seen["pid"]), (CHAIN, connection.pid), "hops, who began")


@case
def sockets_that_are_connected_or_connecting_or_listen_refuse(scene):
    listener, listener6, _ = start(scene)
    token = Redirected(scene, listener).token
    for family, address in ((socket.AF_INET, ORIGIN4), (socket.AF_INET6, ORIGIN6)):
        server = scene.listen(address)
        client = scene.keep(socket.socket(family))
        client.connect(server.getsockname())
        accepted = scene.keep(server.accept()[0])
        for what, sock in (("connected", client), ("accepted", accepted)):
            equal(name(raw_set(sock, RECORDS, token)), name(errno.EISCONN), what)
            sock.sendall(b"x")
        equal((client.recv(9), accepted.recv(9)), (b"x", b"x"), "what was sent")
        client.shutdown(socket.SHUT_WR)
        equal(name(raw_set(accepted, RECORDS, token)), name(errno.EISCONN), "half closed")
        equal(name(raw_set(server, RECORDS, token)), name(errno.EINVAL), "listening")
        full = scene.listen(address, backlog=0)
        connecting = [scene.keep(socket.socket(family)) for _ in range(4)]
        for sock in connecting:
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        error = raw_set(connecting[-1], RECORDS, token)
        equal(name(error), name(errno.EISCONN), "connecting")
    equal(name(raw_set(listener6, RECORDS, token)), name(errno.EINVAL), "a redirector's listener")


@case
def sockets_that_are_not_tcp_refuse(scene):
    listener, _, _ = start(scene)
    token = Redirected(scene, listener).token
    kinds = {
        "UDP": (socket.AF_INET, socket.SOCK_DGRAM), "UDP6": (socket.AF_INET6, socket.SOCK_DGRAM),
        "unix": (socket.AF_UNIX, socket.SOCK_STREAM),
        "unix datagram": (socket.AF_UNIX, socket.SOCK_DGRAM),
        "netlink": (socket.AF_NETLINK, socket.SOCK_RAW),
        "raw ICMP": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        "raw TCP": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP),
        "MPTCP": (socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP),
        "MPTCP6": (socket.AF_INET6, socket.SOCK_STREAM, IPPROTO_MPTCP),
    }
    for what, kind in kinds.items():
        sock = scene.keep(socket.socket(*kind))
        for data in (token, b"", bytes(64)):
            equal(name(raw_set(sock, RECORDS, data)), name(errno.EOPNOTSUPP), what)


@case
def an_accepted_socket_that_serves_anew_takes_records_like_a_new_one(scene):
    listener, _, second = start(scene)
    connection, used = Redirected(scene, listener), Redirected(scene, listener)
    sock = used.accepted
    equal(raw_connect(sock, struct.pack("=H14x", socket.AF_UNSPEC)), 0, "AF_UNSPEC")
    equal(raw_set(sock, RECORDS, connection.token), 0, "set")
    carries(second, connection, sock, (ORIGIN4, 8003))
    equal(name(raw_get(sock, ORIGIN, 1024)[0]), name(errno.ENOENT), "it is a client now")


@case
def a_socket_without_records_in_a_proxy_that_sets_them_is_by_process(scene):
    listener, _, second = start(scene)
    connection = Redirected(scene, listener)
    query_records(connection.accepted)
    sock = scene.keep(socket.socket())
    sock.settimeout(10)
    sock.connect((ORIGIN4, 8003))
    seen = second.seen()
    equal(seen["hops"], hops("web/one*", "web/two"), "hops")
    equal(seen["pid"], os.getpid(), "who began, as far as is known")
    equal(tuple(seen["client"]), sock.getsockname(), "and from where")


main(__file__, ground=GROUND)
