# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The thin line through everything: a client is diverted, the proxy asks, relates and connects."""
import os
import socket

from kernel_proxy import *
from kernel_scene import *

PROXY_PORT = 12345


def rules(*addresses, more=""):
    listen = "".join(f"listen = {one}\n" for one in addresses)
    return f"[redirector one]\n{listen}remote-address = 192.0.2.0/24, 2001:db8::/32\n{more}"


def fetch(target, port):
    with socket.create_connection((target, port), timeout=10) as client:
        names = client.getpeername()[:2], client.getsockname()[:2]
        client.sendall(b"ping")
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while data := client.recv(100):
            answer += data
        return *names, answer


def echo(listener):
    accepted, _ = listener.accept()
    with accepted:
        data = accepted.recv(100)
        accepted.sendall(b"echo " + data)


def round_trip(scene, proxy_address, target):
    listener = scene.listen(proxy_address, PROXY_PORT)
    at = f"[{proxy_address}]:{PROXY_PORT}" if ":" in proxy_address else f"{proxy_address}:{PROXY_PORT}"
    scene.up("web", rules(at, more="context = text:site=berlin\n"))
    origin = scene.listen(target)
    port = origin.getsockname()[1]
    scene.child(echo, origin)
    client = scene.child(fetch, target, port)

    accepted, peer = listener.accept()
    scene.keep(accepted)
    answer = query_origin(accepted)
    equal(answer.destination, (target, port), "destination")
    equal(answer.client, peer[:2], "client address")
    equal(answer.pid, client.pid, "pid")
    equal((answer.uid, answer.gid), (os.geteuid(), os.getegid()), "user")
    equal(answer.executable_inode, os.stat(f"/proc/{client.pid}/exe").st_ino, "executable")
    equal(answer.hops, 1, "hops")
    equal(query_context(accepted), b"site=berlin", "context")
    hops = query_hops(accepted)
    equal([hop.destination for hop in hops], [(target, port)], "hops")
    equal(hops[0].redirector, answer.redirector, "redirector")
    outbound = scene.keep(socket.socket(accepted.family))
    set_records(outbound, query_records(accepted))
    outbound.connect(answer.destination)
    relay(accepted, outbound)

    name, own, data = client.result()
    equal(name, (target, port), "the client's getpeername()")
    equal(own, peer[:2], "the client's own address")
    equal(data, b"echo ping", "answer")


@case
def an_ipv4_connection_is_redirected_asked_related_and_served(scene):
    round_trip(scene, "127.0.0.1", ORIGIN4)


@case
def an_ipv6_connection_is_redirected_asked_related_and_served(scene):
    round_trip(scene, "::1", ORIGIN6)


main(__file__)
