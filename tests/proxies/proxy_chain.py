# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Three different real proxies in front of one client, every one of them inside the redirected
scope, none with an exemption: in weight order, once each; and without the one in the middle."""
import time

from proxy_programs import *

PORTS = (12346, 12347, 12348)
OWNERS = (61001, 61002, 61003)


def chain(scene, kinds):
    """Rules for the three, the first with the greatest weight; and the proxies."""
    origins(scene)
    sections = [
        section(kind.name, port, uid, more=f"weight = {weight}\n")
        for kind, port, uid, weight in zip(kinds, PORTS, OWNERS, (30, 20, 10))
    ]
    # The order is the weights', not the file's.
    scene.up("chain", "".join(reversed(sections)))
    return [kind(scene, port, uid) for kind, port, uid in zip(kinds, PORTS, OWNERS)]


def logged(proxies, number):
    for proxy in proxies:
        wait_until(lambda: proxy.seen() >= number, f"{proxy.name} logs it: {proxy.text()[-1500:]}")
        equal(proxy.seen(), number, f"connections that {proxy.name} logged: {proxy.text()[-1500:]}")


def pages_come_through(scene, kinds, addresses):
    proxies = chain(scene, kinds)
    for number, address in enumerate(addresses, 1):
        equal(curl(address), page(address), f"{[one.text()[-800:] for one in proxies]}")
        logged(proxies, number)
    return proxies


@case
def redsocks_haproxy_nginx_v4(scene):
    pages_come_through(scene, (Redsocks, Haproxy, Nginx), ORIGINS["v4"])


@case
def nginx_squid_mitmproxy_v6(scene):
    pages_come_through(scene, (Nginx, Squid, Mitmproxy), ORIGINS["v6"])


@case
def squid_nginx_haproxy_v4(scene):
    pages_come_through(scene, (Squid, Nginx, Haproxy), ORIGINS["v4"])


@case
def the_middle_one_dies_and_comes_back(scene):
    proxies = pages_come_through(scene, (Haproxy, Nginx, Squid), ORIGINS["v4"][:1])
    proxies[1].kill()
    began = time.monotonic()
    found = curl(ORIGIN4)
    # The first proxy's connect is refused (when-absent = block), and it ends the client's connection:
    # 52 an empty reply, 56 a reset.
    check(found in (52, 56), f"curl ended with {found}")
    # haproxy asks three times more, a second apart, before it believes a refusal.
    check(time.monotonic() - began < 6, "the answer did not come at once")
    # Nobody came to the last one around it.
    equal(proxies[2].seen(), 1, "connections of the last proxy")
    proxies[1].start()
    equal(curl(OTHER4), page(OTHER4), "the page, now that it runs again")
    wait_until(lambda: proxies[2].seen() == 2, "the last one logs the second")


@case
def the_first_one_dies(scene):
    proxies = pages_come_through(scene, (Nginx, Haproxy, Squid), ORIGINS["v6"][:1])
    proxies[0].kill()
    began = time.monotonic()
    # 7: could not connect. ECONNREFUSED, as whither.conf(5) says.
    equal(curl(ORIGIN6), 7, "curl's exit status")
    check(time.monotonic() - began < 2, "the answer did not come at once")
    logged(proxies[1:], 1)
    proxies[0].start()
    equal(curl(OTHER6), page(OTHER6), "the page, now that it runs again")


main(__file__)
