# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Multipath TCP, which Go listens with by default: the hooks see its subflows, programs its
socket. What is lost between the two is lost openly."""
from client_scene import *

IPPROTO_MPTCP = 262


def open_mptcp(family=socket.AF_INET):
    return socket.socket(family, socket.SOCK_STREAM, IPPROTO_MPTCP)


def mptcp_listener(scene, address, port):
    listener = scene.keep(open_mptcp())
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen()
    listener.settimeout(10)
    return listener


def client(family, target):
    with open_mptcp(family) as sock:
        sock.connect(target)
        sock.sendall(b"hello")
        yield names(sock)


def plain_client(target):
    with connected(socket.AF_INET, target) as sock:
        sock.sendall(b"hello")
        yield names(sock)


@case
def an_mptcp_client_is_redirected_and_its_origin_known(scene):
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6)
    with taken(scene, 3):
        for family, listener, target, destination, proxy in (
            (socket.AF_INET, listener4, (AWAY4, 80), (AWAY4, 80), (PROXY4, PORT)),
            (
                socket.AF_INET6,
                listener4,
                (f"::ffff:{AWAY4}", 80),
                (AWAY4, 80),
                (f"::ffff:{PROXY4}", PORT),
            ),
            (socket.AF_INET6, listener6, (AWAY6, 80), (AWAY6, 80), (PROXY6, PORT)),
        ):
            steps = Steps(scene, client, family, target)
            peer, own = steps.reach()
            # The one difference to TCP: getpeername() of an MPTCP socket is never hooked.
            equal(peer, proxy, "getpeername()")
            accepted = arrive(scene, listener)
            origin = told(accepted, destination)
            equal((origin.pid, origin.client[1]), (steps.pid, own[1]), "client")
            equal(accepted.recv(10), b"hello", "data")
            accepted.close()
            steps.end()
    listener4.close()
    listener6.close()
    idle(scene)


@case
def an_mptcp_listener_with_an_mptcp_client_says_eopnotsupp(scene):
    listener = mptcp_listener(scene, PROXY4, PORT)
    redirect(scene, AT4)
    with taken(scene, 1):
        steps = Steps(scene, client, socket.AF_INET, (AWAY4, 80))
        steps.reach()
    accepted = arrive(scene, listener)
    untold(accepted, errno.EOPNOTSUPP)
    equal(accepted.recv(10), b"hello", "data")
    steps.end()
    accepted.close()
    listener.close()
    idle(scene)


@case
def an_mptcp_listener_with_a_tcp_client_is_told(scene):
    # The kernel gives it a plain TCP socket then.
    listener = mptcp_listener(scene, PROXY4, PORT)
    redirect(scene, AT4)
    steps = Steps(scene, plain_client, (AWAY4, 80))
    equal(steps.reach()[0], (AWAY4, 80), "getpeername()")
    told(arrive(scene, listener), (AWAY4, 80))
    steps.end()


@case
def records_cannot_be_set_on_an_mptcp_socket(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    steps = Steps(scene, plain_client, (AWAY4, 80))
    steps.reach()
    token = query_records(arrive(scene, listener))
    with open_mptcp() as outbound, refused(errno.EOPNOTSUPP, "set"):
        set_records(outbound, token)
    steps.end()


@case
def a_filter_blocks_mptcp_and_an_absent_proxy_refuses_it(scene):
    scene.up("block", "[filter no]\naction = block\nremote-address = 203.0.113.8\n")
    redirect(scene, AT4)

    def attempt(target):
        with open_mptcp() as sock:
            return outcome(sock.connect, target)

    with taken(scene, 1, absent=1):
        equal(scene.child(attempt, ("203.0.113.8", 80)).result(), errno.EPERM, "blocked")
        equal(scene.child(attempt, (AWAY4, 80)).result(), errno.ECONNREFUSED, "absent")
    idle(scene)


main(__file__, ground=GROUND)
