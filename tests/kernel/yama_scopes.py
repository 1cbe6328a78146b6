# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What Yama lets the engine without privilege do. Not part of make check, as many kernels have no Yama:
scripts/check_kernel_6_1.sh runs it."""
import os
import subprocess

from kernel_scene import *

SCOPE = "/proc/sys/kernel/yama/ptrace_scope"
UID = 54321
CLIENT = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=15) as client:
    print(client.getpeername()[0])
"""


def put(scope):
    with open(SCOPE, "w") as file:
        file.write(str(scope))


def run(scene, *words):
    """Status, output and complaints of a run of an ordinary user's."""
    at = map(str, scene.listen(ORIGIN4).getsockname())
    done = subprocess.run([scene.whither, "run", *words, "--", "/usr/bin/python3", "-c", CLIENT, *at], user=UID,
                          group=UID, extra_groups=[], cwd="/", capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


@case
def descendants_may_be_looked_into(scene):
    for scope in (0, 1):
        put(scope)
        status, output, said = run(scene, "-v")
        equal((status, output), (0, f"{ORIGIN4}\n"), f"scope {scope}: {said}")
        check("1 redirected, 0 passed, 0 refused" in said, f"scope {scope}: {said}")


@case
def where_nobody_may_be_the_command_is_not_started(scene):
    put(2)
    status, output, said = run(scene)
    equal((status, output, len(said.splitlines())), (125, "", 1), said)
    check("pidfd_getfd()" in said and "kernel.yama.ptrace_scope is 2" in said, said)


if not os.path.exists(SCOPE):
    skip("this kernel has no Yama")
with open(SCOPE) as file:
    before = file.read()
try:
    main(__file__)
finally:
    if not os.geteuid():
        put(before)
