# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What becomes of connects while the proxy does not listen: refused, or let on."""
import errno
import socket

import kernel_worker as do
from kernel_scene import *
from kernel_state import Counters, eventually, nothing_left
from kernel_worker import Worker

PORT = 12345
OWNER, STRANGER, CLIENT = 60001, 60002, 60003
NOWHERE = (NOBODY4, 8080)


def rules(when, owner=f"owner-user = {OWNER}", name="one", port=PORT):
    return (
        f"[redirector {name}]\nlisten = 127.0.0.1:{port}\nlisten = [::1]:{port}\n"
        f"remote-address = 192.0.2.0/24, 2001:db8::/32\nremote-port = 8080\n"
        f"when-absent = {when}\n{owner}\n"
    )


def origins(scene):
    """The destinations themselves; connects that are let on arrive here."""
    return [(scene.listen(host, 8080), (host, 8080)) for host in (ORIGIN4, ORIGIN6)]


def goes_direct(client, listener, target):
    equal(client.call(do.connect, "direct", *target)[0], target, "the client's peer")
    accepted, peer = listener.accept()
    own = accepted.getsockname()[:2]
    accepted.close()
    equal(own, target, "where it arrived")
    client.call(do.close, "direct")
    return peer


def goes_to_proxy(client, proxy, listener, target):
    client.send(do.connect, "taken", *target)
    proxy.call(do.accept, listener, "accepted")
    equal(client.result()[0], target, "the client's peer")
    equal(proxy.call(do.ask, "accepted")[0].destination, target, "destination")
    proxy.call(do.close, "accepted")
    client.call(do.close, "taken")


def status(scene, name="one"):
    return [one for one in scene.show()["redirectors"] if one["name"] == name][0]


@case
def block_is_the_default_and_refuses_at_once(scene):
    origins(scene)
    client = Worker(scene, uid=CLIENT)
    for text in (rules("block"), rules("block").replace("when-absent = block\n", "")):
        scene.up("web", text)
        check("connects that match are refused\n" in scene.stderr, f"up says: {scene.stderr}")
        for target in ((ORIGIN4, 8080), (ORIGIN6, 8080)):
            with refused(errno.ECONNREFUSED, f"a connect to {target}"):
                client.call(do.connect, "x", *target)
    equal(Counters("one").refused["absent"], 4, "refused for want of a listener")
    equal(Counters("one").absent_permitted, 0, "permitted")
    equal(status(scene)["when_absent"], "block", "in show")


def comes_and_goes(scene, owner):
    there = origins(scene)
    client, proxy = Worker(scene, uid=CLIENT), Worker(scene, uid=OWNER)
    scene.up("web", rules("permit", owner))
    check("connects that match go on without it\n" in scene.stderr, f"up says: {scene.stderr}")
    for number in range(3):
        for listener, target in there:
            goes_direct(client, listener, target)
        proxy.call(do.listen, "four", "127.0.0.1", PORT)
        goes_to_proxy(client, proxy, "four", (ORIGIN4, 8080))
        goes_direct(client, *there[1])
        proxy.call(do.listen, "six", "::1", PORT)
        goes_to_proxy(client, proxy, "six", (ORIGIN6, 8080))
        proxy.call(do.close, "four")
        proxy.call(do.close, "six")
    counters = Counters("one")
    equal(counters.absent_permitted, 9, "permitted")
    check(counters.last_absent, "when the last one was")
    equal((counters.taken, counters.refused["absent"]), (6, 0), "taken, refused")
    shown = status(scene)
    equal((shown["when_absent"], shown["absent_permitted"]), ("permit", 9), "in show --json")
    check("permitted; 9 went on without it, last " in scene.run("show"), "not in show")
    eventually(nothing_left)


@case
def with_permit_connects_go_on_as_long_as_the_owner_does_not_listen(scene):
    comes_and_goes(scene, f"owner-user = {OWNER}")


@case
def so_it_is_when_no_owner_is_stated(scene):
    comes_and_goes(scene, "")


