# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The table "what gets past whither" of docs/security.md, row by row: each case shows one thing
that passes, or one that might be thought to and does not."""
import ctypes
import errno
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time

import kernel_worker as do
from kernel_proxy import query_origin
from kernel_scene import *
from kernel_worker import Worker

PROXY, SECOND = ("127.0.0.1", 12345), ("127.0.0.1", 12346)
NETWORKS = "192.0.2.0/24, 2001:db8::/32, 10.1.0.0/16"
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
IPPROTO_MPTCP = 262


def rules(more=""):
    return (
        f"[redirector one]\nlisten = {PROXY[0]}:{PROXY[1]}\nlisten = [::1]:{PROXY[1]}\n"
        f"remote-address = {NETWORKS}\n{more}"
    )


class Ends:
    """The proxy's listener and the origin that redirected connections do not reach."""

    def __init__(self, scene):
        self.proxy, self.origin = Worker(scene), Worker(scene)
        self.proxy.call(do.listen, "listener", *PROXY)
        self.target = self.origin.call(do.listen, "listener", ORIGIN4)

    def is_taken(self, client, name="c"):
        """Returns what the proxy learns."""
        client.send(do.connect, name, *self.target)
        self.proxy.call(do.accept, "listener", "a")
        client.result()
        origin = self.proxy.call(do.ask, "a")[0]
        equal(origin.destination, self.target, "destination")
        return origin

    def gets_past(self, client, name="c", answers=True):
        """answers: whither's hook of getsockopt covers the origin, and denies it; else nobody
        answers there, and the protocol refuses the unknown level in its own way."""
        client.send(do.connect, name, *self.target)
        self.origin.call(do.accept, "listener", "a")
        client.result()
        found = outcome(self.origin.call, do.ask, "a")
        expected = {errno.ENOENT} if answers else {errno.EOPNOTSUPP, errno.ENOPROTOOPT}
        check(found in expected, f"a question at the origin: found {found}, expected {expected}")


def outcome(function, *arguments):
    """The errno that a call fails with; None when it does not."""
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
    return None


def unshare(flags):
    if ctypes.CDLL(None, use_errno=True).unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def ip(*commands):
    for words in commands:
        subprocess.run(["ip", *words.split()], check=True)


def new_namespace():
    """A network namespace that has the same addresses."""
    unshare(CLONE_NEWNET)
    ip("link set lo up", f"addr add {ORIGIN4}/32 dev lo")


@case
def datagrams_pass_connected_or_not(scene):
    ends = Ends(scene)
    scene.up("web", rules())
    with socket.socket(type=socket.SOCK_DGRAM) as origin, socket.socket(
        type=socket.SOCK_DGRAM
    ) as client:
        origin.settimeout(5)
        origin.bind(ends.target)
        client.sendto(b"one", ends.target)
        equal(origin.recv(10), b"one", "a datagram")
        client.connect(ends.target)
        client.send(b"two")
        equal(origin.recv(10), b"two", "a datagram of a connected socket")
        equal(client.getpeername(), ends.target, "its peer")


@case
def a_connection_from_before_passes_and_a_socket_from_before_does_not(scene):
    ends, client = Ends(scene), Worker(scene)
    ends.gets_past(client, name="connected", answers=False)
    client.call(do.make, "made")
    scene.up("web", rules())
    client.call(do.write, "connected", b"still")
    equal(ends.origin.call(do.read, "a"), b"still", "data of the connection from before")
    ends.is_taken(client, name="made")


@case
def another_network_namespace_passes(scene):
    ends = Ends(scene)
    scene.up("web", rules())
    there = Worker(scene, enter=new_namespace)
    target = there.call(do.listen, "listener", *ends.target)
    there.call(do.connect, "c", *target)
    there.call(do.accept, "listener", "a")
    with refused(errno.ENOENT, "a question there"):
        there.call(do.ask, "a")


