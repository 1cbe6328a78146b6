# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What an accepted socket answers: sizes, contents, and that they stay."""
import errno
import os
import random
import socket
import struct

from kernel_connection import *
from kernel_scene import *

PORT = 12345


def rules(more="", address="127.0.0.1"):
    at = f"[{address}]" if ":" in address else address
    return (
        f"[redirector one]\nlisten = {at}:{PORT}\n"
        f"remote-address = 192.0.2.0/24, 2001:db8::/32\n{more}"
    )


def redirected(scene, more="", target=ORIGIN4, **options):
    address = "::1" if ":" in target else "127.0.0.1"
    listener = scene.listen(address, PORT)
    scene.up("web", rules(more, address))
    return Redirected(scene, listener, target, **options)


SIZES = {RECORDS: 64, CONTEXT: 11, HOPS: 64, ORIGIN: 176}


@case
def every_answer_has_its_size_and_a_smaller_buffer_is_left_alone(scene):
    connection = redirected(scene, "context = text:site=berlin\n")
    sock = connection.accepted
    for option, size in SIZES.items():
        equal(raw_get(sock, option, 0, null=True), (0, size, b""), f"{option}: NULL and 0")
        for room in range(1, size):
            found = raw_get(sock, option, room)
            expected = errno.ENOBUFS, room, b"\x5a" * room
            equal(found, expected, f"option {option}, {room} bytes")
        exact = raw_get(sock, option, size)
        equal(exact[:2], (0, size), f"option {option}, exact")
        # A longer buffer is not touched behind the answer, also beyond a page.
        for room in (size + 1, 1024, 4095, 4096, 4097, 8192, 65536):
            error, length, data = raw_get(sock, option, room)
            equal((error, length), (0, size), f"option {option}, {room} bytes")
            equal(data[:size], exact[2], f"option {option}, {room} bytes: the answer")
            equal(set(data[size:]), {0x5A}, f"option {option}, {room} bytes: behind it")
        # Two fills: every byte of the answer is written.
        equal(raw_get(sock, option, size, fill=0xA5), exact, f"option {option}, other fill")


@case
def a_buffer_of_no_bytes_is_no_question_for_the_size(scene):
    sock = redirected(scene, "context = text:site=berlin\n").accepted
    for option in OPTIONS:
        error, length, _ = raw_get(sock, option, 0)
        equal((name(error), length), (name(errno.EFAULT), 0), f"option {option}")


@case
def answers_stay_the_same_in_any_order_for_the_life_of_the_connection(scene):
    connection = redirected(scene, "context = endpoints\n")
    sock = connection.accepted
    first = {}
    order = [option for option in OPTIONS for _ in range(50)]
    random.Random(1).shuffle(order)
    for option in order:
        answer = answers(sock, [option])[option]
        check(isinstance(answer, bytes), f"option {option}: {answer}")
        equal(answer, first.setdefault(option, answer), f"option {option}")
    # Rules that change, other connections, data and half a close are all the same to it.
    scene.up("web", rules("context = text:changed\nweight = 7\n"))
    equal(answers(sock), first, "after the rules changed")
    scene.up("other", "[redirector two]\nlisten = 127.0.0.1:12346\nremote-port = 9\n")
    equal(answers(sock), first, "after another set came")
    sock.shutdown(socket.SHUT_WR)
    equal(answers(sock), first, "after our half was closed")
    connection.release()
    equal(sock.recv(1), b"", "the client's close")
    equal(answers(sock), first, "after the client closed")


@case
def every_process_that_holds_the_socket_is_answered_alike(scene):
    sock = redirected(scene, "context = destination\n").accepted
    expected = answers(sock)
    duplicate = scene.keep(sock.dup())
    equal(answers(duplicate), expected, "a duplicate")
    equal(scene.child(answers, sock).result(), expected, "a child")
    equal(scene.child(answers, sock, uid=65534).result(), expected, "an unprivileged user's child")

    def passed_on(channel):
        _, fds, _, _ = socket.recv_fds(channel, 1, 1)
        return {option: raw_get(fds[0], option, 1024)[2] for option in OPTIONS}

    ours, theirs = socket.socketpair()
    # This child began before the descriptor was sent: it holds no other copy of it.
    receiver = scene.child(passed_on, theirs, uid=65534)
    socket.send_fds(ours, [b"x"], [sock.fileno()])
    found = receiver.result()
    for option, answer in expected.items():
        equal(found[option][: len(answer)], answer, f"passed on, option {option}")


