# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Proxies that were written for netfilter: SO_ORIGINAL_DST, answer by answer as netfilter's own."""
import errno
import os
import socket
import struct
import subprocess

import kernel_worker as do
from kernel_connection import *
from kernel_scene import *
from kernel_worker import Worker

PORT = 12345
RULES = (
    f"[redirector one]\nlisten = 127.0.0.1:{PORT}\nlisten = [::1]:{PORT}\n"
    "remote-address = 192.0.2.0/24, 2001:db8::/32\nremote-port = 8080\n"
)
SOL_IP, SOL_IPV6, ORIGINAL_DST = 0, 41, 80
PAGE = 4096
SIZES = (0, 1, 15, 16, 17, 20, 27, 28, 29, 32, 64, 128, 1024, PAGE)
# What becomes of the same connects when netfilter redirects them.
NFT = f"""
table inet whither_test {{
    chain output {{
        type nat hook output priority -100
        tcp dport 9090 redirect to :{PORT}
    }}
}}
"""


def sockaddr(address, port):
    if ":" in address:
        return struct.pack("=H", 10) + struct.pack("!HI", port, 0) + \
            socket.inet_pton(socket.AF_INET6, address) + bytes(4)
    return struct.pack("=H", 2) + struct.pack("!H", port) + socket.inet_aton(address) + bytes(8)


def asked(sock, level, size, **options):
    """(errno, length, what was written) of one question."""
    error, length, data = raw_get(sock, ORIGINAL_DST, size, level, **options)
    return error, length, data


def says(sock, level, address, port, what):
    """sock must answer every length as netfilter would."""
    wanted = sockaddr(address, port)
    for size in SIZES:
        error, length, data = asked(sock, level, size)
        if size < len(wanted):
            equal(name(error), name(errno.EINVAL), f"{what}, {size} bytes")
            equal((length, set(data)), (size, {0x5A} if size else set()), f"{what}, {size} bytes")
            continue
        equal(name(error), name(0), f"{what}, {size} bytes")
        equal((length, data[: len(wanted)]), (size, wanted), f"{what}, {size} bytes")
    error, length, data = asked(sock, level, 2 * PAGE)
    equal((error, length, data[:length]), (0, len(wanted), wanted), f"{what}, two pages")


def refuses(sock, level, error, what, sizes=SIZES):
    for size in sizes:
        found, length, data = asked(sock, level, size)
        short = 16 if level == SOL_IP else 28
        wanted = errno.EINVAL if error == errno.ENOENT and size < short else error
        equal(name(found), name(wanted), f"{what}, {size} bytes")
        equal((length, set(data) <= {0x5A}), (size, True), f"{what}, {size} bytes: untouched")


def not_ours(sock, what):
    """The kernel's own refusal; without connection tracking it has no such option."""
    for size in (16, 64):
        found, length, data = asked(sock, SOL_IP, size)
        check(found in (errno.ENOENT, errno.ENOPROTOOPT), f"{what}: {name(found)}")
        equal((length, set(data)), (size, {0x5A}), f"{what}: untouched")


def other_levels(sock, what):
    """80 is an option of other levels too, and none of them is ours."""
    for level in (socket.SOL_SOCKET, socket.SOL_TCP, socket.SOL_UDP, 255, 0x5747):
        found, _, data = raw_get(sock, ORIGINAL_DST, 64, level)
        check(found, f"{what}: level {level} answers")
        check(set(data) == {0x5A}, f"{what}: level {level} writes")
    for option in (79, 81):
        for level in (SOL_IP, SOL_IPV6):
            _, _, data = raw_get(sock, option, 64, level)
            check(data[2:4] != b"\x1f\x90", f"{what}: option {option} answers")


@case
def an_ipv4_socket_tells_it_at_its_own_level_only(scene):
    listener = scene.listen("127.0.0.1", PORT)
    scene.up("web", RULES)
    client = Redirected(scene, listener)
    says(client.accepted, SOL_IP, ORIGIN4, 8080, "IPv4")
    refuses(client.accepted, SOL_IPV6, errno.EOPNOTSUPP, "the other level")
    other_levels(client.accepted, "IPv4")


@case
def an_ipv6_socket_tells_it_at_its_own_level_only(scene):
    listener = scene.listen("::1", PORT)
    scene.up("web", RULES)
    client = Redirected(scene, listener, ORIGIN6)
    says(client.accepted, SOL_IPV6, ORIGIN6, 8080, "IPv6")
    refuses(client.accepted, SOL_IP, errno.ENOENT, "the other level")
    other_levels(client.accepted, "IPv6")


@case
def a_v4_mapped_socket_is_asked_at_the_level_of_ipv4(scene):
    listener = scene.listen("::", PORT)
    scene.up("web", RULES)
    client = Redirected(scene, listener)
    says(client.accepted, SOL_IP, ORIGIN4, 8080, "v4-mapped")
    refuses(client.accepted, SOL_IPV6, errno.ENOENT, "the other level")
    native = Redirected(scene, listener, ORIGIN6)
    says(native.accepted, SOL_IPV6, ORIGIN6, 8080, "IPv6")
    refuses(native.accepted, SOL_IP, errno.ENOENT, "the other level")


@case
def where_the_families_of_client_and_proxy_differ_the_destination_decides(scene):
    """Netfilter has no such flows."""
    four = scene.listen("127.0.0.1", PORT)
    scene.up("web", RULES.replace(f"listen = [::1]:{PORT}\n", ""))
    client = Redirected(scene, four, ORIGIN6)
    refuses(client.accepted, SOL_IP, errno.ENOENT, "no IPv4 address can be told")
    refuses(client.accepted, SOL_IPV6, errno.EOPNOTSUPP, "an AF_INET socket")
    six = scene.listen("::1", PORT)
    scene.up("web", RULES.replace(f"listen = 127.0.0.1:{PORT}\n", ""))
    mapped = Redirected(scene, six, f"::ffff:{ORIGIN4}")
    says(mapped.accepted, SOL_IP, ORIGIN4, 8080, "IPv4 on IPv6")
    refuses(mapped.accepted, SOL_IPV6, errno.ENOENT, "the other level")


