# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Rule sets of different owners: what one does never touches the other's rules or connections."""
import contextlib
import errno
import os
import socket
import subprocess

import kernel_worker as do
from kernel_scene import *
from kernel_state import Counters, eventually, nothing_left
from kernel_worker import Worker

LEFT, RIGHT = ("127.0.0.1", 12345), ("127.0.0.1", 12346)
LEFT_TARGET, RIGHT_TARGET = ("192.0.2.71", 80), ("198.51.100.71", 80)
LEFT_USER, RIGHT_USER = 60001, 60002


def rules(name, listen, network, more=""):
    return (
        f"[redirector {name}]\nlisten = {listen[0]}:{listen[1]}\n"
        f"remote-address = {network}\n{more}"
    )


def left_rules(more=""):
    return rules("l", LEFT, "192.0.2.0/24", f"context = text:left\n{more}")


def right_rules(more=""):
    return rules("r", RIGHT, "198.51.100.0/24", f"context = text:right\n{more}")


def accepted(proxy, client, connection, target):
    """A redirected connection between two workers, and what the proxy learns about it."""
    client.send(do.connect, connection, *target)
    proxy.call(do.accept, "listener", connection)
    equal(client.result()[0], target, "the client's peer")
    return proxy.call(do.ask, connection)


def is_alive(proxy, client, connection, answers):
    """The connection carries data both ways, and its records and origin read as before."""
    client.call(do.write, connection, b"there")
    equal(proxy.call(do.read, connection), b"there", "data")
    proxy.call(do.write, connection, b"and back")
    equal(client.call(do.read, connection), b"and back", "data")
    origin, hops, records = proxy.call(do.ask, connection)
    equal(origin.destination, answers[0].destination, "destination")
    equal((hops, records), answers[1:], "hops and records")


class Two:
    """Two sets, each with its proxy, and a client with a connection to each."""

    def __init__(self, scene, owned=False):
        users = (LEFT_USER, RIGHT_USER) if owned else (None, None)
        owner = [f"owner-user = {user}\n" if owned else "" for user in users]
        self.left, self.right = (Worker(scene, uid=user) for user in users)
        self.client = Worker(scene, uid=60003)
        self.left.call(do.listen, "listener", *LEFT)
        self.right.call(do.listen, "listener", *RIGHT)
        scene.up("left", left_rules(owner[0]))
        scene.up("right", right_rules(owner[1]))
        self.left_answers = accepted(self.left, self.client, "a", LEFT_TARGET)
        self.right_answers = accepted(self.right, self.client, "b", RIGHT_TARGET)
        equal(self.left_answers[0].destination, LEFT_TARGET, "left's destination")
        equal(self.right_answers[0].destination, RIGHT_TARGET, "right's destination")

    def left_lives(self):
        is_alive(self.left, self.client, "a", self.left_answers)

    def right_lives(self):
        is_alive(self.right, self.client, "b", self.right_answers)


def each_change_of_left_leaves_right_alone(scene, owned):
    two = Two(scene, owned)
    owner = f"owner-user = {LEFT_USER}\n" if owned else ""
    taken = Counters("r", "right").taken
    for number, change in enumerate(
        (
            lambda: scene.up("left", left_rules(owner)),
            lambda: scene.up("left", left_rules(owner + "remote-port = 1-9\nweight = 7\n")),
            lambda: scene.down("left"),
            lambda: scene.up("left", left_rules(owner)),
        )
    ):
        change()
        two.left_lives()
        two.right_lives()
        answers = accepted(two.right, two.client, f"c{number}", RIGHT_TARGET)
        is_alive(two.right, two.client, f"c{number}", answers)
        equal(two.right.call(do.context, f"c{number}"), b"right", "context")
        equal(Counters("r", "right").taken, taken + number + 1, "right's count of taken")


@case
def changing_and_removing_one_set_leaves_the_other_and_its_connections_alone(scene):
    each_change_of_left_leaves_right_alone(scene, owned=False)


