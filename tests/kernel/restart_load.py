# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A proxy with worker processes is restarted under load: with "block" nothing reaches the origin
around it, with "permit" nothing is lost. Shared by a short test and a long one."""
import contextlib
import errno
import fcntl
import os
import select
import socket
import struct
import time

from kernel_scene import *
from kernel_state import Counters, eventually, nothing_left

PORT, TARGET = 12345, (ORIGIN4, 8080)
OWNER, CLIENT = 60001, 60002
CLIENTS, WORKERS = 3, 2
RESET = struct.pack("=ii", 1, 0)


def rules(when):
    return (
        f"[redirector one]\nlisten = 127.0.0.1:{PORT}\nremote-address = 192.0.2.0/24\n"
        f"remote-port = 8080\nwhen-absent = {when}\nowner-user = {OWNER}\nlisten-user = root\n"
    )


def serve(listener, word, counter=None, stop=None):
    """Answers each connection with word, until stop is readable; counts them."""
    number = 0
    listener.setblocking(False)
    while True:
        ready = select.select([listener] + ([stop] if stop else []), [], [])[0]
        try:
            while True:
                accepted, _ = listener.accept()
                number += 1
                with accepted, contextlib.suppress(OSError):
                    accepted.sendall(word)
                if counter is not None:
                    os.pwrite(counter, struct.pack("=Q", number), 0)
                if stop and select.select([stop], [], [], 0)[0]:
                    return
        except BlockingIOError:
            pass
        if stop in ready:
            return


class Workers:
    """Processes that accept from one listener, as an activator starts them."""

    def __init__(self, scene, listener):
        read, self._stop = os.pipe()
        self._read = read
        self.children = [
            scene.child(self._work, listener, read, uid=OWNER) for _ in range(WORKERS)
        ]

    def _work(self, listener, stop):
        os.close(self._stop)
        serve(listener, b"p", stop=stop)

    def end(self, kill=False):
        """In order, each after the connection in its hands; or at once."""
        if kill:
            for child in self.children:
                child.kill()
        os.close(self._stop)
        os.close(self._read)
        if not kill:
            for child in self.children:
                child.result()


def connect_once():
    with socket.socket() as sock:
        try:
            sock.connect(TARGET)
            return sock.recv(1) or "end"
        except OSError as error:
            time.sleep(0.0005)
            return error.errno
        finally:
            # No port stays behind.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def load(count, pause):
    """{answer or errno: how many}, until count connections have been answered, one after the
    other. A file is locked meanwhile: who locks it alone has silence."""
    found, answered = {}, 0
    while answered < count:
        with open(pause) as turnstile:
            with open(pause + ".gate") as gate:  # held for a moment only: who waits comes in
                fcntl.flock(gate, fcntl.LOCK_SH)
                fcntl.flock(turnstile, fcntl.LOCK_SH)
            for _ in range(8):
                answer = connect_once()
                found[answer] = found.get(answer, 0) + 1
                answered += answer in (b"p", b"o")
    return found


class Load:
    def __init__(self, scene, count):
        self.pause = f"{scene.directory}/pause"
        os.chmod(scene.directory, 0o755)
        for path in (self.pause, self.pause + ".gate"):
            with open(path, "w"):
                pass
        self.clients = [
            scene.child(load, count // CLIENTS, self.pause, uid=CLIENT)
            for _ in range(CLIENTS)
        ]

    def running(self):
        return any(not select.select([one._read], [], [], 0)[0] for one in self.clients)

    @contextlib.contextmanager
    def silence(self):
        with open(self.pause + ".gate") as gate, open(self.pause) as turnstile:
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(turnstile, fcntl.LOCK_EX)
            yield

    def result(self, timeout):
        total = {}
        for client in self.clients:
            for answer, number in client.result(timeout).items():
                total[answer] = total.get(answer, 0) + number
        return total


def begin(scene, when):
    """The origin, which counts, and the rules."""
    counter = os.open(f"{scene.directory}/count", os.O_CREAT | os.O_RDWR)
    origin = scene.listen(*TARGET, backlog=1024)
    scene.child(serve, origin, b"o", counter)
    scene.up("web", rules(when))
    return lambda: struct.unpack("=Q", os.pread(counter, 8, 0) or bytes(8))[0]


def blocks(scene, count, timeout):
    """Killed and started anew, listener and all, again and again."""
    reached = begin(scene, "block")
    clients, restarts = Load(scene, count), 0
    while clients.running():
        listener = scene.listen("127.0.0.1", PORT, backlog=1024)
        workers = Workers(scene, listener)
        time.sleep(0.05)
        listener.close()
        workers.end(kill=True)
        time.sleep(0.01)
        restarts += 1
    found = clients.result(timeout)
    print(f"# block: {found}, {restarts} restarts", flush=True)
    equal(reached(), 0, "connections that reached the origin")
    check(b"o" not in found and found.get(b"p"), f"answers: {found}")
    allowed = {b"p", "end", errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE}
    check(set(found) <= allowed, f"answers: {found}")
    check(restarts > 1 and found.get(errno.ECONNREFUSED), f"{restarts} restarts: {found}")
    eventually(nothing_left)


def permits(scene, count, timeout):
    """Workers are replaced under load while an activator holds the listener. The listener itself
    comes under load, and goes in silence: what TCP has not handed over is reset with it."""
    reached = begin(scene, "permit")
    clients, restarts = Load(scene, count), 0
    while clients.running():
        listener = scene.listen("127.0.0.1", PORT, backlog=1024)
        for _ in range(3):
            workers = Workers(scene, listener)
            time.sleep(0.03)
            workers.end()
            restarts += 1
        workers = Workers(scene, listener)
        with clients.silence():
            workers.end()
            listener.close()
        time.sleep(0.03)
    found = clients.result(timeout)
    print(f"# permit: {found}, {restarts} restarts", flush=True)
    equal(set(found), {b"p", b"o"}, f"answers: {found}")
    equal(found[b"o"], reached(), "what the origin counted")
    equal(Counters("one").absent_permitted, found[b"o"], "what the kernel counted")
    check(restarts > 5, f"{restarts} restarts")
    eventually(nothing_left)
