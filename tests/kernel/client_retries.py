# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""One socket, several connects: what an earlier connect left must never speak for a later one."""
import select

from client_scene import *

OTHER4 = "203.0.113.8"


def until_writable(sock):
    check(select.select([], [sock], [], 10)[1], "a connect did not end")
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def begin(sock, target):
    sock.setblocking(False)
    with refused(errno.EINPROGRESS, "connect"):
        sock.connect(target)


@case
def a_non_blocking_connect_ends_as_usual(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)

    def client():
        with socket.socket() as sock:
            begin(sock, (AWAY4, 80))
            equal(until_writable(sock), 0, "SO_ERROR")
            sock.connect((AWAY4, 80))
            with refused(errno.EISCONN, "third connect"):
                sock.connect((OTHER4, 81))
            yield names(sock)

    with taken(scene, 1):
        steps = Steps(scene, client)
        peer, own = steps.reach()
    equal(peer, (AWAY4, 80), "getpeername()")
    told(arrive(scene, listener), (AWAY4, 80), client=own)
    steps.end()


@case
def eisconn_changes_nothing(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)

    def client():
        with connected(socket.AF_INET, (AWAY4, 80), None) as sock:
            for target in ((OTHER4, 81), (ORIGIN4, 81), (PROXY4, PORT)):
                with refused(errno.EISCONN, "second connect"):
                    sock.connect(target)
            yield names(sock)[0]

    steps = Steps(scene, client)
    equal(steps.reach(), (AWAY4, 80), "getpeername()")
    told(arrive(scene, listener), (AWAY4, 80))
    steps.end()


@case
def a_refused_connect_can_be_retried_on_the_same_socket(scene):
    redirect(scene, AT4)

    def client():
        with socket.socket() as sock:
            equal(outcome(sock.connect, (AWAY4, 80)), errno.ECONNREFUSED, "connect")
            equal(outcome(sock.getpeername), errno.ENOTCONN, "getpeername()")
            yield
            sock.connect((OTHER4, 81))
            yield names(sock)

    with taken(scene, 1, absent=1):
        steps = Steps(scene, client)
        steps.reach()
    idle(scene)
    listener = scene.listen(PROXY4, PORT)
    with taken(scene, 1):
        steps.go()
        peer, own = steps.reach()
    equal(peer, (OTHER4, 81), "getpeername()")
    told(arrive(scene, listener), (OTHER4, 81), client=own)
    steps.end()


def refused_softly(sock, target):
    """Tries target, where nobody listens, without blocking; returns what the calls said."""
    begin(sock, target)
    return until_writable(sock), outcome(sock.connect, target)


@case
def a_refused_non_blocking_connect_says_what_it_says_without_whither(scene):
    redirect(scene, AT4)

    def client():
        with socket.socket() as sock, socket.socket() as other:
            equal(
                refused_softly(sock, (AWAY4, 80)),
                refused_softly(other, (ORIGIN4, 9)),
                "redirected and direct",
            )
            yield
            begin(sock, (AWAY4, 80))
            equal(until_writable(sock), 0, "SO_ERROR")
            yield names(sock)[0]

    with taken(scene, 1, absent=1):
        steps = Steps(scene, client)
        steps.reach()
    listener = scene.listen(PROXY4, PORT)
    steps.go()
    equal(steps.reach(), (AWAY4, 80), "getpeername()")
    told(arrive(scene, listener), (AWAY4, 80))
    steps.end()


@case
def a_refused_connect_leaves_nothing_for_a_destination_that_does_not_match(scene):
    redirect(scene, AT4)
    origin = scene.listen(ORIGIN4)
    target = origin.getsockname()

    def client():
        with socket.socket() as sock:
            equal(outcome(sock.connect, (AWAY4, 80)), errno.ECONNREFUSED, "connect")
            sock.connect(target)
            yield names(sock)[0]

    steps = Steps(scene, client)
    equal(steps.reach(), target, "getpeername()")
    untold(arrive(scene, origin))
    steps.end()
    idle(scene)


@case
def a_blocked_connect_leaves_the_socket_usable(scene):
    scene.up("block", "[filter no]\naction = block\nremote-address = 203.0.113.8\n")
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)

    def client():
        with socket.socket() as sock:
            equal(outcome(sock.connect, (OTHER4, 80)), errno.EPERM, "connect")
            equal(outcome(sock.getpeername), errno.ENOTCONN, "getpeername()")
            sock.connect((AWAY4, 80))
            yield names(sock)[0]

    with taken(scene, 1):
        steps = Steps(scene, client)
        equal(steps.reach(), (AWAY4, 80), "getpeername()")
    told(arrive(scene, listener), (AWAY4, 80))
    steps.end()