@case
def threads_that_ask_at_once_get_one_token(scene):
    sock = redirected(scene).accepted
    start = threading.Barrier(8)
    found = []

    def ask():
        start.wait(10)
        found.append(query_records(sock))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal((len(found), len(set(found))), (8, 1), "answers, tokens")
    equal(len(found[0]), TOKEN_SIZE, "size")


def storage(name):
    """A sockaddr_storage as the kernel writes it."""
    host, port = name
    if ":" in host:
        data = struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 0)
        data += socket.inet_pton(socket.AF_INET6, host)
    else:
        data = struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host)
    return data.ljust(128, b"\0")


def sequence(size):
    """Bytes among which each of the first 64 KiB has its place."""
    return b"".join(struct.pack("!H", at * 257 & 0xFFFF) for at in range((size + 1) // 2))[:size]


@case
def a_context_of_bytes_arrives_exactly_as_its_rule_chose_it(scene):
    listener = scene.listen("127.0.0.1", PORT)
    chosen = {
        "text:a": b"a",
        "text:site=berlin; a = b, \"c\"": b"site=berlin; a = b, \"c\"",
        "text:gr\u00fc\u00dfe": "gr\u00fc\u00dfe".encode(),
        "hex:00": b"\0",
    }
    for size in (1, 2, 6, 7, 8, 9, 15, 16, 17, 255, 256, 1016, 1017, 1022, 1023, 1024):
        chosen["hex:" + sequence(size).hex()] = sequence(size)
    for rule, expected in chosen.items():
        scene.up("web", rules(f"context = {rule}\n"))
        connection = Redirected(scene, listener)
        what = rule[:30]
        size = len(expected)
        sock = connection.accepted
        equal(raw_get(sock, CONTEXT, 0, null=True)[:2], (0, size), f"{what}: size")
        equal(raw_get(sock, CONTEXT, size), (0, size, expected), what)
        error, length, data = raw_get(sock, CONTEXT, 1024)
        equal((error, length, data[:size]), (0, size, expected), f"{what}, long buffer")
        equal(set(data[size:]) - {0x5A}, set(), f"{what}: behind it")
        if size > 1:
            equal(raw_get(sock, CONTEXT, size - 1)[0], errno.ENOBUFS, f"{what}: one too few")
        equal(query_origin(sock).destination, (ORIGIN4, 8080), f"{what}: origin")
        connection.release()
        sock.close()


@case
def without_a_context_there_is_none(scene):
    listener = scene.listen("127.0.0.1", PORT)
    # A getsockopt() answer of no bytes cannot be told from no answer: an empty text is none.
    for rule in ("", "context = none\n", "context = text:\n", "context = hex:\n"):
        scene.up("web", rules(rule))
        connection = Redirected(scene, listener)
        sock = connection.accepted
        for room in (0, 1, 1024, 8192):
            error, length, data = raw_get(sock, CONTEXT, room, null=not room)
            found = name(error), length, data
            equal(found, (name(errno.ENOENT), room, b"\x5a" * room), f"{rule!r}, {room} bytes")
        equal(len(query_records(sock)), TOKEN_SIZE, "the records")
        connection.release()
        scene.down("web")


def endpoints(scene, listen, target, family=None):
    listener = scene.listen(listen, PORT)
    scene.up("web", rules("context = destination\n", listen))
    connection = Redirected(scene, listener, target, family=family)
    wanted = storage((ORIGIN4 if "." in target else target, 8080))
    equal(query_context(connection.accepted), wanted, "destination")
    # Chosen at the time of the connect: what is old keeps its own.
    scene.up("web", rules("context = endpoints\n", listen))
    equal(query_context(connection.accepted), wanted, "destination, after the rule changed")
    later = Redirected(scene, listener, target, family=family)
    peer = later.peer[0].replace("::ffff:", ""), later.peer[1]
    equal(query_context(later.accepted), wanted + storage(peer), "endpoints")
    equal(query_origin(later.accepted).client, peer, "client")


@case
def endpoints_are_sockaddr_storage_of_ipv4(scene):
    endpoints(scene, "127.0.0.1", ORIGIN4)


@case
def endpoints_are_sockaddr_storage_of_ipv6(scene):
    endpoints(scene, "::1", ORIGIN6)


@case
def endpoints_of_a_mapped_client_are_those_on_the_wire(scene):
    endpoints(scene, "127.0.0.1", "::ffff:" + ORIGIN4, socket.AF_INET6)


main(__file__, ground=GROUND)
