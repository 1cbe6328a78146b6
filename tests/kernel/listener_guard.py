# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""While a redirector with a stated owner is up, its address is its owner's."""
import contextlib
import errno
import os
import shutil
import socket
import subprocess
import sys

import kernel_worker as do
from kernel_scene import *
from kernel_state import Counters
from kernel_worker import Worker

OWNER, STRANGER = 60001, 60002
PORT = 12345
TARGET = ("192.0.2.71", 80)
TARGET6 = ("2001:db8::71", 80)
IPPROTO_MPTCP = 262
COVERING = ("127.0.0.1", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::ffff:0.0.0.0")
ELSEWHERE = (
    ("127.0.0.1", PORT + 1),
    ("127.0.0.2", PORT),
    ("0.0.0.0", PORT + 1),
    ("::", PORT + 1),
    (ORIGIN4, PORT),
    (ORIGIN6, PORT),
)
PORT_ZERO = (("127.0.0.1", 0), ("0.0.0.0", 0), ("::1", 0), ("::", 0))


def rules(owner, more=""):
    return (
        f"[redirector one]\nlisten = 127.0.0.1:{PORT}\nlisten = [::1]:{PORT}\n"
        f"remote-address = 192.0.2.0/24, 2001:db8::/32\n{owner}\n{more}"
    )


OWNED = rules(f"owner-user = {OWNER}")


def is_kept_out(worker, addresses=COVERING, port=PORT):
    for address in addresses:
        for protocol in (0, IPPROTO_MPTCP):
            with refused(errno.EACCES, f"bind({address}) by protocol {protocol}"):
                worker.call(bind_as, address, port, protocol)


def bind_as(address, port, protocol=0, v6only=None):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, protocol) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if v6only is not None:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
        one.bind((address, port))
        return one.getsockname()[1]