def twice(family, first, *later):
    """Connects one socket to each in turn; yields what getpeername() says of each."""
    with connected(family, first) as sock:
        yield names(sock)[0]
        for target in later:
            disconnect(sock)
            equal(outcome(sock.getpeername), errno.ENOTCONN, "getpeername() in between")
            sock.connect(target)
            yield names(sock)[0]


@case
def after_af_unspec_the_last_destination_is_told(scene):
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6)
    for family, listener, targets in (
        (socket.AF_INET, listener4, ((AWAY4, 80), (OTHER4, 81), (AWAY4, 82))),
        (socket.AF_INET6, listener6, ((AWAY6, 80), ("2001:db8:3::8", 81), (AWAY6, 82))),
    ):
        with taken(scene, 3):
            steps = Steps(scene, twice, family, *targets)
            for target in targets:
                equal(steps.reach(), target, "getpeername()")
                told(arrive(scene, listener), target)
                steps.go()


@case
def after_af_unspec_nothing_speaks_for_a_destination_that_does_not_match(scene):
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    origin4, origin6 = scene.listen(ORIGIN4), scene.listen(ORIGIN6)
    redirect(scene, AT4, AT6)
    for family, proxy, away, origin in (
        (socket.AF_INET, listener4, AWAY4, origin4),
        (socket.AF_INET6, listener6, AWAY6, origin6),
    ):
        # The third is the proxy itself: the very peer that the first connect had.
        targets = ((away, 80), origin.getsockname()[:2], proxy.getsockname()[:2], (away, 81))
        steps = Steps(scene, twice, family, *targets)
        for target, listener in zip(targets, (proxy, origin, proxy, proxy)):
            equal(steps.reach(), target, "getpeername()")
            accepted = arrive(scene, listener)
            told(accepted, target) if target[0] == away else untold(accepted)
            accepted.close()
            steps.go()
    for listener in (listener4, listener6):
        listener.close()
    idle(scene)


@case
def after_af_unspec_and_other_rules_nothing_is_left(scene):
    # The second connect happens under rules that have no redirector for it any more.
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    steps = Steps(scene, twice, socket.AF_INET, (AWAY4, 80), (PROXY4, PORT))
    equal(steps.reach(), (AWAY4, 80), "getpeername()")
    told(arrive(scene, listener), (AWAY4, 80))
    scene.down("web")
    steps.go()
    equal(steps.reach(), (PROXY4, PORT), "getpeername() under other rules")
    untold(arrive(scene, listener))
    steps.end()


def accept_one(scene, listener):
    """A redirected connection, accepted and asked; the client's process waits."""
    steps = Steps(scene, twice, socket.AF_INET, (AWAY4, 80))
    steps.reach()
    accepted = arrive(scene, listener)
    told(accepted, (AWAY4, 80))
    return accepted, query_records(accepted), steps


@case
def an_accepted_socket_reused_as_a_client_says_nothing(scene):
    listener, origin = scene.listen(PROXY4, PORT), scene.listen(ORIGIN4)
    redirect(scene, AT4)
    accepted, token, steps = accept_one(scene, listener)
    disconnect(accepted)
    untold(accepted, errno.ENOTCONN)
    with socket.socket() as outbound, refused(errno.ESTALE, "set"):
        set_records(outbound, token)
    accepted.connect(origin.getsockname())
    untold(accepted)
    untold(arrive(scene, origin))
    equal(accepted.getpeername(), origin.getsockname(), "getpeername()")
    steps.end()


@case
def an_accepted_socket_that_calls_its_own_client_back_says_nothing(scene):
    # Its peer is then, to the last bit, the one that its record was about.
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)

    def client():
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.connect((AWAY4, 80))
            own = sock.getsockname()
            yield own
            reset(sock)
            with socket.create_server(own) as server:
                yield
                server.accept()[0].close()

    steps = Steps(scene, client)
    own = steps.reach()
    accepted = arrive(scene, listener)
    told(accepted, (AWAY4, 80), client=own)
    steps.go()
    steps.reach()
    disconnect(accepted)
    accepted.connect(own)
    equal(accepted.getpeername(), own, "getpeername()")
    untold(accepted)
    steps.end()


@case
def an_accepted_socket_reused_as_a_listener_says_nothing(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    accepted, _, steps = accept_one(scene, listener)
    steps.end()
    disconnect(accepted)
    accepted.bind((PROXY4, 0))
    accepted.listen()
    untold(accepted, errno.EINVAL)
    client = scene.child(lambda: connected(socket.AF_INET, accepted.getsockname()).close())
    untold(arrive(scene, accepted))
    client.result()


main(__file__, ground=GROUND)
