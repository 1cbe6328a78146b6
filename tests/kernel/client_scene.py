# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What the tests of clients share: rules, clients that stop where the test wants to look, and
what the proxy must be told.

The proxy is the test's own process; clients are others, as a proxy's own connects are not taken.
"""
import ctypes
import errno
import json
import os
import pickle
import socket
import struct
import time

from kernel_proxy import *
from kernel_scene import *

PROXY4, PROXY6 = "127.0.0.1", "::1"
PORT = 12345
AT4, AT6 = f"{PROXY4}:{PORT}", f"[{PROXY6}]:{PORT}"
# Destinations of redirect()'s rules: nobody's, without a route (RFC 5737, RFC 3849). ORIGIN4,
# ORIGIN6 and the loopback addresses match nothing.
AWAY4, AWAY6 = "203.0.113.7", "2001:db8:3::7"
MATCH = "remote-address = 203.0.113.0/24, 2001:db8:3::/48\n"

GROUND = "[redirector ground]\nlisten = 127.0.0.1:9\nlisten = [::1]:9\nremote-address = 240.0.0.1\n"

libc = ctypes.CDLL(None, use_errno=True)


def redirect(scene, *listen, more=MATCH, name="web"):
    """Brings up the redirector "one", which takes connects to AWAY4 and AWAY6."""
    scene.up(name, "[redirector one]\n" + "".join(f"listen = {at}\n" for at in listen) + more)


def connected(family, target, timeout=10):
    """A socket of this family, connected."""
    sock = socket.socket(family)
    sock.settimeout(timeout)
    sock.connect(target)
    return sock


def disconnect(sock):
    """connect(AF_UNSPEC): the socket is free for another destination."""
    if libc.connect(sock.fileno(), bytes(16), 16):
        raise OSError(ctypes.get_errno(), "connect to AF_UNSPEC")


def reset(sock):
    """Closes with a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
    sock.close()


def names(sock):
    """(peer, own) as the client sees them."""
    return sock.getpeername()[:2], sock.getsockname()[:2]


def outcome(function, *arguments):
    """None, or the errno that the call failed with."""
    try:
        function(*arguments)
    except TimeoutError:
        raise
    except OSError as error:
        return error.errno
    return None


class Steps:
    """A generator that runs in a process of its own and stops at each yield: reach() waits for
    what it yielded, go() lets it run on, end() lets it run to its end."""

    def __init__(self, scene, generator, *arguments, **options):
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        scene.keep(self._ours).settimeout(20)

        def walk():
            self._ours.close()
            for value in generator(*arguments):
                theirs.send(pickle.dumps(value))
                if not theirs.recv(1):
                    break

        self.child = scene.child(walk, **options)
        self.pid = self.child.pid
        theirs.close()

    def reach(self):
        data = self._ours.recv(65536)
        if not data:  # it ended too soon: say why
            self.child.result()
            raise Failure("a client ended too soon")
        return pickle.loads(data)

    def go(self):
        self._ours.send(b"g")

    def end(self):
        with contextlib.suppress(BrokenPipeError):
            self.go()
        self.child.result()


def arrive(scene, listener):
    """The next connection that reaches the proxy."""
    accepted, peer = listener.accept()
    accepted.settimeout(10)
    scene.keep(accepted)
    return accepted


def told(accepted, destination, client=None, hops=1):
    """The accepted socket must say this, in every answer; returns its origin."""
    origin = query_origin(accepted)
    equal(origin.destination, destination, "destination")
    equal(origin.hops, hops, "number of hops")
    if client:
        equal(origin.client, client, "client address")
    equal(query_hops(accepted)[-1].destination, destination, "destination of the newest hop")
    check(query_records(accepted), "no records")
    return origin


def untold(sock, error=errno.ENOENT):
    """No question to this socket may be answered."""
    for ask in (query_records, query_origin, query_hops, query_context):
        with refused(error, ask.__name__):
            ask(sock)


def redirector(scene, name="one"):
    return next(one for one in scene.show()["redirectors"] if one["name"] == name)


@contextlib.contextmanager
def taken(scene, count, name="one", **blocked):
    """Within the block this redirector takes count connects, and refuses as many as are said."""
    if ENGINE != "kernel":  # which alone has counters to be read meanwhile
        yield
        return
    before = redirector(scene, name)
    yield
    after = redirector(scene, name)
    equal(after["taken"] - before["taken"], count, "connects taken")
    found = {
        cause: after["blocked"][cause] - before["blocked"][cause]
        for cause in after["blocked"]
        if after["blocked"][cause] != before["blocked"][cause]
    }
    equal(found, blocked, "connects blocked")


def idle(scene):
    """Every per-connection map must become empty, once all sockets are closed."""
    if ENGINE != "kernel":  # which alone has maps
        return
    deadline = time.monotonic() + 5
    while True:
        shown = scene.show()
        left = {key: value for key, value in shown["occupancy"].items() if value}
        if not left:
            break
        check(time.monotonic() < deadline, f"left behind: {left}")
        time.sleep(0.05)
    equal(shown["totals"]["lost"], 0, "records lost")


@contextlib.contextmanager
def setting(name, value):
    """A sysctl of the test's own namespace."""
    path = "/proc/sys/" + name.replace(".", "/")
    with open(path) as file:
        before = file.read()
    try:
        with open(path, "w") as file:
            file.write(value)
        yield
    finally:
        with open(path, "w") as file:
            file.write(before)


def tcp_counter(name):
    """A counter of /proc/net/netstat, of the test's own namespace."""
    with open("/proc/self/net/netstat") as file:
        lines = [line.split() for line in file if line.startswith("TcpExt:")]
    return int(lines[1][lines[0].index(name)])
