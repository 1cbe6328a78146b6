# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Real clients of every kind, redirected to a real proxy: the page or banner arrives, the proxy saw the
connection, and the peer address that the client shows is the one it asked for."""
from client_programs import *
from proxy_programs import *

PORT = 12346
OWNER = 61001


def through_the_proxy(client):
    """Registers a case: client(scene, address) fetches from that origin and checks what it shows."""
    families = client.families

    def test(scene, family):
        origins(scene)
        banner(scene)
        repository(scene)
        scene.up("web", section("one", PORT, OWNER))
        proxy = Haproxy(scene, PORT, OWNER)
        client(scene, ORIGINS[family][1])
        wait_until(lambda: proxy.seen(), f"the proxy logs it: {proxy.text()[-1500:]}")

    for family in families:
        def one(scene, family=family):
            test(scene, family)

        one.__name__ = f"{client.__name__}_{family}"
        case(one)


for each in CLIENTS:
    through_the_proxy(each)

main(__file__)
