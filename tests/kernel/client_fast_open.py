# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""TCP Fast Open: connects that are no connect(), with data in the SYN, or put off."""
from client_scene import *

MSG_FASTOPEN = 0x20000000
TCP_FASTOPEN, TCP_FASTOPEN_CONNECT = 23, 30
# Client and server, without cookies on either side: data goes with the first SYN.
NO_COOKIES = f"{0x1 | 0x2 | 0x4 | 0x200 | 0x400}"


def fast_listener(scene, address):
    listener = scene.listen(address, PORT)
    listener.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 16)
    return listener


def send_first(family, target):
    """sendto(MSG_FASTOPEN), which is connect and send in one."""
    with socket.socket(family) as sock:
        equal(sock.sendto(b"hello", MSG_FASTOPEN, target), 5, "bytes sent")
        yield names(sock)


def put_off(family, target):
    """TCP_FASTOPEN_CONNECT: connect() returns at once, the first write connects."""
    with socket.socket(family) as sock:
        sock.settimeout(10)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
        sock.connect(target)
        sock.sendall(b"hello")
        yield names(sock)


def in_the_syn(scene, way):
    listener4, listener6 = fast_listener(scene, PROXY4), fast_listener(scene, PROXY6)
    redirect(scene, AT4, AT6)
    before = tcp_counter("TCPFastOpenPassive")
    with setting("net.ipv4.tcp_fastopen", NO_COOKIES), taken(scene, 3):
        for family, listener, target, destination in (
            (socket.AF_INET, listener4, (AWAY4, 80), (AWAY4, 80)),
            (socket.AF_INET6, listener4, (f"::ffff:{AWAY4}", 80), (AWAY4, 80)),
            (socket.AF_INET6, listener6, (AWAY6, 80), (AWAY6, 80)),
        ):
            steps = Steps(scene, way, family, target)
            peer, own = steps.reach()
            equal(peer, target, "getpeername()")
            accepted = arrive(scene, listener)
            origin = told(accepted, destination)
            equal(origin.pid, steps.pid, "pid")
            equal(origin.client[1], own[1], "client port")
            steps.end()
            received = b""
            while data := accepted.recv(100):
                received += data
            equal(received, b"hello", "data, once")
            accepted.close()
    equal(tcp_counter("TCPFastOpenPassive") - before, 3, "SYNs with data that were taken")
    listener4.close()
    listener6.close()
    idle(scene)


@case
def sendto_with_msg_fastopen_is_redirected_with_its_data(scene):
    in_the_syn(scene, send_first)


@case
def a_connect_put_off_until_the_first_write_is_redirected_with_its_data(scene):
    in_the_syn(scene, put_off)


@case
def with_cookies_every_connection_has_its_record(scene):
    # The first asks for a cookie and sends its data later; from then on data goes with the SYN.
    listener = fast_listener(scene, PROXY4)
    redirect(scene, AT4)
    before = tcp_counter("TCPFastOpenPassive")
    with setting("net.ipv4.tcp_fastopen", "3"):
        for number in range(4):
            steps = Steps(scene, send_first, socket.AF_INET, (AWAY4, 80 + number))
            equal(steps.reach()[0], (AWAY4, 80 + number), "getpeername()")
            accepted = arrive(scene, listener)
            told(accepted, (AWAY4, 80 + number))
            equal(accepted.recv(100), b"hello", "data")
            steps.end()
    equal(tcp_counter("TCPFastOpenPassive") - before, 3, "SYNs with data that were taken")


@case
def a_connect_put_off_and_closed_leaves_nothing(scene):
    fast_listener(scene, PROXY4)
    redirect(scene, AT4)

    def client():
        for _ in range(20):
            with socket.socket() as sock:
                sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
                sock.connect((AWAY4, 80))

    with setting("net.ipv4.tcp_fastopen", NO_COOKIES), taken(scene, 0):
        scene.child(client).result()
    idle(scene)


@case
def a_connect_put_off_keeps_its_redirection_when_the_rules_change(scene):
    listener = fast_listener(scene, PROXY4)
    redirect(scene, AT4)

    def client():
        with socket.socket() as sock:
            sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
            sock.connect((AWAY4, 80))
            yield
            sock.sendall(b"hello")
            yield names(sock)[0]

    with setting("net.ipv4.tcp_fastopen", NO_COOKIES):
        steps = Steps(scene, client)
        steps.reach()
        scene.down("web")
        steps.go()
        equal(steps.reach(), (AWAY4, 80), "getpeername()")
        accepted = arrive(scene, listener)
        told(accepted, (AWAY4, 80))
        equal(accepted.recv(100), b"hello", "data")
        steps.end()


@case
def blocked_and_refused_ones_fail_like_any_connect(scene):
    scene.up("block", "[filter no]\naction = block\nremote-address = 203.0.113.8\n")
    redirect(scene, AT4)

    def client():
        found = []
        for target in (("203.0.113.8", 80), (AWAY4, 80)):
            with socket.socket() as sock:
                found.append(outcome(sock.sendto, b"hello", MSG_FASTOPEN, target))
        for target in (("203.0.113.8", 80), (AWAY4, 80)):
            with socket.socket() as sock:
                sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
                sock.settimeout(10)
                error = outcome(sock.connect, target)
                found.append(error or outcome(sock.send, b"hello") or outcome(sock.recv, 1))
        return found

    with setting("net.ipv4.tcp_fastopen", NO_COOKIES), taken(scene, 2, absent=2):
        found = scene.child(client).result()
    equal(found, [errno.EPERM, errno.ECONNREFUSED] * 2, "errors")
    idle(scene)


@case
def where_nothing_matches_it_goes_through_untouched(scene):
    origin = scene.listen(ORIGIN4)
    origin.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 16)
    redirect(scene, AT4)
    with setting("net.ipv4.tcp_fastopen", NO_COOKIES), taken(scene, 0):
        for way in (send_first, put_off):
            steps = Steps(scene, way, socket.AF_INET, origin.getsockname())
            equal(steps.reach()[0], origin.getsockname(), "getpeername()")
            accepted = arrive(scene, origin)
            untold(accepted)
            equal(accepted.recv(100), b"hello", "data")
            steps.end()


main(__file__, ground=GROUND)
