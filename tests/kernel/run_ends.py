# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither run: signals, what the command leaves behind, and a run that is killed."""
import os
import shutil
import subprocess

from chain_proxies import Destination
from kernel_program import *
from kernel_scene import *
from run_support import *


@case
def signals_are_passed_on(scene):
    script = "for s in HUP INT USR1 USR2 ALRM WINCH TERM; do trap \"echo $s\" $s; done; "
    script += "trap 'echo TERM; exit 9' TERM; echo ready; while :; do sleep 0.01; done"
    program = run(scene, "--", "bash", "-c", script)
    equal(program.line(), "ready", "it runs")
    for one in ("HUP", "INT", "USR1", "USR2", "ALRM", "WINCH", "TERM"):
        program.signal(getattr(signal, f"SIG{one}"))
        equal(program.line(), one, "what the command got")
    equal(program.ends(), 9, "status")
    equal(program.stderr(), "", "what it said")
    nothing_remains(scene)


@case
def a_command_that_takes_no_notice_of_a_signal_goes_on(scene):
    script = "trap '' TERM; echo ready; read -r; echo still"
    read, write = os.pipe()
    program = run(scene, "--", "bash", "-c", script, stdin=read)
    equal(program.line(), "ready", "it runs")
    program.signal(signal.SIGTERM)
    os.write(write, b"\n")
    equal(program.line(), "still", "output")
    equal(program.ends(), 0, "status")
    nothing_remains(scene)
    os.close(read)
    os.close(write)


@case
def what_the_command_leaves_behind_is_ended(scene):
    # One that goes at SIGTERM, one that must be killed, one that is stopped; none holds our pipes.
    script = "exec >/dev/null 2>&1; sleep 1000 & (trap '' TERM; while :; do sleep 1; done) & "
    script += "sleep 1000 & kill -STOP $!; setsid -f sleep 1000; exit 5"
    program = run(scene, "--", "bash", "-c", script)
    equal(program.ends(), 5, "status")
    check("left behind" in program.stderr(), "it does not say so")
    nothing_remains(scene)


@case
def cgroups_that_the_command_makes_go_with_it(scene):
    script = (f"d={cgroup_root()}$(sed -n 's/^0:://p' /proc/self/cgroup); mkdir -p $d/deep/er; "
              "exec >/dev/null 2>&1; (echo 0 > $d/deep/er/cgroup.procs; exec sleep 1000) & "
              "while ! grep -q . $d/deep/er/cgroup.procs; "
              "do sleep 0.01; done")
    program = run(scene, "--", "bash", "-c", script)
    equal(program.ends(), 0, "status")
    nothing_remains(scene)


def sets_of(scene):
    return [one["name"] for one in scene.show()["sets"]]


@case
def a_run_that_is_killed_is_collected_by_the_next_verb(scene):
    scene.up("other", "[redirector other]\nlisten = 127.0.0.1:9\nremote-address = 192.0.2.254\n")
    script = "exec >/dev/null 2>&1; trap '' TERM; sleep 1000 & wait; sleep 1000"
    for verb in (["show"], ["up", f"{scene.directory}/other.conf"], ["down", "other"]):
        program = run(scene, "--", "bash", "-c", script)
        wait_until(lambda: f"run-{program.pid}" in sets_of(scene), "its set")
        sets = sets_of(scene)
        equal(sorted(sets), ["other", f"run-{program.pid}"], "sets")
        check(cgroups_below(scene), "it has no cgroup")
        program.signal(signal.SIGKILL)
        program.ends()
        scene.run(*verb)
        if verb[0] != "down":
            equal(sets_of(scene), ["other"], f"sets after {verb[0]}")
        wait_until(lambda: not cgroups_below(scene), f"the cgroup is removed by {verb[0]}")
    nothing_remains(scene)


@case
def the_next_run_collects_as_well(scene):
    target = Destination(scene).name
    program = run(scene, "--", "sleep", "1000")
    wait_until(lambda: cgroups_below(scene) and os.path.exists(PINS), "it runs")
    wait_until(lambda: f"run-{program.pid}" in (sets_of(scene)), "its set")
    program.signal(signal.SIGKILL)
    program.ends()
    program = run(scene, "-v", "--", *client(target))
    equal(program.ends(), 0, "status")
    equal(program.stdout(), f"{ORIGIN4} <ping>\n", "output")
    nothing_remains(scene)


@case
def down_all_ends_the_redirection_of_a_run_and_not_its_command(scene):
    read, write = os.pipe()
    program = run(scene, "--", "bash", "-c", "echo ready; read -r; exit 3", stdin=read)
    equal(program.line(), "ready", "it runs")
    scene.down("--all")
    check(not os.path.exists(PINS), "there are pins")
    os.write(write, b"\n")
    equal(program.ends(), 3, "status")
    nothing_remains(scene)
    os.close(read)
    os.close(write)


@case
def the_kernel_engine_says_what_privilege_it_lacks(scene):
    os.chmod(scene.directory, 0o755)
    copy = shutil.copy(scene.whither, f"{scene.directory}/whither-copy")
    done = subprocess.run(
        [copy, "run", "--engine", "kernel", "--", "echo", "it ran"], text=True,
        capture_output=True, timeout=60,
        user=65534, group=65534, extra_groups=[], cwd="/",
    )
    equal((done.returncode, done.stdout), (125, ""), "status, output")
    check("CAP_" in done.stderr, f"it does not name the privilege: {done.stderr}")
    check(not os.path.exists(PINS), "there are pins")


main(__file__)
