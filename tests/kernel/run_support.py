# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What the tests of "whither run" share: running it, a client for its command, what remains."""
import os
import sys

from kernel_program import *
from kernel_scene import *

PINS = "/sys/fs/bpf/whither"
# A client for a command line: connects to argv[1], argv[2], prints what it got.
CLIENT = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=15) as client:
    peer = client.getpeername()[0]  # once both ends have shut there is none
    client.sendall(b"ping")
    client.shutdown(socket.SHUT_WR)
    print(peer, client.recv(100).decode(), flush=True)
"""


def client(name):
    return [sys.executable, "-c", CLIENT, *name]


def run(scene, *words, **options):
    """whither run, in the scene's cgroup."""
    script = 'echo 0 > "$0/cgroup.procs" && exec "$@"'
    program = Program(scene, ["bash", "-c", script, scene.cgroup, scene.whither, "run", *words],
                      **options)
    if "-v" in words[: words.index("--") if "--" in words else 0]:
        equal(program.error_line(), "whither: engine: kernel", "which engine")
    return program


def cgroups_below(scene):
    return [path for path, _, _ in os.walk(scene.cgroup)][1:]


def nothing_remains(scene):
    equal(cgroups_below(scene), [], "cgroups")
    with open(f"{scene.cgroup}/cgroup.procs") as procs:
        equal(procs.read(), "", "processes")
    check(not os.path.exists(PINS), "there are pins")


def ends_with(scene, status, *words, said=None, **options):
    program = run(scene, *words, **options)
    equal(program.ends(), status, f"status of run {' '.join(map(str, words))[:60]}")
    if said is not None:
        equal(program.stderr(), said, "what it said")
    nothing_remains(scene)
    return program