@case
def an_intruder_is_no_proxy_the_connect_goes_on_and_he_is_named(scene):
    there = origins(scene)
    intruder, client = Worker(scene, uid=STRANGER), Worker(scene, uid=CLIENT)
    intruder.call(do.listen, "squat", "127.0.0.1", PORT)
    scene.up("web", rules("permit"))
    goes_direct(client, *there[0])
    counters = Counters("one")
    equal((counters.intruder_pid, counters.intruder_uid), (intruder.pid, STRANGER), "intruder")
    equal(counters.absent_permitted, 1, "permitted")
    with refused(errno.EACCES, "a bind while the proxy is down"):
        Worker(scene, uid=STRANGER).call(do.bind, "x", "::1", PORT)


@case
def a_proxy_that_is_there_and_full_is_not_absent(scene):
    """It is slow, not gone: nothing goes around it."""
    origins(scene)
    proxy = Worker(scene, uid=OWNER)
    proxy.call(do.listen, "four", "127.0.0.1", PORT, 0)
    scene.up("web", rules("permit"))
    client = Worker(scene, uid=CLIENT)
    for number in range(4):
        client.call(do.start_connecting, f"c{number}", ORIGIN4, 8080)
    equal(Counters("one").absent_permitted, 0, "permitted")


@case
def where_nobody_is_the_client_gets_the_networks_own_answer(scene):
    scene.up("web", rules("permit"))
    client = Worker(scene, uid=CLIENT)
    with refused(errno.ENETUNREACH, "no route"):
        client.call(do.connect, "x", *NOWHERE)
    with refused(errno.ECONNREFUSED, "nobody at the destination"):
        client.call(do.connect, "x", ORIGIN4, 8080)
    counters = Counters("one")
    equal((counters.absent_permitted, counters.refused["absent"]), (2, 0), "permitted, refused")


def chain(whens):
    return "".join(
        rules(when, f"owner-user = {OWNER + at}", f"r{at}", PORT + at)
        for at, when in enumerate(whens)
    )


@case
def the_next_redirector_takes_what_an_absent_one_lets_on(scene):
    origins(scene)
    client, proxy = Worker(scene, uid=1000), Worker(scene, uid=OWNER + 2)
    scene.up("web", chain(("permit", "permit", "block")))
    with refused(errno.ECONNREFUSED, "the last one blocks"):
        client.call(do.connect, "x", ORIGIN4, 8080)
    proxy.call(do.listen, "four", "127.0.0.1", PORT + 2)
    goes_to_proxy(client, proxy, "four", (ORIGIN4, 8080))
    found = [Counters(f"r{at}").absent_permitted for at in range(3)]
    equal(found, [2, 2, 0], "permitted")
    equal([Counters(f"r{at}").refused["absent"] for at in range(3)], [0, 0, 1], "refused")


@case
def one_that_blocks_is_not_passed_over_whoever_comes_after_it(scene):
    origins(scene)
    client, proxy = Worker(scene, uid=1000), Worker(scene, uid=OWNER + 1)
    proxy.call(do.listen, "four", "127.0.0.1", PORT + 1)
    scene.up("web", chain(("block", "permit")))
    with refused(errno.ECONNREFUSED, "the first one blocks"):
        client.call(do.connect, "x", ORIGIN4, 8080)


@case
def eight_are_passed_over_and_a_ninth_is_not(scene):
    there = origins(scene)
    client = Worker(scene, uid=1000)
    scene.up("web", chain(["permit"] * 8))
    goes_direct(client, *there[0])
    scene.up("web", chain(["permit"] * 9))
    with refused(errno.ECONNREFUSED, "nine are absent"):
        client.call(do.connect, "x", ORIGIN4, 8080)


@case
def a_proxy_without_records_goes_on_where_the_next_is_absent(scene):
    """The passed set of its connect is as without the absent one."""
    there = origins(scene)
    client, first = Worker(scene, uid=1000), Worker(scene, uid=OWNER)
    first.call(do.listen, "four", "127.0.0.1", PORT)
    scene.up("web", chain(("permit", "permit")))
    goes_to_proxy(client, first, "four", (ORIGIN4, 8080))
    goes_direct(first, *there[0])
    second = Worker(scene, uid=OWNER + 1)
    second.call(do.listen, "four", "127.0.0.1", PORT + 1)
    goes_to_proxy(first, second, "four", (ORIGIN4, 8080))
    goes_direct(second, *there[0])


main(__file__)