@case
def another_user_namespace_does_not_and_its_user_is_the_real_one(scene):
    ends = Ends(scene)
    scene.up("web", rules("user = 60001\n"))
    client = Worker(scene, uid=60001)
    client.call(unshare, CLONE_NEWUSER)
    equal(ends.is_taken(client).uid, 60001, "uid")


@case
def processes_of_the_redirector_pass_it_whoever_the_owner_is(scene):
    ends = Ends(scene)
    scene.up("web", rules())
    ends.gets_past(ends.proxy, name="listener's process")
    inside = scene.subcgroup("proxies")
    # With an owner's cgroup, the hooks of socket options cover that alone: not the origin.
    for owner, options, answers in (
        ("owner-user = 60001\n", {"uid": 60001}, True),
        (f"owner-cgroup = {inside}\n", {"cgroup": inside}, False),
    ):
        scene.up("web", rules(owner))
        ends.gets_past(Worker(scene, **options), answers=answers)


@case
def a_forked_child_of_the_proxy_is_taken_when_the_owner_is_not_stated(scene):
    ends = Ends(scene)
    scene.up("web", rules())
    equal(ends.proxy.call(connect_in_a_child, *ends.target), "taken", "the child's connect")


def connect_in_a_child(address, port):
    """Of the proxy: forks, and accepts what its child connects to."""
    child = os.fork()
    if not child:
        with socket.create_connection((address, port), 10):
            os._exit(0)
    accepted, _ = do.held["listener"].accept()
    with accepted:
        origin = query_origin(accepted)
    os.waitpid(child, 0)
    return "taken" if origin.pid == child else "passed"


@case
def a_hand_made_segment_passes(scene):
    ends = Ends(scene)
    scene.up("web", rules())
    source, port = "127.0.0.1", 40123
    header = struct.pack("!HHIIBBHHH", port, ends.target[1], 7, 0, 5 << 4, 2, 1000, 0, 0)
    pseudo = socket.inet_aton(source) + socket.inet_aton(ends.target[0])
    total = sum(struct.unpack("!16H", pseudo + struct.pack("!HH", 6, len(header)) + header))
    total = (total & 0xFFFF) + (total >> 16)
    checksum = ~(total + (total >> 16)) & 0xFFFF
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        raw.settimeout(5)
        raw.bind((source, 0))
        raw.sendto(header[:16] + struct.pack("!H", checksum) + header[18:], (ends.target[0], 0))
        for _ in range(100):
            packet = raw.recv(200)[20:]
            ports, flags = struct.unpack("!HH", packet[:4]), packet[13]
            if ports == (ends.target[1], port) and flags & 0x12 == 0x12:
                return  # the origin has answered SYN with SYN and ACK
    raise Failure("the origin has not answered")


@case
def a_connect_to_the_redirectors_own_listener_is_not_redirected(scene):
    ends = Ends(scene)
    scene.up("web", rules().replace(NETWORKS, "0.0.0.0/0"))
    client = Worker(scene)
    client.call(do.connect, "c", *PROXY)
    ends.proxy.call(do.accept, "listener", "a")
    with refused(errno.ENOENT, "a question about a direct connection"):
        ends.proxy.call(do.ask, "a")


@case
def a_multipath_client_does_not_pass(scene):
    ends, client = Ends(scene), Worker(scene)
    scene.up("web", rules())
    client.call(do.make, "c", socket.AF_INET, IPPROTO_MPTCP)
    ends.is_taken(client)


@case
def a_socket_handed_over_is_judged_by_where_it_was_made_and_by_who_connects_it(scene):
    ends, watched = Ends(scene), scene.subcgroup("watched")
    inside, outside = Worker(scene, cgroup=watched), Worker(scene)
    scene.up("web", rules(f"cgroup = {watched}\n"))
    ends.gets_past(outside)
    ends.is_taken(inside)
    hand_over(outside, inside)
    ends.gets_past(inside, name="handed over")  # made outside: it passes, by cgroup
    hand_over(inside, outside)
    ends.is_taken(outside, name="handed over")
    scene.up("web", rules("user = 60001\n"))
    somebody, other = Worker(scene, uid=60001), Worker(scene, uid=60002)
    hand_over(other, somebody)
    ends.is_taken(somebody, name="handed over")  # whoever made it: by user, who connects counts
    hand_over(somebody, other)
    ends.gets_past(other, name="handed over")


