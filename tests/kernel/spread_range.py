# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A listener that is reached at a whole range of addresses: source ports do not collide."""
import errno
import os
import socket

import kernel_worker as do
from kernel_connection import *
from kernel_scene import *
from kernel_state import Counters, eventually, nothing_left
from kernel_worker import Worker

PORT = 12345
OWNER, STRANGER = 60001, 60002


def rules(spread="spread = 127.64.0.0/16\n", more=""):
    return (
        f"[redirector one]\nlisten = 127.0.0.1:{PORT}\nlisten = [::1]:{PORT}\n{spread}"
        f"remote-address = 192.0.2.0/24, 198.51.100.0/24, 2001:db8::/32\n{more}"
    )


def wildcard(scene, backlog=4096):
    return scene.listen("0.0.0.0", PORT, backlog=backlog)


def from_one_port(source, targets):
    """Sockets bound to one port, to many destinations: how many got through, and the others'."""
    made, errors = [], []
    for target in targets:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("0.0.0.0", source))
        try:
            sock.connect(target)
            made.append((sock, sock.getpeername()))
        except OSError as error:
            errors.append(error.errno)
    return [peer for _, peer in made], errors


@case
def sockets_bound_to_one_port_reach_many_destinations(scene):
    targets = [(f"192.0.2.{at}", 8000 + at) for at in range(1, 100)]
    listener = wildcard(scene)
    scene.up("web", rules(""))
    made, errors = scene.child(from_one_port, 23456, targets).result()
    equal((len(made), set(errors)), (1, {errno.EADDRNOTAVAIL}), "without spread, one of them")
    listener.accept()[0].close()
    scene.up("web", rules())
    made, errors = scene.child(from_one_port, 23457, targets).result()
    equal(errors, [], "errors")
    equal(made, targets, "the clients' peers")
    found = set()
    for _ in targets:
        accepted, peer = listener.accept()
        found.add(query_origin(accepted).destination)
        equal(peer[1], 23457, "the source port")
        accepted.close()
    equal(found, set(targets), "destinations")
    eventually(nothing_left)


@case
def every_connection_has_an_address_of_its_own_and_all_that_belongs_to_it(scene):
    listener = wildcard(scene)
    scene.up("web", rules(more="local-address = proxy\n"))
    seen = set()
    for at in range(5):
        client = Redirected(scene, listener, f"192.0.2.{at + 1}", 80)
        own = client.accepted.getsockname()
        seen.add(own[0])
        check(own[0].startswith("127.64.0.") and own[1] == PORT, f"reached at {own}")
        equal(query_origin(client.accepted).destination, client.target, "destination")
        data = client.accepted.getsockopt(socket.SOL_IP, 80, 16)
        equal(socket.inet_ntoa(data[4:8]), client.target[0], "SO_ORIGINAL_DST")
        check(len(client.token) == TOKEN_SIZE, "a token")
        equal(client.release()[1], client.target, "the client's peer")
        client.accepted.close()
    equal(len(seen), 5, "different addresses")
    equal(Counters("one").spread, 5, "picked")
    eventually(nothing_left)
    scene.up("web", rules())
    client = Redirected(scene, listener, "192.0.2.1", 80)
    equal(client.accepted.getsockname(), client.target, "getsockname() tells the destination")


@case
def ipv6_is_spread_over_addresses_that_are_this_hosts(scene):
    subprocess_ip = ["ip", "-6", "route", "add", "local", "fd00:64::/64", "dev", "lo"]
    check(os.spawnvp(os.P_WAIT, "ip", subprocess_ip) == 0, "ip")
    listener = scene.listen("::", PORT)
    scene.up("web", rules("spread = fd00:64::/64\nspread = 127.64.0.0/30\n", "local-address = proxy\n"))
    for target, start in ((ORIGIN6, "fd00:64::"), (ORIGIN4, "::ffff:127.64.0.")):
        for _ in range(3):
            client = Redirected(scene, listener, target, 80)
            check(client.accepted.getsockname()[0].startswith(start), "not of the range")
            equal(query_origin(client.accepted).destination, client.target, "destination")
    scene.later(os.spawnvp, os.P_WAIT, "ip", ["ip", "-6", "route", "del", "local", "fd00:64::/64"])


