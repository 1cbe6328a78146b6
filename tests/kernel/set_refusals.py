# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Records that must not be accepted, and what remains of the socket then."""
import errno
import os
import socket
import struct

from chain_proxies import Destination, Proxy, hops
from kernel_connection import *
from kernel_scene import *

ONE, TWO = 12001, 12002
RULES = f"[redirector one]\nlisten = 127.0.0.1:{ONE}\nremote-address = 192.0.2.0/24\n"
RULES += f"[redirector two]\nlisten = 127.0.0.1:{TWO}\nremote-address = 192.0.2.0/24\n"
# Bytes of the token whose change is seen before it is looked up: what stands there, its errno.
HEADER = {0: errno.EBADMSG, 4: errno.EBADMSG, 6: errno.EOVERFLOW, 8: errno.EOVERFLOW,
          12: errno.EOVERFLOW}


def start(scene):
    """This process is redirector one's; another is two's, and tells what it is told."""
    listener = scene.listen("127.0.0.1", ONE)
    scene.up("web", RULES)
    second = Proxy(scene, TWO, upstream=Destination(scene, "127.0.0.1").name)
    return listener, second


def is_refused(sock, token, error, what, **options):
    equal(name(raw_set(sock, RECORDS, token, **options)), name(error), what)


def still_usable(second, sock, told=("web/one*", "web/two")):
    """sock connects, and what two is told of it says whether it carried records."""
    sock.settimeout(10)
    sock.connect((ORIGIN4, 8081))
    seen = second.seen()
    equal(seen["hops"], hops(*told), "hops")
    sock.close()
    return seen


