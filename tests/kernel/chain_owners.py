# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Whose process a proxy is: by executable, by cgroup, by several at once, and shared."""
import os
import socket
import threading
from errno import EACCES

from chain_proxies import *
from kernel_connection import GROUND
from kernel_scene import *

A, B = 12001, 12002


def goes_by(scene, proxies, target, expected):
    """expected: for each proxy what it is told, or None when it must see nothing."""
    equal(scene.child(fetch, target).result()[0], b"<ping>", "answer")
    for at, (proxy, told) in enumerate(zip(proxies, expected)):
        if told:
            seen = proxy.seen()
            equal((seen["error"], seen["hops"]), ("", hops(*told)), f"proxy {at + 1}")
        proxy.nothing_more()


@case
def an_owner_by_executable_is_that_program_alone(scene):
    first, second = copy_of_python(scene, "first"), copy_of_python(scene, "second")
    text = redirector("a", A, f"owner-exe = {first}\n")
    scene.up("web", text + redirector("b", B, f"owner-exe = {second}\n"))
    target = Destination(scene).name
    # Neither sets records: that the chain ends is the owners' doing.
    proxies = [Proxy(scene, A, program=first, sets=False)]
    proxies.append(Proxy(scene, B, program=second, sets=False))
    goes_by(scene, proxies, target, [("web/a",), ("web/a*", "web/b")])
    # The same program by another name is the same; a copy of it is not.
    for proxy in proxies:
        proxy.stop()
    os.link(first, f"{scene.directory}/linked")
    proxies = [Proxy(scene, A, program=f"{scene.directory}/linked")]
    proxies.append(Proxy(scene, B, program=second))
    goes_by(scene, proxies, target, [("web/a",), ("web/a", "web/b")])
    with refused(EACCES, "bind by another program"):
        scene.listen("127.0.0.1", A)


@case
def an_owner_by_cgroup_is_whatever_runs_below_it(scene):
    first, second = scene.subcgroup("first"), scene.subcgroup("second")
    below = scene.subcgroup("first/below")
    text = redirector("a", A, f"owner-cgroup = {first}\n")
    scene.up("web", text + redirector("b", B, f"owner-cgroup = {second}\n"))
    target = Destination(scene).name
    proxies = [Proxy(scene, A, cgroup=below, sets=False)]
    proxies.append(Proxy(scene, B, cgroup=second, sets=False))
    goes_by(scene, proxies, target, [("web/a",), ("web/a*", "web/b")])
    with refused(EACCES, "bind from outside"):
        scene.listen("127.0.0.1", A)
    # Another process of the cgroup is its own, whoever listens.
    answer = scene.child(fetch, target, cgroup=second).result()
    equal(answer[0], b"<ping>", "answer")
    for proxy in proxies:
        proxy.nothing_more()


@case
def of_an_owner_stated_by_two_things_both_must_hold(scene):
    cgroup = scene.subcgroup("proxy")
    text = redirector("a", A, f"owner-user = 2001\nowner-cgroup = {cgroup}\n")
    scene.up("web", text)
    target = Destination(scene).name
    for half in ({"uid": 2001}, {"cgroup": cgroup}):
        with refused(EACCES, f"bind with {half}"):
            scene.child(bind, A, **half).result()
    proxy = Proxy(scene, A, uid=2001, cgroup=cgroup, sets=False)
    goes_by(scene, [proxy], target, [("web/a",)])
    # Half an owner is a client like any other.
    for half in ({"uid": 2001}, {"cgroup": cgroup}):
        equal(scene.child(fetch, target, **half).result()[0], b"<ping>", "answer")
        equal(proxy.seen()["hops"], hops("web/a"), f"hops with {half}")
    equal(scene.child(fetch, target, uid=2001, cgroup=cgroup).result()[0], b"<ping>", "answer")
    proxy.nothing_more()


def bind(port):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))


@case
def two_redirectors_of_one_owner_are_one_without_records_and_two_with(scene):
    text = redirector("a", A, "owner-user = 2001\n") + redirector("b", B, "owner-user = 2001\n")
    scene.up("web", text)
    target = Destination(scene).name
    proxies = [Proxy(scene, port, uid=2001, sets=False) for port in (A, B)]
    # The owner's process has passed all that is the owner's: nobody knows which it was.
    goes_by(scene, proxies, target, [("web/a",), None])
    for proxy in proxies:
        proxy.stop()
    proxies = [Proxy(scene, port, uid=2001) for port in (A, B)]
    goes_by(scene, proxies, target, [("web/a",), ("web/a", "web/b")])


def serve_two(report, ports, how):
    """One process that is the proxy of two redirectors."""
    for port in ports[1:]:
        threading.Thread(target=serve_chain, args=(report, dict(how, port=port)),
                         daemon=True).start()
    serve_chain(report, dict(how, port=ports[0]))


@case
def one_process_that_listens_for_two_redirectors_is_both(scene):
    scene.up("web", redirector("a", A) + redirector("b", B))
    target = Destination(scene).name
    for sets, second in ((True, hops("web/a", "web/b")), (False, None)):
        read, write = os.pipe()
        how = {"address": "127.0.0.1", "sets": sets, "upstream": None, "mapped": False}
        child = scene.child(serve_two, write, (A, B), how)
        os.close(write)
        with os.fdopen(read) as lines:
            equal([json.loads(lines.readline()) for _ in range(2)], ["ready"] * 2, "it listens")
            equal(scene.child(fetch, target).result()[0], b"<ping>", "answer")
            child.kill()
            # Each thread reports when its own connect() has returned: in either order.
            said = sorted((json.loads(line)["hops"] for line in lines), key=len)
        equal(said, [hops("web/a"), second] if second else [hops("web/a")], f"sets {sets}")


main(__file__, ground=GROUND)
