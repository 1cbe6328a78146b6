# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Address families: v4, v6 and v4-mapped clients, and proxies that have one family or both."""
from client_scene import *


def client(family, target, only6=False, source=None):
    """For a child: connects, and returns the names that it sees."""
    with socket.socket(family) as sock:
        sock.settimeout(10)
        if only6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if source:
            sock.bind(source)
        sock.connect(target)
        found = names(sock)
        equal(sock.recv(1), b"x", "answer")
        return found


def reaches(scene, listener, family, target, destination, peer=None, **how):
    """The client, connecting to target, reaches listener, which is told destination."""
    child = scene.child(lambda: client(family, target, **how))
    accepted = arrive(scene, listener)
    origin = told(accepted, destination)
    accepted.sendall(b"x")
    found, own = child.result()
    equal(found, peer or target[:2], "getpeername()")
    shown = own[0].removeprefix("::ffff:"), own[1]
    equal(origin.client, shown, "client address")
    accepted.close()
    return origin


@case
def a_v4_client_without_a_route_reaches_a_v4_proxy(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    reaches(scene, listener, socket.AF_INET, (AWAY4, 80), (AWAY4, 80))
    listener.close()
    idle(scene)


@case
def a_v6_client_without_a_route_reaches_a_v6_proxy(scene):
    listener = scene.listen(PROXY6, PORT)
    redirect(scene, AT6)
    reaches(scene, listener, socket.AF_INET6, (AWAY6, 80), (AWAY6, 80))
    reaches(scene, listener, socket.AF_INET6, (AWAY6, 80), (AWAY6, 80), only6=True)


@case
def a_v4_mapped_client_reaches_a_v4_proxy(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    mapped = (f"::ffff:{AWAY4}", 80)
    origin = reaches(scene, listener, socket.AF_INET6, mapped, (AWAY4, 80))
    equal(origin.client[0], PROXY4, "the client's address, as IPv4")


@case
def a_v4_mapped_client_reaches_a_v6_only_proxy(scene):
    listener = scene.listen(PROXY6, PORT)
    redirect(scene, AT6)
    mapped = (f"::ffff:{AWAY4}", 80)
    origin = reaches(scene, listener, socket.AF_INET6, mapped, (AWAY4, 80))
    equal(origin.client[0], PROXY6, "the client's address")


@case
def a_v6_destination_reaches_a_v4_only_proxy(scene):
    listener = scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    origin = reaches(scene, listener, socket.AF_INET6, (AWAY6, 80), (AWAY6, 80))
    equal(origin.client[0], PROXY4, "the client's address")


@case
def with_both_families_each_client_meets_its_own(scene):
    listener4, listener6 = scene.listen(PROXY4, PORT), scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6)
    reaches(scene, listener4, socket.AF_INET, (AWAY4, 80), (AWAY4, 80))
    reaches(scene, listener4, socket.AF_INET6, (f"::ffff:{AWAY4}", 81), (AWAY4, 81))
    reaches(scene, listener6, socket.AF_INET6, (AWAY6, 82), (AWAY6, 82))


@case
def a_dual_stack_listener_answers_for_both(scene):
    # Its accepted sockets are AF_INET6, whatever the client is.
    listener = socket.socket(socket.AF_INET6)
    scene.keep(listener)
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind(("::", PORT))
    listener.listen()
    listener.settimeout(10)
    redirect(scene, AT4, AT6)
    reaches(scene, listener, socket.AF_INET, (AWAY4, 80), (AWAY4, 80))
    reaches(scene, listener, socket.AF_INET6, (f"::ffff:{AWAY4}", 81), (AWAY4, 81))
    reaches(scene, listener, socket.AF_INET6, (AWAY6, 82), (AWAY6, 82))


@case
def a_v6only_client_with_a_v4_only_proxy_fails_with_enetunreach(scene):
    scene.listen(PROXY4, PORT)
    redirect(scene, AT4)
    with taken(scene, 0), refused(errno.ENETUNREACH, "connect"):
        scene.child(client, socket.AF_INET6, (AWAY6, 80), True).result()
    idle(scene)


@case
def a_v4_client_of_a_v6_only_redirector_is_refused_and_counted(scene):
    scene.listen(PROXY6, PORT)
    redirect(scene, AT6)
    with taken(scene, 0, family=1), refused(errno.ECONNREFUSED, "connect"):
        scene.child(client, socket.AF_INET, (AWAY4, 80)).result()


@case
def a_client_bound_to_a_loopback_address_of_one_family_stays_in_it(scene):
    listener4 = scene.listen(PROXY4, PORT)
    listener6 = scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6)
    where = (f"::ffff:{PROXY4}", 0)
    reaches(scene, listener4, socket.AF_INET6, (f"::ffff:{AWAY4}", 80), (AWAY4, 80), source=where)
    reaches(scene, listener6, socket.AF_INET6, (AWAY6, 80), (AWAY6, 80), source=("::1", 0))


@case
def a_link_local_destination_with_its_scope_is_redirected(scene):
    listener = scene.listen(PROXY6, PORT)
    redirect(scene, AT6, more="remote-address = fe80::/10\n")
    target = ("fe80::7", 80, 0, socket.if_nametoindex("lo"))
    child = scene.child(client, socket.AF_INET6, target)
    accepted = arrive(scene, listener)
    told(accepted, ("fe80::7", 80))
    accepted.sendall(b"x")
    equal(child.result()[0][0].split("%")[0], "fe80::7", "getpeername()")


@case
def what_does_not_match_goes_where_it_would_without_whither(scene):
    scene.listen(PROXY4, PORT)
    scene.listen(PROXY6, PORT)
    redirect(scene, AT4, AT6)
    for family, address in ((socket.AF_INET, ORIGIN4), (socket.AF_INET6, ORIGIN6)):
        origin = scene.listen(address)
        child = scene.child(client, family, origin.getsockname()[:2])
        accepted = arrive(scene, origin)
        untold(accepted)
        accepted.sendall(b"x")
        equal(child.result()[0], origin.getsockname()[:2], "getpeername()")
    with refused(errno.ENETUNREACH, "connect"):
        scene.child(client, socket.AF_INET, (NOBODY4, 80)).result()


main(__file__, ground=GROUND)
