# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A verb that is killed at any point: the old rules are in force or the new ones, never half of
each; the next verb works; and "down --all" removes everything.

A first run under strace tells which calls change something; then whither is killed as it enters
each of them, so that what is found is what all calls before have made. Here at some of them, from
the first to the last; killed_verbs_soak.py takes every one."""
import errno
import os
import signal
import subprocess

import kernel_worker as do
from kernel_scene import *
from kernel_state import PINS, eventually, nothing_left
from kernel_worker import Worker

CALLS = "bpf", "unlinkat", "unlink", "mkdir", "rmdir", "mount", "exit_group"
CHANGES = (
    "BPF_OBJ_PIN BPF_LINK_CREATE BPF_LINK_UPDATE BPF_LINK_DETACH BPF_MAP_UPDATE_ELEM "
    "BPF_MAP_DELETE_ELEM BPF_MAP_UPDATE_BATCH"
).split()
# How many of a verb's points are tried.
TRIED = None if os.environ.get("WHITHER_EVERY_POINT") else 12
PROXY = ("127.0.0.1", 12345)
OLD, NEW = ("192.0.2.71", 80), ("198.51.100.71", 80)


def rules(target, context, owner=""):
    """One redirector that takes target, and a filter that blocks its next port."""
    return (
        f"[redirector one]\nlisten = {PROXY[0]}:{PROXY[1]}\nremote-address = {target[0]}\n"
        f"context = text:{context}\n{owner}"
        f"[filter shut]\naction = block\nremote-address = {target[0]}\nremote-port = 81\n"
    )


class Probe:
    """Tells by real connects what is in force."""

    def __init__(self, scene):
        self.proxy, self.client = Worker(scene), Worker(scene, uid=60001)
        self.proxy.call(do.listen, "listener", *PROXY)

    def takes(self, target):
        """The context if target is taken, None if it is left alone; anything else is half."""
        try:
            self.client.call(do.connect, "probe", *target)
        except OSError as error:
            equal(error.errno, errno.ENETUNREACH, f"a connect to {target}")
            self.is_open(target)
            return None
        self.proxy.call(do.accept, "listener", "probe")
        origin, hops, _ = self.proxy.call(do.ask, "probe")
        equal((origin.destination, hops), (target, [target]), "what the records say")
        context = self.proxy.call(do.context, "probe")
        for worker in (self.client, self.proxy):
            worker.call(do.close, "probe")
        with refused(errno.EPERM, "what the filter of the same set blocks"):
            self.client.call(do.connect, "shut", target[0], 81)
        return context

    def is_open(self, target):
        """No filter without its redirector."""
        with refused(errno.ENETUNREACH, "what the filter of an absent set would block"):
            self.client.call(do.connect, "shut", target[0], 81)

    def state(self):
        return self.takes(OLD), self.takes(NEW)


def strace(scene, words, *options):
    log = f"{scene.directory}/strace"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", log, *options, scene.whither, *words],
        capture_output=True,
        text=True,
        check=False,
        # LeakSanitizer, where there is one, cannot work under strace.
        env={**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"},
    )
    with open(log) as file:
        return done, file.readlines()


def changing_calls(scene, words):
    """(call, n) for each n-th call of a system call that changes something."""
    done, lines = strace(scene, words, "-e", "trace=" + ",".join(CALLS))
    equal(done.returncode, 0, f"{words} under strace ({done.stderr})")
    counts, found = dict.fromkeys(CALLS, 0), []
    for line in lines:
        call, _, arguments = line.split(maxsplit=1)[1].partition("(")
        if call in counts:
            counts[call] += 1
            if call != "bpf" or arguments.split(",")[0] in CHANGES:
                found.append((call, counts[call]))
    return found


def every_point(scene, words, begin, after):
    """Kills whither at changing calls, evenly spread, the last among them, from the state that
    begin() makes, and has after() look at what is left."""
    begin()
    points = changing_calls(scene, words)
    check(len(points) > 5, f"only {points} change something")
    every = -(-len(points) // TRIED) if TRIED else 1
    for call, number in points[::every] + points[-1:]:
        begin()
        inject = f"inject={call}:signal=KILL:when={number}"
        done, _ = strace(scene, words, "-e", f"trace={call}", "-e", inject)
        died = done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
        check(died, f"killed at {call} {number}, it ended with {done.returncode} {done.stderr}")
        try:
            after()
        except Exception as error:
            raise Failure(f"killed at {call} {number} of {points}: {error!r}") from error
    print(f"# {len(points)} points, every {every}", flush=True)


def write(scene, name, text):
    path = f"{scene.directory}/{name}.conf"
    with open(path, "w") as file:
        file.write(text)
    return path


def all_gone(scene, probe):
    scene.run("down", "--all")
    check(not os.path.exists(PINS), "the pin directory is left")
    equal(whither_programs(), [], "programs left at the root's hooks")
    equal(probe.state(), (None, None), "rules after down --all")


def whither_programs():
    """Names of whither's programs that are attached at the root of cgroup v2."""
    told = subprocess.run(
        ["bpftool", "cgroup", "show", cgroup_root()], capture_output=True, text=True, check=True
    ).stdout
    return [word for word in told.split() if word.startswith("wh_")]


