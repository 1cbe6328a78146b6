# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Chains in which some proxies set records and some were never told: every mixture of three."""
import itertools

from chain_proxies import *
from kernel_connection import GROUND
from kernel_scene import *

NAMES = "a", "b", "c"
PORTS = 12001, 12002, 12003
UIDS = 2001, 2002, 2003


def expected_hops(mixture):
    """What each proxy is told: where one sets nothing, its own mark is where knowledge begins."""
    known, told = [], []
    for name, sets in zip(NAMES, mixture):
        known = known + [f"web/{name}"]
        told.append(hops(*known))
        if not sets:
            known = [f"web/{name}*"]
    return told


def began(mixture, at, client, proxies):
    """The pid of the process with which the chain that proxy number at sees begins."""
    for earlier in range(at - 1, -1, -1):
        if not mixture[earlier]:
            return proxies[earlier].pid
    return client


def each_mixture(scene, rules, options):
    target = Destination(scene).name
    scene.up("web", rules)
    for mixture in itertools.product((True, False), repeat=3):
        what = " ".join("sets" if sets else "does not" for sets in mixture)
        proxies = [
            Proxy(scene, port, sets=sets, **more)
            for port, sets, more in zip(PORTS, mixture, options)
        ]
        client = scene.child(fetch, target, uid=4321)
        pid = client.pid
        equal(client.result()[0], b"<ping>", f"{what}: answer")
        for at, proxy in enumerate(proxies):
            seen = proxy.seen()
            equal(seen["error"], "", f"{what}: proxy {at + 1}")
            equal(seen["hops"], expected_hops(mixture)[at], f"{what}: hops of proxy {at + 1}")
            equal(seen["pid"], began(mixture, at, pid, proxies), f"{what}: who, {at + 1}")
            equal(tuple(seen["destination"]), target, f"{what}: destination, {at + 1}")
        for proxy in proxies:
            proxy.nothing_more()
        for proxy in proxies:
            proxy.stop()


@case
def every_mixture_of_three_with_stated_owners_ends_in_order(scene):
    rules = "".join(
        redirector(name, port, f"owner-user = {uid}\n")
        for name, port, uid in zip(NAMES, PORTS, UIDS)
    )
    each_mixture(scene, rules, [{"uid": uid} for uid in UIDS])


@case
def every_mixture_of_three_with_learned_owners_ends_in_order(scene):
    rules = "".join(redirector(*one) for one in zip(NAMES, PORTS))
    each_mixture(scene, rules, [{}] * 3)


@case
def every_mixture_of_three_with_owners_of_both_kinds_ends_in_order(scene):
    cgroup = scene.subcgroup("proxy")
    rules = redirector("a", PORTS[0]) + redirector("b", PORTS[1], f"owner-user = {UIDS[1]}\n")
    rules += redirector("c", PORTS[2], f"owner-cgroup = {cgroup}\n")
    each_mixture(scene, rules, [{}, {"uid": UIDS[1]}, {"cgroup": cgroup}])


@case
def a_proxy_that_sets_no_records_is_counted_as_such(scene):
    target = Destination(scene).name
    # A redirector keeps its counters while whither is up: this one's are its own.
    scene.up("counted", "".join(redirector(*one) for one in zip(NAMES, PORTS)))
    proxies = [Proxy(scene, port, sets=port != PORTS[1]) for port in PORTS]
    for _ in range(5):
        equal(scene.child(fetch, target).result()[0], b"<ping>", "answer")
    shown = {one["name"]: one for one in scene.show()["redirectors"] if one["set"] == "counted"}
    for name, by_records, by_process in (("a", 5, 0), ("b", 0, 5), ("c", 5, 0)):
        found = shown[name]
        equal((found["taken"], found["arrived"]), (5, 5), f"{name}: taken, arrived")
        related = found["related"]["by_records"], found["related"]["by_process"]
        equal(related, (by_records, by_process), f"{name}: related by records, by process")
    for proxy in proxies:
        equal([proxy.seen()["error"] for _ in range(5)], [""] * 5, "errors")
        proxy.nothing_more()


@case
def a_client_that_is_a_proxys_process_too_skips_it_and_the_earlier_ones(scene):
    target = Destination(scene).name
    rules = redirector("a", PORTS[0]) + redirector("b", PORTS[1], f"owner-user = {UIDS[1]}\n")
    scene.up("web", rules + redirector("c", PORTS[2]))
    a = Proxy(scene, PORTS[0])
    b = Proxy(scene, PORTS[1], uid=UIDS[1])
    c = Proxy(scene, PORTS[2])
    # As the manual says: what runs as the owner is the owner.
    equal(scene.child(fetch, target, uid=UIDS[1]).result()[0], b"<ping>", "answer")
    equal(c.seen()["hops"], hops("web/b*", "web/c"), "hops")
    for proxy in (a, b, c):
        proxy.nothing_more()


main(__file__, ground=GROUND)
