# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What is measured: the groups that concern connections and calls."""
import os

from bench_ground import *
from bench_series import *

DIRECT = {"listen": f"{ORIGIN}:{QUERY_PORT}", "target": f"{ORIGIN}:{QUERY_PORT}"}
PROXY = {"listen": f"127.0.0.1:{QUERY_PROXY}", "target": f"{ORIGIN}:{QUERY_PORT}"}
KIBI = {"listen": f"127.0.0.1:{KIBI_PROXY}", "target": f"{ORIGIN}:{KIBI_PORT}"}
PLAIN = {"listen": f"{ORIGIN}:{PLAIN_PORT}", "target": f"{ORIGIN}:{PLAIN_PORT}"}


class Group:
    """rows, and steps: (state, function of the round's number) in any order."""

    title = ""

    def __init__(self, ground, size):
        self.ground = ground
        self.rows = []
        self.steps = []
        self.fill(size)

    def row(self, *arguments, **options):
        row = Row(self.title, *arguments, **options)
        self.rows.append(row)
        return row

    def owner(self, state):
        """By what the owner is stated in this state, as arguments of a program."""
        if state == "cgroup":
            return {"cgroup": self.ground.cgroup}
        return {"user": PROXY_USER} if state == "user" else {}


class Cycles(Group):
    """One row, one run of bench_cycle."""

    title = "cycle: connect, accept, ask, close"
    split = {}

    def variant(self, row, state, namespace, addresses, count, **options):
        def step(number):
            printed = self.ground.run(
                namespace, "bench_cycle", count=count, **addresses, **self.split,
                **self.owner(state), **options,
            )
            row.add(number, dict(printed)["cycle"])

        self.steps.append((state, step))

    def fill(self, size):
        count = size.cycles
        direct = self.row("direct", "ns")
        again = self.row("direct, a second time", "ns", direct)
        nft = self.row("nft redirect, SO_ORIGINAL_DST", "ns", direct)
        tproxy = self.row("nft TPROXY, getsockname", "ns", direct)
        goal = both(at_most(1.25), not_above(nft, tproxy))
        plain = self.row("direct, whither up, no match", "ns", direct, same_as_reference)
        origin = self.row("whither, origin", "ns", direct, goal)
        records = self.row("whither, records", "ns", direct, goal)
        scoped = self.row("whither, origin, owner-cgroup", "ns", direct, goal)
        for row in (direct, again):
            self.variant(row, "down", "plain", DIRECT, count)
        self.variant(nft, "down", "redirect", PROXY, count, ask="original-dst")
        self.variant(tproxy, "down", "tproxy", PROXY, count, ask="getsockname", transparent=1)
        self.variant(plain, "user", "plain", PLAIN, count)
        self.variant(origin, "user", "plain", PROXY, count, ask="origin")
        self.variant(records, "user", "plain", PROXY, count, ask="records")
        self.variant(scoped, "cgroup", "plain", PROXY, count, ask="origin")


