# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The ground of every test of the engine without privilege.

Called by root, a test moves into a network namespace of its own and becomes a user whom nobody
knows, without any capability; called by anybody else it stays who and where it is. Cases are
counted one by one (TAP), as in tests/kernel:

    from seccomp_scene import *

    @case
    def a_client_is_redirected(scene):
        target = scene.origin()
        program = scene.run("--", *client(target))
        ...

    main(__file__)
"""
import contextlib
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
# What is used of these lies beside this file where _move_in() has brought it.
sys.path += [f"{TESTS}/support", f"{TESTS}/kernel"]

from running_program import *
from test_cases import *

UID = 54321
# On the loopback interface of any namespace.
ORIGIN4, ORIGIN6 = "127.0.0.10", "::1"
# Nobody's (RFC 5737): there is no way there, so whoever gets an answer has been redirected.
NOBODY4, NOBODY6 = "192.0.2.77", "2001:db8::77"


def helper(name):
    """A program of this folder, written in C."""
    return f"{os.environ['WHITHER_HELPERS']}/{name}"


class Program(RunningProgram):
    """A program that runs beside the test."""

    def ends(self, timeout=40):
        """Its exit status."""
        deadline = time.monotonic() + timeout
        while self._open():
            left = deadline - time.monotonic()
            if left <= 0:
                self.kill()
                raise Failure(f"{self.words} did not end in time; so far: {self._text}")
            self._read(left)
        return self.process.wait(timeout=10)

    def stdout(self):
        return self._said(self.process.stdout)

    def stderr(self):
        return self._said(self.process.stderr)

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


class Scene:
    def __init__(self):
        self.whither = os.environ["WHITHER"]
        self.directory = tempfile.mkdtemp(prefix="whither-seccomp-")
        self.runs = os.environ["XDG_RUNTIME_DIR"] = f"{self.directory}/runs"  # of all runs; /tmp is everybody's
        os.mkdir(self.runs, 0o700)
        self._stack = contextlib.ExitStack()
        self.options = []

    def keep(self, thing):
        self._stack.callback(thing.kill if hasattr(thing, "kill") else thing.close)
        return thing

    def listen(self, address=ORIGIN4, port=0, backlog=1024):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(backlog)
        return self.keep(listener)

    def free(self, address=ORIGIN4):
        """A name at which nobody listens."""
        with self.listen(address) as listener:
            return listener.getsockname()[:2]

    def origin(self, address=ORIGIN4, answer=None):
        """Somebody who answers each connection with <what it sent>; the name to connect to."""
        listener = self.listen(address)

        def serve(connection):
            with connection, contextlib.suppress(OSError):
                data = b""
                while not data.endswith(b"\r\n\r\n") and (part := connection.recv(4096)):
                    data += part
                connection.sendall(answer or b"<" + data + b">")

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return listener.getsockname()[:2]

    def run(self, *words, **options):
        """whither run, by the engine that is tried here."""
        return self.keep(Program([self.whither, "run", "--engine", "seccomp", *self.options, *words],
                                 **options))

    def ends_with(self, status, *words, **options):
        program = self.run(*words, **options)
        found = program.ends()
        check(found == status, f"status of run {' '.join(map(str, words))[:80]}: found {found}, "
                               f"expected {status}: {program.stderr()[-2000:]}")
        return program

    def log(self):
        """A file for --log, and what will stand in it."""
        path = f"{self.directory}/log"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        return path

    def close(self):
        self._stack.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def lines_of(path):
    with open(path) as file:
        return file.read().splitlines()


def _move_in():
    """In a namespace and as a user of its own, if that is possible."""
    if os.geteuid() or os.environ.get("WHITHER_TEST_USER"):
        return
    place = tempfile.mkdtemp(prefix="whither-seccomp-")
    os.chmod(place, 0o755)
    os.mkdir(f"{place}/tmp")
    os.chmod(f"{place}/tmp", 0o1777)
    os.environ.update(WHITHER_TEST_USER="own", HOME="/nonexistent", TMPDIR=f"{place}/tmp",
                      PATH="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
    # What lies where others may not look is of no use to a stranger.
    for pattern in (f"{HERE}/*.py", f"{TESTS}/support/*.py", f"{TESTS}/kernel/kernel_proxy.py"):
        for path in glob.glob(pattern):
            os.chmod(shutil.copy(path, place), 0o644)
    for name in os.environ.get("WHITHER_COPIES", "").split(":"):
        if name:
            shutil.copy(name, place)
            os.chmod(f"{place}/{os.path.basename(name)}", 0o755)
    os.environ.update(WHITHER=shutil.copy(os.environ["WHITHER"], place), WHITHER_HELPERS=place)
    python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
    become = ["setpriv", "--reuid", str(UID), "--regid", str(UID), "--clear-groups",
              "--bounding-set=-all", "--inh-caps=-all", "--"]
    # Both sides may have data in a SYN, the server without a cookie (linux/tcp.h's TFO_...).
    script = ('ip link set lo up && { echo 1539 >/proc/sys/net/ipv4/tcp_fastopen; } 2>/dev/null; '
              '"$@"; status=$?; rm -rf "$0"; exit $status')
    os.chdir("/")
    os.execvp("unshare", ["unshare", "--net", "sh", "-c", script, place, *become, python,
                          f"{place}/{os.path.basename(sys.argv[0])}", *sys.argv[1:]])


def _run(function):
    scene = Scene()
    try:
        function(scene)
        equal(os.listdir(scene.runs), [], "directories of runs")
    finally:
        scene.close()


def main(path):
    """Runs all cases, or those whose names are given as arguments."""
    _move_in()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(1 if run_cases(_run) else 0)
