# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""With whither and without: nobody else's options are touched, unknown ones stay unknown."""
import errno
import socket
import struct

from kernel_connection import *
from kernel_scene import *

PORT = 12345
RULES = f"[redirector one]\nlisten = 127.0.0.1:{PORT}\nlisten = [::1]:{PORT}\n"
RULES += "remote-address = 192.0.2.0/24, 2001:db8::/32\nremote-port = 8080\n"
# Where whither is not active, the protocol refuses the unknown level in its own way.
INACTIVE = {errno.EOPNOTSUPP, errno.ENOPROTOOPT}

NUMBERS = (0, 1, 59, 61, 62, 69, 73, 80, 1 << 20, -1)


@case
def other_numbers_of_our_level_are_refused_as_unknown(scene):
    new = scene.keep(socket.socket()), scene.keep(socket.socket(socket.AF_INET6))
    before = {(sock, number): raw_get(sock, number, 64)[0] for sock in new for number in NUMBERS}
    listeners = scene.listen("127.0.0.1", PORT), scene.listen("::1", PORT)
    scene.up("web", RULES)
    for sock, listener, target in zip(new, listeners, (ORIGIN4, ORIGIN6)):
        connection = Redirected(scene, listener, target)
        for number in NUMBERS:
            what = f"{sock.family.name}, option {number}"
            error, length, data = raw_get(connection.accepted, number, 64)
            equal(name(error), name(before[sock, number]), what)
            equal((length, set(data)), (64, {0x5A}), f"{what}: buffer and length")
            equal(name(raw_get(sock, number, 64)[0]), name(before[sock, number]), what)
        for number in (*NUMBERS, CONTEXT, HOPS, ORIGIN):
            what = f"{sock.family.name}, option {number}"
            error = raw_set(sock, number, bytes(64))
            equal(name(error), name(errno.ENOPROTOOPT), f"set of {number}")


def levels(sock):
    """What other options say on sock: ours at other levels, some at their own, all sizes."""
    found = {}
    own = {socket.SOL_SOCKET: (3, 4, 7, 8, 17, 28, 39, 57), socket.IPPROTO_TCP: (1, 2, 4, 11, 13)}
    for level in (0, 1, 6, 17, 41, 255, 284, SOL_WHITHER - 1, SOL_WHITHER + 1, SOL_WHITHER << 16):
        for option in (*OPTIONS, 80, *own.get(level, ())):
            for size in (0, 1, 4, 16, 1024, 4096, 4097, 8192, 65536):
                error, length, data = raw_get(sock, option, size, level)
                # Times and counts go on.
                found[level, option, size] = error, length, len(data) if option == 11 else data
    return found


def sets(sock):
    """What other options say when they are set: long buffers, and our numbers elsewhere."""
    found = {}
    for level in (0, 1, 6, 41, SOL_WHITHER + 1):
        for option in (60, 70, 71, 72):
            for size in (4, 64, 128, 4096):
                found[level, option, size] = raw_set(sock, option, bytes(size), level)
    for size in (4, 64, 4096, 4097, 8192, 65536):
        value = struct.pack("=i", 30000).ljust(size, b"\0")
        found["SO_RCVBUF", size] = raw_set(sock, socket.SO_RCVBUF, value, 1)
        found["SO_RCVBUF is", size] = raw_get(sock, socket.SO_RCVBUF, 4, 1)
        found["TCP_KEEPIDLE", size] = raw_set(
            sock, 4, struct.pack("=i", 77 + size % 100).ljust(size, b"\0"), 6
        )
        found["TCP_KEEPIDLE is", size] = raw_get(sock, 4, 4, 6)
        found["TCP_CONGESTION", size] = raw_set(sock, 13, b"reno".ljust(size, b"\0"), 6)
    return found


@case
def options_of_other_levels_are_answered_as_without_whither(scene):
    connected = socket.socketpair()
    listener = scene.listen(ORIGIN4)
    pair = [scene.keep(socket.create_connection(listener.getsockname()))]
    pair.append(scene.keep(listener.accept()[0]))
    kinds = {"unconnected": socket.socket(), "IPv6": socket.socket(socket.AF_INET6)}
    kinds.update({"client": pair[0], "accepted": pair[1], "listener": listener})
    kinds.update({"UDP": socket.socket(socket.AF_INET, socket.SOCK_DGRAM), "unix": connected[0]})
    for option, value in ((socket.SO_RCVBUF, 30000), (socket.SO_SNDBUF, 30000)):
        for sock in pair:
            sock.setsockopt(socket.SOL_SOCKET, option, value)  # else it grows
    before = {what: (levels(sock), sets(sock), levels(sock)) for what, sock in kinds.items()}
    again = {what: (levels(sock), sets(sock), levels(sock)) for what, sock in kinds.items()}
    scene.up("web", RULES)
    compared = 0
    for what, sock in kinds.items():
        after = levels(sock), sets(sock), levels(sock)
        for part in range(3):
            for key, expected in again[what][part].items():
                if before[what][part][key] == expected:  # else it is no constant
                    equal(after[part][key], expected, f"{what}, {key}")
                    compared += 1
    check(compared > 5000, f"only {compared} answers were constant")


@case
def a_question_where_whither_is_not_active_is_not_answered(scene):
    listener = scene.listen(ORIGIN4), scene.listen(ORIGIN6)
    for one in listener:
        client = scene.keep(socket.create_connection(one.getsockname()[:2]))
        for sock in (client, scene.keep(one.accept()[0]), one):
            for option in OPTIONS:
                error, length, data = raw_get(sock, option, 1024)
                check(error in INACTIVE, f"option {option}: {name(error)}")
                equal((length, set(data)), (1024, {0x5A}), "buffer and length")
            error = raw_set(scene.keep(socket.socket(one.family)), RECORDS, bytes(64))
            check(error in INACTIVE, f"set: {name(error)}")


main(__file__)