def bind_datagram(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        one.bind((address, port))


def serves(client, proxy, targets=(TARGET, TARGET6), listeners=("four", "six")):
    """Connections to targets arrive at the proxy's listeners, with their records."""
    for target, listener in zip(targets, listeners):
        client.send(do.connect, "connection", *target)
        proxy.call(do.accept, listener, "accepted")
        equal(client.result()[0], target, "the client's peer")
        equal(proxy.call(do.ask, "accepted")[0].destination, target, "destination")
        proxy.call(do.close, "accepted")
        client.call(do.close, "connection")


def listens(proxy):
    proxy.call(do.listen, "four", "127.0.0.1", PORT)
    proxy.call(do.listen, "six", "::1", PORT)


@case
def nobody_else_may_bind_the_address_or_a_wildcard_of_its_port_root_included(scene):
    scene.up("web", OWNED)
    stranger, root = Worker(scene, uid=STRANGER), Worker(scene)
    is_kept_out(stranger)
    counters = Counters("one")
    equal((counters.intruder_pid, counters.intruder_uid), (stranger.pid, STRANGER), "intruder")
    equal(counters.binds_refused, 2 * len(COVERING), "binds refused")
    is_kept_out(root)
    counters = Counters("one")
    equal((counters.intruder_pid, counters.intruder_uid), (root.pid, 0), "intruder")


@case
def other_ports_and_addresses_port_zero_and_datagrams_are_not_disturbed(scene):
    scene.up("web", OWNED)
    stranger = Worker(scene, uid=STRANGER)
    for address, port in ELSEWHERE:
        equal(stranger.call(bind_as, address, port), port, address)
        equal(stranger.call(bind_as, address, port, IPPROTO_MPTCP), port, address)
    for address, port in PORT_ZERO:
        check(stranger.call(bind_as, address, port), address)
    for address in COVERING:
        stranger.call(bind_datagram, address, PORT)
    equal(Counters("one").binds_refused, 0, "binds refused")
    equal(Counters("one").intruder_pid, 0, "intruder")


@case
def the_owner_may_listen_wherever_it_likes_and_is_served(scene):
    scene.up("web", OWNED)
    client = Worker(scene, uid=STRANGER)
    for address, listeners in (("127.0.0.1", "four"), ("0.0.0.0", "four"), ("::", "both")):
        proxy = Worker(scene, uid=OWNER)
        proxy.call(do.listen, listeners, address, PORT)
        targets = (TARGET, TARGET6) if listeners == "both" else (TARGET,)
        serves(client, proxy, targets, (listeners,) * 2)
        proxy.kill()


@case
def an_owner_stated_by_its_cgroup_is_whoever_is_in_it(scene):
    inside = scene.subcgroup("proxies")
    os.mkdir(inside + "/deeper")
    scene.up("web", rules(f"owner-cgroup = {inside}"))
    is_kept_out(Worker(scene))
    is_kept_out(Worker(scene, cgroup=scene.cgroup))
    proxy = Worker(scene, uid=OWNER, cgroup=inside + "/deeper")
    listens(proxy)
    serves(Worker(scene), proxy)


@case
def an_owner_stated_by_its_executable_is_whoever_runs_it(scene):
    scene.up("web", rules(f"owner-exe = {sys.executable}"))
    copy = shutil.copy(os.path.realpath(sys.executable), scene.directory + "/copy")
    script = f"import socket; socket.socket().bind(('127.0.0.1', {PORT}))"
    told = subprocess.run(
        [copy, "-c", script],
        env={**os.environ, "PYTHONHOME": sys.base_prefix},
        capture_output=True,
        text=True,
        check=False,
    )
    check("PermissionError" in told.stderr, f"a copy of the executable binds: {told.stderr}")
    proxy = Worker(scene, uid=OWNER)
    listens(proxy)
    # The same executable connects: the redirector's own, so it is left alone and finds no route.
    with refused(errno.ENETUNREACH, "a connect by the owner's executable"):
        Worker(scene).call(do.connect, "own", *TARGET)


@case
def every_part_of_an_owner_must_match(scene):
    inside = scene.subcgroup("proxies")
    scene.up("web", rules(f"owner-user = {OWNER}\nowner-cgroup = {inside}"))
    is_kept_out(Worker(scene, uid=OWNER), COVERING[:1])
    is_kept_out(Worker(scene, uid=STRANGER, cgroup=inside), COVERING[:1])
    proxy = Worker(scene, uid=OWNER, cgroup=inside)
    listens(proxy)
    serves(Worker(scene), proxy)


@case
def a_listen_user_may_listen_besides_the_owner_and_a_third_may_not(scene):
    scene.up("web", rules(f"owner-user = {OWNER}\nlisten-user = root"))
    is_kept_out(Worker(scene, uid=STRANGER))
    activator = Worker(scene)
    listens(activator)
    serves(Worker(scene, uid=STRANGER), activator)


@case
def after_down_everybody_may_and_after_a_change_of_owner_the_new_one(scene):
    stranger, owner = Worker(scene, uid=STRANGER), Worker(scene, uid=OWNER)
    scene.up("web", OWNED)
    is_kept_out(stranger)
    scene.up("web", rules(f"owner-user = {STRANGER}"))
    is_kept_out(owner)
    stranger.call(bind_as, "127.0.0.1", PORT)
    scene.up("web", rules(""))
    for worker in (stranger, owner):
        worker.call(bind_as, "::", PORT)
    scene.up("web", OWNED)
    is_kept_out(stranger)
    scene.down("web")
    for worker in (stranger, owner):
        worker.call(bind_as, "0.0.0.0", PORT)


def the_intruder_gets_nothing(scene, intruder, targets):
    client = Worker(scene, uid=60003)
    for number, target in enumerate(targets, 1):
        with refused(errno.ECONNREFUSED, f"a connect to {target}"):
            client.call(do.connect, "x", *target)
        counters = Counters("one")
        equal(counters.refused["intruder"], number, "refused for an intruder")
        equal((counters.intruder_pid, counters.intruder_uid), (intruder.pid, STRANGER), "who")
        equal((counters.taken, counters.arrived), (0, 0), "taken and arrived")
    with contextlib.suppress(TimeoutError):
        intruder.call(do.accept, "squat", "victim", 0.2)
        raise Failure("the intruder was given a connection")


@case
def who_squatted_the_address_before_gets_no_connection_and_is_named(scene):
    intruder = Worker(scene, uid=STRANGER)
    intruder.call(do.listen, "squat", "127.0.0.1", PORT)
    scene.up("web", OWNED)
    the_intruder_gets_nothing(scene, intruder, (TARGET,))


@case
def so_it_is_with_a_wildcard_that_covers_both_families(scene):
    intruder = Worker(scene, uid=STRANGER)
    intruder.call(do.listen, "squat", "::", PORT)
    scene.up("web", OWNED)
    the_intruder_gets_nothing(scene, intruder, (TARGET, TARGET6))


@case
def who_bound_before_and_listens_after_gets_nothing_either(scene):
    intruder = Worker(scene, uid=STRANGER)
    intruder.call(do.bind, "squat", "127.0.0.1", PORT)
    scene.up("web", OWNED)
    intruder.call(do.start_listening, "squat")
    the_intruder_gets_nothing(scene, intruder, (TARGET,))


@case
def who_listens_without_a_bind_and_is_given_the_port_gets_nothing(scene):
    port = 12399  # nothing of an earlier case lingers there
    scene.up("web", OWNED.replace(str(PORT), str(port)))
    intruder = Worker(scene, uid=STRANGER)
    with only_port(port):
        intruder.call(do.make, "squat")
        equal(intruder.call(do.start_listening, "squat")[1], port, "the port it was given")
    the_intruder_gets_nothing(scene, intruder, (TARGET,))


@contextlib.contextmanager
def only_port(port):
    """The kernel has one port to give."""
    path = "/proc/sys/net/ipv4/ip_local_port_range"
    with open(path) as file:
        before = file.read()
    try:
        with open(path, "w") as file:
            file.write(f"{port} {port}")
        yield
    finally:
        with open(path, "w") as file:
            file.write(before)


@case
def the_owners_listener_from_before_works_at_once(scene):
    proxy = Worker(scene, uid=OWNER)
    listens(proxy)
    scene.up("web", OWNED)
    serves(Worker(scene, uid=STRANGER), proxy)


@case
def when_the_intruder_goes_and_the_owner_comes_connects_work(scene):
    intruder, owner = Worker(scene, uid=STRANGER), Worker(scene, uid=OWNER)
    intruder.call(do.listen, "squat", "::", PORT)
    scene.up("web", OWNED)
    the_intruder_gets_nothing(scene, intruder, (TARGET,))
    intruder.kill()
    with refused(errno.ECONNREFUSED, "a connect when nobody listens"):
        Worker(scene).call(do.connect, "x", *TARGET)
    equal(Counters("one").refused["absent"], 1, "refused for want of a listener")
    listens(owner)
    serves(Worker(scene, uid=STRANGER), owner)


main(__file__)
