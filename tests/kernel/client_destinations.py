# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Destinations with a meaning of their own: the proxy's own port, no address, port 0, and what is
not TCP."""
import subprocess

from client_scene import *


def client(family, target):
    """For a child: connects, returns its names once the other side has written."""
    with connected(family, target) as sock:
        found = names(sock)
        equal(sock.recv(1), b"x", "answer")
        return found


def direct(scene, listener, family, target):
    """Connects to target, which must be listener itself, and nothing may be told."""
    child = scene.child(client, family, target)
    accepted = arrive(scene, listener)
    untold(accepted)
    accepted.sendall(b"x")
    return child.result()


@case
def a_direct_connect_to_the_proxy_is_not_redirected_and_has_no_origin(scene):
    # Conditions that match everything, the listener's own address included.
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6, more="")
    with taken(scene, 0):
        equal(direct(scene, listener4, socket.AF_INET, (PROXY4, PORT))[0], (PROXY4, PORT), "peer")
        mapped = (f"::ffff:{PROXY4}", PORT)
        equal(direct(scene, listener4, socket.AF_INET6, mapped)[0], mapped, "peer")
        equal(direct(scene, listener6, socket.AF_INET6, (PROXY6, PORT))[0], (PROXY6, PORT), "peer")
    with taken(scene, 1):  # the same port elsewhere is nobody's listener
        child = scene.child(client, socket.AF_INET, (AWAY4, PORT))
        accepted = arrive(scene, listener4)
        told(accepted, (AWAY4, PORT))
        accepted.sendall(b"x")
        child.result()




@case
def no_redirector_takes_a_connect_to_the_listener_of_another(scene):
    # Two redirectors that match everything: a client that knows the proxy's port reaches it.
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4, more="")
    redirect(scene, "127.0.0.1:12399", more="weight = 10\n", name="other")
    with taken(scene, 0):
        direct(scene, listener, socket.AF_INET, (PROXY4, PORT))


@case
def a_proxy_that_connects_to_its_own_listener_is_refused(scene):
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6)
    targets = (
        (socket.AF_INET, (PROXY4, PORT)),
        (socket.AF_INET, ("0.0.0.0", PORT)),
        (socket.AF_INET6, (PROXY6, PORT)),
        (socket.AF_INET6, ("::", PORT)),
        (socket.AF_INET6, (f"::ffff:{PROXY4}", PORT)),
    )
    with taken(scene, 0, own_listener=len(targets)):
        for family, target in targets:
            equal(outcome(connected, family, target), errno.ECONNREFUSED, target[0])
    # Its child is another process: it may look at the proxy as anybody may.
    direct(scene, listener4, socket.AF_INET, (PROXY4, PORT))
    direct(scene, listener6, socket.AF_INET6, (PROXY6, PORT))


@case
def the_unspecified_address_reaches_the_proxys_own_port_directly(scene):
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6, more="")
    with taken(scene, 0):
        direct(scene, listener4, socket.AF_INET, ("0.0.0.0", PORT))
        direct(scene, listener6, socket.AF_INET6, ("::", PORT))


@case
def the_unspecified_address_meets_the_rules_of_the_loopback_address(scene):
    # To the kernel a connect to 0.0.0.0 or :: is one to 127.0.0.1 or ::1.
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6, more="remote-address = 127.0.0.1, ::1\nremote-port = 80\n")
    for family, any_, listener, loopback in (
        (socket.AF_INET, "0.0.0.0", listener4, "127.0.0.1"),
        (socket.AF_INET6, "::ffff:0.0.0.0", listener4, "127.0.0.1"),
        (socket.AF_INET6, "::", listener6, "::1"),
    ):
        with taken(scene, 1):
            child = scene.child(client, family, (any_, 80))
            accepted = arrive(scene, listener)
            told(accepted, (loopback, 80))
            accepted.sendall(b"x")
            child.result()


@case
def the_unspecified_address_of_a_bound_socket_is_its_own(scene):
    # So the kernel has it in IPv4; without whither this connect reaches ORIGIN4.
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4, more=f"remote-address = {ORIGIN4}\nremote-port = 80\n")
    for family, source, any_ in (
        (socket.AF_INET, ORIGIN4, "0.0.0.0"),
        (socket.AF_INET6, f"::ffff:{ORIGIN4}", "::ffff:0.0.0.0"),
    ):

        def bound_client():
            with socket.socket(family) as sock:
                sock.bind((source, 0))
                sock.connect((any_, 80))

        with taken(scene, 1):
            child = scene.child(bound_client)
            told(arrive(scene, listener), (ORIGIN4, 80))
            child.result()


@case
def a_filter_on_the_loopback_address_blocks_the_unspecified_one(scene):
    scene.up("web", "[filter local]\naction = block\nremote-address = 127.0.0.0/8, ::1\n")
    target4, target6 = scene.listen(PROXY4), scene.listen(PROXY6)
    for family, any_, listener in (
        (socket.AF_INET, "0.0.0.0", target4),
        (socket.AF_INET6, "::ffff:0.0.0.0", target4),
        (socket.AF_INET6, "::", target6),
    ):
        with refused(errno.EPERM, f"connect to {any_}"):
            scene.child(client, family, (any_, listener.getsockname()[1])).result()


@case
def port_0_is_never_redirected(scene):
    scene.listen(PROXY4, PORT)
    redirect(scene, AT4, more="")
    with taken(scene, 0), refused(errno.ECONNREFUSED, "connect"):
        scene.child(client, socket.AF_INET, (PROXY4, 0)).result()
    with taken(scene, 0), refused(errno.ENETUNREACH, "connect"):
        scene.child(client, socket.AF_INET, (AWAY4, 0)).result()


def probe(targets):
    """Connects one UDP socket after the other way, as glibc's address sorting does."""
    found = []
    for family in (socket.AF_INET, socket.AF_INET6):
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            for target in targets:
                if (":" in target[0]) != (family == socket.AF_INET6):
                    continue
                sock.connect(target)
                found.append(sock.getpeername()[:2])
                if target == targets[0]:
                    sock.send(b"x")
                disconnect(sock)
    return found


