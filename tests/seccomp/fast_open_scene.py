# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""For clients that connect and send in one (MSG_FASTOPEN)."""
from hostile_scene import *

# For command lines: the three calls, with whatever arguments, and their results: a number or an error's name.
CALLS = """
import ctypes, errno, os, select, signal, socket, struct, sys, time
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
FAST, DONTWAIT, NOSIGNAL, ZEROCOPY = 0x20000000, 0x40, 0x4000, 0x4000000
name = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ":" in name[0] else socket.AF_INET
def packed(name):
    if ":" in name[0]:
        return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", name[1], 0) + socket.inet_pton(
            socket.AF_INET6, name[0]) + bytes(4)
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", name[1]) + socket.inet_aton(name[0]) + bytes(8)
target = packed(name)
kept = []
def at(data):
    kept.append(ctypes.create_string_buffer(bytes(data), len(data)))
    return ctypes.addressof(kept[-1])
def call(function, *words):
    ctypes.set_errno(0)
    result = function(*(ctypes.c_void_p(word) if abs(word) >= 2 ** 31 else word for word in words))
    return errno.errorcode[ctypes.get_errno()] if result < 0 else result
def header(data, address=target, parts=None, control=b"", count=None, length=None):
    parts = b"".join(struct.pack("=QQ", *one) for one in parts or [(at(data), len(data))])
    return struct.pack("=QI4xQQQQI4xI4x", at(address) if address is not None else 0,
                       len(address or b"") if length is None else length, at(parts),
                       len(parts) // 16 if count is None else count, at(control) if control else 0, len(control), 0, 0)
def sendto(sock, data, flags=0, address=target):
    return call(libc.sendto, sock.fileno(), at(data), len(data), FAST | flags, at(address), len(address))
def sendmsg(sock, data, flags=0, **more):
    return call(libc.sendmsg, sock.fileno(), at(header(data, **more)), FAST | flags)
def sendmmsg(sock, data, flags=0, **more):
    where = at(header(data, **more))
    result = call(libc.sendmmsg, sock.fileno(), where, 1, FAST | flags)
    if result == 1:
        return struct.unpack("=I", ctypes.string_at(where + 56, 4))[0]
    return result
def fresh(kind=socket.SOCK_STREAM):
    return socket.socket(family, kind)
def answer(sock):
    sock.setblocking(True)
    sock.shutdown(socket.SHUT_WR)
    data = b""
    while part := sock.recv(65536):
        data += part
    return data
def in_the_syn(sock):
    return bool(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[5] & 32)
"""


def calling(script, name):
    return [sys.executable, "-c", CALLS + script, *map(str, name)]


def both_sides_may():
    """Whether data in a SYN is taken, here; it is sent in any case."""
    with open("/proc/sys/net/ipv4/tcp_fastopen") as setting:
        return int(setting.read()) & 0x602 == 0x602


def each_kernel():
    """As the kernel is, then as the oldest one."""
    yield
    os.environ["WHITHER_PLAIN_SECCOMP"] = "1"
    try:
        yield
    finally:
        del os.environ["WHITHER_PLAIN_SECCOMP"]
