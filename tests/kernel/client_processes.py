# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Whose connect is it? Threads, forks, programs that are executed later, descriptors that change
hands, and rings that connect in somebody's name."""
import shutil
import subprocess
import threading

from client_scene import *

PR_SET_NAME = 15
CLONE_NEWPID = 0x20000000


def raw_client_path():
    return os.path.join(os.environ["WHITHER_HELPERS"], "raw_client")


def named(path):
    """What the origin says of an executable."""
    return os.stat(path).st_ino


def ground(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    return listener


@case
def a_thread_is_its_process(scene):
    listener = ground(scene)

    def client():
        with open("/proc/self/comm", "w") as file:
            file.write("leader-name")

        def work():
            libc.prctl(PR_SET_NAME, b"thread-name", 0, 0, 0)
            with connected(socket.AF_INET, (AWAY4, 80)) as sock:
                sock.recv(1)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    child = scene.child(client)
    accepted = arrive(scene, listener)
    origin = told(accepted, (AWAY4, 80))
    equal((origin.pid, origin.comm), (child.pid, "leader-name"), "process")
    accepted.close()
    child.result()


@case
def the_name_has_fifteen_characters(scene):
    listener = ground(scene)

    def client():
        with open("/proc/self/comm", "w") as file:
            file.write("a-name-of-more-than-fifteen")
        connected(socket.AF_INET, (AWAY4, 80)).close()

    child = scene.child(client)
    equal(told(arrive(scene, listener), (AWAY4, 80)).comm, "a-name-of-more-", "comm")
    child.result()


def by_helper(scene, listener, way, **options):
    """Runs raw_client; returns what the proxy was told and the pid that it reported."""
    client = subprocess.Popen(
        [raw_client_path(), way, AWAY4, "80"], stdout=subprocess.PIPE, text=True, **options
    )
    scene.keep(client)
    scene.later(client.stdout.close)
    accepted = arrive(scene, listener)
    origin = told(accepted, (AWAY4, 80))
    accepted.sendall(b"x")
    said = client.communicate(timeout=10)[0].split()
    equal(said[0], "connected", " ".join(said))
    equal(origin.executable_inode, named(raw_client_path()), "executable")
    equal(origin.comm, "raw_client", "comm")
    return origin, client.pid, int(said[1])


@case
def a_fork_is_a_process_of_its_own(scene):
    listener = ground(scene)

    def client():
        inner = Child(lambda: connected(socket.AF_INET, (AWAY4, 80)).close())
        pid = inner.pid
        inner.result()
        return pid

    child = scene.child(client)
    origin = told(arrive(scene, listener), (AWAY4, 80))
    equal(origin.pid, child.result(), "pid")
    check(origin.pid != child.pid, "the fork is told from its parent")


@case
def a_vfork_child_is_a_process_of_its_own(scene):
    origin, parent, connector = by_helper(scene, ground(scene), "vfork")
    equal(origin.pid, connector, "pid")
    check(origin.pid != parent, "the child is told from its parent")


@case
def an_io_uring_connect_is_its_submitters(scene):
    listener = ground(scene)
    for way in ("uring", "deferred"):
        with taken(scene, 1):
            origin, pid, _ = by_helper(scene, listener, way)
        equal((origin.pid, origin.uid), (pid, os.geteuid()), way)


@case
def an_io_uring_connect_is_refused_like_any_other(scene):
    redirect(scene, AT4)
    scene.up("block", "[filter no]\naction = block\nremote-address = 203.0.113.8\n")
    for way in ("uring", "deferred"):
        for address, expected in (("203.0.113.8", errno.EPERM), (AWAY4, errno.ECONNREFUSED)):
            done = subprocess.run(
                [raw_client_path(), way, address, "80"], stdout=subprocess.PIPE, text=True, timeout=10
            )
            equal(done.stdout.split(), ["errno", str(expected)], f"{way} to {address}")


@case
def a_socket_kept_over_exec_belongs_to_the_new_program(scene):
    listener = ground(scene)
    with socket.socket() as sock:
        origin, pid, _ = by_helper(scene, listener, "inherited", stdin=sock)
    equal(origin.pid, pid, "pid")


def receive_and_connect(channel, target):
    """The other half of passing: connects the socket that comes over channel."""
    _, (descriptor,), _, _ = socket.recv_fds(channel, 1, 1)
    with socket.socket(fileno=descriptor) as sock:
        sock.connect(target)
        return names(sock)[0], sock.recv(1)


@case
def a_descriptor_passed_before_connect_is_the_connectors(scene):
    listener = ground(scene)
    maker_cgroup, user_cgroup = scene.subcgroup("maker"), scene.subcgroup("user")
    ours, theirs = socket.socketpair(socket.AF_UNIX)

    def maker():
        with socket.socket() as sock:
            socket.send_fds(ours, [b"f"], [sock.fileno()])

    connector = scene.child(
        receive_and_connect, theirs, (AWAY4, 80), uid=65534, cgroup=user_cgroup
    )
    scene.child(maker, cgroup=maker_cgroup).result()
    accepted = arrive(scene, listener)
    origin = told(accepted, (AWAY4, 80))
    equal((origin.pid, origin.uid), (connector.pid, 65534), "process")
    # The cgroup is the socket's, and a socket stays where it was made.
    equal(origin.cgroup, named(maker_cgroup), "cgroup")
    accepted.sendall(b"x")
    equal(connector.result(), ((AWAY4, 80), b"x"), "what the connector saw")
    ours.close()
    theirs.close()


@case
def a_pid_is_that_of_the_initial_namespace(scene):
    listener = ground(scene)

    def client():
        if libc.unshare(CLONE_NEWPID):
            raise OSError(ctypes.get_errno(), "unshare")
        inner = Child(lambda: (connected(socket.AF_INET, (AWAY4, 80)).close(), os.getpid())[1])
        outer = inner.pid
        return outer, inner.result()

    child = scene.child(client)
    origin = told(arrive(scene, listener), (AWAY4, 80))
    outer, inner = child.result()
    equal((origin.pid, inner), (outer, 1), "pid outside and inside")


@case
def a_client_that_has_ended_is_still_known(scene):
    listener = ground(scene)
    child = scene.child(lambda: connected(socket.AF_INET, (AWAY4, 80)).close(), uid=65534, gid=7)
    pid = child.pid
    child.result()
    origin = told(arrive(scene, listener), (AWAY4, 80))
    equal((origin.pid, origin.uid, origin.gid), (pid, 65534, 7), "process")


@case
def a_replaced_executable_is_another(scene):
    # Two copies of one program are two executables: identity is the file, not its name.
    listener = ground(scene)
    inodes = []
    for name in ("one", "two"):
        path = shutil.copy(raw_client_path(), f"{scene.directory}/{name}")
        client = scene.keep(subprocess.Popen([path, "plain", AWAY4, "80"], stdout=subprocess.DEVNULL))
        accepted = arrive(scene, listener)
        inodes.append(told(accepted, (AWAY4, 80)).executable_inode)
        equal(inodes[-1], named(path), "executable")
        accepted.sendall(b"x")
        equal(client.wait(10), 0, "exit status")
    check(inodes[0] != inodes[1], "copies are told apart")


main(__file__, ground=GROUND)
