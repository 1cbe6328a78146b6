# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Transparent proxies that were written for a packet filter, unmodified: each brings a client's page
from the right one of two origins, with no packet filter's rule and no exemption of its user."""
from proxy_programs import *

PORT = 12346
OWNER = 61001


def fetches(scene, family, address):
    if family == "mapped":
        return scene.child(mapped, address, uid=CLIENT).result(timeout=40)
    return curl(address)


def brings_both_pages(kind, family):
    def test(scene):
        origins(scene)
        scene.up("web", section("one", PORT, OWNER))
        proxy = kind(scene, PORT, OWNER)
        for number, address in enumerate(ORIGINS["v6" if family == "v6" else "v4"], 1):
            equal(fetches(scene, family, address), page(address), f"the page; {proxy.text()[-1500:]}")
            wait_until(lambda: proxy.seen() >= number, f"{kind.name} logs it: {proxy.text()[-1500:]}")
            equal(proxy.seen(), number, f"connections in its log: {proxy.text()[-1500:]}")

    test.__name__ = f"{kind.name}_brings_{family}_pages"
    case(test)


for one in ALL:
    for which in one.families:
        brings_both_pages(one, which)

main(__file__)
