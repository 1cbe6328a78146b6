# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Clients in other network namespaces reach a redirector on an address of the host, over veth."""
import ctypes
import errno
import socket
import subprocess

import kernel_worker as do
from kernel_connection import *
from kernel_scene import *
from kernel_state import Counters, Totals, eventually, nothing_left
from kernel_worker import Worker

PORT = 12345
OWNER, STRANGER = 60001, 60002
NEWUSER, NEWNET = 0x10000000, 0x40000000
HOST4, HOST6 = "10.77.{}.1", "fd77:{}::1"


def rules(netns="netns = any\n", more="", number=0):
    return (
        f"[redirector one]\nlisten = {HOST4.format(number)}:{PORT}\n"
        f"listen = [{HOST6.format(number)}]:{PORT}\n"
        f"remote-address = 192.0.2.0/24, 2001:db8::/32\nremote-port = 8080\n{netns}{more}"
    )


def unshare(flags):
    if ctypes.CDLL(None, use_errno=True).unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def container(scene, number=0, **options):
    """A worker in a network namespace of its own, joined to this one by a veth pair."""
    worker = Worker(scene, enter=lambda: unshare(NEWNET), **options)
    joined_to(scene, worker.pid, number)
    return worker


def addresses(device, number):
    return (
        "link set lo up",
        f"addr add 10.77.{number}.2/24 dev {device}",
        f"-6 addr add fd77:{number}::2/64 dev {device} nodad",
        f"link set {device} up",
        f"route add default via {HOST4.format(number)}",
        f"-6 route add default via {HOST6.format(number)}",
    )


def join(scene, pid, number):
    device = f"whh{number}"
    ip("link", "add", device, "type", "veth", "peer", "name", f"whc{number}", "netns", str(pid))
    scene.later(subprocess.run, ["ip", "link", "del", device])
    ip("addr", "add", f"{HOST4.format(number)}/24", "dev", device)
    ip("-6", "addr", "add", f"{HOST6.format(number)}/64", "dev", device, "nodad")
    ip("link", "set", device, "up")


def joined_to(scene, pid, number):
    join(scene, pid, number)
    subprocess.run(
        ["nsenter", f"--net=/proc/{pid}/ns/net", "sh", "-c",
         "\n".join(f"ip {words}" for words in addresses(f"whc{number}", number))], check=True,
    )


def listens(scene, number=0):
    return scene.listen(HOST4.format(number), PORT), scene.listen(HOST6.format(number), PORT)


def checked(scene, text):
    path = f"{scene.directory}/checked.conf"
    with open(path, "w") as file:
        file.write(text)
    return scene.run("check", path, expect=None) + scene.stderr


def netns_of(worker):
    return worker.call(own_netns)


def own_netns():
    with socket.socket() as sock:
        return netns_cookie(sock)


def arrives(scene, client, listener, target, source):
    client.send(do.connect, "one", *target)
    accepted, peer = listener.accept()
    scene.keep(accepted)
    equal(client.result(), (target, (source, peer[1])), "the client's peer and own address")
    equal(peer[0], source, "the proxy's peer")
    origin = query_origin(accepted)
    equal((origin.destination, origin.client), (target, peer[:2]), "destination, client")
    client.call(do.close, "one")
    return accepted, origin


@case
def a_client_in_a_container_arrives_with_its_record_over_ipv4_and_ipv6(scene):
    client = container(scene)
    four, six = listens(scene)
    scene.up("web", rules())
    for listener, target, source in (
        (four, (NOBODY4, 8080), "10.77.0.2"),
        (six, (NOBODY6, 8080), "fd77::2"),
    ):
        accepted, origin = arrives(scene, client, listener, target, source)
        equal(origin.pid, client.pid, "pid")
        equal(origin.netns_cookie, netns_of(client), "namespace")
        check(origin.netns_cookie != own_netns(), "the same namespace")
        equal(accepted.getsockname()[:2], target, "getsockname()")
    equal(Counters("one").arrived, 2, "arrived")
    equal(Totals().lost, 0, "lost")
    eventually(nothing_left)


@case
def clients_of_the_hosts_own_namespace_arrive_as_well(scene):
    container(scene)
    four, _ = listens(scene)
    scene.up("web", rules())
    client = Redirected(scene, four, ORIGIN4)
    equal(query_origin(client.accepted).destination, (ORIGIN4, 8080), "destination")


@case
def a_process_is_named_by_the_hosts_pid_namespace(scene):
    joined = container(scene)
    four, _ = listens(scene)
    scene.up("web", rules())
    program = (
        "import os, socket, sys; s = socket.create_connection(('192.0.2.77', 8080)); "
        "print(os.getpid(), flush=True); s.recv(1)"
    )
    process = subprocess.Popen(
        ["nsenter", f"--net=/proc/{joined.pid}/ns/net", "unshare", "--pid", "--fork",
         "--kill-child", "python3", "-c", program],
        stdout=subprocess.PIPE,
    )
    scene.later(process.wait)
    scene.later(process.kill)
    accepted = scene.keep(four.accept()[0])
    equal(int(process.stdout.readline()), 1, "its own idea")
    process.stdout.close()
    pid = query_origin(accepted).pid
    with open(f"/proc/{pid}/status") as status:
        ids = [line.split()[1:] for line in status if line.startswith("NSpid:")][0]
    equal((int(ids[0]), ids[-1]), (pid, "1"), "pids by namespace")


