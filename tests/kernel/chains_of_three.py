# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Chains of proxies that set records: each once, in order, and all know who began."""
import socket

from chain_proxies import *
from kernel_connection import GROUND
from kernel_scene import *

NAMES = "a", "b", "c"
PORTS = 12001, 12002, 12003


def three(scene, address="127.0.0.1", listen=None, **options):
    """Three redirectors, set web, and their proxies."""
    scene.up("web", "".join(redirector(*one, address=address) for one in zip(NAMES, PORTS)))
    return [Proxy(scene, port, address=listen or address, **options) for port in PORTS]


def walks(scene, proxies, target, names=("web/a", "web/b", "web/c"), family=None):
    """A client's connection goes through all proxies, in order, and arrives."""
    client = scene.child(fetch, target, family)
    pid = client.pid
    answer, own = client.result()
    equal(answer, b"<ping>", "the answer")
    own = own[0].replace("::ffff:", ""), own[1]
    shown = target[0].replace("::ffff:", ""), target[1]
    for at, proxy in enumerate(proxies):
        seen = proxy.seen()
        what = f"proxy {at + 1}"
        equal(seen["error"], "", f"{what}: error")
        equal(seen["hops"], hops(*names[: at + 1]), f"{what}: hops")
        equal(seen["count"], at + 1, f"{what}: number of hops")
        equal(seen["redirector"], guid(names[at]), f"{what}: redirector")
        equal(seen["pid"], pid, f"{what}: who began")
        equal(tuple(seen["client"]), own, f"{what}: the first client's address")
        equal(tuple(seen["destination"]), shown, f"{what}: destination")
        equal([tuple(one) for one in seen["destinations"]], [shown] * (at + 1), f"{what}: ways")
    for proxy in proxies:
        proxy.nothing_more()


@case
def three_proxies_see_a_connection_once_each_in_order(scene):
    target = Destination(scene).name
    proxies = three(scene)
    for _ in range(3):
        walks(scene, proxies, target)


@case
def over_ipv6_it_is_the_same(scene):
    walks(scene, three(scene, "::1"), Destination(scene, ORIGIN6).name)


@case
def over_mapped_sockets_it_is_the_same(scene):
    name = Destination(scene).name
    proxies = three(scene, mapped=True)
    walks(scene, proxies, ("::ffff:" + name[0], name[1]), family=socket.AF_INET6)
    walks(scene, proxies, name)


@case
def a_listener_of_both_families_serves_a_redirector_of_either(scene):
    target4, target6 = Destination(scene).name, Destination(scene, ORIGIN6).name
    proxies = three(scene, "127.0.0.1", listen="::")
    walks(scene, proxies, target4)
    both = "".join(redirector(*one, more=f"listen = [::1]:{one[1]}\n") for one in zip(NAMES, PORTS))
    scene.up("web", both)
    walks(scene, proxies, target4)
    walks(scene, proxies, target6)


@case
def many_connections_at_once_do_not_mix(scene):
    target = Destination(scene).name
    proxies = three(scene)
    clients = [
        scene.child(fetch, target, None, f"client {at}".encode(), uid=5000 + at) for at in range(40)
    ]
    owners = {client.pid: 5000 + at for at, client in enumerate(clients)}
    names = {}
    for at, client in enumerate(clients):
        pid = client.pid
        answer, own = client.result()
        equal(answer, f"<client {at}>".encode(), "answer")
        names[pid] = own
    for at, proxy in enumerate(proxies):
        left = dict(owners)
        for _ in clients:
            seen = proxy.seen()
            equal(seen["uid"], left.pop(seen["pid"]), f"proxy {at + 1}: user")
            equal(tuple(seen["client"]), names[seen["pid"]], f"proxy {at + 1}: client")
            equal(seen["hops"], hops("web/a", "web/b", "web/c")[: at + 1], "hops")
        proxy.nothing_more()


@case
def the_order_is_by_weight_then_set_then_position(scene):
    target = Destination(scene).name
    # In order: name, set, port, weight.
    order = (
        ("alpha/q", 12010, 5), ("zeta/x", 12011, 5), ("alpha/p", 12012, 0),
        ("alpha/m", 12013, 0), ("zeta/y", 12014, None), ("alpha/r", 12015, -1),
    )
    at = {one[0]: one for one in order}

    def section(name):
        _, port, weight = at[name]
        more = "" if weight is None else f"weight = {weight}\n"
        return redirector(name.split("/")[1], port, more)

    # Neither the order of the verbs nor that of the weights in the file is the order.
    scene.up("zeta", section("zeta/y") + section("zeta/x"))
    scene.up("alpha", "".join(section(f"alpha/{one}") for one in "prmq"))
    proxies = [Proxy(scene, port) for _, port, _ in order]
    walks(scene, proxies, target, [one[0] for one in order])


@case
def a_proxy_may_go_elsewhere_and_the_chain_goes_on(scene):
    target, other = Destination(scene), Destination(scene)
    scene.up("web", "".join(redirector(*one) for one in zip(NAMES, PORTS)))
    a = Proxy(scene, PORTS[0])
    b = Proxy(scene, PORTS[1], upstream=other.name)
    c = Proxy(scene, PORTS[2])
    client = scene.child(fetch, target.name)
    pid = client.pid
    equal(client.result()[0], b"<ping>", "answer")
    equal(tuple(a.seen()["destination"]), target.name, "for a")
    equal(tuple(b.seen()["destination"]), target.name, "for b")
    seen = c.seen()
    equal(tuple(seen["destination"]), other.name, "for c")
    equal(seen["hops"], hops("web/a", "web/b", "web/c"), "hops")
    equal([tuple(one) for one in seen["destinations"]], [target.name, target.name, other.name],
          "where each was going")
    equal(seen["pid"], pid, "who began")
    for proxy in (a, b, c):
        proxy.nothing_more()


@case
def a_proxy_that_was_restarted_is_the_redirectors_again(scene):
    target = Destination(scene).name
    proxies = three(scene)
    walks(scene, proxies, target)
    proxies[1].stop()
    # Fail closed: a's connect is refused, and the client is told.
    check(scene.child(fetch, target).result()[0] != b"<ping>", "the client was served")
    equal(proxies[0].seen()["error"], "Connection refused", "a's connect")
    proxies[2].nothing_more()
    proxies[1] = Proxy(scene, PORTS[1])
    walks(scene, proxies, target)


@case
def conditions_on_who_look_at_the_first_client(scene):
    target = Destination(scene).name
    text = redirector("a", PORTS[0]) + redirector("b", PORTS[1], "user = 3001\n")
    scene.up("web", text + redirector("c", PORTS[2]))
    proxies = [Proxy(scene, port) for port in PORTS]
    for uid, chain in ((3001, "abc"), (3002, "ac")):
        equal(scene.child(fetch, target, uid=uid).result()[0], b"<ping>", "answer")
        names = [f"web/{name}" for name in chain]
        for name in chain:
            seen = proxies["abc".index(name)].seen()
            equal(seen["hops"], hops(*names[: chain.index(name) + 1]), f"{uid}, {name}")
            equal(seen["uid"], uid, "user")
        for proxy in proxies:
            proxy.nothing_more()


main(__file__, ground=GROUND)
