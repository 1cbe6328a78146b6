# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Chains of proxies, each a process of its own that reports every connection it gets.

Run as a program it is one such proxy: chain_proxies.py DESCRIPTOR JSON.
"""
import errno
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
import uuid

from kernel_proxy import *
from kernel_scene import *

# Of the redirectors' GUIDs: part of what programs may rely on.
GUID_NAMESPACE = uuid.UUID("5c1e6f0a-934b-4d67-b12f-57460e8d2190")


def guid(name):
    """Of a redirector, "set/name"."""
    return uuid.uuid5(GUID_NAMESPACE, name).hex


def _family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _handle(accepted, report, how):
    """One connection of a proxy."""
    said = {"error": "", "peer": accepted.getpeername()[:2]}
    try:
        origin = query_origin(accepted)
        said.update({
            "hops": [hop.redirector.hex() + "*" * (hop.flags & BY_PROCESS)
                     for hop in query_hops(accepted)],
            "destinations": [hop.destination for hop in query_hops(accepted)],
            "destination": origin.destination, "client": origin.client, "count": origin.hops,
            "pid": origin.pid, "uid": origin.uid, "redirector": origin.redirector.hex(),
        })
        target = how["upstream"] or origin.destination
        outbound = socket.socket(socket.AF_INET6 if how["mapped"] else _family(target[0]))
        if how["mapped"] and ":" not in target[0]:
            target = "::ffff:" + target[0], target[1]
        if how["sets"]:
            set_records(outbound, query_records(accepted))
        outbound.connect(tuple(target))
    except OSError as error:
        said["error"] = os.strerror(error.errno)
        os.write(report, json.dumps(said).encode() + b"\n")
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
        accepted.close()
        return
    os.write(report, json.dumps(said).encode() + b"\n")
    relay(accepted, outbound)


def serve_chain(report, how):
    """A proxy: listens, says so, and handles each connection in a thread; for ever."""
    listener = socket.socket(_family(how["address"]))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if how["address"] == "::":
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind((how["address"], how["port"]))
    listener.listen(256)
    os.write(report, b"\"ready\"\n")
    while True:
        accepted, _ = listener.accept()
        threading.Thread(target=_handle, args=(accepted, report, how), daemon=True).start()


class Proxy:
    """A proxy in a process of its own; it listens when this returns.

    sets: it sets records. upstream: it connects there instead. mapped: its outbound sockets are
    of IPv6. program: it runs as that copy of the Python interpreter. Child's options besides.
    """

    def __init__(self, scene, port, address="127.0.0.1", sets=True, upstream=None, mapped=False,
                 program=None, **options):
        how = {"address": address, "port": port, "sets": sets, "upstream": upstream,
               "mapped": mapped}
        self._read, write = os.pipe()
        self._buffer = b""
        scene.later(os.close, self._read)
        if program:
            words = [program, os.path.abspath(__file__), str(write), json.dumps(how)]
            environment = dict(os.environ, PYTHONHOME=f"{sys.base_prefix}:{sys.base_exec_prefix}")
            self.process = subprocess.Popen(words, pass_fds=[write], env=environment)
            scene.later(self.process.wait)
            scene.later(self.process.kill)
        else:
            self.process = scene.child(serve_chain, write, how, **options)
        self.pid = self.process.pid
        os.close(write)
        equal(self.seen(), "ready", "the proxy")

    def seen(self, timeout=20):
        """The next connection's report."""
        deadline = time.monotonic() + timeout
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            check(left > 0, "the proxy reported nothing in time")
            if select.select([self._read], [], [], max(left, 0))[0]:
                part = os.read(self._read, 65536)
                check(part, "the proxy has ended")
                self._buffer += part
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def nothing_more(self):
        check(not self._buffer and not select.select([self._read], [], [], 0)[0],
              "the proxy saw one more connection")

    def stop(self):
        self.process.kill()


def copy_of_python(scene, name):
    """Another executable that is Python as well."""
    os.chmod(scene.directory, 0o755)
    return shutil.copy(os.path.realpath(sys.executable), f"{scene.directory}/{name}")


def _echo(listener):
    while True:
        accepted, _ = listener.accept()
        threading.Thread(target=relay_back, args=(accepted,), daemon=True).start()


def relay_back(accepted):
    with accepted:
        while data := accepted.recv(65536):
            accepted.sendall(b"<" + data + b">")


class Destination:
    """Where a chain ends: echoes what it gets. name is where it listens."""

    def __init__(self, scene, address=ORIGIN4, port=0):
        listener = scene.listen(address, port)
        listener.settimeout(None)
        self.name = listener.getsockname()[:2]
        scene.child(_echo, listener)
        listener.close()


def fetch(name, family=None, say=b"ping"):
    """A client: what it got, or the error; and its own name."""
    name = tuple(name)
    with socket.socket(family or _family(name[0])) as client:
        client.settimeout(15)
        try:
            client.connect(name)
            client.sendall(say)
            client.shutdown(socket.SHUT_WR)
            answer = b""
            while data := client.recv(65536):
                answer += data
        except OSError as error:
            return os.strerror(error.errno or 0), None
        return answer, client.getsockname()[:2]


# What fetch() says of a connection that was reset: depends on where it was when that came.
RESET = {os.strerror(error) for error in (errno.ECONNRESET, errno.ENOTCONN, errno.EPIPE)}


def redirector(name, port, more="", address="127.0.0.1"):
    """Its section, for the destinations of tests."""
    at = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return (f"[redirector {name}]\nlisten = {at}\n"
            f"remote-address = 192.0.2.0/24, 2001:db8::/32\n{more}\n")


def hops(*names):
    """What a proxy reports of hops by these names, "set/name", "set/name*"."""
    return [guid(name.rstrip("*")) + "*" * name.endswith("*") for name in names]


if __name__ == "__main__":
    serve_chain(int(sys.argv[1]), json.loads(sys.argv[2]))
