# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Proxies that were written for nothing at all: getsockname() on the accepted socket answers the
original destination, unless the redirector says otherwise."""
import errno
import socket
import struct

from kernel_connection import *
from kernel_scene import *

PORT = 12345
LISTEN4, LISTEN6 = f"listen = 127.0.0.1:{PORT}\n", f"listen = [::1]:{PORT}\n"


def rules(more="", listen=LISTEN4 + LISTEN6, order="one"):
    return (
        f"[redirector {order}]\n{listen}remote-address = 192.0.2.0/24, 2001:db8::/32\n"
        f"remote-port = 8080\n{more}"
    )


def own(sock):
    return sock.getsockname()[:2]


@case
def it_is_the_destination_for_ipv4_ipv6_and_v4_mapped_sockets(scene):
    four, six = scene.listen("127.0.0.1", PORT), scene.listen("::1", PORT)
    scene.up("web", rules())
    for listener, target in ((four, ORIGIN4), (six, ORIGIN6)):
        client = Redirected(scene, listener, target)
        equal(own(client.accepted), (target, 8080), "the proxy's own address")
        equal(client.accepted.getpeername()[:2], client.peer[:2], "its peer is the client")
        equal(own(listener)[1], PORT, "the listener's own address")
        at_client = client.release()
        equal(at_client, (client.peer[:2], (target, 8080)), "the client's own address and peer")
        equal(own(client.accepted), (target, 8080), "after the client's end")
        listener.close()
    both = scene.listen("::", PORT)
    equal(own(Redirected(scene, both).accepted), (f"::ffff:{ORIGIN4}", 8080), "v4-mapped")
    equal(own(Redirected(scene, both, ORIGIN6).accepted), (ORIGIN6, 8080), "IPv6, wildcard")


@case
def a_family_that_cannot_tell_it_tells_the_proxys_own(scene):
    four = scene.listen("127.0.0.1", PORT)
    scene.up("web", rules(listen=LISTEN4))
    equal(own(Redirected(scene, four, ORIGIN6).accepted), ("127.0.0.1", PORT), "IPv6 to IPv4")
    six = scene.listen("::1", PORT)
    scene.up("web", rules(listen=LISTEN6))
    client = Redirected(scene, six, f"::ffff:{ORIGIN4}")
    equal(own(client.accepted), (f"::ffff:{ORIGIN4}", 8080), "v4-mapped to IPv6")


@case
def a_redirector_can_switch_it_off_for_connections_to_come(scene):
    four = scene.listen("127.0.0.1", PORT)
    scene.up("web", rules("local-address = original\n"))
    before = Redirected(scene, four)
    scene.up("web", rules("local-address = proxy\n"))
    after = Redirected(scene, four)
    equal(own(before.accepted), (ORIGIN4, 8080), "decided when it connected")
    equal(own(after.accepted), ("127.0.0.1", PORT), "switched off")
    equal(query_origin(after.accepted).destination, (ORIGIN4, 8080), "the other answers stay")
    data = after.accepted.getsockopt(0, 80, 16)
    equal((data[2:4], data[4:8]), (b"\x1f\x90", socket.inet_aton(ORIGIN4)), "SO_ORIGINAL_DST")
    equal(after.release()[1], (ORIGIN4, 8080), "the client's peer")
    (one,) = [one for one in scene.show()["redirectors"] if one["name"] == "one"]
    equal(one["local_address"], "proxy", "in show")


@case
def connections_that_are_not_ours_keep_their_own(scene):
    four = scene.listen("127.0.0.1", PORT)
    scene.up("web", rules())
    direct = Redirected(scene, four, "127.0.0.1", PORT)
    equal(own(direct.accepted), ("127.0.0.1", PORT), "direct")
    equal(direct.release(), (direct.peer, ("127.0.0.1", PORT)), "the client of it")
    redirected = Redirected(scene, four)
    accepted = redirected.accepted
    equal(raw_connect(accepted, struct.pack("=H14x", socket.AF_UNSPEC)), 0, "AF_UNSPEC")
    check(own(accepted)[0] != ORIGIN4, "disconnected, it still tells")
    other = scene.listen(ORIGIN4)
    accepted.connect(own(other))
    equal(own(accepted), other.accept()[1], "connected elsewhere")
    last = Redirected(scene, four)
    scene.down("--all")
    equal(own(last.accepted), ("127.0.0.1", PORT), "after down")
    # Without connection tracking in the kernel there is no such option.
    found = raw_get(last.accepted, 80, 16, level=0)[0]
    check(found in (errno.ENOENT, errno.ENOPROTOOPT), f"SO_ORIGINAL_DST after down: {name(found)}")


def ask_and_connect(accepted):
    """A worker that did not listen and knows of no option: connects to its own address."""
    sock = socket.socket(accepted.family)
    sock.settimeout(10)
    try:
        sock.connect(accepted.getsockname()[:2])
    except OSError as error:
        return error.errno
    return 0


@case
def a_worker_that_asks_its_own_address_is_the_redirectors(scene):
    both = scene.listen("::", PORT)
    scene.up("web", rules())
    for target in (ORIGIN4, ORIGIN6):
        origin = scene.listen(target, 8080)
        client = Redirected(scene, both, target)
        equal(scene.child(ask_and_connect, client.accepted).result(), 0, f"connect to {target}")
        origin.accept()[0].close()


main(__file__)
