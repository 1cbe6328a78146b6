# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither relay as a service: reload, replacement, drain, limits, and an upstream that changes."""
import contextlib
import os
import select
import socket
import struct
import time

from chain_proxies import RESET, Destination, fetch
from kernel_connection import GROUND
from kernel_program import *
from kernel_scene import *
from upstream_proxy import Upstream

PORT = 12345
USER = 1234


def start(scene, *words, **options):
    return Program(scene, [scene.whither, "relay", "--listen", f"127.0.0.1:{PORT}", *words],
                   (PORT,), **options)


def redirect(scene):
    """Clients are of one user, so that proxies behind the relay are left alone."""
    scene.up("web", f"[redirector one]\nlisten = 127.0.0.1:{PORT}\nuser = {USER}\n"
                    "remote-address = 192.0.2.0/24, 2001:db8::/32\n")


def ask(scene, target):
    return scene.child(fetch, target, uid=USER).result()[0]


def hold(target, read, write):
    """A client that says something whenever it is told to, and passes on what it hears."""
    with socket.socket() as client:
        client.settimeout(20)
        client.connect(target)
        os.write(write, b"+")
        with contextlib.suppress(OSError):
            while os.read(read, 1):
                client.sendall(b"x")
                os.write(write, client.recv(100)[1:2] or b"-")
            return "left"
        return "failed"


class Holder:
    """A client that is there for a while."""

    def __init__(self, scene, target):
        read, self._write = os.pipe()
        self._read, write = os.pipe()
        for fd in (read, write, self._read, self._write):
            scene.later(os.close, fd)
        self.child = scene.child(hold, target, read, write, uid=USER)
        if self._hear() != b"+":
            raise Failure(f"it did not connect: {self.child.result(1)}")

    def _hear(self):
        return os.read(self._read, 1) if select.select([self._read], [], [], 20)[0] else b"silence"

    def works(self):
        os.write(self._write, b"?")
        equal(self._hear(), b"x", "an answer")

    def has_ended(self):
        os.write(self._write, b"?")
        return self.child.result() == "failed"


@case
def hangup_has_it_read_the_password_and_open_the_log_again(scene):
    redirect(scene)
    upstream = Upstream(scene, "socks5", password="me:new")
    path, log = f"{scene.directory}/credentials", f"{scene.directory}/log"
    with open(path, "w") as file:
        file.write("me:old")
    os.chmod(path, 0o600)
    relay = start(scene, "--via", upstream.url, "--via-credentials", path, "--log", log)
    target = Destination(scene).name
    check(ask(scene, target) in RESET, "the old password works")
    equal(upstream.seen()["credentials"], "me:old", "credentials")
    check("does not accept this user" in relay.error_line(), "it does not say why")
    with open(path, "w") as file:
        file.write("me:new")
    os.rename(log, f"{log}.1")
    relay.signal(signal.SIGHUP)
    equal(relay.error_line(), "whither: reloaded", "what it says")
    equal(ask(scene, target), b"<ping>", "with the new one")
    equal(upstream.seen()["credentials"], "me:new", "credentials")
    wait_until(lambda: os.stat(log).st_size, "a line in the new log")
    with open(f"{log}.1") as file:
        equal(file.read().count("does not accept"), 1, "lines in the old log")
    # What cannot be read leaves all as it is.
    os.chmod(path, 0o644)
    relay.signal(signal.SIGHUP)
    check("chmod 600" in relay.error_line(), "it does not say why")
    check("stays as it was" in relay.error_line(), "it does not say so")
    equal(ask(scene, target), b"<ping>", "as before")


@case
def termination_drains_and_a_second_one_does_not(scene):
    redirect(scene)
    target = Destination(scene).name
    for second in (False, True):
        relay = start(scene, "--drain-timeout", "20")
        holder = Holder(scene, target)
        relay.signal(signal.SIGTERM)
        wait_until(lambda: not listens(PORT), "it stops listening")
        # There is nobody for new ones, and the old one goes on.
        check(ask(scene, target) not in (b"<ping>",), "somebody accepts")
        holder.works()
        begun = time.monotonic()
        if second:
            relay.signal(signal.SIGTERM)
            equal(relay.ends(), 0, "status")
            check(holder.has_ended(), "the client was not reset")
        else:
            holder.child.kill()
            equal(relay.ends(), 0, "status")
        check(time.monotonic() - begun < 5, "it took too long")
    relay = start(scene, "--drain-timeout", "1")
    holder = Holder(scene, target)
    relay.signal(signal.SIGTERM)
    equal(relay.ends(10), 0, "status")
    check(holder.has_ended(), "the client was not reset")