@case
def without_a_word_only_the_own_namespace_counts(scene):
    client = container(scene)
    listens(scene)
    origin = scene.listen(HOST4.format(0), 8080)
    for netns in ("", "netns = current\n"):
        scene.up("web", rules(netns).replace("192.0.2.0/24", "192.0.2.0/24, 10.77.0.0/16"))
        client.send(do.connect, "x", HOST4.format(0), 8080)
        accepted, _ = origin.accept()
        client.result()
        equal(name(raw_get(accepted, ORIGIN, 1024)[0]), name(errno.ENOENT), "direct")
        accepted.close()
        client.call(do.close, "x")
    equal(Counters("one").taken, 0, "taken")


@case
def a_named_namespace_is_that_one_alone(scene):
    first, second = container(scene, 0), container(scene, 1)
    four, _ = listens(scene)
    ip("netns", "attach", "whither-test", str(first.pid))
    scene.later(subprocess.run, ["ip", "netns", "del", "whither-test"])
    for netns in ("whither-test", f"/proc/{first.pid}/ns/net", "current, whither-test"):
        scene.up("web", rules(f"netns = {netns}\n"))
        arrives(scene, first, four, (NOBODY4, 8080), "10.77.0.2")
        second.call(do.start_connecting, "x", NOBODY4, 8080)
        second.call(do.close, "x")
    equal(Counters("one").taken, 3, "taken")
    for bad, word in (
        ("whither-none", "there is no such network namespace"),
        ("/dev/null", "it is no network namespace"),
        ("/proc/self/ns/pid", "it is no network namespace"),
        ("../netns/whither-test", "expected current, any"),
    ):
        said = checked(scene, rules(f"netns = {bad}\n"))
        check(word in said and scene.status != 0, f"{bad}: {said}")


@case
def a_namespace_that_a_user_made_is_nobodys(scene):
    container(scene)
    listens(scene)
    made = Worker(scene, enter=lambda: unshare(NEWUSER | NEWNET))
    joined_to(scene, made.pid, 1)
    scene.up("web", rules(number=0))
    made.call(do.start_connecting, "x", HOST4.format(0), PORT)
    made.call(do.close, "x")
    made.call(do.start_connecting, "x", NOBODY4, 8080)
    equal(Counters("one").taken, 0, "taken")
    said = checked(scene, rules(f"netns = /proc/{made.pid}/ns/net\n"))
    check("initial user namespace owns" in said and scene.status != 0, said)


@case
def an_address_of_loopback_is_refused_by_the_rule_file(scene):
    for listen in ("127.0.0.1", "[::1]"):
        text = f"[redirector one]\nlisten = {listen}:{PORT}\nnetns = any\n"
        said = checked(scene, text)
        check("netns: found beside an address of loopback" in said, said)
        check(scene.status != 0, "accepted")
    text = rules().replace("\nremote-port", "\nspread = 127.64.0.0/16\nremote-port")
    checked(scene, text)
    check(scene.status != 0, "a range of loopback is accepted")


@case
def when_the_proxy_is_absent_the_client_is_refused_and_nothing_is_left(scene):
    client = container(scene)
    for when in ("block", "permit"):
        scene.up("web", rules(more=f"when-absent = {when}\nowner-user = {OWNER}\n"))
        before = Counters("one").refused["absent"]
        for target in ((NOBODY4, 8080), (NOBODY6, 8080)):
            with refused(errno.ECONNREFUSED, f"a connect to {target}"):
                client.call(do.connect, "x", *target)
        equal(Counters("one").refused["absent"], before + 2, "refused")
    eventually(nothing_left)
    # Given up before the SYN is answered: the route to the proxy is gone.
    ip("link", "set", "whh0", "down")
    client.call(do.start_connecting, "x", NOBODY4, 8080)
    client.call(do.close, "x")
    eventually(nothing_left)


@case
def a_connect_to_the_listener_itself_is_left_alone(scene):
    client = container(scene)
    four, _ = listens(scene)
    scene.up("web", rules().replace("remote-port = 8080\n", "").replace("192.0.2.0/24", "::/0"))
    client.send(do.connect, "x", HOST4.format(0), PORT)
    accepted = scene.keep(four.accept()[0])
    client.result()
    equal(name(raw_get(accepted, ORIGIN, 1024)[0]), name(errno.ENOENT), "origin")


@case
def who_holds_the_address_before_up_and_is_not_the_owner_prevents_it(scene):
    container(scene)
    intruder = Worker(scene, uid=STRANGER)
    intruder.call(do.listen, "squat", HOST4.format(0), PORT)
    scene.up("quiet", "[redirector q]\nlisten = 127.0.0.1:9\nremote-address = 192.0.2.254\n")
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(rules(more=f"owner-user = {OWNER}\n"))
    scene.run("up", path, expect=1)
    check(f"pid {intruder.pid}" in scene.stderr, scene.stderr)
    equal([one["name"] for one in scene.show()["sets"]], ["quiet"], "sets")
    intruder.call(do.close, "squat")
    scene.up("web", rules(more=f"owner-user = {OWNER}\n"))
    with refused(errno.EACCES, "a bind while it is up"):
        intruder.call(do.bind, "squat", HOST4.format(0), PORT)


main(__file__)