@case
def killed_in_its_first_up_there_are_no_rules_or_all_of_them(scene):
    probe, path = Probe(scene), write(scene, "web", rules(NEW, "new"))

    def after():
        check(probe.state() in ((None, None), (None, b"new")), f"half: {probe.state()}")
        scene.up("web", rules(OLD, "next"))
        equal(probe.state(), (b"next", None), "after the next up")
        eventually(nothing_left)
        all_gone(scene, probe)

    every_point(
        scene,
        ["up", path],
        lambda: (scene.run("down", "--all"), write(scene, "web", rules(NEW, "new"))),
        after,
    )


@case
def killed_in_an_up_that_replaces_the_old_rules_are_in_force_or_the_new(scene):
    probe = Probe(scene)
    path = write(scene, "web", rules(NEW, "new"))

    def after():
        check(probe.state() in ((b"old", None), (None, b"new")), f"half: {probe.state()}")

    every_point(
        scene,
        ["up", path],
        lambda: (scene.up("web", rules(OLD, "old")), write(scene, "web", rules(NEW, "new"))),
        after,
    )
    all_gone(scene, probe)


@case
def killed_in_an_up_that_moves_hooks_the_old_rules_are_in_force_or_the_new(scene):
    probe = Probe(scene)
    owner = "owner-user = 0\n"
    path = write(scene, "web", rules(NEW, "new", owner))

    def after():
        check(probe.state() in ((b"old", None), (None, b"new")), f"half: {probe.state()}")

    every_point(
        scene,
        ["up", path],
        lambda: (scene.up("web", rules(OLD, "old")), write(scene, "web", rules(NEW, "new", owner))),
        after,
    )
    all_gone(scene, probe)


@case
def killed_in_a_down_of_one_set_it_is_whole_or_gone_and_the_other_is_whole(scene):
    probe = Probe(scene)

    def after():
        equal(probe.takes(NEW), b"new", "the other set")
        check(probe.takes(OLD) in (b"old", None), "half of the set")

    def begin():
        scene.up("web", rules(OLD, "old"))
        scene.up("kept", rules(NEW, "new"))

    every_point(scene, ["down", "web"], begin, after)
    all_gone(scene, probe)


@case
def killed_in_a_down_of_the_last_set_it_is_whole_or_gone_and_up_works(scene):
    probe = Probe(scene)

    def after():
        check(probe.state() in ((b"old", None), (None, None)), f"half: {probe.state()}")
        scene.up("web", rules(NEW, "next"))
        equal(probe.takes(NEW), b"next", "after the next up")
        eventually(nothing_left)

    every_point(
        scene,
        ["down", "web"],
        lambda: (scene.down("--all"), scene.up("web", rules(OLD, "old"))),
        after,
    )
    all_gone(scene, probe)


@case
def killed_in_a_down_of_everything_the_next_one_removes_the_rest(scene):
    probe = Probe(scene)

    def after():
        check(probe.state() in ((b"old", None), (None, None)), f"half: {probe.state()}")
        all_gone(scene, probe)

    every_point(
        scene,
        ["down", "--all"],
        lambda: scene.up("web", rules(OLD, "old")),
        after,
    )


main(__file__)