def one_of_a_stream(target):
    with socket.socket() as client:
        client.settimeout(20)
        client.connect(target)
        client.sendall(b"ping")
        return client.recv(100)


def many(target, stop):
    """Connects again and again; how many did, and what went wrong."""
    count, wrong = 0, []
    while not os.path.exists(stop):
        try:
            answer = one_of_a_stream(target)
            if answer != b"<ping>":
                wrong.append(repr(answer))
        except OSError as error:
            wrong.append(str(error))
        count += 1
    return count, wrong


@case
def a_new_program_takes_its_place_without_a_loss(scene):
    redirect(scene)
    target = Destination(scene).name
    relay = start(scene, "--drain-timeout", "20")
    holder = Holder(scene, target)
    os.chmod(scene.directory, 0o755)
    stop = f"{scene.directory}/stop"
    stream = scene.child(many, target, stop, uid=USER)
    for _ in range(5):
        time.sleep(0.2)
        relay.signal(signal.SIGUSR2)
    time.sleep(0.3)
    holder.works()
    with open(stop, "w"):
        pass
    count, wrong = stream.result()
    equal(wrong, [], f"failures of {count} connections")
    check(count > 20, f"only {count} connections")
    check(relay.process.poll() is None, "the process has ended")
    equal(ask(scene, target), b"<ping>", "the newest")
    # Each generation but the last has gone with its last connection: only the first has one.
    with open(f"/proc/{relay.pid}/task/{relay.pid}/children") as children:
        old = children.read().split()
    check(old, "nobody serves the old connection")
    holder.child.kill()
    relay.signal(signal.SIGTERM)
    equal(relay.ends(), 0, "status")
    for pid in old:
        wait_until(lambda: not os.path.exists(f"/proc/{pid}") or
                   open(f"/proc/{pid}/stat").read().split()[2] == "Z", "the children's end")


@case
def what_cannot_be_executed_changes_nothing(scene):
    redirect(scene)
    target = Destination(scene).name
    os.chmod(scene.directory, 0o755)
    copy = f"{scene.directory}/whither-copy"
    with open(scene.whither, "rb") as whole, open(copy, "wb") as file:
        file.write(whole.read())
    os.chmod(copy, 0o755)
    relay = Program(scene, [copy, "relay", "--listen", f"127.0.0.1:{PORT}"], (PORT,))
    holder = Holder(scene, target)
    os.unlink(copy)
    relay.signal(signal.SIGUSR2)
    check("not replaced: No such file" in relay.error_line(), "it does not say so")
    with open(copy, "w") as file:
        file.write("this is no program\n")
    os.chmod(copy, 0o755)
    relay.signal(signal.SIGUSR2)
    check("not replaced: Exec format error" in relay.error_line(), "it does not say so")
    holder.works()
    equal(ask(scene, target), b"<ping>", "it serves on")
    holder.child.kill()


@case
def a_user_has_so_many_connections(scene):
    redirect(scene)
    target = Destination(scene).name
    relay = start(scene, "-v", "--max-per-user", "2")
    holders = [Holder(scene, target), Holder(scene, target)]
    for holder in holders:
        holder.works()
    check(ask(scene, target) in RESET, "a third one is served")
    check("this user has as many connections" in relay.error_line(), "it does not say why")
    holders[0].child.kill()
    relay.error_line()
    equal(ask(scene, target), b"<ping>", "in the place of one that has ended")


@case
def an_idle_connection_ends(scene):
    redirect(scene)
    target = Destination(scene).name
    relay = start(scene, "-v", "--idle-timeout", "1")
    holder = Holder(scene, target)
    holder.works()
    check("nothing was sent either way for too long" in relay.error_line(), "it does not say why")
    check(holder.has_ended(), "it is still there")


main(__file__, ground=GROUND)
