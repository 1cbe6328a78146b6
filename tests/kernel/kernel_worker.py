# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A process of its own that does what it is told, one call at a time, and keeps its sockets by
name: a client, a proxy or an intruder whose every step a case decides."""
import contextlib
import ctypes
import multiprocessing
import os
import signal
import socket

from kernel_proxy import query_context, query_hops, query_origin, query_records, set_records
from kernel_scene import Failure

PR_SET_PDEATHSIG = 1
held = {}  # of the worker: its sockets by name
channel = None  # of the worker: the pipe to the test


class Worker:
    """Runs functions of this module (or of the test) in another process; what they raise is
    raised here. enter, if given, is called in it first (setns() and the like)."""

    def __init__(self, scene, uid=None, gid=None, cgroup=None, enter=None):
        own, other = multiprocessing.Pipe()
        self.pipe = own
        self.pid = os.fork()
        if not self.pid:
            try:
                # A listener or pipe of the parent must not live on here.
                os.closerange(3, other.fileno())
                os.closerange(other.fileno() + 1, 4096)
                _work(other, uid, gid, cgroup, enter)
            finally:
                os._exit(0)
        other.close()
        scene.keep(self)
        self.call(os.getpid)

    def call(self, function, *arguments, timeout=20):
        self.send(function, *arguments)
        return self.result(timeout)

    def send(self, function, *arguments):
        """Begins a call; result() ends it."""
        self.pipe.send((function, arguments))

    def result(self, timeout=20):
        if not self.pipe.poll(timeout):
            self.kill()
            raise Failure("a worker did not answer in time")
        try:
            succeeded, value = self.pipe.recv()
        except EOFError:
            raise Failure("a worker died") from None
        if not succeeded:
            raise value
        return value

    def kill(self):
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self.pid = 0
            self.pipe.close()


def _work(pipe, uid, gid, cgroup, enter):
    global channel
    channel = pipe
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    problem = None
    try:
        if cgroup:
            with open(cgroup + "/cgroup.procs", "w") as procs:
                procs.write("0")
        if enter:
            enter()
        if uid is not None:
            os.setgroups([])
            os.setresgid(gid or uid, gid or uid, gid or uid)
            os.setresuid(uid, uid, uid)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except Exception as error:  # told at the first call
        problem = error
    with contextlib.suppress(EOFError):
        while True:
            function, arguments = pipe.recv()
            try:
                if problem:
                    raise problem
                answer = (True, function(*arguments))
            except Exception as error:
                answer = (False, error)
            try:
                pipe.send(answer)
            except Exception as error:
                pipe.send((False, Failure(repr(error))))


# ---- what a worker can be told --------------------------------------------------------------


def make(name, family=socket.AF_INET, protocol=0):
    held[name] = socket.socket(family, socket.SOCK_STREAM, protocol)
    held[name].settimeout(10)


def bind(name, address, port=0, **options):
    """options: v6only, reuse (True or False), protocol."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, options.get("protocol", 0)) as one:
        one.settimeout(10)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if "v6only" in options:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, options["v6only"])
        one.bind((address, port))
        held[name] = one.dup()
        held[name].settimeout(10)
        return held[name].getsockname()[:2]


def listen(name, address, port=0, backlog=64):
    own = bind(name, address, port)
    held[name].listen(backlog)
    return own


def start_listening(name, backlog=64):
    held[name].listen(backlog)
    return held[name].getsockname()[:2]


def accept(listener, name, timeout=10):
    held[listener].settimeout(timeout)
    held[name], peer = held[listener].accept()
    held[name].settimeout(10)
    return peer[:2]


def connect(name, address, port, source=None, timeout=10):
    """Returns what the socket then calls its peer and itself."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    if name not in held:
        make(name, family)
    held[name].settimeout(timeout)
    try:
        if source:
            held[name].bind(source)
        held[name].connect((address, port))
    except OSError:
        close(name)
        raise
    return held[name].getpeername()[:2], held[name].getsockname()[:2]


def start_connecting(name, address, port):
    """Returns the errno of a non-blocking connect."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    if name not in held:
        make(name, family)
    held[name].setblocking(False)
    return held[name].connect_ex((address, port))


def write(name, data):
    held[name].sendall(data)


def read(name, size=100):
    return held[name].recv(size)


def close(name):
    held.pop(name).close()


def ask(name):
    """Everything that an accepted socket can be asked: origin, hops' destinations, token."""
    origin = query_origin(held[name])
    return origin, [hop.destination for hop in query_hops(held[name])], query_records(held[name])


def context(name):
    return query_context(held[name])


def relate_and_connect(accepted, name):
    """As a proxy does: relates a new socket to the accepted one and connects it onward."""
    destination = query_origin(held[accepted]).destination
    make(name, socket.AF_INET6 if ":" in destination[0] else socket.AF_INET)
    set_records(held[name], query_records(held[accepted]))
    held[name].connect(destination)
