# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The client's own end: bound ports and addresses, their reuse, and when they run out."""
from client_scene import *
from kernel_program import wait_until

SOURCE_PORT = 40404


def bound(source, target, family=socket.AF_INET):
    """A socket bound to source that may share it, connected to target."""
    sock = socket.socket(family)
    sock.settimeout(10)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(source)
    try:
        sock.connect(target)
    except OSError:
        sock.close()
        raise
    return sock


@case
def a_bound_source_port_is_kept(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)

    def client():
        with bound(("0.0.0.0", SOURCE_PORT), (AWAY4, 80)) as sock:
            yield names(sock)

    steps = Steps(scene, client)
    equal(steps.reach(), ((AWAY4, 80), (PROXY4, SOURCE_PORT)), "names")
    told(arrive(scene, listener), (AWAY4, 80), client=(PROXY4, SOURCE_PORT))
    steps.end()


@case
def one_source_port_to_two_destinations_fails_without_harm(scene):
    # Two destinations are one peer, the proxy; the kernel refuses a second equal connection.
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    source = ("0.0.0.0", SOURCE_PORT)

    def client():
        with bound(source, (AWAY4, 80)) as sock:
            yield outcome(bound, source, (AWAY4, 81))
            yield names(sock)[0]

    with taken(scene, 1):
        steps = Steps(scene, client)
        equal(steps.reach(), errno.EADDRNOTAVAIL, "second connect")
    told(arrive(scene, listener), (AWAY4, 80), client=(PROXY4, SOURCE_PORT))
    steps.go()
    equal(steps.reach(), (AWAY4, 80), "getpeername() of the first")
    steps.end()
    listener.close()


@case
def a_client_bound_to_another_address_of_this_host_is_served(scene):
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6)
    for family, source, away, listener in (
        (socket.AF_INET, ORIGIN4, (AWAY4, 80), listener4),
        (socket.AF_INET6, ORIGIN6, (AWAY6, 80), listener6),
        (socket.AF_INET6, f"::ffff:{ORIGIN4}", (f"::ffff:{AWAY4}", 80), listener4),
    ):

        def client():
            with bound((source, 0), away, family) as sock:
                yield names(sock)

        steps = Steps(scene, client)
        peer, own = steps.reach()
        equal(peer, away, "getpeername()")
        equal(own[0], source, "getsockname()")
        plain = source.removeprefix("::ffff:")
        accepted = arrive(scene, listener)
        told(accepted, (away[0].removeprefix("::ffff:"), 80), client=(plain, own[1]))
        equal(accepted.getpeername()[0], plain, "the proxy sees")
        steps.end()


@case
def a_port_reused_after_resets_has_the_right_record_2000_times(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    count = 2000

    def client():
        for number in range(count):
            with bound((PROXY4, SOURCE_PORT), (AWAY4, 1000 + number)) as sock:
                equal(sock.recv(1), b"x", "answer")
                reset(sock)

    with taken(scene, count):
        child = scene.child(client)
        for number in range(count):
            accepted, peer = listener.accept()
            with accepted:
                equal(peer, (PROXY4, SOURCE_PORT), "client")
                equal(query_origin(accepted).destination, (AWAY4, 1000 + number), "destination")
                accepted.sendall(b"x")
                accepted.settimeout(10)
                equal(outcome(accepted.recv, 1), errno.ECONNRESET, "end")
        child.result()
    listener.close()
    idle(scene)


def is_closing():
    """Whether a client's end still waits for its last acknowledgement: no other may have its port yet."""
    with open("/proc/self/net/tcp") as sockets:
        ends = [line.split()[1:4] for line in list(sockets)[1:]]
    return any(
        int(local.rsplit(":", 1)[1], 16) == SOURCE_PORT and state == "09" for local, _, state in ends
    )


def in_time_wait(scene, client_closes_first):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    count = 100

    def client():
        for number in range(count):
            with bound((PROXY4, SOURCE_PORT), (AWAY4, 1000 + number)) as sock:
                if client_closes_first:
                    sock.shutdown(socket.SHUT_WR)
                equal(sock.recv(1), b"", "end")
            yield

    steps = Steps(scene, client)
    for number in range(count):
        accepted = arrive(scene, listener)
        told(accepted, (AWAY4, 1000 + number), client=(PROXY4, SOURCE_PORT))
        if client_closes_first:
            equal(accepted.recv(1), b"", "end")
        accepted.close()
        steps.reach()
        wait_until(lambda: not is_closing(), "the client's end is closed")
        steps.go()
    listener.close()
    idle(scene)


@case
def a_port_in_time_wait_at_the_client_has_the_right_record(scene):
    in_time_wait(scene, True)


@case
def a_port_in_time_wait_at_the_proxy_has_the_right_record(scene):
    in_time_wait(scene, False)


@case
def a_direct_connection_over_a_port_that_was_redirected_is_told_nothing(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    source = (PROXY4, SOURCE_PORT)

    def client():
        for target in ((AWAY4, 80), (PROXY4, PORT)) * 3:
            with bound(source, target) as sock:
                yield names(sock)[0]
                reset(sock)

    steps = Steps(scene, client)
    for target in ((AWAY4, 80), (PROXY4, PORT)) * 3:
        equal(steps.reach(), target, "getpeername()")
        accepted = arrive(scene, listener)
        told(accepted, target) if target[0] == AWAY4 else untold(accepted)
        steps.go()


@case
def when_no_port_is_left_the_connect_fails_and_recovers(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    count = 8

    def client():
        socks = [connected(socket.AF_INET, (AWAY4, 80 + number)) for number in range(count)]
        equal(outcome(connected, socket.AF_INET, (AWAY4, 99)), errno.EADDRNOTAVAIL, "connect")
        reset(socks.pop())
        yield
        socks.append(connected(socket.AF_INET, (AWAY4, 100)))
        yield

    with setting("net.ipv4.ip_local_port_range", f"50000 {50000 + count - 1}"):
        with taken(scene, count + 1):
            steps = Steps(scene, client)
            steps.reach()
            for number in range(count):
                told(arrive(scene, listener), (AWAY4, 80 + number))
            steps.go()
            steps.reach()
            told(arrive(scene, listener), (AWAY4, 100))
        steps.end()


main(__file__, ground=GROUND)
