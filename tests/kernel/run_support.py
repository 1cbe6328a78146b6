# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What the tests of "whither run" share: running it, a client for its command (running_program.py), what remains."""
import os

from kernel_program import *
from kernel_scene import *
from running_program import CLIENT, client

PINS = "/sys/fs/bpf/whither"


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