@case
def so_it_is_when_the_owners_are_stated(scene):
    each_change_of_left_leaves_right_alone(scene, owned=True)


@case
def what_a_removed_set_took_before_goes_direct_and_its_live_connection_goes_on(scene):
    two = Two(scene)
    subprocess.run(["ip", "addr", "add", LEFT_TARGET[0], "dev", "lo"], check=True)
    scene.later(subprocess.run, ["ip", "addr", "del", LEFT_TARGET[0] + "/32", "dev", "lo"])
    origin = scene.listen(*LEFT_TARGET)
    scene.down("left")
    two.client.send(do.connect, "direct", *LEFT_TARGET)
    direct, peer = origin.accept()
    scene.keep(direct)
    equal(two.client.result()[1], peer, "who arrived at the origin")
    two.left_lives()
    two.right_lives()


@case
def records_of_a_removed_set_can_still_be_set_by_who_asked_for_them(scene):
    two = Two(scene)
    target = scene.listen(ORIGIN4)
    scene.up("right", right_rules("").replace("198.51.100.0/24", "198.51.100.0/24, 192.0.2.10"))
    scene.up("left", left_rules())
    two.client.send(do.connect, "third", *target.getsockname())
    two.left.call(do.accept, "listener", "third")
    two.client.result()
    two.left.call(do.ask, "third")
    scene.down("left")
    two.left.send(do.relate_and_connect, "third", "onward")
    two.right.call(do.accept, "listener", "onward")
    two.left.result()
    origin, hops, _ = two.right.call(do.ask, "onward")
    equal(hops, [target.getsockname(), target.getsockname()], "both hops")
    equal(origin.pid, two.client.pid, "the origin is the first client")
    with refused(errno.EACCES, "a process that never held them sets them"):
        two.right.call(set_for, two.left.call(do.ask, "third")[2])


def set_for(records):
    with socket.socket() as outbound:
        do.set_records(outbound, records)


@case
def the_last_set_takes_everything_along_and_live_connections_go_on(scene):
    two = Two(scene)
    scene.down("left")
    two.right_lives()
    scene.down("right")
    check(not os.path.exists("/sys/fs/bpf/whither"), "the pin directory is left")
    for proxy, connection in ((two.left, "a"), (two.right, "b")):
        two.client.call(do.write, connection, b"still")
        equal(proxy.call(do.read, connection), b"still", "data after the last down")
        with refused(errno.EOPNOTSUPP, "a question when whither is not active"):
            proxy.call(do.ask, connection)
    scene.up("left", left_rules())
    scene.up("right", right_rules())
    with refused(errno.ENOENT, "a question about a connection of an earlier time"):
        two.left.call(do.ask, "a")
    answers = accepted(two.left, two.client, "again", LEFT_TARGET)
    is_alive(two.left, two.client, "again", answers)


@case
def a_set_that_claims_anothers_address_for_another_owner_is_refused_as_a_whole(scene):
    two = Two(scene, owned=True)
    path = f"{scene.directory}/third.conf"
    with open(path, "w") as file:
        file.write(rules("fine", ("127.0.0.1", 12399), "203.0.113.0/24"))
        file.write(rules("thief", LEFT, "192.0.2.71", f"owner-user = {RIGHT_USER}\nweight = 9\n"))
    told = scene.run("up", path, expect=1) + scene.stderr
    for word in ("thief", "third", "left", "another owner"):
        check(word in told, f"{word!r} is not in the refusal: {told}")
    with contextlib.suppress(KeyError):
        Counters("fine", "third")
        raise Failure("half of a refused set is in force")
    two.left_lives()
    answers = accepted(two.left, two.client, "again", LEFT_TARGET)
    is_alive(two.left, two.client, "again", answers)


@case
def nothing_is_left_of_either_sets_connections_when_they_close(scene):
    two = Two(scene)
    for worker, names in ((two.left, "a"), (two.right, "b"), (two.client, "ab")):
        for name in names:
            worker.call(do.close, name)
    eventually(nothing_left)


main(__file__)
