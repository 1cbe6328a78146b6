# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The supervisor is killed while connects wait for it: they fail, with ENOSYS, and none is made directly."""
import stat

from seccomp_scene import *

# Connects argv[3] times at once and says how each ended. argv[4]: sockets that do not wait.
CLIENTS = """
import errno, os, select, signal, socket, sys, threading, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
name, ends = (sys.argv[1], int(sys.argv[2])), []
def one():
    sock = socket.socket()
    if sys.argv[4] == "waits":
        ends.append(sock.connect_ex(name))
        return
    sock.setblocking(False)
    error = sock.connect_ex(name)
    if error == errno.EINPROGRESS:
        select.select([], [sock], [], 10)
        error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    connected.release()
    if not error:
        sock.setblocking(True)
        try:
            sock.sendall(b"ping")
            error = 0 if sock.recv(100) else -1
        except OSError as wrong:
            error = wrong.errno
    ends.append(error)
connected = threading.Semaphore(0)
threads = [threading.Thread(target=one) for _ in range(int(sys.argv[3]))]
for thread in threads: thread.start()
if sys.argv[4] != "waits":
    for _ in threads: connected.acquire()
print("begun", flush=True)
for thread in threads: thread.join()
sock = socket.socket()
print(sorted(set(ends)), sock.connect_ex(name), flush=True)
"""


class Silent:
    """A program that is asked and never answers; notes that it was, and is ended with the scene."""

    def __init__(self, scene):
        self.path, self.asked = f"{scene.directory}/silent", f"{scene.directory}/asked"
        with open(self.path, "w") as file:
            file.write(f"#!/bin/sh\necho $$ >> {self.asked}\nexec sleep 60\n")
        os.chmod(self.path, stat.S_IRWXU)
        scene.keep(self)

    def pids(self):
        return list(map(int, lines_of(self.asked))) if os.path.exists(self.asked) else []

    def close(self):
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def own_directory(scene):
    """Where what a killed run leaves goes with the case."""
    return {**os.environ, "XDG_RUNTIME_DIR": scene.directory}


def direct(listener):
    """How many have connected there."""
    listener.settimeout(0.3)
    count = 0
    with contextlib.suppress(TimeoutError):
        while True:
            listener.accept()[0].close()
            count += 1
    return count


def in_a_call(program):
    """How many threads of the command wait for the supervisor's answer to a call, or for the kernel's."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        pids = {pid for path in glob.glob(f"/proc/{program.pid}/task/*/children") for pid in open(path).read().split()}
        # connect(), as the kernel numbers it here.
        number = {"x86_64": "42", "aarch64": "203", "riscv64": "203"}[os.uname().machine]
        return sum(open(path).read().split()[0] == number
                   for pid in pids for path in glob.glob(f"/proc/{pid}/task/*/syscall"))
    return 0


def killed(scene, kind, ready, *options, count=8):
    """What the clients of a run that is killed once it is ready(it) say, and the origin's listener."""
    origin = scene.listen()
    output = f"{scene.directory}/output"
    program = scene.run(*options, f"remote-port={origin.getsockname()[1]}", "--", "sh", "-c",
                        'exec "$0" -c "$@" > ' + output + " 2>&1", sys.executable, CLIENTS,
                        *origin.getsockname(), count, kind, env=own_directory(scene))
    wait_until(lambda: os.path.exists(output) and lines_of(output) == ["begun"] and ready(program),
               "they wait")
    program.kill()
    wait_until(lambda: len(lines_of(output)) > 1, "their connects have ended")
    equal(direct(origin), 0, "direct connections")
    return lines_of(output)[1:]


@case
def those_that_wait_for_an_answer_fail(scene):
    silent = Silent(scene)
    # One question for all of them: the same executable goes to the same place.
    equal(killed(scene, "waits", lambda program: len(silent.pids()) == 1 and in_a_call(program) == 8,
                 "--ask", silent.path), ["[38] 38"], "errors")


@case
def those_that_were_connected_to_wait_are_reset(scene):
    silent = Silent(scene)
    said = killed(scene, "does not", lambda _: len(silent.pids()) == 1, "--ask", silent.path)
    check(said in (["[-1] 38"], ["[104] 38"], ["[-1, 104] 38"]), f"they end with {said}")


@case
def those_that_wait_for_the_proxy_fail(scene):
    proxy = scene.listen(backlog=0)
    at = proxy.getsockname()
    # Its queue is full: whoever connects from now on waits.
    full = [scene.keep(socket.socket()) for _ in range(4)]
    for sock in full:
        sock.setblocking(False)
        sock.connect_ex(at)
    equal(killed(scene, "waits", lambda program: in_a_call(program) == 8, "--to", f"{at[0]}:{at[1]}"), ["[38] 38"], "errors")


@case
def what_a_killed_run_leaves_the_next_one_removes(scene):
    left = lambda: os.listdir(scene.runs)
    read, write = os.pipe()
    lives, dead = (scene.run("--", "cat", stdin=read) for _ in range(2))
    os.close(read)
    wait_until(lambda: len(left()) == 2, "both have their directory")
    dead.kill()
    scene.ends_with(0, "--", "true")
    equal(len(left()), 1, "directories when the next one has run")
    os.mkdir(f"{scene.runs}/whither-run-strang/", 0o700)
    open(f"{scene.runs}/whither-run-strang/supervisor2", "w").close()
    scene.ends_with(0, "--", "true")
    equal(len(left()), 2, "what no run has made stays")
    shutil.rmtree(f"{scene.runs}/whither-run-strang")
    # The one that lives still has its supervisor: it ends as it should, and takes its directory along.
    os.close(write)
    equal((lives.ends(), left()), (0, []), "its status, and directories")


@case
def those_that_come_later_fail(scene):
    origin = scene.listen()
    script = 'trap "" TERM; echo $$; read -r line; "$0" plain "$1" "$2"'
    read, write = os.pipe()
    output = f"{scene.directory}/output"
    program = scene.run("--", "bash", "-c", f"({script}) > {output} 2>&1", helper("strange_client"),
                        *origin.getsockname(), stdin=read, env=own_directory(scene))
    wait_until(lambda: os.path.exists(output) and lines_of(output), "it runs")
    program.kill()
    os.write(write, b"go\n")
    wait_until(lambda: len(lines_of(output)) == 2, "it has connected")
    equal((lines_of(output)[1], direct(origin)), ("error 38", 0), "what it got; direct connections")


main(__file__)
