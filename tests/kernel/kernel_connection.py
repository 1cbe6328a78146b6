# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""One redirected connection, seen from the proxy; and the system calls as C makes them.

Python's own getsockopt() hides the length and takes at most 1,024 bytes; raw_get() and raw_set()
hide nothing.
"""
import ctypes
import os
import socket

from kernel_proxy import *
from kernel_scene import ORIGIN4

_libc = ctypes.CDLL(None, use_errno=True)

# Linux' own numbers, which this Python does not know.
IPPROTO_MPTCP = 262
SO_NETNS_COOKIE = 71

# A redirector that is never taken: see ground in kernel_scene.main().
GROUND = "[redirector ground]\nlisten = 127.0.0.1:4\nremote-address = 192.0.2.254\n"

TOKEN_SIZE = 64
OPTIONS = (RECORDS, CONTEXT, HOPS, ORIGIN)


def raw_get(sock, option, size, level=SOL_WHITHER, null=False, fill=0x5A):
    """getsockopt(): (errno or 0, length afterwards, the whole buffer). null: asks with NULL."""
    buffer = ctypes.create_string_buffer(bytes([fill]) * max(size, 1), max(size, 1))
    length = ctypes.c_uint32(size)
    fd = sock if isinstance(sock, int) else sock.fileno()
    ctypes.set_errno(0)
    result = _libc.getsockopt(
        fd, level, option, None if null else buffer, ctypes.byref(length)
    )
    return (ctypes.get_errno() if result else 0), length.value, buffer.raw[:size]


def raw_set(sock, option, data, level=SOL_WHITHER, size=None):
    """setsockopt(): errno or 0."""
    fd = sock if isinstance(sock, int) else sock.fileno()
    ctypes.set_errno(0)
    result = _libc.setsockopt(fd, level, option, data, len(data) if size is None else size)
    return ctypes.get_errno() if result else 0


def raw_connect(sock, data):
    """connect() to the sockaddr in data: errno or 0."""
    ctypes.set_errno(0)
    return ctypes.get_errno() if _libc.connect(sock.fileno(), data, len(data)) else 0


def name(error):
    """An errno for people."""
    return os.strerror(error) if error else "success"


def answers(sock, options=OPTIONS):
    """What sock says to each question: bytes, or an errno."""
    found = {}
    for option in options:
        error, length, data = raw_get(sock, option, 1024)
        found[option] = error or data[:length]
    return found


class Held:
    """A client in a process of its own: it connects, and holds the connection until release()."""

    def __init__(self, scene, target, port, family=None, prepare=None, **options):
        self._ours, theirs = socket.socketpair()
        scene.keep(self._ours)
        self.process = scene.child(self._hold, theirs, target, port, family, prepare, **options)
        self.pid = self.process.pid
        theirs.close()

    @staticmethod
    def _hold(release, target, port, family, prepare):
        family = family or (socket.AF_INET6 if ":" in target else socket.AF_INET)
        with socket.socket(family) as client:
            if prepare:
                prepare(client)
            client.settimeout(10)
            client.connect((target, port))
            names = client.getsockname()[:2], client.getpeername()[:2]
            release.settimeout(60)
            if release.recv(1) == b"r":  # a reset
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        return names

    def release(self, how=b"f"):
        """Lets the client close: b"f" in order, b"r" with a reset. Its two names."""
        self._ours.sendall(how)
        return self.process.result()


class Redirected(Held):
    """A held client, and the accepted socket of its connection."""

    def __init__(self, scene, listener, target=ORIGIN4, port=8080, **options):
        super().__init__(scene, target, port, **options)
        self.target = target, port
        self.accepted, self.peer = listener.accept()
        scene.keep(self.accepted)
        self.accepted.settimeout(10)

    @property
    def token(self):
        return query_records(self.accepted)


def hops_text(sock):
    """The hops of sock as "aabb.. aabb..*": GUIDs, those by process with a star."""
    return " ".join(
        hop.redirector.hex() + ("*" if hop.flags & BY_PROCESS else "") for hop in query_hops(sock)
    )


def netns_cookie(sock):
    return int.from_bytes(sock.getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8), "little")
