# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A proxy behind the relay, of three kinds, that tells what it was asked: the other side of
--via, written from the RFCs and not from whither."""
import base64
import json
import os
import socket
import struct
import threading

from chain_proxies import Proxy
from kernel_proxy import *
from kernel_scene import *

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def _exactly(peer, size):
    data = b""
    while len(data) < size:
        part = peer.recv(size - len(data))
        if not part:
            raise ConnectionError("the relay closed")
        data += part
    return data


def serve_socks(peer, said, how):
    version, count = _exactly(peer, 2)
    methods = _exactly(peer, count)
    said["methods"] = list(methods)
    equal(version, 5, "version")
    if how.get("password"):
        peer.sendall(b"\5\2" if 2 in methods else b"\5\xff")
        _, size = _exactly(peer, 2)
        user = _exactly(peer, size)
        password = _exactly(peer, _exactly(peer, 1)[0])
        said["credentials"] = f"{user.decode()}:{password.decode()}"
        good = said["credentials"] == how["password"]
        peer.sendall(b"\1\0" if good else b"\1\1")
        if not good:
            return None
    else:
        peer.sendall(b"\5\0")
    equal(_exactly(peer, 3), b"\5\1\0", "the request")
    if _exactly(peer, 1) == b"\1":
        address, answer = socket.inet_ntop(socket.AF_INET, _exactly(peer, 4)), b"\5\0\0\1" + bytes(6)
    else:
        address, answer = socket.inet_ntop(socket.AF_INET6, _exactly(peer, 16)), b"\5\0\0\4" + bytes(18)
    return (address, struct.unpack("!H", _exactly(peer, 2))[0]), answer


def serve_http(peer, said, how):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += _exactly(peer, 1)
    lines = head.decode().split("\r\n")
    method, authority, version = lines[0].split(" ")
    equal((method, version), ("CONNECT", "HTTP/1.1"), "the request")
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    equal(headers["Host"], authority, "Host")
    if how.get("password"):
        said["credentials"] = base64.b64decode(
            headers.get("Proxy-Authorization", "Basic ").split(" ")[1]).decode()
        if said["credentials"] != how["password"]:
            peer.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return None
    address, port = authority.rsplit(":", 1)
    return (address.strip("[]"), int(port)), b"HTTP/1.1 200 OK\r\nVia: test\r\n\r\n"


def serve_proxy_protocol(peer, said, how):
    head = _exactly(peer, 16)
    equal((head[:12], head[12]), (SIGNATURE, 0x21), "the header")
    body = _exactly(peer, struct.unpack("!H", head[14:])[0])
    family, size = {0x11: (socket.AF_INET, 4), 0x21: (socket.AF_INET6, 16)}[head[13]]
    source, target = (socket.inet_ntop(family, body[i * size:(i + 1) * size]) for i in (0, 1))
    ports = struct.unpack_from("!HH", body, 2 * size)
    said["source"], at = [source, ports[0]], 2 * size + 4
    said["tlvs"] = {}
    while at < len(body):
        kind, length = struct.unpack_from("!BH", body, at)
        said["tlvs"][f"{kind:02x}"] = body[at + 3:at + 3 + length].hex()
        at += 3 + length
    equal(at, len(body), "the last TLV's end")
    return (target, ports[1]), b""


KINDS = {"socks5": serve_socks, "http": serve_http, "proxy-protocol": serve_proxy_protocol}


def _handle(peer, report, how):
    said = {"error": ""}
    outbound = None
    try:
        if how["raw"] is not None:
            peer.sendall(how["raw"].encode("latin-1"))
            peer.settimeout(15)
            while peer.recv(4096):
                pass
        elif asked := KINDS[how["kind"]](peer, said, how):
            said["target"], answer = asked
            outbound = socket.create_connection(said["target"], timeout=15)
            peer.sendall(answer)
    except (OSError, Failure) as error:
        said["error"] = str(error)
    os.write(report, json.dumps(said).encode() + b"\n")
    if outbound:
        outbound.settimeout(None)
        relay(peer, outbound)
    peer.close()


def serve_upstream(report, how):
    listener = socket.socket(socket.AF_INET6 if ":" in how["address"] else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((how["address"], how["port"]))
    listener.listen(128)
    os.write(report, json.dumps(listener.getsockname()[1]).encode() + b"\n")
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=_handle, args=(peer, report, how), daemon=True).start()


class Upstream(Proxy):
    """Such a proxy, in a process of its own; url is for --via. password: "USER:PASSWORD" that it
    wants. raw: what it answers whatever it is asked."""

    def __init__(self, scene, kind, address="127.0.0.1", port=0, password=None, raw=None):
        how = {"kind": kind, "address": address, "port": port, "password": password, "raw": raw}
        self._read, write = os.pipe()
        self._buffer = b""
        scene.later(os.close, self._read)
        self.process = scene.child(serve_upstream, write, how)
        self.pid = self.process.pid
        os.close(write)
        self.port = self.seen()
        at = f"[{address}]" if ":" in address else address
        self.url = f"{kind}://{at}:{self.port}"
