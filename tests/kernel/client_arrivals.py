# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Between SYN and accept(): cookies, clients that are gone, backlogs that are full, proxies that
never accept. No record is lost, none is left behind, none meets another connection."""
import errno
import select

from client_scene import *


def origin_is(accepted, destination):
    equal(query_origin(accepted).destination, destination, "destination")


def accept_once(listener, seen):
    """Accepts the next connection. While the kernel takes cookies, the late ACK of one that is
    closed already brings it up again: such a ghost carries nothing, and is passed over."""
    while True:
        accepted, peer = listener.accept()
        if peer not in seen:
            seen.add(peer)
            return accepted
        with refused(errno.ENOENT, "the question to a ghost"), accepted:
            query_origin(accepted)


@case
def with_syn_cookies_every_record_arrives(scene):
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6)
    count = 50

    def client():
        for number in range(count):
            for family, away in ((socket.AF_INET, AWAY4), (socket.AF_INET6, AWAY6)):
                connected(family, (away, 1000 + number)).close()

    received = tcp_counter("SyncookiesRecv")
    with setting("net.ipv4.tcp_syncookies", "2"), taken(scene, 2 * count):
        child = scene.child(client)
        seen = set()
        for number in range(count):
            for listener, away in ((listener4, AWAY4), (listener6, AWAY6)):
                accepted = accept_once(listener, seen)
                origin_is(accepted, (away, 1000 + number))
                accepted.close()
        child.result()
    check(tcp_counter("SyncookiesRecv") - received >= 2 * count, "not all cookies came back")
    listener4.close()
    listener6.close()
    idle(scene)


@case
def a_client_gone_by_fin_before_accept_is_still_asked_and_related(scene):
    listener, origin = scene.listen(PROXY4, PORT), scene.listen(ORIGIN4)
    redirect(scene, AT4)

    def client():
        with connected(socket.AF_INET, (AWAY4, 80)) as sock:
            sock.sendall(b"hello")

    scene.child(client).result()
    accepted = arrive(scene, listener)
    told(accepted, (AWAY4, 80))
    with socket.socket() as outbound:
        set_records(outbound, query_records(accepted))
        outbound.connect(origin.getsockname())
    equal(accepted.recv(100), b"hello", "data")
    equal(accepted.recv(100), b"", "end")
    told(accepted, (AWAY4, 80))


def gone_by_reset(scene, asked_before):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4, more=MATCH + "context = text:kept\n")

    def client():
        sock = connected(socket.AF_INET, (AWAY4, 80))
        yield
        reset(sock)

    steps = Steps(scene, client)
    steps.reach()
    if asked_before:
        accepted = arrive(scene, listener)
        token = query_records(accepted)
        steps.end()
        equal(outcome(accepted.recv, 1), errno.ECONNRESET, "end")
        equal(query_records(accepted), token, "the same token")
    else:
        steps.end()
        accepted = arrive(scene, listener)
    told(accepted, (AWAY4, 80))
    equal(query_context(accepted), b"kept", "context")
    with socket.socket() as outbound:
        with refused(errno.ESTALE, "set"):
            set_records(outbound, query_records(accepted))
        origin = scene.listen(ORIGIN4)
        outbound.connect(origin.getsockname())
    accepted.close()
    listener.close()
    idle(scene)


@case
def a_client_gone_by_reset_before_accept_is_still_asked_but_set_says_estale(scene):
    gone_by_reset(scene, asked_before=False)


@case
def a_client_gone_by_reset_after_the_question_makes_the_token_stale(scene):
    gone_by_reset(scene, asked_before=True)


def crowd(count):
    """Begins count connects to as many destinations; yields, then waits for all, then closes."""
    socks = []
    for number in range(count):
        sock = socket.socket()
        sock.setblocking(False)
        equal(sock.connect_ex((AWAY4, 1000 + number)), errno.EINPROGRESS, "connect")
        socks.append(sock)
    yield [sock.getsockname()[1] for sock in socks]
    for sock in socks:
        check(select.select([], [sock], [], 10)[1], "a connect did not end")
        sock.sendall(b"y")  # its acknowledgement may have been dropped: data brings it again
    for sock in socks:
        sock.settimeout(10)
        equal(sock.recv(1), b"x", "answer")
    yield
    for sock in socks:
        sock.close()


@case
def a_full_backlog_loses_no_record_and_mixes_up_none(scene):
    listener = scene.listen(PROXY4, PORT, backlog=1)
    redirect(scene, AT4)
    count = 12
    steps = Steps(scene, crowd, count)
    ports = steps.reach()
    pending = scene.show()["occupancy"]["pending"]
    check(pending >= count - 4, f"{pending} of {count} wait for the backlog")
    steps.go()
    for _ in range(count):
        accepted, peer = listener.accept()
        scene.keep(accepted)
        told(accepted, (AWAY4, 1000 + ports.index(peer[1])), client=peer)
        accepted.sendall(b"x")
    steps.reach()
    equal(scene.show()["occupancy"]["pending"], 0, "records that wait")
    steps.end()


@case
def clients_that_give_up_on_a_full_backlog_leave_nothing(scene):
    scene.listen(PROXY4, PORT, backlog=0)
    redirect(scene, AT4)

    def client(way):
        socks = []
        for number in range(8):
            socks.append(socket.socket())
            socks[-1].setblocking(False)
            socks[-1].connect_ex((AWAY4, 1000 + number))
        yield
        for sock in socks:
            way(sock)
        yield

    for way in (disconnect, reset, socket.socket.close):
        steps = Steps(scene, client, way)
        steps.reach()
        check(scene.show()["occupancy"]["pending"] >= 6, "connects wait")
        steps.go()
        steps.reach()
        left = scene.show()["occupancy"]["pending"]
        # What shook hands before it was closed is the kernel's, and gone within a second.
        check(left <= 2, f"{left} left at once")
        steps.end()
    killed = Steps(scene, client, reset)
    killed.reach()
    killed.child.kill()


@case
def a_proxy_that_never_accepts_leaves_nothing(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)

    def client():
        listener.close()  # inherited
        socks = [connected(socket.AF_INET, (AWAY4, 1000 + number)) for number in range(20)]
        yield
        for sock in socks:
            equal(outcome(sock.recv, 1), errno.ECONNRESET, "end")
        yield

    with taken(scene, 20):
        steps = Steps(scene, client)
        steps.reach()
    shown = scene.show()["occupancy"]
    equal((shown["pending"], shown["accepted"]), (0, 20), "pending and arrived")
    listener.close()
    steps.go()
    steps.reach()
    steps.end()
    idle(scene)


@case
def a_proxy_that_accepts_only_with_data_has_the_record(scene):
    listener = scene.listen(PROXY4, PORT)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 5)
    redirect(scene, AT4)

    def client():
        with connected(socket.AF_INET, (AWAY4, 80)) as sock:
            sock.sendall(b"hello")
            yield

    steps = Steps(scene, client)
    steps.reach()
    accepted = arrive(scene, listener)
    told(accepted, (AWAY4, 80))
    equal(accepted.recv(10), b"hello", "data")
    steps.end()


@case
def a_proxy_that_is_not_there_refuses_and_leaves_nothing(scene):
    redirect(scene, AT4, AT6)

    def client():
        for _ in range(20):
            for family, away in ((socket.AF_INET, AWAY4), (socket.AF_INET6, AWAY6)):
                equal(outcome(connected, family, (away, 80)), errno.ECONNREFUSED, "connect")

    arrived = redirector(scene)["arrived"]
    with taken(scene, 40, absent=40):
        scene.child(client).result()
    equal(redirector(scene)["arrived"], arrived, "connects that arrived")
    idle(scene)


main(__file__, ground=GROUND)
