# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Bounds of connections in flight: reached, a connect fails at once and by an errno that nobody
takes for success; one user's bound is nobody else's; and it is over when they are."""
import ctypes
import errno
import socket
import struct

import kernel_worker as do
from kernel_scene import *
from kernel_state import Counters, Pinned, Totals, eventually, nothing_left, user_flights
from kernel_worker import Worker

HOLE, LISTENER = ("127.0.0.1", 12345), ("127.0.0.1", 12346)
INTO_HOLE, SERVED = ("192.0.2.71", 80), ("198.51.100.71", 80)
RULES = (
    "[redirector hole]\nlisten = 127.0.0.1:12345\nremote-address = 192.0.2.0/24\n"
    "[redirector served]\nlisten = 127.0.0.1:12346\nremote-address = 198.51.100.0/24\n"
)
FIRST, SECOND = 60001, 60002
SO_ATTACH_FILTER = 26
EVERY_PACKET_DROPPED = struct.pack("HBBI", 6, 0, 0, 0)  # ret 0


def dig(worker):
    """A listener that no SYN ever gets to."""
    worker.call(_dig)


def _dig():
    do.bind("hole", *HOLE)
    program = ctypes.create_string_buffer(EVERY_PACKET_DROPPED)  # as long as the call
    one = struct.pack("HP", 1, ctypes.addressof(program))
    do.held["hole"].setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, one)
    do.held["hole"].listen()


def fill(client, count, first=0):
    for number in range(first, first + count):
        equal(client.call(do.start_connecting, number, *INTO_HOLE), errno.EINPROGRESS, "connect")


def up(scene, **bounds):
    """up with bounds: max_pending, max_pending_per_user."""
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(RULES)
    options = [f"--{name.replace('_', '-')}={value}" for name, value in bounds.items()]
    scene.run("up", *options, path)


def is_full(client, target=SERVED, kind="blocking"):
    if kind == "blocking":
        with refused(errno.ENOBUFS, "a blocking connect"):
            client.call(do.connect, "more", *target)
    else:
        equal(client.call(do.start_connecting, "more", *target), errno.ENOBUFS, "connect")
        client.call(do.close, "more")


def is_served(client, proxy, name="served"):
    client.send(do.connect, name, *SERVED)
    proxy.call(do.accept, "listener", name)
    equal(client.result()[0], SERVED, "the client's peer")
    for worker in (client, proxy):
        worker.call(do.close, name)


def everybody(scene):
    proxy, hole = Worker(scene), Worker(scene)
    proxy.call(do.listen, "listener", *LISTENER)
    dig(hole)
    return proxy, Worker(scene, uid=FIRST), Worker(scene, uid=SECOND)


@case
def at_the_bound_of_all_every_connect_fails_with_enobufs_and_is_counted(scene):
    up(scene, max_pending=20)
    proxy, first, second = everybody(scene)
    fill(first, 20)
    equal(Totals().flights, 20, "in flight")
    before = Totals().refused["bound"]
    is_full(first)
    is_full(second)
    is_full(second, INTO_HOLE, "non-blocking")
    is_full(Worker(scene))  # root is no exception
    equal(Totals().refused["bound"] - before, 4, "refused at the bound, all in all")
    equal(Counters("served").refused["bound"], 3, "refused at the bound, of one redirector")
    equal(Counters("hole").refused["bound"], 1, "refused at the bound, of the other")
    equal(Totals().flights, 20, "in flight after the refusals")
    # One ends: one more may begin, and no second.
    first.call(do.close, 0)
    fill(first, 1)
    is_full(second)
    for number in range(20):
        first.call(do.close, number)
    is_served(second, proxy)
    eventually(nothing_left)


@case
def a_user_at_its_bound_does_not_stop_another(scene):
    up(scene, max_pending_per_user=8)
    proxy, first, second = everybody(scene)
    fill(first, 8)
    equal(user_flights(), {FIRST % 4096: 8}, "in flight by user")
    before = Totals().refused
    is_full(first)
    is_full(first, INTO_HOLE, "non-blocking")
    is_full(Worker(scene, uid=FIRST))
    is_served(second, proxy)
    fill(second, 8)
    is_full(second)
    equal(Totals().refused["user_bound"] - before["user_bound"], 4, "refused at a user's bound")
    equal(Totals().refused["bound"], before["bound"], "refused at the bound of all")
    for number in range(8):
        first.call(do.close, number)
    is_served(first, proxy)
    is_full(second)


@case
def when_a_killed_process_held_them_all_recovery_is_immediate(scene):
    up(scene, max_pending=50)
    proxy, first, second = everybody(scene)
    fill(first, 50)
    is_full(second)
    first.kill()
    is_served(second, proxy)
    eventually(nothing_left)


@case
def connections_that_nobody_accepts_count_only_until_they_have_arrived(scene):
    up(scene, max_pending=10)
    proxy, first, second = everybody(scene)
    for number in range(30):  # they wait in the backlog, established
        first.call(do.connect, number, *SERVED)
    equal(Totals().flights, 0, "in flight")
    is_served_after(second, proxy, 30)


def is_served_after(client, proxy, waiting):
    """The connections before it are accepted first."""
    for _ in range(waiting):
        proxy.call(do.accept, "listener", "before")
    is_served(client, proxy)


@case
def a_listener_whose_backlog_is_full_fills_the_bound_and_draining_it_recovers(scene):
    up(scene, max_pending=10)
    proxy, first, second = Worker(scene), Worker(scene, uid=FIRST), Worker(scene, uid=SECOND)
    proxy.call(do.listen, "listener", *LISTENER, 2)
    outcomes = [first.call(do.start_connecting, number, *SERVED) for number in range(20)]
    check(set(outcomes) <= {errno.EINPROGRESS, errno.ENOBUFS}, f"outcomes: {outcomes}")
    check(errno.ENOBUFS in outcomes, "the bound was not reached")
    equal(Totals().flights, 10, "in flight")
    for number in range(20):
        first.call(do.close, number)
    for _ in range(3):  # its backlog: as many as it says and one
        proxy.call(do.accept, "listener", "orphan")
    eventually(nothing_left)
    is_served(second, proxy)


@case
def refusals_and_failures_never_count(scene):
    up(scene, max_pending=5)
    proxy, first, _ = everybody(scene)
    scene.up("more", "[redirector absent]\nlisten = 127.0.0.1:12399\nremote-address = 203.0.113.1\n")
    for _ in range(50):
        with refused(errno.ECONNREFUSED, "a connect to nobody"):
            first.call(do.connect, "x", "203.0.113.1", 80)
    equal((Totals().flights, user_flights()), (0, {}), "in flight")
    is_served(first, proxy)


@case
def bounds_are_shown_stay_when_rules_change_and_can_be_changed_alone(scene):
    up(scene, max_pending=77, max_pending_per_user=7)
    engine = scene.show()["engine"]
    equal((engine["max_pending"], engine["max_pending_per_user"]), (77, 7), "bounds")
    up(scene)
    engine = scene.show()["engine"]
    equal((engine["max_pending"], engine["max_pending_per_user"]), (77, 7), "bounds kept")
    up(scene, max_pending=78)
    engine = scene.show()["engine"]
    equal((engine["max_pending"], engine["max_pending_per_user"]), (78, 7), "one changed")
    with Pinned("wh_settings") as pinned:
        equal(struct.unpack_from("=II", pinned.get(0, 64), 4), (78, 7), "the kernel's")


@case
def bounds_that_make_no_sense_are_refused_and_nothing_is_up(scene):
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(RULES)
    for bound in ("0", "-1", "120001", "many", ""):
        scene.run("up", f"--max-pending={bound}", path, expect=2)
        check("--max-pending" in scene.stderr, f"told: {scene.stderr}")
    equal(scene.show(), {"active": False}, "state")


main(__file__)
