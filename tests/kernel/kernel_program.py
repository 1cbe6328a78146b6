# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Programs that a test runs beside it: their output by lines, when they listen, how they end."""
import os
import time

from kernel_scene import *
from running_program import RunningProgram, wait_until


def built(path):
    """A file of the build: of the one that runs the tests, or of the usual place."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.join(os.environ.get("WHITHER_BUILD", f"{here}/../../build"), path)


def source(path):
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.join(os.environ.get("WHITHER_SOURCE", f"{here}/../.."), path)


def listens(port):
    """Whether somebody in this network namespace listens on this TCP port."""
    for path in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        with open(path) as sockets:
            for line in list(sockets)[1:]:
                words = line.split()
                if words[3] == "0A" and int(words[1].rsplit(":", 1)[1], 16) == port:
                    return True
    return False


class Program(RunningProgram):
    """A program that runs until it ends, or the case does."""

    def __init__(self, scene, words, ports=(), **options):
        super().__init__(words, **options)
        scene.keep(self)
        for port in ports:
            wait_until(lambda: self.process.poll() is not None or listens(port), f"port {port}")
            if self.process.poll() is not None:
                raise Failure(f"{words} has ended: {self.stderr()}")

    def stderr(self):
        """What it has said there and nobody has read, once it has ended."""
        while self._open():
            self._read(5)
        return self._said(self.process.stderr)

    def stdout(self):
        self.stderr()
        return self._said(self.process.stdout)

    def signal(self, number):
        self.process.send_signal(number)

    def ends(self, timeout=30):
        """Its exit status."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            check(time.monotonic() < deadline, "a program did not end in time")
            self._read(0.01)
            if not self._open():
                time.sleep(0.002)
        return self.process.returncode

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in self._text:
            pipe.close()
