# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Programs that a test runs beside it: their output by lines, when they listen, how they end."""
import os
import select
import signal
import subprocess
import time

from kernel_scene import *


def built(path):
    """A file of the build: of the one that runs the tests, or of the usual place."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.join(os.environ.get("WHITHER_BUILD", f"{here}/../../build"), path)


def source(path):
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.join(os.environ.get("WHITHER_SOURCE", f"{here}/../.."), path)


def wait_until(true, what, timeout=20):
    """Asks true() until it says so."""
    deadline = time.monotonic() + timeout
    while not true():
        check(time.monotonic() < deadline, f"it did not happen in time: {what}")
        time.sleep(0.005)


def listens(port):
    """Whether somebody in this network namespace listens on this TCP port."""
    for path in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        with open(path) as sockets:
            for line in list(sockets)[1:]:
                words = line.split()
                if words[3] == "0A" and int(words[1].rsplit(":", 1)[1], 16) == port:
                    return True
    return False


class Program:
    """A program that runs until it ends, or the case does."""

    def __init__(self, scene, words, ports=(), **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        self.process = subprocess.Popen(
            list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )
        self.pid = self.process.pid
        self._text = {self.process.stdout: b"", self.process.stderr: b""}
        scene.keep(self)
        for port in ports:
            wait_until(lambda: self.process.poll() is not None or listens(port), f"port {port}")
            if self.process.poll() is not None:
                raise Failure(f"{words} has ended: {self.stderr()}")

    def _read(self, timeout):
        ready = select.select([pipe for pipe in self._text if not pipe.closed], [], [], timeout)[0]
        for pipe in ready:
            part = os.read(pipe.fileno(), 65536)
            if part:
                self._text[pipe] += part
            else:
                pipe.close()

    def _line(self, pipe, timeout):
        deadline = time.monotonic() + timeout
        while b"\n" not in self._text[pipe]:
            left = deadline - time.monotonic()
            check(left > 0 and not pipe.closed, f"no line; so far: {self._text}")
            self._read(max(left, 0))
        line, self._text[pipe] = self._text[pipe].split(b"\n", 1)
        return line.decode(errors="surrogateescape")

    def line(self, timeout=20):
        """The next line of its output."""
        return self._line(self.process.stdout, timeout)

    def error_line(self, timeout=20):
        return self._line(self.process.stderr, timeout)

    def stderr(self):
        """What it has said there and nobody has read, once it has ended."""
        while any(not pipe.closed for pipe in self._text):
            self._read(5)
        return self._text[self.process.stderr].decode(errors="surrogateescape")

    def stdout(self):
        self.stderr()
        return self._text[self.process.stdout].decode(errors="surrogateescape")

    def signal(self, number):
        self.process.send_signal(number)

    def ends(self, timeout=30):
        """Its exit status."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            check(time.monotonic() < deadline, "a program did not end in time")
            self._read(0.01)
            if all(pipe.closed for pipe in self._text):
                time.sleep(0.002)
        return self.process.returncode

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in self._text:
            pipe.close()