@case
def udp_is_left_alone_by_redirectors_and_filters(scene):
    targets = [(ORIGIN4, 80), (ORIGIN6, 80), (PROXY4, PORT), (PROXY6, PORT)]
    redirect(scene, AT4, AT6, more="")
    scene.up("block", "[filter all]\naction = block\nremote-port = 1-65535\n")
    receiver = scene.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    receiver.bind((ORIGIN4, 80))
    receiver.settimeout(10)
    with taken(scene, 0):
        found = scene.child(probe, targets).result()
    equal(sorted(found), sorted(targets), "getpeername() of the UDP sockets")
    equal(receiver.recv(10), b"x", "datagram")


@case
def getaddrinfo_with_a_service_is_left_alone(scene):
    # Several addresses: glibc connects a UDP socket to each, to find out which source it has.
    redirect(scene, AT4, AT6, more="")
    scene.up("block", "[filter all]\naction = block\nremote-port = 1-65535\n")
    hosts = f"{scene.directory}/hosts"
    with open(hosts, "w") as file:
        file.write(f"{ORIGIN4} origin.test\n{ORIGIN6} origin.test\n{AWAY4} origin.test\n")
    program = "import socket; print(*sorted({a[4][0] for a in socket.getaddrinfo('origin.test', 80)}))"
    shell = f"mount --bind {hosts} /etc/hosts && exec {sys.executable} -c \"{program}\""
    blocked = scene.show()["totals"]["blocked"]["filter"]
    with taken(scene, 0):
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", shell], capture_output=True, text=True, timeout=20
        )
    equal(done.stdout.split(), sorted([ORIGIN4, ORIGIN6, AWAY4]), done.stderr)
    equal(scene.show()["totals"]["blocked"]["filter"], blocked, "connects blocked")


main(__file__, ground=GROUND)