def hand_over(giver, taker):
    """A new socket goes from one worker to the other."""
    path = f"/proc/{giver.pid}/fd/"
    number = giver.call(make_for_another)
    taken = os.pidfd_open(giver.pid)
    try:
        copy = ctypes.CDLL(None, use_errno=True).syscall(438, taken, number, 0)
        check(copy >= 0, f"cannot take {path}{number}")
    finally:
        os.close(taken)
    # Passed on by a socket, as an ordinary process would.
    name = b"\0whither-test-" + str(os.getpid()).encode()
    taker.send(take_over, name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        for _ in range(500):
            try:
                sender.connect(name)
                break
            except ConnectionRefusedError:
                time.sleep(0.01)
        socket.send_fds(sender, [b"x"], [copy])
    os.close(copy)
    taker.result()
    giver.call(do.close, "for another")


def make_for_another():
    do.make("for another")
    return do.held["for another"].fileno()


def take_over(name):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(10)
        receiver.bind(name)
        _, (fd,), _, _ = socket.recv_fds(receiver, 1, 1)
    if "handed over" in do.held:
        do.close("handed over")
    do.held["handed over"] = socket.socket(fileno=fd)


@case
def a_copy_of_an_executable_passes_a_rule_by_executable(scene):
    ends = Ends(scene)
    scene.up("web", rules(f"exe = {sys.executable}\n"))
    ends.is_taken(Worker(scene))
    copy = shutil.copy(os.path.realpath(sys.executable), scene.directory + "/copy")
    script = f"import socket; socket.create_connection({ends.target!r}, 10)"
    done = subprocess.Popen([copy, "-c", script], env={**os.environ, "PYTHONHOME": sys.base_prefix})
    scene.later(done.wait)
    ends.origin.call(do.accept, "listener", "a")


@case
def root_can_detach_a_hook_and_show_says_so(scene):
    ends, client = Ends(scene), Worker(scene)
    scene.up("web", rules())
    ends.is_taken(client)
    link = "/sys/fs/bpf/whither/link_connect4"
    subprocess.run(["bpftool", "link", "detach", "pinned", link], check=True)
    ends.gets_past(client, name="d")
    hook = [one for one in scene.show()["hooks"] if one["name"] == "connect4"][0]
    equal((hook["needed"], hook["attached"]), (True, False), "the hook in show")
    check("connect4" in json.dumps(scene.show()["warnings"]), "no warning")
    scene.up("web", rules())
    ends.is_taken(client, name="e")


@case
def forwarded_traffic_passes(scene):
    ends = Ends(scene)
    scene.up("web", rules())
    client, server = (Worker(scene, enter=lambda: unshare(CLONE_NEWNET)) for _ in range(2))
    for number, worker in enumerate((client, server)):
        ip(
            f"link add via{number} type veth peer name out netns {worker.pid}",
            f"addr add 10.1.{number}.1/24 dev via{number}",
            f"link set via{number} up",
        )
        scene.later(subprocess.run, ["ip", "link", "del", f"via{number}"])
        worker.call(
            ip,
            f"addr add 10.1.{number}.2/24 dev out",
            "link set out up",
            f"route add default via 10.1.{number}.1",
        )
    with open("/proc/sys/net/ipv4/ip_forward", "w") as file:
        file.write("1")
    target = server.call(do.listen, "listener", "10.1.1.2")
    client.call(do.connect, "c", *target)
    equal(server.call(do.accept, "listener", "a")[0], "10.1.0.2", "who arrived")
    # The same destination, from this host: taken.
    here = Worker(scene)
    ends.target = target
    ends.is_taken(here)


main(__file__)
