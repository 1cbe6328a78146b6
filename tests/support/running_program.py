# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A program that runs beside a test, read line by line, and a client to be such a program."""
import os
import select
import subprocess
import sys
import time

from test_cases import check

# A client for a command line: connects to argv[1], argv[2], prints its peer and what it got.
CLIENT = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=15) as client:
    peer = client.getpeername()[0]  # once both ends have shut there is none
    client.sendall(b"ping")
    client.shutdown(socket.SHUT_WR)
    print(peer, client.recv(100).decode(), flush=True)
"""


def client(name):
    """The words of a client of the socket with this name."""
    return [sys.executable, "-c", CLIENT, name[0], str(name[1])]


def wait_until(true, what, timeout=20):
    """Asks true() until it says so."""
    deadline = time.monotonic() + timeout
    while not true():
        check(time.monotonic() < deadline, f"it did not happen in time: {what}")
        time.sleep(0.005)


class RunningProgram:
    """Its output, by lines. When it ends, and what is done then, is said by those who inherit."""

    def __init__(self, words, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        self.words = list(map(str, words))
        self.process = subprocess.Popen(
            self.words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )
        self.pid = self.process.pid
        self._text = {self.process.stdout: b"", self.process.stderr: b""}

    def _open(self):
        return [pipe for pipe in self._text if not pipe.closed]

    def _said(self, pipe):
        return self._text[pipe].decode(errors="surrogateescape")

    def _read(self, timeout):
        for pipe in select.select(self._open(), [], [], timeout)[0]:
            part = os.read(pipe.fileno(), 65536)
            self._text[pipe] += part
            if not part:
                pipe.close()

    def _line(self, pipe, timeout):
        deadline = time.monotonic() + timeout
        while b"\n" not in self._text[pipe]:
            left = deadline - time.monotonic()
            check(left > 0 and not pipe.closed, f"no line; so far: {self._text}")
            self._read(left)
        line, self._text[pipe] = self._text[pipe].split(b"\n", 1)
        return line.decode(errors="surrogateescape")

    def line(self, timeout=20):
        """The next line of its output."""
        return self._line(self.process.stdout, timeout)

    def error_line(self, timeout=20):
        return self._line(self.process.stderr, timeout)