def netfilter(scene):
    done = subprocess.run(["nft", "-f", "-"], input=NFT, text=True, capture_output=True)
    if done.returncode and "WHITHER_NO_SKIP" not in os.environ:
        print(f"# netfilter does not redirect here: {done.stderr.strip()}", flush=True)
        return False
    equal(done.returncode, 0, f"nft: {done.stderr}")
    scene.later(subprocess.run, ["nft", "delete", "table", "inet", "whither_test"])
    return True


def as_netfilter_does(scene, listener, target):
    """Two connections, one diverted by us and one by netfilter: the proxy sees no difference."""
    scene.up("web", RULES)
    if not netfilter(scene):
        return
    ours, theirs = (Redirected(scene, listener, target, port) for port in (8080, 9090))
    for level, shown in ((SOL_IP, 16), (SOL_IPV6, 28)):
        for size in SIZES:
            what = f"level {level}, {size} bytes"
            found = asked(ours.accepted, level, size)
            wanted = asked(theirs.accepted, level, size)
            equal(name(found[0]), name(wanted[0]), what)
            equal(found[1], wanted[1], f"{what}, length")
            # Behind the address netfilter leaves the caller's bytes; we may clear them.
            data = found[2][:shown].replace(b"\x1f\x90", b"\x23\x82")
            equal(data, wanted[2][:shown], what)
        bad = [
            name(raw_get(one.accepted, ORIGINAL_DST, 28, level, null=True)[0])
            for one in (ours, theirs)
        ]
        equal(bad[0], bad[1], f"level {level}, a bad buffer")
    # Netfilter's own connection is none of ours, also in the other questions.
    equal(theirs.accepted.getsockname()[1], PORT, "own address of netfilter's connection")
    equal(name(raw_get(theirs.accepted, ORIGIN, 1024)[0]), name(errno.ENOENT), "origin")


@case
def every_answer_is_the_one_that_netfilter_gives_ipv4(scene):
    as_netfilter_does(scene, scene.listen("127.0.0.1", PORT), ORIGIN4)


@case
def every_answer_is_the_one_that_netfilter_gives_v4_mapped(scene):
    as_netfilter_does(scene, scene.listen("::", PORT), ORIGIN4)


@case
def every_answer_is_the_one_that_netfilter_gives_ipv6(scene):
    as_netfilter_does(scene, scene.listen("::", PORT), ORIGIN6)


@case
def other_sockets_say_what_they_say_without_whither(scene):
    listener = scene.listen("127.0.0.1", PORT)

    def every_answer():
        found = []
        accepted = Redirected(scene, listener, "127.0.0.1", PORT).accepted
        fresh4, fresh6 = (scene.keep(socket.socket(one)) for one in (2, 10))
        udp4, udp6 = (scene.keep(socket.socket(one, socket.SOCK_DGRAM)) for one in (2, 10))
        unix = scene.keep(socket.socket(socket.AF_UNIX))
        for sock in (accepted, listener, fresh4, fresh6, udp4, udp6, unix):
            for level in (SOL_IP, SOL_IPV6):
                for size in SIZES:
                    found.append(asked(sock, level, size))
        return found

    before = every_answer()
    scene.up("web", RULES)
    equal(every_answer(), before, "answers")
    client = Redirected(scene, listener, target=ORIGIN4)
    says(client.accepted, SOL_IP, ORIGIN4, 8080, "the proxy's")


@case
def a_socket_that_was_connected_anew_no_longer_tells(scene):
    listener = scene.listen("127.0.0.1", PORT)
    scene.up("web", RULES)
    client = Redirected(scene, listener)
    accepted = client.accepted
    says(accepted, SOL_IP, ORIGIN4, 8080, "while connected")
    equal(raw_connect(accepted, struct.pack("=H14x", socket.AF_UNSPEC)), 0, "AF_UNSPEC")
    not_ours(accepted, "disconnected")
    other = scene.listen("127.0.0.1")
    accepted.connect(other.getsockname())
    not_ours(accepted, "connected elsewhere")


def ask_and_connect(accepted, level, size):
    """A worker that did not listen: asks, then connects onward as a proxy would."""
    address = accepted.getsockopt(level, ORIGINAL_DST, size)
    sock = socket.socket(accepted.family)
    sock.settimeout(10)
    host = socket.inet_ntoa(address[4:8]) if level == SOL_IP else \
        socket.inet_ntop(socket.AF_INET6, address[8:24])
    try:
        sock.connect((host, struct.unpack("!H", address[2:4])[0]))
    except OSError as error:
        return error.errno
    return 0


@case
def a_worker_that_asks_is_the_redirectors_and_does_not_loop(scene):
    four, six = scene.listen("127.0.0.1", PORT), scene.listen("::1", PORT)
    scene.up("web", RULES)
    for listener, target, level, size in (
        (four, ORIGIN4, SOL_IP, 16),
        (six, ORIGIN6, SOL_IPV6, 28),
    ):
        origin = scene.listen(target, 8080)
        client = Redirected(scene, listener, target)
        worker = scene.child(ask_and_connect, client.accepted, level, size)
        equal(worker.result(), 0, f"the worker's connect to {target}")
        origin.accept()[0].close()


main(__file__, ground=GROUND)
