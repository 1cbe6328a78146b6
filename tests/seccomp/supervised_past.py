# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What gets past a supervised command, and what does not: rows of docs/security.md."""
import array

from seccomp_scene import *


@contextlib.contextmanager
def waiting(scene, *words):
    """A run whose command waits for the end of its input; the run, after its first line."""
    read, write = os.pipe()
    program = scene.run("-v", *words, stdin=read)
    os.close(read)
    try:
        yield program
    finally:
        os.close(write)
        equal(program.ends(), 0, f"status: {program.stderr()}")


@case
def who_ran_before_is_not_redirected(scene):
    name = scene.origin()
    read, write = os.pipe()
    before = scene.keep(Program(["sh", "-c", 'read -r line; "$0" plain "$@"', helper("strange_client"), *name],
                                stdin=read))
    with waiting(scene, "--", "sh", "-c", "echo here; read -r line; true") as program:
        equal(program.line(), "here", "it runs")
        os.write(write, b"\n")
        equal((before.ends(), before.stdout()), (0, "<ping>\n"), "what it got")
    os.close(read), os.close(write)
    check("0 connects: 0 redirected, 0 passed" in program.stderr(), program.stderr())


@case
def a_socket_that_is_connected_outside_is_not_redirected(scene):
    name = scene.origin()
    path = f"{scene.directory}/hand-over"
    script = """
import array, socket, sys
one = socket.socket()
with socket.socket(socket.AF_UNIX) as over:
    over.connect(sys.argv[1])
    over.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [one.fileno()]))])
    over.recv(1)
one.sendall(b"ping")
one.shutdown(socket.SHUT_WR)
print(one.recv(100).decode())
"""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        program = scene.run("-v", "--", sys.executable, "-c", script, path)
        over, _ = listener.accept()
        with over:
            control = over.recvmsg(1, 64)[1]
            with socket.socket(fileno=array.array("i", control[0][2][:4])[0]) as taken:
                taken.connect(name)
            over.sendall(b"x")
        equal((program.ends(), program.stdout()), (0, "<ping>\n"), "what it got")
    check("0 connects: 0 redirected, 0 passed" in program.stderr(), program.stderr())


@case
def nobody_gains_privilege(scene):
    program = scene.ends_with(0, "--", "grep", "NoNewPrivs", "/proc/self/status")
    equal(program.stdout().split(), ["NoNewPrivs:", "1"], "what keeps set-user-id programs from their owner")


NOT_TO_BE_LOOKED_INTO = """
import ctypes, socket, sys
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])))
    print("connected")
except OSError as error:
    print(error.errno)
"""


@case
def who_may_not_be_looked_into_is_refused(scene):
    if os.geteuid() == 0:
        raise NotHere("root may look into anybody")
    name = scene.origin()
    program = scene.ends_with(0, "-v", "--", sys.executable, "-c", NOT_TO_BE_LOOKED_INTO, *name)
    equal(program.stdout(), "1\n", "what it got: EPERM")
    check("may not be looked into were refused" in program.stderr(), program.stderr())


RELOAD = """
import os, socket, struct, sys
def connect():
    try:
        socket.create_connection((sys.argv[1], int(sys.argv[2]))).close()
        return "connected"
    except OSError as error:
        return error.errno
before = connect()
open(sys.argv[3], "w").write("[filter two]\\naction = block\\nremote-port = 1\\n")
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as supervisor:
    supervisor.connect(os.environ["WHITHER_SUPERVISOR"] + "/supervisor")
    supervisor.sendall(struct.pack("=IHHII", 0x31535257, 3, 0, 0, 0) + bytes(128))
    answer = struct.unpack_from("=i", supervisor.recv(2000))[0]
print(before, answer, connect())
"""


@case
def rules_that_the_command_may_write_are_the_commands(scene):
    name = scene.origin()
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(f"[filter one]\naction = block\nremote-port = {name[1]}\n")
    program = scene.ends_with(0, "--rules", path, "--", sys.executable, "-c", RELOAD, *name, path)
    equal(program.stdout(), "1 0 connected\n", f"before, the answer, after: {program.stderr()}")


@case
def nobody_is_asked_which_file_he_executes_when_he_listens(scene):
    target, proxy = scene.origin(), scene.origin(answer=b"somebody else")
    path = f"{scene.directory}/web.conf"
    with open(path, "w") as file:
        file.write(f"[redirector one]\nlisten = {proxy[0]}:{proxy[1]}\nremote-port = {target[1]}\nowner-exe = /bin/true\n")
    program = scene.ends_with(0, "--rules", path, "--", helper("strange_client"), "plain", *target)
    equal(program.stdout(), "somebody else\n", program.stderr())


main(__file__)
