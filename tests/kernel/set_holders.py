# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Whose records they are: who may set them, and who may not."""
import errno
import os
import socket
import subprocess
import sys

from chain_proxies import Destination, Proxy, copy_of_python, hops, redirector
from kernel_connection import *
from kernel_scene import *

PORTS = 12001, 12002, 12003
NAMES = "a", "b", "c"


def try_set(token):
    """In another process: the errno of a set on a new socket."""
    with socket.socket() as sock:
        return raw_set(sock, RECORDS, token)


def sets(scene, token, expected, what, **options):
    found = scene.child(try_set, token, **options).result()
    equal(name(found), name(expected), what)


class Holder:
    """A proxy, in a process of its own, that does what it is told: one order a datagram."""

    def __init__(self, scene, port, **options):
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        scene.keep(self._ours)
        self._ours.settimeout(10)
        self.process = scene.child(self._obey, theirs, port, **options)
        self.pid = self.process.pid
        theirs.close()
        equal(self._ours.recv(100), b"ready", "the proxy")

    @staticmethod
    def _obey(orders, port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        listener.settimeout(10)
        accepted, kept = [], []
        orders.send(b"ready")
        while order := orders.recv(1000):
            if order == b"accept":
                accepted.append(listener.accept()[0])
                orders.send(query_records(accepted[-1]))
                continue
            sock = socket.socket()
            error = raw_set(sock, RECORDS, order[1:])
            if order[:1] == b"c" and not error:  # connect, too
                sock.settimeout(10)
                error = sock.connect_ex((ORIGIN4, 8081))
                kept.append(sock)
            orders.send(str(error).encode())

    def order(self, what):
        self._ours.send(what)
        return self._ours.recv(1000)

    def token(self):
        """Of the connection that it accepts now."""
        return self.order(b"accept")

    def sets(self, token, expected, what):
        equal(name(int(self.order(b"s" + token))), name(expected), what)

    def connects(self, token):
        equal(name(int(self.order(b"c" + token))), name(0), "set and connect")


@case
def three_proxies_of_one_program_and_user_refuse_each_others_records(scene):
    conditions = [f"remote-port = {8001 + at}\n" for at in range(3)]
    scene.up("web", "".join(redirector(*one) for one in zip(NAMES, PORTS, conditions)))
    holders = [Holder(scene, port) for port in PORTS]
    tokens = []
    for at, holder in enumerate(holders):
        Held(scene, ORIGIN4, 8001 + at)
        tokens.append(holder.token())
    for holder, own in zip(holders, NAMES):
        for token, of in zip(tokens, NAMES):
            expected = 0 if own == of else errno.EACCES
            holder.sets(token, expected, f"{own}'s process sets the records of {of}'s connection")


@case
def a_process_of_no_redirector_is_refused(scene):
    scene.up("web", redirector("a", PORTS[0]))
    holder = Holder(scene, PORTS[0])
    client = Held(scene, ORIGIN4, 8001)
    token = holder.token()
    sets(scene, token, errno.EACCES, "a stranger")
    sets(scene, token, errno.EACCES, "a stranger of another user", uid=65534)
    equal(name(try_set(token)), name(errno.EACCES), "this process")
    holder.sets(token, 0, "the proxy")
    client.release()


def listen_and_set(port, token):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.2", port))
        sock.listen()
        return try_set(token)


@case
def to_listen_somewhere_else_or_to_be_a_child_of_the_proxy_is_not_enough(scene):
    listener = scene.listen("127.0.0.1", PORTS[0])
    scene.up("web", redirector("a", PORTS[0]))
    token = Redirected(scene, listener).token
    equal(try_set(token), 0, "the proxy")
    # What is learned is of the process that listens, and is not inherited.
    sets(scene, token, errno.EACCES, "a child of the proxy")
    found = scene.child(listen_and_set, PORTS[0], token).result()
    equal(name(found), name(errno.EACCES), "who listens on its port at another address")


@case
def every_process_of_a_stated_owner_may_set_what_another_of_them_asked_for(scene):
    text = redirector("a", PORTS[0], "owner-user = 2001\n")
    scene.up("web", text + redirector("b", PORTS[1]))
    second = Proxy(scene, PORTS[1], upstream=Destination(scene, "127.0.0.1").name)
    first, other = Holder(scene, PORTS[0], uid=2001), Holder(scene, PORTS[2], uid=2001)
    client = Held(scene, ORIGIN4, 8001)
    token = first.token()
    other.connects(token)
    seen = second.seen()
    equal((seen["hops"], seen["pid"]), (hops("web/a", "web/b"), client.pid), "hops, who began")
    sets(scene, token, 0, "a third process of the user", uid=2001)
    sets(scene, token, errno.EACCES, "another user", uid=2002)
    sets(scene, token, errno.EACCES, "root")
    # Not its redirector's owner, though an owner:
    scene.up("more", redirector("m", 12009, "owner-user = 2002\n"))
    sets(scene, token, errno.EACCES, "another redirector's user", uid=2002)


@case
def an_owner_by_cgroup_or_program_may_set_from_there_alone(scene):
    cgroup = scene.subcgroup("proxy")
    below = scene.subcgroup("proxy/below")
    scene.up("web", redirector("a", PORTS[0], f"owner-cgroup = {cgroup}\n"))
    first = Holder(scene, PORTS[0], cgroup=cgroup)
    Held(scene, ORIGIN4, 8001)
    token = first.token()
    sets(scene, token, 0, "the cgroup", cgroup=cgroup)
    sets(scene, token, 0, "a cgroup below", cgroup=below)
    sets(scene, token, errno.EACCES, "the cgroup above", cgroup=scene.cgroup)

    python = copy_of_python(scene, "owner")
    scene.up("web", redirector("a", PORTS[0], f"owner-exe = {python}\n"))
    # The owner was stated anew: these records are that program's now.
    first.sets(token, errno.EACCES, "who is the owner no longer")
    script = (
        "import socket, sys\nsock = socket.socket()\n"
        "try: sock.setsockopt(0x5746, 60, bytes.fromhex(sys.argv[1]))\n"
        "except OSError as error: sys.exit(error.errno)\n"
    )
    for program, expected in ((python, 0), (sys.executable, errno.EACCES)):
        environment = dict(os.environ, PYTHONHOME=f"{sys.base_prefix}:{sys.base_exec_prefix}")
        done = subprocess.run([program, "-c", script, token.hex()], env=environment, timeout=20)
        equal(name(done.returncode), name(expected), program)


@case
def a_redirector_that_left_the_rules_leaves_its_records_to_who_asked_for_them(scene):
    scene.up("web", redirector("a", PORTS[0]))
    scene.up("more", redirector("b", PORTS[1]))
    second = Proxy(scene, PORTS[1], upstream=Destination(scene, "127.0.0.1").name)
    listener = scene.listen("127.0.0.1", PORTS[0])
    # In order "more/b" comes first: this connection is web/a's by its port.
    scene.up("more", redirector("b", PORTS[1], "remote-port = 8081\n"))
    connection = Redirected(scene, listener, port=8001)
    before, token = answers(connection.accepted), connection.token
    scene.down("web")
    equal(answers(connection.accepted), before, "answers")
    sets(scene, token, errno.EACCES, "another process")
    # Nothing is redirected there any more.
    equal(name(scene.child(connect_error, ORIGIN4, 8001).result()), name(errno.ECONNREFUSED), "a")
    sock = scene.keep(socket.socket())
    equal(raw_set(sock, RECORDS, token), 0, "set by its holder")
    sock.settimeout(10)
    sock.connect((ORIGIN4, 8081))
    seen = second.seen()
    equal((seen["hops"], seen["pid"]), (hops("web/a", "more/b"), connection.pid), "hops, who began")
    # It comes back: the same redirector, which has passed this connection.
    scene.up("web", redirector("a", PORTS[0]))
    equal(answers(connection.accepted), before, "answers")
    equal(try_set(token), 0, "set when it is back")


def ask_and_set(accepted, *options):
    """A worker: it asks, gets the token, and sets it on a socket of its own."""
    for option in options:
        check(not raw_get(accepted, option, 1024)[0], f"option {option}")
    error, length, token = raw_get(accepted, RECORDS, 64)
    equal((error, length), (0, 64), "the records")
    return try_set(token)


@case
def a_worker_that_asks_is_the_redirectors_whoever_asked_before_it(scene):
    listener = scene.listen("127.0.0.1", PORTS[0])
    scene.up("web", redirector("a", PORTS[0]))
    connection = Redirected(scene, listener, port=8001)
    token = connection.token
    # Workers did not listen. The second and third are not the first to ask, either.
    for _ in range(3):
        found = scene.child(ask_and_set, connection.accepted).result()
        equal(name(found), name(0), "a worker that asked for the records")
        found = scene.child(ask_and_set, connection.accepted, ORIGIN).result()
        equal(name(found), name(0), "a worker that asked for the origin, then for the records")
    # Who was only handed the token has not asked.
    sets(scene, token, errno.EACCES, "who did not ask")
    # Where the owner is stated nothing is learned.
    scene.up("web", redirector("a", PORTS[0], "owner-user = 0\n"))
    found = scene.child(ask_and_set, connection.accepted, uid=2002).result()
    equal(name(found), name(errno.EACCES), "who asks, and is not the owner")


def connect_error(host, port):
    with socket.socket() as sock:
        sock.settimeout(10)
        return sock.connect_ex((host, port))


main(__file__, ground=GROUND)
