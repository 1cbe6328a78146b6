# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""A command that works against its supervisor: no wrong record, no crash, nothing left open."""
import array
import random
import struct

from hostile_scene import *
from kernel_proxy import *  # by way of seccomp_scene's path

MAGIC = 0x31535257
GET, SET = 1, 2


@case
def what_changes_while_it_is_looked_at_changes_nothing(scene):
    for mode in ("address", "close", "replace", "twice", "dissolve"):
        changes_nothing(scene, mode)


@case
def nonsense_is_answered_as_the_kernel_does(scene):
    program, _, direct, _ = against(scene, "nonsense")
    check(int(program.stdout()) > 100, f"{program.stdout()} calls")


@case
def forks_without_end_end(scene):
    origin = Counting(scene)
    if not os.environ.get("WHITHER_TEST_USER"):
        raise NotHere("the limit would be on everything of this user")
    program = scene.keep(Program(
        [scene.whither, "run", "--engine", "seccomp", "--", "sh", "-c", 'ulimit -u 150; exec "$@"', "sh",
         helper("hostile_client"), "bomb", origin.name[1], "1", "2"]))
    # Whatever its status is, and however many it has left behind.
    program.ends()
    check(origin.count > 10, f"{origin.count} connections")


class Talk:
    """The run's socket, asked by hand."""

    def __init__(self, directory):
        self.path = f"{directory}/supervisor"

    def ask(self, data, fds=(), wait=2):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
            sock.settimeout(wait)
            sock.connect(self.path)
            control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
            sock.sendmsg([data], control)
            try:
                answer = sock.recv(4096)
            except (TimeoutError, ConnectionResetError):
                return None
            return struct.unpack_from("=i", answer)[0] if len(answer) >= 8 else None

    def get(self, fd, option=ORIGIN, size=1024):
        return self.ask(request(GET, option, size), [fd])


def request(operation, option, size, data=b"", magic=MAGIC):
    return struct.pack("=IHHII", magic, operation, option, size, 0) + data.ljust(128, b"\0")[:128]


@contextlib.contextmanager
def running(scene, *words):
    """A run whose command waits; the run, and the directory of its socket."""
    read, write = os.pipe()
    program = scene.run(*words, "--", "sh", "-c", 'echo "$WHITHER_SUPERVISOR"; read -r line; true', stdin=read)
    os.close(read)
    directory = program.line()
    try:
        yield program, directory
    finally:
        os.close(write)
        equal(program.ends(), 0, f"status: {program.stderr()}")


@case
def requests_of_any_kind_leave_the_supervisor_as_it_was(scene):
    with running(scene) as (program, directory):
        talk = Talk(directory)
        plain, listener = socket.socket(), scene.listen()
        one, two = socket.socketpair()
        before = descriptors(program.pid)
        for data in (b"", b"x", bytes(144), bytes(143), bytes(145), bytes(4000),
                     request(0, 60, 0), request(9, 60, 0), request(GET, 60, 0, magic=1)):
            check(talk.ask(data, [plain.fileno()]) in (None, -74), f"{data[:16]!r}")
        equal(talk.ask(request(GET, 72, 1024)), -9, "without a descriptor")
        equal(talk.get(plain.fileno()), -107, "not connected")
        equal(talk.get(listener.fileno()), -22, "listening")
        equal(talk.get(one.fileno()), -95, "not TCP")
        equal(talk.get(0), -88, "no socket")
        equal(talk.ask(request(GET, 72, 1024), [plain.fileno(), 0, 1, 2, 0, 1, 2]), -107, "many at once")
        equal(talk.ask(request(SET, 60, 64, b"nonsense"), [plain.fileno()]), -74, "a token of nonsense")
        equal(talk.ask(request(SET, 61, 64), [plain.fileno()]), -95, "another option")
        equal(talk.ask(request(3, 0, 0)), -95, "rules that are nobody's to read again")
        chance = random.Random(7)
        for _ in range(300):
            size = chance.choice((0, 1, 16, 143, 144, 145, 1000))
            talk.ask(chance.randbytes(size), [plain.fileno()] * chance.randrange(4))
        # Those who connect and say nothing hold up nobody.
        silent = []
        for _ in range(200):
            silent.append(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
            silent[-1].connect(f"{directory}/supervisor")
        equal(talk.get(plain.fileno()), -107, "beside many who are silent")
        for sock in silent:
            sock.close()
        wait_until(lambda: descriptors(program.pid) <= before, "its descriptors are closed", 5)


@case
def anothers_descriptor_is_answered_for_and_nothing_more(scene):
    """Who holds an accepted socket may ask; what it learns it cannot set, being no proxy's process."""
    proxy = scene.listen()
    at = proxy.getsockname()
    read, write = os.pipe()
    script = f"""
import os, socket, sys
print(os.environ["WHITHER_SUPERVISOR"], flush=True)
client = socket.create_connection(("{NOBODY4}", 80))
sys.stdin.readline()
token = bytes.fromhex(sys.stdin.readline())
mine = socket.socket()
try:
    mine.setsockopt({SOL_WHITHER}, {RECORDS}, token)
    print("set")
except OSError as error:
    print(error.errno)
sys.stdout.flush()
sys.stdin.readline()
"""
    program = scene.run("--to", f"{at[0]}:{at[1]}", "--", sys.executable, "-c", script, stdin=read)
    directory = program.line()
    accepted, _ = proxy.accept()
    talk = Talk(directory)
    equal(talk.get(accepted.fileno()), 0, "the accepted socket")
    stranger = socket.socket()
    stranger.connect(Counting(scene).name)
    equal(talk.get(stranger.fileno()), -2, "a connection of ours: ENOENT")
    # A number that is the accepted socket's here says nothing about another descriptor.
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
        sock.connect(f"{directory}/supervisor")
        sock.sendmsg([request(GET, RECORDS, 128)],
                     [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [accepted.fileno()]))])
        token = sock.recv(4096)[8:]
    equal(len(token), 64, "the token")
    os.write(write, b"\n" + token.hex().encode() + b"\n")
    equal(program.line(), "13", "the client sets it: EACCES")
    # We have asked, and so are the proxy's process.
    equal(talk.ask(request(SET, RECORDS, 64, token), [socket.socket().detach()]), 0, "we set it")
    accepted.close()
    changed = bytes([token[0]]) + token[1:-1] + bytes([token[-1] ^ 1])
    equal(talk.ask(request(SET, RECORDS, 64, changed), [socket.socket().detach()]), -116, "another token")
    os.write(write, b"\n")
    equal(program.ends(), 0, f"status: {program.stderr()}")
    os.close(read), os.close(write)


@case
def twenty_thousand_connects_leave_nothing(scene):
    leaves_nothing(scene, "many", 4000, 16000, 4096)


main(__file__)
