# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The socket options, asked from Python, and proxies made of them."""
import os
import socket
import struct
import threading

SOL_WHITHER = 0x5746
RECORDS, CONTEXT, HOPS, ORIGIN = 60, 70, 71, 72
BY_PROCESS = 1


def address(data):
    """The (host, port) of 28 bytes of union whither_address; None for AF_UNSPEC."""
    family = struct.unpack_from("=H", data)[0]
    port = struct.unpack_from("!H", data, 2)[0]
    if family == socket.AF_INET:
        return socket.inet_ntop(family, data[4:8]), port
    if family == socket.AF_INET6:
        return socket.inet_ntop(family, data[8:24]), port
    return None


class Origin:
    """struct whither_origin."""

    def __init__(self, data):
        self.size, self.hops = struct.unpack_from("=II", data)
        self.destination, self.client = address(data[8:36]), address(data[36:64])
        self.pid, self.uid, self.start_time, self.gid = struct.unpack_from("=IIQI", data, 64)
        self.executable_device, self.executable_inode = struct.unpack_from("=IQ", data, 84)
        self.cgroup, self.netns_cookie = struct.unpack_from("=QQ", data, 96)
        self.redirector, self.time = data[112:128], struct.unpack_from("=Q", data, 128)[0]
        self.comm = os.fsdecode(data[136:152].split(b"\0")[0])


class Hop:
    """struct whither_hop."""

    def __init__(self, data):
        self.redirector, self.destination = data[:16], address(data[16:44])
        self.flags, self.time = struct.unpack_from("=IQ", data, 44)


def query_records(sock):
    return sock.getsockopt(SOL_WHITHER, RECORDS, 1024)


def query_context(sock):
    return sock.getsockopt(SOL_WHITHER, CONTEXT, 1024)


def query_origin(sock):
    return Origin(sock.getsockopt(SOL_WHITHER, ORIGIN, 1024))


def query_hops(sock):
    data = sock.getsockopt(SOL_WHITHER, HOPS, 1024)
    return [Hop(data[at : at + 64]) for at in range(0, len(data), 64)]


def set_records(sock, records):
    sock.setsockopt(SOL_WHITHER, RECORDS, records)


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def relay(accepted, outbound):
    """Copies both ways until both are done."""
    back = threading.Thread(target=copy, args=(outbound, accepted))
    back.start()
    copy(accepted, outbound)
    back.join()
    outbound.close()
    accepted.close()


def serve(listeners, sets_records=True, report=None):
    """A proxy, for a process of its own: serves listeners for ever, each connection in a thread.

    sets_records: it relates its outbound socket, as a proxy of whither's own kind does; else it
    is one that was never told. report: a descriptor to which it writes a line per connection:
    the destination, the hops' destinations, whether it set records.
    """

    def handle(accepted):
        try:
            origin = query_origin(accepted)
            hops = query_hops(accepted)
            outbound = socket.socket(
                socket.AF_INET6 if ":" in origin.destination[0] else socket.AF_INET
            )
            if sets_records:
                set_records(outbound, query_records(accepted))
            if report is not None:
                marks = ",".join(
                    hop.redirector.hex() + ("*" if hop.flags & BY_PROCESS else "") for hop in hops
                )
                os.write(report, f"{origin.destination[0]} {origin.destination[1]} {marks}\n".encode())
            outbound.connect(origin.destination)
        except OSError as error:
            if report is not None:
                os.write(report, f"error {error.errno}\n".encode())
            # A reset: the client learns at once.
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
            accepted.close()
            return
        relay(accepted, outbound)

    def accept(listener):
        while True:
            accepted, _ = listener.accept()
            threading.Thread(target=handle, args=(accepted,), daemon=True).start()

    for listener in listeners:
        listener.settimeout(None)
    threads = [threading.Thread(target=accept, args=(one,)) for one in listeners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
