# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What is answered to a question on every other kind of socket."""
import errno
import os
import socket
import struct

from kernel_connection import *
from kernel_scene import *

PORT = 12345
RULES = f"[redirector one]\nlisten = 127.0.0.1:{PORT}\nlisten = [::1]:{PORT}\n"
RULES += "remote-address = 192.0.2.0/24, 2001:db8::/32\nremote-port = 8080\n"

def asks(sock, error, what):
    for option in OPTIONS:
        for size in (1024, 1, 8192):
            found, length, data = raw_get(sock, option, size)
            equal(name(found), name(error), f"{what}, option {option}, {size} bytes")
            equal((length, set(data)), (size, {0x5A}), f"{what}: buffer and length")
        found, length, _ = raw_get(sock, option, 0, null=True)
        equal((name(found), length), (name(error), 0), f"{what}, option {option}, NULL")


def full_listener(scene, address):
    """A listener that takes no further SYN."""
    listener = scene.listen(address, backlog=0)
    for _ in range(3):
        one = scene.keep(socket.socket(listener.family))
        one.setblocking(False)
        one.connect_ex(listener.getsockname())
    return listener


@case
def tcp_sockets_that_are_not_connected_say_so(scene):
    scene.up("web", RULES)
    for family, address in ((socket.AF_INET, ORIGIN4), (socket.AF_INET6, ORIGIN6)):
        what = family.name
        sock = scene.keep(socket.socket(family))
        asks(sock, errno.ENOTCONN, f"{what}, new")
        sock.bind((address, 0))
        asks(sock, errno.ENOTCONN, f"{what}, bound")
        sock.listen()
        asks(sock, errno.EINVAL, f"{what}, listening")
        connecting = scene.keep(socket.socket(family))
        connecting.setblocking(False)
        target = full_listener(scene, address).getsockname()
        equal(connecting.connect_ex(target), errno.EINPROGRESS, "connect")
        asks(connecting, errno.ENOTCONN, f"{what}, connecting")
        refused_one = scene.keep(socket.socket(family))
        equal(refused_one.connect_ex((address, 1)), errno.ECONNREFUSED, "connect")
        asks(refused_one, errno.ENOTCONN, f"{what}, refused")


@case
def tcp_connections_that_were_not_redirected_say_so(scene):
    scene.up("web", RULES)
    for family, address in ((socket.AF_INET, ORIGIN4), (socket.AF_INET6, ORIGIN6)):
        what = family.name
        listener = scene.listen(address)
        client = scene.keep(socket.socket(family))
        client.connect(listener.getsockname())
        accepted = scene.keep(listener.accept()[0])
        asks(client, errno.ENOENT, f"{what}, the client")
        asks(accepted, errno.ENOENT, f"{what}, accepted")
        client.shutdown(socket.SHUT_WR)
        asks(accepted, errno.ENOENT, f"{what}, half closed")
        # AF_UNSPEC: it is an unconnected socket again.
        unspec = struct.pack("=H14x", socket.AF_UNSPEC)
        equal(raw_connect(accepted, unspec), 0, "connect to AF_UNSPEC")
        asks(accepted, errno.ENOTCONN, f"{what}, disconnected")


def ask_own_side(family, target):
    """In the client: its own socket, connected."""
    with socket.socket(family) as client:
        client.settimeout(10)
        client.connect((target, 8080))
        found = [(option, raw_get(client, option, 1024)) for option in OPTIONS]
        found += [(option, raw_get(client, option, 0, null=True)) for option in OPTIONS]
    return [(option, result[0], set(result[2])) for option, result in found]


@case
def a_redirected_client_learns_nothing_from_its_own_socket(scene):
    scene.listen("127.0.0.1", PORT)
    scene.listen("::1", PORT)
    scene.up("web", RULES)
    for family, target in ((socket.AF_INET, ORIGIN4), (socket.AF_INET6, ORIGIN6)):
        for option, error, data in scene.child(ask_own_side, family, target).result():
            equal(name(error), name(errno.ENOENT), f"{family.name}, option {option}")
            check(data <= {0x5A}, "the buffer was written")


def other_sockets():
    mptcp = getattr(socket, "IPPROTO_MPTCP", IPPROTO_MPTCP)
    kinds = {
        "UDP": (socket.AF_INET, socket.SOCK_DGRAM, 0),
        "UDP on IPv6": (socket.AF_INET6, socket.SOCK_DGRAM, 0),
        "unix stream": (socket.AF_UNIX, socket.SOCK_STREAM, 0),
        "unix datagram": (socket.AF_UNIX, socket.SOCK_DGRAM, 0),
        "unix packet": (socket.AF_UNIX, socket.SOCK_SEQPACKET, 0),
        "netlink": (socket.AF_NETLINK, socket.SOCK_RAW, 0),
        "raw ICMP": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        "raw TCP": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP),
        "raw TCP on IPv6": (socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_TCP),
        "packet": (socket.AF_PACKET, socket.SOCK_RAW, 0),
        "MPTCP": (socket.AF_INET, socket.SOCK_STREAM, mptcp),
        "MPTCP on IPv6": (socket.AF_INET6, socket.SOCK_STREAM, mptcp),
    }
    for what, kind in kinds.items():
        yield what, socket.socket(*kind)


@case
def what_is_not_tcp_says_so(scene):
    scene.up("web", RULES)
    for what, sock in other_sockets():
        scene.keep(sock)
        asks(sock, errno.EOPNOTSUPP, what)
        if what.startswith(("UDP", "raw TCP")):
            sock.connect((ORIGIN6 if "IPv6" in what else ORIGIN4, 9))
            asks(sock, errno.EOPNOTSUPP, f"{what}, connected")
        if what.startswith("MPTCP"):
            listener = scene.listen(ORIGIN6 if "IPv6" in what else ORIGIN4)
            sock.connect(listener.getsockname())
            asks(sock, errno.EOPNOTSUPP, f"{what}, connected")
            sock.close()
    left, right = socket.socketpair()
    asks(left, errno.EOPNOTSUPP, "unix, connected")


@case
def what_is_no_socket_says_so(scene):
    scene.up("web", RULES)
    read, write = os.pipe()
    asks(read, errno.ENOTSOCK, "a pipe")
    os.close(write)
    asks(write, errno.EBADF, "a closed descriptor")
    os.close(read)


main(__file__, ground=GROUND)
