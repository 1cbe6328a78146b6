# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Who asked: every field of the origin, for clients of every kind."""
import ctypes
import os
import shutil
import socket
import subprocess
import time

from kernel_connection import *
from kernel_scene import *

PORT = 12345
RULES = f"[redirector one]\nlisten = 127.0.0.1:{PORT}\nremote-address = 192.0.2.0/24\n"
# bash connects, then waits until the proxy closes.
BASH = f"exec 3<>/dev/tcp/{ORIGIN4}/8080 && read -r -u 3"


def start(scene):
    scene.listener = scene.listen("127.0.0.1", PORT)
    scene.up("web", RULES)


def accept(scene):
    accepted = scene.keep(scene.listener.accept()[0])
    accepted.settimeout(10)
    return accepted


def start_ticks(pid):
    with open(f"/proc/{pid}/stat", "rb") as stat:
        return int(stat.read().rpartition(b") ")[2].split()[19])


def executable(pid):
    """(device as the kernel numbers it, inode), of what the process has mapped as its program."""
    path = os.readlink(f"/proc/{pid}/exe")
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            words = line.rstrip("\n").split(maxsplit=5)
            if len(words) == 6 and words[5] == path:
                major, minor = (int(part, 16) for part in words[3].split(":"))
                return major << 20 | minor, int(words[4])
    raise Failure(f"{path} is not mapped by {pid}")