class SplitCycles(Cycles):
    """The proxy is a process of its own and makes an outbound socket, as proxies do."""

    title = "cycle, the proxy in a process of its own"
    split = {"split": 1}

    def fill(self, size):
        count = max(size.cycles // 2, 50)
        direct = self.row("direct", "ns")
        again = self.row("direct, a second time", "ns", direct)
        nft = self.row("nft redirect, SO_ORIGINAL_DST", "ns", direct)
        tproxy = self.row("nft TPROXY, getsockname", "ns", direct)
        goal = both(at_most(1.25), not_above(nft, tproxy))
        origin = self.row("whither, origin", "ns", direct, goal)
        related = self.row("whither, origin, records, set", "ns", direct, goal)
        for row in (direct, again):
            self.variant(row, "down", "plain", DIRECT, count)
        self.variant(nft, "down", "redirect", PROXY, count, ask="original-dst")
        self.variant(tproxy, "down", "tproxy", PROXY, count, ask="getsockname", transparent=1)
        self.variant(origin, "user", "plain", PROXY, count, ask="origin")
        self.variant(related, "user", "plain", PROXY, count, ask="origin", relate=1)


class Calls(Group):
    """Several rows from one run of bench_call."""

    def variant(self, state, namespace, addresses, count, rows):
        """rows: {name of the call: row}."""

        def step(number):
            printed = self.ground.run(
                namespace, "bench_call", count=count, calls=",".join(rows), **addresses,
                **self.owner(state) if addresses is not PLAIN else {},
            )
            for name, value in printed:
                rows[name].add(number, value)

        self.steps.append((state, step))


class Queries(Calls):
    title = "one question to an accepted socket"

    def fill(self, size):
        reference = self.row("SO_ORIGINAL_DST behind nft, no hooks", "ns")
        self.variant("down", "redirect", PROXY, size.calls, {"original-dst": reference})
        limits = {"records": 1.0, "origin": 1.2}
        rows = {
            name: self.row(
                label, "ns", reference, at_most(limits[name]) if name in limits else None
            )
            for name, label in (
                ("records", "records"),
                ("origin", "origin"),
                ("hops", "hops (one)"),
                ("context", "context, 8 bytes"),
                ("set", "set records, repeated"),
                ("so-type", "SO_TYPE, hooked"),
            )
        }
        if os.path.exists(os.environ.get("BENCH_WINDOWS", "")):
            rows["wsaioctl"] = self.row("records by WSAIoctl", "ns", rows["records"], at_most(1.5))
        kibi = {"context": self.row("context, 1,024 bytes", "ns", reference)}
        self.variant("user", "plain", PROXY, size.calls, rows)
        self.variant("user", "plain", KIBI, size.calls, kibi)
        bare = self.row("SO_TYPE, no hooks", "ns", reference)
        self.variant("down", "plain", PLAIN, size.calls, {"so-type": bare})


class Kernel(Group):
    """Winsock Kernel beside what it is made of: both sides in one run of bench_wsk."""

    title = "Winsock Kernel"
    program = "../windows/bench_wsk"

    def variant(self, state, rows, **arguments):
        def step(number):
            for name, value in self.ground.run("plain", self.program, **arguments, **self.owner(state)):
                rows[name].add(number, value)

        self.steps.append((state, step))

    def fill(self, size):
        if not os.path.exists(f"{self.ground.programs}/{self.program}"):
            return
        raw = self.row("records by getsockopt()", "ns")
        control = self.row("records by WskControlSocket, inline", "ns", raw, at_most(4))
        self.variant("user", {"getsockopt": raw, "wskcontrol": control}, mode="query", count=size.calls, **PROXY)
        plain = self.row("echo of 16 KiB, 64 connections, epoll", "ns")
        echo = self.row("the same by Winsock Kernel", "ns", plain, at_most(1 / 0.8))
        self.variant("down", {"epoll": plain, "wsk": echo}, mode="echo", count=size.calls * 5)


class Tax(Calls):
    """Calls that have nothing to do with whither. Inside: the hooks of sockets' options are at
    the root. Outside: they are on the proxies' cgroup, and the caller is not in it."""

    title = "tax on unrelated calls"
    calls = (
        ("so-type", "getsockopt(SO_TYPE)"),
        ("tcp-info", "getsockopt(TCP_INFO)"),
        ("nodelay", "setsockopt(TCP_NODELAY)"),
        ("getpeername", "getpeername()"),
        ("udp-connect", "connect() of UDP"),
        ("tcp-connect", "connect, accept, close of TCP"),
    )

    def fill(self, size):
        down, again, inside, outside = {}, {}, {}, {}
        for name, label in self.calls:
            down[name] = self.row(f"{label}, down", "ns")
            again[name] = self.row(f"{label}, down, a second time", "ns", down[name])
            inside[name] = self.row(f"{label}, inside", "ns", down[name])
            outside[name] = self.row(f"{label}, outside", "ns", down[name], same_as_reference)
        for state, rows in (
            ("down", down), ("down", again), ("user", inside), ("cgroup", outside),
        ):
            self.variant(state, "plain", PLAIN, size.calls, rows)
