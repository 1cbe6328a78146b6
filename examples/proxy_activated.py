#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors

"""proxy_activated.py: a proxy that systemd listens for (proxy_activated.socket and .service beside this
file; the rules are in proxy_activated.conf). It takes each client where it was going, and needs
nothing but Python."""

import os
import selectors
import socket
import struct
import sys
import threading

SOL_WHITHER, RECORDS, ORIGIN = 0x5746, 60, 72


def inherited():
    """The listening sockets that were handed over (sd_listen_fds(3))."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        sys.exit("proxy_activated: to be started by systemd, or systemd-socket-activate")
    return [socket.socket(fileno=3 + number) for number in range(int(os.environ["LISTEN_FDS"]))]


def where(client):
    """Where the client was going: family, name for connect()."""
    origin = client.getsockopt(SOL_WHITHER, ORIGIN, 1024)
    family, port = int.from_bytes(origin[8:10], sys.byteorder), int.from_bytes(origin[10:12], "big")
    host = origin[12:16] if family == socket.AF_INET else origin[16:32]
    return family, (socket.inet_ntop(family, host), port)


def copy(source, target):
    """One direction. A failure must not look like an end: the peers see a reset."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for one in (source, target):
            try:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
                one.shutdown(socket.SHUT_RD)  # wakes the other direction
            except OSError:
                pass  # it has failed already


def serve(client):
    with client:
        try:
            family, name = where(client)
            with socket.socket(family) as out:
                out.setsockopt(SOL_WHITHER, RECORDS, client.getsockopt(SOL_WHITHER, RECORDS, 1024))
                out.connect(name)
                print(f"to {name[0]} port {name[1]}", flush=True)
                back = threading.Thread(target=copy, args=(out, client))
                back.start()
                copy(client, out)
                back.join()
        except OSError as error:
            print(f"not served: {error.strerror}", file=sys.stderr, flush=True)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))


def main():
    selector = selectors.DefaultSelector()
    for listener in inherited():
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            try:
                client, _ = key.fileobj.accept()
            except BlockingIOError:
                continue  # it has gone again
            client.setblocking(True)
            threading.Thread(target=serve, args=(client,), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