def same_process(origin, pid, what=""):
    """origin must be about the live process pid."""
    with open(f"/proc/{pid}/comm", "rb") as comm:
        name_now = os.fsdecode(comm.read()[:-1])
    with open(f"/proc/{pid}/status") as status:
        ids = {line.split()[0]: line.split()[1:] for line in status if line.strip()}
    equal(origin.pid, pid, f"{what} pid")
    equal(origin.start_time // 10_000_000, start_ticks(pid), f"{what} start, in clock ticks")
    equal((origin.executable_device, origin.executable_inode), executable(pid), f"{what} program")
    equal(origin.comm, name_now, f"{what} name")
    equal((origin.uid, origin.gid), (int(ids["Uid:"][1]), int(ids["Gid:"][1])), f"{what} user")


def ask(scene, pid, what=""):
    origin = query_origin(accept(scene))
    same_process(origin, pid, what)
    return origin


@case
def the_client_is_the_process_that_connects(scene):
    start(scene)
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    client = Redirected(scene, scene.listener)
    after = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    data = client.accepted.getsockopt(SOL_WHITHER, ORIGIN, 1024)
    origin = query_origin(client.accepted)
    same_process(origin, client.pid)
    equal((len(data), origin.size, origin.hops), (176, 176, 1), "sizes and hops")
    equal(data[152:], bytes(24), "what is reserved")
    equal(origin.destination, (ORIGIN4, 8080), "destination")
    equal((data[16:36], data[44:64]), (bytes(20), bytes(20)), "what is behind IPv4 addresses")
    equal(origin.client, client.peer, "client")
    check(before < origin.time < after, f"time: {before} {origin.time} {after}")
    hop = query_hops(client.accepted)[0]
    equal((hop.time, hop.redirector, hop.flags), (origin.time, origin.redirector, 0), "hop")
    equal(client.accepted.getsockopt(SOL_WHITHER, HOPS, 1024)[56:], bytes(8), "reserved in the hop")
    equal(origin.netns_cookie, netns_cookie(scene.listener), "network namespace")
    check(any(origin.redirector), "the redirector has no identity")
    equal(origin.redirector[6] >> 4, 5, "version of the GUID")
    # The process may end: what was said stays.
    client.release()
    equal(client.accepted.recv(1), b"", "its end")
    equal(client.accepted.getsockopt(SOL_WHITHER, ORIGIN, 1024), data, "origin after its end")


def connect_in_child(sock):
    """A child of this process connects the socket that was made here."""
    child = os.fork()
    if not child:
        try:
            sock.connect((ORIGIN4, 8080))
            sock.recv(1)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


@case
def after_a_fork_it_is_the_child(scene):
    start(scene)
    with socket.socket() as sock:
        client = scene.child(connect_in_child, sock)
    accepted = accept(scene)
    origin = query_origin(accepted)
    check(origin.pid not in (client.pid, os.getpid()), "it is the one that made the socket")
    with open(f"/proc/{client.pid}/task/{client.pid}/children") as children:
        same_process(origin, int(children.read()))


def popen(scene, words, **options):
    client = subprocess.Popen(words, **options)
    scene.later(client.wait)
    scene.later(client.kill)
    return client


@case
def after_an_exec_it_is_the_new_program(scene):
    start(scene)
    client = popen(scene, ["bash", "-c", BASH])
    origin = ask(scene, client.pid)
    equal(origin.comm, "bash", "name")
    equal(origin.executable_inode, os.stat(shutil.which("bash")).st_ino, "program")


@case
def a_program_that_was_deleted_keeps_its_number(scene):
    start(scene)
    copy = shutil.copy(shutil.which("bash"), f"{scene.directory}/gone")
    inode = os.stat(copy).st_ino
    gate, write = os.pipe()
    client = popen(scene, [copy, "-c", f"read -r; {BASH}"], stdin=gate)
    os.unlink(copy)
    os.write(write, b"\n")
    origin = query_origin(accept(scene))
    equal((origin.pid, origin.executable_inode), (client.pid, inode), "pid, program")
    os.close(gate)
    os.close(write)


@case
def a_set_user_id_program_is_its_owner(scene):
    start(scene)
    os.chmod(scene.directory, 0o755)
    copy = shutil.copy(shutil.which("bash"), f"{scene.directory}/set-id")
    os.chown(copy, 1002, 1003)
    os.chmod(copy, 0o6755)
    client = popen(
        scene, [copy, "-p", "-c", BASH], user=1001, group=1001, extra_groups=[], cwd="/"
    )
    origin = ask(scene, client.pid)
    equal((origin.uid, origin.gid), (1002, 1003), "user and group")


@case
def another_user_is_told_by_number(scene):
    start(scene)
    client = Redirected(scene, scene.listener, uid=4_000_000_001, gid=4_000_000_002)
    origin = query_origin(client.accepted)
    same_process(origin, client.pid)
    equal((origin.uid, origin.gid), (4_000_000_001, 4_000_000_002), "user and group")


@case
def users_and_processes_are_those_of_the_initial_namespaces(scene):
    needs_users()
    start(scene)
    words = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
    client = popen(scene, [*words, "bash", "-c", BASH], user=1001, group=1002, extra_groups=[])
    origin = query_origin(accept(scene))
    with open(f"/proc/{client.pid}/task/{client.pid}/children") as children:
        pid = int(children.read())
    same_process(origin, pid)
    equal((origin.uid, origin.gid), (1001, 1002), "user and group")


def set_name(name_):
    with open("/proc/self/comm", "wb") as comm:
        comm.write(name_)


def named(name_, sock):
    set_name(name_)
    sock.connect((ORIGIN4, 8080))
    sock.recv(1)


@case
def a_name_of_any_bytes_arrives_as_it_is(scene):
    start(scene)
    names = b"x", b"fifteen letters", b"\xff\xfe\x80", b"a b\tc\n\x1b[31m", b"\"'\\$(", b" "
    for one in names:
        sock = socket.socket()
        client = scene.child(named, one, sock)
        sock.close()
        accepted = accept(scene)
        origin = query_origin(accepted)
        equal((origin.pid, os.fsencode(origin.comm)), (client.pid, one), "pid, name")
        data = accepted.getsockopt(SOL_WHITHER, ORIGIN, 1024)
        equal(data[136:152], one.ljust(16, b"\0"), "all of the field")


def connect_in_thread(sock):
    set_name(b"leader")

    def work():
        libc = ctypes.CDLL(None)
        libc.prctl(15, b"thread", 0, 0, 0)  # PR_SET_NAME, of this thread
        sock.connect((ORIGIN4, 8080))
        sock.recv(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@case
def a_thread_is_its_process(scene):
    start(scene)
    with socket.socket() as sock:
        client = scene.child(connect_in_thread, sock)
    equal(ask(scene, client.pid).comm, "leader", "name")


def make_and_move(cgroup):
    """The socket is made in one cgroup, and connected from another."""
    sock = socket.socket()
    with open(f"{cgroup}/cgroup.procs", "w") as procs:
        procs.write("0")
    sock.connect((ORIGIN4, 8080))
    sock.recv(1)


@case
def the_cgroup_is_the_one_that_the_socket_was_made_in(scene):
    start(scene)
    first, second = scene.subcgroup("first"), scene.subcgroup("second")
    client = scene.child(make_and_move, second, cgroup=first)
    equal(ask(scene, client.pid).cgroup, os.stat(first).st_ino, "cgroup")


@case
def every_field_is_of_its_own_connection(scene):
    start(scene)
    clients = [Held(scene, ORIGIN4, 8000 + at, uid=2000 + at) for at in range(20)]
    by_pid = {client.pid: (at, client) for at, client in enumerate(clients)}
    for _ in clients:
        accepted, peer = scene.listener.accept()
        scene.keep(accepted)
        origin = query_origin(accepted)
        at, client = by_pid.pop(origin.pid)
        same_process(origin, client.pid)
        equal(origin.destination, (ORIGIN4, 8000 + at), "destination")
        equal((origin.client, origin.uid), (peer, 2000 + at), "client, user")


main(__file__, ground=GROUND)