@case
def a_token_with_any_bit_flipped_is_refused(scene):
    listener, second = start(scene)
    connection = Redirected(scene, listener)
    token = connection.token
    sock = scene.keep(socket.socket())
    for bit in range(8 * len(token)):
        changed = bytearray(token)
        changed[bit // 8] ^= 1 << bit % 8
        where = max((at for at in HEADER if at <= bit // 8), default=0)
        error = HEADER[where] if bit // 8 < 16 else errno.ESTALE
        is_refused(sock, bytes(changed), error, f"bit {bit}")
    still_usable(second, sock)
    # The token itself is good all the while.
    sock = scene.keep(socket.socket())
    equal(raw_set(sock, RECORDS, token), 0, "the token")
    still_usable(second, sock, ("web/one", "web/two"))


@case
def a_token_of_any_other_length_is_refused(scene):
    listener, second = start(scene)
    token = Redirected(scene, listener).token
    sock = scene.keep(socket.socket())
    for size in range(len(token)):
        is_refused(sock, token[:size], errno.EBADMSG, f"cut to {size} bytes")
    for size in (65, 66, 72, 80, 127, 128, 129, 1024, 4095, 4096, 4097, 8192, 65536):
        is_refused(sock, token.ljust(size, b"\0"), errno.EOVERFLOW, f"grown to {size} bytes")
        # Its own idea of its size, too.
        grown = bytearray(token.ljust(size, b"\0"))
        struct.pack_into("=II", grown, 8, size, size - 16)
        is_refused(sock, bytes(grown), errno.EOVERFLOW, f"grown to {size} bytes, and says so")
    for size in (0, 16, 24, 63):
        cut = bytearray(token)
        struct.pack_into("=II", cut, 8, size, max(size - 16, 0))
        is_refused(sock, bytes(cut), errno.EOVERFLOW, f"says {size} bytes")
        is_refused(sock, bytes(cut[:size]), errno.EBADMSG, f"is, and says, {size} bytes")
    is_refused(sock, token, errno.EINVAL, "a negative length", size=0xFFFFFFFF)
    for data in (bytes(64), b"\xff" * 64, bytes(range(64)), os.urandom(64)):
        is_refused(sock, data, errno.EBADMSG, "no token at all")
    made = bytearray(token)
    made[16:24] = bytes(8)
    is_refused(sock, bytes(made), errno.EBADMSG, "record number 0")
    made[16:24] = b"\xff" * 8
    is_refused(sock, bytes(made), errno.ESTALE, "an unknown record")
    still_usable(second, sock)


@case
def an_address_that_cannot_be_read_is_refused(scene):
    start(scene)
    sock = scene.keep(socket.socket())
    is_refused(sock, None, errno.EFAULT, "NULL", size=64)


def swap_parts(first, second):
    for begin, end in ((16, 24), (24, 32), (32, 48), (48, 64)):
        mixed = bytearray(first)
        mixed[begin:end] = second[begin:end]
        yield f"bytes {begin} to {end} of another", bytes(mixed)


@case
def a_token_made_of_two_live_ones_is_refused(scene):
    listener, second = start(scene)
    first, other = Redirected(scene, listener), Redirected(scene, listener)
    sock = scene.keep(socket.socket())
    for what, mixed in swap_parts(first.token, other.token):
        if mixed != first.token:
            is_refused(sock, mixed, errno.ESTALE, what)
    still_usable(second, sock)


@case
def a_refused_set_leaves_the_records_that_were_set_before(scene):
    listener, second = start(scene)
    connection = Redirected(scene, listener)
    sock = scene.keep(socket.socket())
    equal(raw_set(sock, RECORDS, connection.token), 0, "set")
    bad = bytearray(connection.token)
    bad[60] ^= 1
    is_refused(sock, bytes(bad), errno.ESTALE, "a bad token")
    is_refused(sock, b"", errno.EBADMSG, "no token")
    seen = still_usable(second, sock, ("web/one", "web/two"))
    equal(seen["pid"], connection.pid, "who began")


@case
def records_end_with_their_connection(scene):
    listener, second = start(scene)
    sock = scene.keep(socket.socket())

    def ended(what, connection, token):
        is_refused(sock, token, errno.ESTALE, what)
        for again in range(2):
            if connection.accepted.fileno() >= 0:
                equal(query_records(connection.accepted), token, f"{what}: can be shown")
                equal(query_origin(connection.accepted).pid, connection.pid, f"{what}: origin")

    # Half a connection is one still.
    connection = Redirected(scene, listener)
    token = connection.token
    connection.release()
    equal(connection.accepted.recv(1), b"", "the client's close")
    equal(raw_set(scene.keep(socket.socket()), RECORDS, token), 0, "after the client's close")
    connection.accepted.close()
    ended("after both closes", connection, token)

    connection = Redirected(scene, listener)
    token = connection.token
    connection.release(b"r")
    with refused(errno.ECONNRESET, "recv after a reset"):
        connection.accepted.recv(1)
    ended("after the client's reset", connection, token)

    connection = Redirected(scene, listener)
    token = connection.token
    connection.accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
    connection.accepted.close()
    ended("after our reset", connection, token)

    connection = Redirected(scene, listener)
    token = connection.token
    equal(raw_connect(connection.accepted, struct.pack("=H14x", socket.AF_UNSPEC)), 0, "AF_UNSPEC")
    is_refused(sock, token, errno.ESTALE, "after AF_UNSPEC")

    # Asked for only after the end, they can be shown, not set.
    connection = Redirected(scene, listener)
    connection.release(b"r")
    with refused(errno.ECONNRESET, "recv after a reset"):
        connection.accepted.recv(1)
    ended("asked for after the reset", connection, connection.token)
    still_usable(second, sock)


@case
def nothing_is_left_of_records_whose_connections_ended(scene):
    listener, _ = start(scene)
    for _ in range(5):
        connection = Redirected(scene, listener)
        token = connection.token
        sock = socket.socket()
        equal(raw_set(sock, RECORDS, token), 0, "set")
        sock.close()
        connection.release()
        connection.accepted.close()
    found = scene.show()["occupancy"]
    equal({key: found[key] for key in ("pending", "issued", "issued_chains", "accepted")},
          {"pending": 0, "issued": 0, "issued_chains": 0, "accepted": 0}, "occupancy")


main(__file__, ground=GROUND)
