# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Other owners' programs on the same hooks, and where whither's own hooks sit."""
import errno
import json
import os
import socket
import struct
import subprocess

import kernel_worker as do
from kernel_scene import *
from kernel_state import PINS, Pinned, attached
from kernel_worker import Worker

PROXY, TARGET = ("127.0.0.1", 12345), ("192.0.2.71", 80)
SECOND, SECOND_TARGET = ("127.0.0.1", 12346), ("198.51.100.71", 80)
DENIED = 666  # the port that the neighbour denies
SOURCE = """
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32);
	 __type(value, __u64); } calls SEC(".maps");
static __always_inline void count(void)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&calls, &zero);
	if (n)
		__sync_fetch_and_add(n, 1);
}
SEC("cgroup/connect4") int neighbour(struct bpf_sock_addr *ctx)
{
	count();
	return ctx->user_port != bpf_htons(666);
}
SEC("cgroup/getsockopt") int neighbour_opt(struct bpf_sockopt *ctx) { count(); return 1; }
char LICENSE[] SEC("license") = "GPL";
"""
HOOKS = {"neighbour": "connect4", "neighbour_opt": "getsockopt"}


def rules(name="one", listen=PROXY, target=TARGET, more=""):
    return (
        f"[redirector {name}]\nlisten = {listen[0]}:{listen[1]}\n"
        f"remote-address = {target[0]}\n{more}"
    )


def run(*words):
    done = subprocess.run([*words], capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"{' '.join(words)}: {done.stderr}")
    return done.stdout


class Neighbour:
    """Somebody else's programs, loaded and pinned, to be attached."""

    def __init__(self, scene):
        self.path = f"/sys/fs/bpf/whither-neighbour-{os.getpid()}"
        self.attached = []
        scene.keep(self)
        source = f"{scene.directory}/neighbour.c"
        with open(source, "w") as file:
            file.write(SOURCE)
        run("clang", "-target", "bpf", "-O2", "-g", "-c", source, "-o", source + ".o",
            "-idirafter", "/usr/include/" + os.uname().machine + "-linux-gnu")
        run("bpftool", "prog", "loadall", source + ".o", self.path, "pinmaps", self.path + "-maps")

    def attach(self, cgroup, name="neighbour", *flags):
        words = [cgroup, HOOKS[name], "pinned", f"{self.path}/{name}"]
        run("bpftool", "cgroup", "attach", *words, *flags)
        self.attached.append(words)

    def detach(self):
        while self.attached:
            run("bpftool", "cgroup", "detach", *self.attached.pop())

    def calls(self):
        with Pinned(self.path + "-maps/calls") as pinned:
            return struct.unpack("=Q", pinned.get(0, 8))[0]

    def close(self):
        self.detach()
        run("rm", "-rf", self.path, self.path + "-maps")


def works(proxy, client, target=TARGET, neighbour=None):
    """A connect is taken, and the neighbour, if there is one, saw it once."""
    before = neighbour.calls() if neighbour else 0
    client.send(do.connect, "a", *target)
    proxy.call(do.accept, "listener", "a")
    client.result()
    equal(proxy.call(do.ask, "a")[0].destination, target, "destination")
    for worker in (client, proxy):
        worker.call(do.close, "a")
    if neighbour:
        equal(neighbour.calls() - before, 1, "calls of the neighbour")
        with refused(errno.EPERM, "what the neighbour denies"):
            client.call(do.connect, "denied", "127.0.0.1", DENIED)


@case
def a_neighbour_below_keeps_working_shared_or_exclusive(scene):
    neighbour, below = Neighbour(scene), scene.subcgroup("below")
    proxy, client = Worker(scene), Worker(scene, cgroup=below)
    proxy.call(do.listen, "listener", *PROXY)
    for flags in (("multi",), ("override",), ()):
        neighbour.attach(below, "neighbour", *flags)
        scene.up("web", rules())
        works(proxy, client, TARGET, neighbour)
        scene.down()
        with refused(errno.EPERM, "what the neighbour denies, after down"):
            client.call(do.connect, "denied", "127.0.0.1", DENIED)
        scene.up("web", rules())
        neighbour.detach()
        neighbour.attach(below, "neighbour", *flags)  # and when whither was there first
        works(proxy, client, TARGET, neighbour)
        neighbour.detach()
        works(proxy, client)
        scene.down()


@case
def a_neighbour_at_the_root_keeps_working_whoever_was_first(scene):
    neighbour, root = Neighbour(scene), cgroup_root()
    proxy, client = Worker(scene), Worker(scene)
    proxy.call(do.listen, "listener", *PROXY)
    for neighbour_first in (True, False):
        if neighbour_first:
            neighbour.attach(root, "neighbour", "multi")
        scene.up("web", rules())
        if not neighbour_first:
            neighbour.attach(root, "neighbour", "multi")
        works(proxy, client, TARGET, neighbour)
        hook = [one for one in scene.show()["hooks"] if one["name"] == "connect4"][0]
        equal(hook["others"], 1, "others that show names")
        check("neighbour (id " in hook["other_names"], f"their names: {hook['other_names']}")
        scene.down()
        equal(attached(root, "connect4"), ["neighbour"], "programs after down")
        neighbour.detach()


