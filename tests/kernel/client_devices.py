# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Clients that are bound to a network device, from which no loopback address can be reached."""
import subprocess

from client_scene import *

DEVICE, OWN = "whither0", "198.51.100.1"
OWN6 = "2001:db8:4::1"


def device(scene):
    """A device with the addresses OWN and OWN6, and itself at the other end of the wire."""
    for words in (
        f"link add {DEVICE} type veth peer name {DEVICE}p",
        f"link set {DEVICE} up",
        f"link set {DEVICE}p up",
        f"addr add {OWN}/24 dev {DEVICE}",
        f"addr add {OWN6}/64 dev {DEVICE} nodad",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    scene.later(lambda: subprocess.run(["ip", "link", "del", DEVICE], check=True))


def binding(sock):
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0").decode()


def client(family, *targets):
    """Bound to DEVICE, connects to each; yields what became of it, and the binding before and
    after."""
    with socket.socket(family) as sock:
        sock.settimeout(10)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, DEVICE.encode())
        for target in targets:
            before = binding(sock)
            error = outcome(sock.connect, target)
            yield error, (before, binding(sock)), None if error else names(sock)[0]
            if not error:
                disconnect(sock)


@case
def a_client_bound_to_a_device_is_redirected(scene):
    device(scene)
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6)
    for family, listener, away in (
        (socket.AF_INET, listener4, AWAY4),
        (socket.AF_INET6, listener6, AWAY6),
    ):
        steps = Steps(scene, client, family, (away, 80), (away, 81))
        for port in (80, 81):
            error, bound, peer = steps.reach()
            equal((error, peer), (None, (away, port)), "connect")
            equal(bound[1], "", "the binding while it is redirected")
            told(arrive(scene, listener), (away, port))
            steps.go()


@case
def the_binding_is_back_for_a_connect_that_does_not_match(scene):
    device(scene)
    listener = scene.listen(PROXY4, PORT)
    scene.listen(ORIGIN4, 80)
    redirect(scene, AT4)
    # ORIGIN4 is reached over lo. A client bound to another device must not get there.
    steps = Steps(scene, client, socket.AF_INET, (AWAY4, 80), (ORIGIN4, 80))
    equal(steps.reach()[:2], (None, (DEVICE, "")), "redirected")
    told(arrive(scene, listener), (AWAY4, 80))
    steps.go()
    error, bound, _ = steps.reach()
    check(error in (errno.EHOSTUNREACH, errno.ENETUNREACH), f"connect past the device: {error}")
    equal(bound, ("", DEVICE), "the binding before and after")


@case
def the_binding_is_back_when_the_next_connect_is_blocked(scene):
    device(scene)
    listener = scene.listen(PROXY4, PORT)
    scene.up("block", "[filter no]\naction = block\nremote-address = 203.0.113.8\n")
    redirect(scene, AT4)
    steps = Steps(scene, client, socket.AF_INET, (AWAY4, 80), ("203.0.113.8", 80))
    steps.reach()
    told(arrive(scene, listener), (AWAY4, 80))
    steps.go()
    equal(steps.reach()[:2], (errno.EPERM, ("", DEVICE)), "blocked")


@case
def a_blocked_or_unmatched_connect_leaves_the_binding_alone(scene):
    device(scene)
    scene.up("block", "[filter no]\naction = block\nremote-address = 203.0.113.8\n")
    redirect(scene, AT4)
    steps = Steps(scene, client, socket.AF_INET, ("203.0.113.8", 80), (ORIGIN4, 80))
    equal(steps.reach()[:2], (errno.EPERM, (DEVICE, DEVICE)), "blocked")
    steps.go()
    equal(steps.reach()[1], (DEVICE, DEVICE), "the binding")


@case
def a_binding_made_since_is_kept(scene):
    device(scene)
    listener = scene.listen(PROXY4, PORT)
    scene.listen(ORIGIN4, 80)
    redirect(scene, AT4)

    def client():
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, DEVICE.encode())
            sock.connect((AWAY4, 80))
            yield
            disconnect(sock)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
            sock.connect((ORIGIN4, 80))
            yield binding(sock)

    steps = Steps(scene, client)
    steps.reach()
    told(arrive(scene, listener), (AWAY4, 80))
    steps.go()
    equal(steps.reach(), "lo", "the binding")


@case
def a_client_that_may_not_leave_its_device_is_refused_and_counted(scene):
    # Without CAP_NET_RAW. It must not go on to ask for the proxy's address on the device's wire.
    device(scene)
    scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    with taken(scene, 0, device=2):
        steps = Steps(scene, client, socket.AF_INET, (AWAY4, 80), (AWAY4, 81), uid=65534)
        for _ in range(2):
            error, bound, _ = steps.reach()
            equal(error, errno.ECONNREFUSED, "connect")
            equal(bound, (DEVICE, DEVICE), "the binding before and after")
            steps.go()
    idle(scene)


@case
def an_ordinary_user_bound_to_the_loopback_device_is_redirected(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)

    def client():
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
            sock.connect((AWAY4, 80))
            yield names(sock)[0], binding(sock)

    steps = Steps(scene, client, uid=65534)
    equal(steps.reach(), ((AWAY4, 80), "lo"), "getpeername() and the binding")
    told(arrive(scene, listener), (AWAY4, 80))
    steps.end()


main(__file__, ground=GROUND)
