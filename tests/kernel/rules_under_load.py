# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Rules change while clients connect: no connect escapes, no live connection is touched, and
every question and every SET is answered at every moment."""
import subprocess

import kernel_worker as do
from kernel_cycles import LOOPBACK, Helper, helper
from kernel_scene import *
from kernel_state import Counters, Totals, eventually, nothing_left
from kernel_worker import Worker

PORT = 8080  # where every client goes; an origin listens there, and must never be reached
QUIET = ("192.88.99.1", PORT)


def redirector(name, port, networks, more="", inet6=False):
    listen = f"listen = 127.0.0.1:{port}\n" + (f"listen = [::1]:{port}\n" if inet6 else "")
    return f"[redirector {name}]\n{listen}remote-address = {networks}\n{more}"


def rules(turn, cgroup):
    """Rules that take the same connects whatever turn is, and differ in all else."""
    owners = f"owner-cgroup = {cgroup}\n", "", f"owner-exe = {helper('cycle_proxy')}\n"
    owner = owners[turn // 40 % 3]  # hooks come, go and move
    one = redirector(
        "one",
        12345,
        "192.0.2.0/24, 198.51.100.0/24, 2001:db8:1::/48",
        f"weight = {turn % 5}\ncontext = text:turn={turn}\n{owner}",
        inet6=True,
    )
    other = redirector("other", 12399, "203.0.113.0/24", f"context = hex:{turn % 256:02x}\n")
    filters = [
        f"[filter f{turn % 7}]\naction = {('block', 'permit')[turn % 2]}\n"
        f"remote-port = {1 + turn}\nremote-address = 192.0.2.0/24\n",
        f"[filter g]\naction = block\nremote-address = 203.0.113.{turn % 200}\n",
        "",
    ]
    return "\n".join(([one, other, filters[turn % 2]], [filters[turn % 3], other, one])[turn % 2])


def make_everything_local():
    """An escape must be seen: every destination is this namespace's own."""
    for words in (
        "route replace local 192.0.2.0/24 dev lo",
        "route replace local 198.51.100.0/24 dev lo",
        "-6 route replace local 2001:db8:1::/48 dev lo",
    ):
        subprocess.run(["ip", *words.split()], check=True)


class Load:
    """Clients that connect all the time, their proxies, and an origin that nobody may reach."""

    def __init__(self, scene, kinds):
        self.cgroup = scene.subcgroup("proxies")
        self.first = Helper(
            scene,
            "cycle_proxy",
            f"first:{LOOPBACK}:12345",
            "first:::1:12345",
            cgroup=self.cgroup,
        ).ready()
        self.second = Helper(
            scene, "cycle_proxy", f"serve:{LOOPBACK}:12346", f"origin::::{PORT}"
        ).ready()
        scene.up("chain", redirector("two", 12346, "198.51.100.0/24", "weight = -100\n"))
        scene.up("load", rules(0, self.cgroup))
        self.clients = Helper(scene, "cycle_load", 4, 0, PORT, *kinds)
        self.kinds = kinds

    def finish(self, least):
        done = self.clients.tallies(stop=True)
        proxies = [one.tallies(stop=True) for one in (self.first, self.second)]
        print("#", done, *proxies, flush=True)
        for one in proxies:
            for wrong in ("escaped", "wrong", "unknown", "failed"):
                equal(one[wrong], 0, f"{wrong} (last error {one['error']})")
        for kind in self.kinds:
            equal(done[f"{kind}_failed"], 0, f"failures of {kind} (last error {done['error']})")
            check(done[kind] >= least, f"{kind}: only {done[kind]} cycles in all that time")


@case
def two_hundred_changes_under_load_let_nothing_escape_and_leave_live_connections_alone(scene):
    make_everything_local()
    load = Load(scene, ["ok", "chained", "by_process"])
    # A connection from before the first change, through a proxy whose rules never change.
    proxy, client = Worker(scene), Worker(scene)
    proxy.call(do.listen, "listener", "127.0.0.1", 12340)
    scene.up("quiet", redirector("quiet", 12340, QUIET[0], "weight = 100\n"))
    client.send(do.connect, "live", *QUIET)
    proxy.call(do.accept, "listener", "live")
    client.result()
    answers = proxy.call(do.ask, "live")
    taken = Counters("one", "load").taken
    versions = scene.show()["rules"]["version"]
    for turn in range(1, 201):
        scene.up("load", rules(turn, load.cgroup))
        client.call(do.write, "live", b"%d" % turn)
        equal(proxy.call(do.read, "live"), b"%d" % turn, "data of the live connection")
        equal(proxy.call(do.ask, "live")[1:], answers[1:], "its hops and records")
    equal(scene.show()["rules"]["version"], versions + 200, "version of the rules")
    check(Counters("one", "load").taken > taken, "nothing was taken meanwhile")
    load.finish(least=500)
    client.call(do.close, "live")
    proxy.call(do.close, "live")
    eventually(nothing_left)
    equal(Totals().lost, 0, "connections without their record")


@case
def other_sets_that_come_and_go_under_load_let_nothing_escape(scene):
    make_everything_local()
    load = Load(scene, ["ok", "chained"])
    for turn in range(25):
        scene.up("brief", redirector("brief", 12398, "203.0.113.0/24", f"weight = {turn - 12}\n"))
        scene.up("brief2", redirector("brief", 12397, "203.0.113.0/24", "owner-user = 1\n"))
        scene.down("brief")
        scene.down("brief2")
    load.finish(least=500)
    eventually(nothing_left)


@case
def a_refused_change_under_load_changes_nothing(scene):
    make_everything_local()
    load = Load(scene, ["ok"])
    path = f"{scene.directory}/load.conf"
    version = scene.show()["rules"]["version"]
    for _ in range(20):
        with open(path, "w") as file:
            file.write("[redirector one]\nlisten = 127.0.0.1:12345\nremote-port = nonsense\n")
        scene.run("up", path, expect=1)
    equal(scene.show()["rules"]["version"], version, "version of the rules")
    load.finish(least=100)


main(__file__)