@case
def an_exclusive_neighbour_at_the_root_is_named_and_nothing_of_whither_stays(scene):
    neighbour, root = Neighbour(scene), cgroup_root()
    proxy, client = Worker(scene), Worker(scene)
    proxy.call(do.listen, "listener", *PROXY)
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(rules())
    for name, hook in HOOKS.items():
        neighbour.attach(root, name)
        scene.run("up", path, expect=1)
        number = json.loads(run("bpftool", "-j", "prog", "show", "pinned",
                                f"{neighbour.path}/{name}"))["id"]
        for word in (f"{name} (id {number})", hook, "exclusive"):
            check(word in scene.stderr, f"{word!r} is not in the refusal: {scene.stderr}")
        with refused(errno.ENETUNREACH, "a connect that nobody takes"):
            client.call(do.connect, "a", *TARGET)
        equal(attached(root, hook), [name], "programs at the hook")
        scene.run("down", "--all")
        check(not os.path.lexists(PINS), "the pin directory is left")
        neighbour.detach()
    scene.run("up", path)
    works(proxy, client)
    # From now on nobody can take a hook for itself.
    done = subprocess.run(
        ["bpftool", "cgroup", "attach", root, "connect4", "pinned", neighbour.path + "/neighbour"],
        capture_output=True, check=False,
    )
    check(done.returncode != 0, "an exclusive program was attached beside ours")
    works(proxy, client)


@case
def an_exclusive_neighbour_between_two_ups_leaves_the_first_rules_in_force(scene):
    neighbour, root = Neighbour(scene), cgroup_root()
    proxy, client = Worker(scene), Worker(scene)
    proxy.call(do.listen, "listener", *PROXY)
    inside = scene.subcgroup("proxies")
    owner = Worker(scene, cgroup=inside)
    owner.call(do.listen, "listener", *SECOND)
    scene.up("inside", rules("two", SECOND, SECOND_TARGET, f"owner-cgroup = {inside}\n"))
    neighbour.attach(root, "neighbour_opt")  # where a set without an owner needs its hook
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(rules())
    scene.run("up", path, expect=1)
    check("neighbour_opt" in scene.stderr, f"the refusal: {scene.stderr}")
    works(owner, client, SECOND_TARGET)
    with refused(errno.ENETUNREACH, "a connect that only the refused set would take"):
        client.call(do.connect, "a", *TARGET)
    equal([one["name"] for one in scene.show()["sets"]], ["inside"], "sets")


def sockopt_places(scene, *cgroups):
    """Where the hook of getsockopt sits: True for each cgroup that has it once."""
    found = [attached(one, "getsockopt").count("wh_getsockopt") for one in cgroups]
    equal(found, [attached(one, "setsockopt").count("wh_setsockopt") for one in cgroups],
          "setsockopt sits where getsockopt does")
    return found


@case
def socket_options_outside_the_proxies_cgroups_are_not_touched(scene):
    root, inside = cgroup_root(), scene.subcgroup("proxies")
    os.mkdir(inside + "/deeper")
    owner, client = Worker(scene, cgroup=inside + "/deeper"), Worker(scene)
    owner.call(do.listen, "listener", *PROXY)
    scene.up("web", rules(more=f"owner-cgroup = {inside}\n"))
    equal(sockopt_places(scene, root, scene.cgroup, inside), [0, 0, 1], "hooks")
    works(owner, client)
    outside = scene.keep(socket.socket())
    with refused(errno.EOPNOTSUPP, "a question outside"):
        outside.getsockopt(do.query_records.__globals__["SOL_WHITHER"], 60, 128)
    # A redirector whose proxies are deeper shares the hook above; it never runs twice.
    scene.up("two", rules("two", SECOND, SECOND_TARGET, f"owner-cgroup = {inside}/deeper\n"))
    equal(sockopt_places(scene, root, inside, inside + "/deeper"), [0, 1, 0], "hooks of two")
    works(owner, client)


@case
def hooks_move_to_the_root_and_back_and_answer_at_every_moment(scene):
    root, inside = cgroup_root(), scene.subcgroup("proxies")
    owner, client = Worker(scene, cgroup=inside), Worker(scene)
    target = scene.listen(ORIGIN4)
    owner.call(do.listen, "listener", *PROXY)
    scene.up("web", rules(target=("192.0.2.0/24",), more=f"owner-cgroup = {inside}\n"))
    client.send(do.connect, "live", *target.getsockname())
    owner.call(do.accept, "listener", "live")
    client.result()
    answers = owner.call(do.ask, "live")[1:]
    for _ in range(3):
        for change, places in (
            (lambda: scene.up("open", rules("two", SECOND, SECOND_TARGET)), [1, 0]),
            (lambda: scene.down("open"), [0, 1]),
        ):
            owner.send(ask_all_the_time, "live", answers)
            change()
            owner.pipe.send((None, None))
            check(owner.result() > 0, "nothing was asked meanwhile")
            equal(sockopt_places(scene, root, inside), places, "hooks")
            works(owner, client, ("192.0.2.99", 80))


def ask_all_the_time(name, answers):
    """Of a worker: asks and sets until the next word comes. Returns how often."""
    import kernel_worker

    turns = 0
    while not kernel_worker.channel.poll():
        equal(do.ask(name)[1:], answers, "hops and records")
        with socket.socket() as outbound:
            do.set_records(outbound, answers[1])
        turns += 1
    kernel_worker.channel.recv()
    return turns


main(__file__)
