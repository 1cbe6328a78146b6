#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors

"""query_python.py ADDRESS PORT: tells each client where it was going, with nothing but getsockopt()."""

import socket
import struct
import sys


def ask(client):
    origin = client.getsockopt(0x5746, 72, 1024)  # SOL_WHITHER, WHITHER_ORIGIN
    family, port = int.from_bytes(origin[8:10], sys.byteorder), int.from_bytes(origin[10:12], "big")
    host = socket.inet_ntop(family, origin[12:16] if family == socket.AF_INET else origin[16:32])
    pid, uid = struct.unpack_from("=II", origin, 64)
    name = origin[136:152].split(b"\0")[0].decode(errors="replace")
    return f"{name} (pid {pid}, uid {uid}) to {host} port {port}\n"


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: query_python.py ADDRESS PORT")
    family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
    with socket.create_server((sys.argv[1], int(sys.argv[2])), family=family) as listener:
        while True:
            client, _ = listener.accept()
            with client:
                try:
                    text = ask(client)
                except OSError as error:  # ENOENT: whoever connected meant this very address
                    text = f"not redirected: {error.strerror}\n"
                print(text, end="", flush=True)
                try:
                    client.sendall(text.encode())
                except OSError:
                    pass  # gone


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
