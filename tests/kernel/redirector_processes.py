# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Which processes count for which redirector, why, since when; and what of it outlives them."""
import ctypes
import errno
import os
import platform
import socket
import struct
import time

import kernel_worker as do
from kernel_connection import *
from kernel_scene import *
from kernel_worker import Worker

PORT = 12345
OWNER = 60001
CLONE3 = 435
TARGET = (ORIGIN4, 8080)


def rules(owner="", name="one", port=PORT):
    return (
        f"[redirector {name}]\nlisten = 127.0.0.1:{port}\nremote-address = 192.0.2.0/24\n"
        f"remote-port = 8080\n{owner}\n"
    )


def shown(scene, name="one"):
    """{pid: (why, seconds since)} of show --json."""
    (one,) = [one for one in scene.show()["redirectors"] if one["name"] == name]
    equal(one["process_count"], len(one["processes"]), "their number")
    return {each["pid"]: each["why"] for each in one["processes"]}


def ask_origin(sock):
    query_origin(sock)


def ask_option(sock):
    sock.getsockopt(socket.SOL_IP, 80, 16)


def ask_name(sock):
    sock.getsockname()


def asks_and_waits(accepted, question, gate):
    question(accepted)
    gate.recv(1)


@case
def who_listens_and_who_asks_is_shown_with_why_and_since_when(scene):
    proxy, client = Worker(scene, uid=OWNER), Worker(scene)
    scene.up("web", rules())
    equal(shown(scene), {}, "before anybody listens")
    check("none is the proxy's now" in scene.run("show"), "not in show")
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    proxy.call(do.listen, "four", "127.0.0.1", PORT)
    equal(shown(scene), {proxy.pid: "listened"}, "who listens")
    (one,) = scene.show()["redirectors"]
    (each,) = one["processes"]
    equal((each["uid"], each["comm"]), (OWNER, "python3"), "who it is")
    check(each["since"], "since when")
    text = scene.run("show")
    check(f"pid {proxy.pid} (python3), user {OWNER}: called listen(), " in text, text)
    check(time.clock_gettime(time.CLOCK_BOOTTIME) - before < 60, "the clock")
    proxy.kill()
    equal(shown(scene), {}, "when it has died")


@case
def each_question_makes_a_worker_the_redirectors(scene):
    listener = scene.listen("127.0.0.1", PORT)
    scene.up("web", rules())
    for question in (ask_origin, ask_option, ask_name):
        client = Redirected(scene, listener)
        ours, theirs = socket.socketpair()
        worker = scene.child(asks_and_waits, client.accepted, question, theirs)
        for _ in range(500):
            if worker.pid in shown(scene):
                break
            time.sleep(0.01)
        found = shown(scene)
        equal(found.get(worker.pid), "asked", question.__name__)
        equal(found.get(os.getpid()), "listened", "the listener")
        check(client.pid not in found, "the client counts")
        ours.send(b"x")
        worker.result()
        equal(shown(scene), {os.getpid(): "listened"}, "when the worker has ended")


@case
def who_listened_before_up_is_shown_too(scene):
    proxy = Worker(scene, uid=OWNER)
    proxy.call(do.listen, "four", "127.0.0.1", PORT)
    scene.up("web", rules())
    equal(shown(scene), {proxy.pid: "listened"}, "who listens")


@case
def a_stated_owners_processes_are_shown_and_a_stranger_never(scene):
    scene.up("web", rules(f"owner-user = {OWNER}"))
    equal(shown(scene), {}, "before there is one")
    owners = [Worker(scene, uid=OWNER) for _ in range(3)]
    Worker(scene, uid=OWNER + 1)
    equal(shown(scene), {one.pid: "owner" for one in owners}, "processes")
    check("is the owner's, began " in scene.run("show"), "not in show")
    inside = scene.subcgroup("proxies")
    member = Worker(scene, cgroup=inside)
    scene.up("web", rules(f"owner-cgroup = {inside}"))
    equal(shown(scene), {member.pid: "owner"}, "of a cgroup")


def passes():
    """Whether a connect of this process is left alone: there is no route."""
    with socket.socket() as sock:
        sock.settimeout(10)
        return sock.connect_ex((NOBODY4, 8080)) == errno.ENETUNREACH


def exec_bash():
    """Says what the connect of another program says."""
    script = f"{{ exec 3<>/dev/tcp/{NOBODY4}/8080; }} 2>&1"
    os.execv("/bin/bash", ["bash", "-c", script])


def forked():
    """In a child, in its child, and after an exec: what each connect says."""
    found = [passes()]
    for last in (False, True):
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.dup2(write, 1)
            if last:
                exec_bash()
            os.write(1, os.strerror(errno.ENETUNREACH).encode() if passes() else b"it did not")
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            found.append(os.strerror(errno.ENETUNREACH) in pipe.read())
        os.waitpid(child, 0)
    return found


@case
def a_stated_owner_survives_fork_exec_and_the_restart_of_the_proxy(scene):
    scene.up("web", rules(f"owner-user = {OWNER}"))
    for _ in range(2):
        proxy = Worker(scene, uid=OWNER)
        equal(proxy.call(forked), [True, True, True], "itself, forked, forked and executed")
        proxy.call(do.listen, "four", "127.0.0.1", PORT)
        client = Worker(scene)
        client.send(do.connect, "x", *TARGET)
        proxy.call(do.accept, "four", "accepted")
        equal(client.result()[0], TARGET, "peer")
        proxy.kill()
        client.kill()


def with_pid(pid, function):
    """A child of this number, as if numbers had come around; its exit status."""
    set_tid = (ctypes.c_int * 1)(pid)
    # struct clone_args: flags .. exit_signal at 32, set_tid at 64, its size at 72.
    arguments = struct.pack("=4QQ3Q2Q", 0, 0, 0, 0, 17, 0, 0, 0, ctypes.addressof(set_tid), 1)
    data = ctypes.create_string_buffer(arguments, len(arguments))
    libc = ctypes.CDLL(None, use_errno=True)
    found = libc.syscall(CLONE3, data, len(arguments))
    if found < 0:
        raise OSError(ctypes.get_errno(), "clone3")
    if not found:
        code = 99
        try:
            code = function()
        finally:
            os._exit(code)
    equal(found, pid, "the pid")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@case
def nothing_survives_the_reuse_of_a_pid(scene):
    if platform.machine() not in ("x86_64", "aarch64", "riscv64"):
        return
    scene.up("web", rules())
    for kind in ("listened", "asked"):
        if kind == "listened":
            proxy = Worker(scene)
            proxy.call(do.listen, "four", "127.0.0.1", PORT)
            equal(proxy.call(passes), True, "the proxy's own connect is left alone")
            pid = proxy.pid
        else:
            listener = scene.listen("127.0.0.1", PORT)
            client = Redirected(scene, listener)
            ours, theirs = socket.socketpair()
            proxy = scene.child(asks_and_waits, client.accepted, ask_origin, theirs)
            while proxy.pid not in shown(scene):
                time.sleep(0.01)
            pid = proxy.pid
        equal(shown(scene)[pid], kind, "why")
        proxy.kill()
        time.sleep(0.05)
        # Redirected, so refused or accepted; an inheritor of the number would have no route.
        said = with_pid(pid, lambda: 7 if passes() else 8)
        equal(said, 8, f"a stranger with the number of one that {kind}")
        check(pid not in shown(scene), "a dead process is shown")


main(__file__)