@case
def a_connect_to_the_range_itself_is_to_the_redirectors_listener(scene):
    listener = wildcard(scene)
    scene.up("web", rules().replace("192.0.2.0/24", "192.0.2.0/24, 127.0.0.0/8"))
    client = Redirected(scene, listener, "127.64.3.4", PORT)
    equal(name(raw_get(client.accepted, ORIGIN, 1024)[0]), name(errno.ENOENT), "origin")
    other = Redirected(scene, listener, "127.64.3.4", PORT + 1)
    equal(query_origin(other.accepted).destination, ("127.64.3.4", PORT + 1), "another port")
    with refused(errno.ECONNREFUSED, "the proxy calls itself"):
        socket.create_connection(("127.64.9.9", PORT))


@case
def the_whole_range_is_the_owners(scene):
    scene.up("web", rules(more=f"owner-user = {OWNER}\n"))
    stranger, owner = Worker(scene, uid=STRANGER), Worker(scene, uid=OWNER)
    for address in ("127.64.0.1", "127.64.255.255", "0.0.0.0", "127.0.0.1"):
        with refused(errno.EACCES, f"bind({address})"):
            stranger.call(do.bind, "x", address, PORT)
    for address in ("127.65.0.1", "127.63.255.255"):
        stranger.call(do.bind, "x", address, PORT)
        stranger.call(do.close, "x")
    with refused(errno.ECONNREFUSED, "nobody listens"):
        stranger.call(do.connect, "x", ORIGIN4, 80)
    equal(Counters("one").refused["absent"], 1, "refused for want of a listener")
    owner.call(do.listen, "four", "0.0.0.0", PORT)
    stranger.send(do.connect, "x", ORIGIN4, 80)
    owner.call(do.accept, "four", "accepted")
    equal(stranger.result()[0], (ORIGIN4, 80), "the client's peer")
    owner.call(do.close, "four")
    # One address of the range, bound before the rules came: an intruder for its connections.
    scene.down("web")
    stranger.call(do.listen, "squat", "127.64.0.1", PORT)
    scene.up("web", rules("spread = 127.64.0.0/30\n", f"owner-user = {OWNER}\n"))
    with refused(errno.ECONNREFUSED, "to the intruder, or to nobody"):
        Worker(scene).call(do.connect, "x", ORIGIN4, 80)


@case
def a_listener_of_one_address_does_not_serve_a_range_and_show_says_so(scene):
    listener = scene.listen("127.0.0.1", PORT)
    scene.up("web", rules())
    one = scene.show()["redirectors"][0]
    equal([at["listening"] for at in one["listeners"]], [False, False], "listening")
    equal(one["spread"], ["127.64.0.0/16"], "spread")
    check("spread over 127.64.0.0/16" in scene.run("show"), "not in show")
    listener.close()
    wildcard(scene)
    equal(scene.show()["redirectors"][0]["listeners"][0]["listening"], True, "a wildcard")


def many(count, low, high):
    """More connections at once than there are source ports."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
        file.write(f"{low} {high}")
    socks = []
    for at in range(count):
        sock = socket.socket()
        sock.connect((ORIGIN4, 80))
        socks.append(sock)
    return len(socks)


@case
def more_connections_live_at_once_than_a_client_has_ports(scene):
    """A small range of ports stands for the 28,000."""
    path = "/proc/sys/net/ipv4/ip_local_port_range"
    with open(path) as file:
        before = file.read()

    def restore():
        with open(path, "w") as file:
            file.write(before)

    scene.later(restore)
    wildcard(scene)
    scene.up("web", rules(""))
    with refused(errno.EADDRNOTAVAIL, "without spread"):
        scene.child(many, 40, 30000, 30019).result()
    scene.up("web", rules())
    equal(scene.child(many, 400, 30000, 30019).result(), 400, "connections")
    equal(Counters("one").refused["absent"], 0, "refused")


main(__file__)
