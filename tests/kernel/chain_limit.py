# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Eight hops, and not a ninth."""
from chain_proxies import *
from kernel_connection import GROUND
from kernel_scene import *

COUNT = 9
PORTS = range(12001, 12001 + COUNT)
NAMES = [f"r{number}" for number in range(1, COUNT + 1)]
FULL = [f"web/{name}" for name in NAMES]


def up(scene, count):
    scene.up("web", "".join(redirector(*one) for one in zip(NAMES[:count], PORTS)))


def refused_for_hops(scene):
    shown = scene.show()
    return {one["name"]: one["blocked"]["hops"] for one in shown["redirectors"]}


@case
def eight_hops_are_all_shown(scene):
    target = Destination(scene).name
    up(scene, 8)
    proxies = [Proxy(scene, port) for port in PORTS[:8]]
    client = scene.child(fetch, target)
    pid = client.pid
    equal(client.result()[0], b"<ping>", "answer")
    for at, proxy in enumerate(proxies):
        seen = proxy.seen()
        equal((seen["error"], seen["count"]), ("", at + 1), f"proxy {at + 1}")
        equal(seen["hops"], hops(*FULL[: at + 1]), f"hops of proxy {at + 1}")
        equal(seen["pid"], pid, f"who, proxy {at + 1}")
        proxy.nothing_more()


@case
def the_ninth_hop_is_refused(scene):
    target = Destination(scene).name
    up(scene, 9)
    proxies = [Proxy(scene, port) for port in PORTS]
    check(scene.child(fetch, target).result()[0] != b"<ping>", "the client was served")
    for at, proxy in enumerate(proxies[:8]):
        seen = proxy.seen()
        equal(seen["hops"], hops(*FULL[: at + 1]), f"hops of proxy {at + 1}")
        error = "Too many levels of symbolic links" if at == 7 else ""
        equal(seen["error"], error, f"connect of proxy {at + 1}")
    for proxy in proxies:
        proxy.nothing_more()
    counted = refused_for_hops(scene)
    equal(counted["r9"], 1, "counted at the ninth")
    equal(sum(counted.values()), 1, "counted in all")
    # With one redirector fewer the next connection passes.
    up(scene, 8)
    equal(scene.child(fetch, target).result()[0], b"<ping>", "answer")


@case
def a_proxy_that_sets_no_records_begins_the_count_anew(scene):
    target = Destination(scene).name
    up(scene, 9)
    proxies = [Proxy(scene, port, sets=port != PORTS[4]) for port in PORTS]
    equal(scene.child(fetch, target).result()[0], b"<ping>", "answer")
    for at, proxy in enumerate(proxies):
        known = FULL[: at + 1] if at < 5 else [FULL[4] + "*", *FULL[5 : at + 1]]
        equal(proxy.seen()["hops"], hops(*known), f"hops of proxy {at + 1}")
        proxy.nothing_more()


main(__file__, ground=GROUND)
