# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither run without privilege: which connects are redirected, how it ends, what remains."""
from seccomp_scene import *

PLAIN = r"whither: connection \d+: pid=\d+ name=\S+ user=\S+ exe=\S+ to={to} hops=run-\d+/relay "


def seen(log, name, failed=False):
    """The lines of a log that are about this destination, and went well, or however they went."""
    to = f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
    return [line for line in lines_of(log) if f" to={to} " in line and (failed or " error=" not in line)]


def connections(mode):
    return 2 if mode == "vfork" else 1


def strange(scene, mode, name, *more, status=0, lines=1):
    """Runs a client of many ways; what it printed. Its connections must all be in the log."""
    log = scene.log()
    # Only what goes there: a first connect to nobody has to be refused by nobody.
    program = scene.ends_with(status, "--log", log, f"remote-port={name[1]}", "--",
                              helper("strange_client"), mode, *name, *more)
    # The child of a vfork() is gone before it is answered.
    equal(len(seen(log, name, mode == "vfork")), lines, f"connections of {mode}")
    return program.stdout().splitlines()


@case
def a_client_is_redirected_and_sees_its_destination(scene):
    for origin in (ORIGIN4, ORIGIN6):
        name = scene.origin(origin)
        program = scene.ends_with(0, "-v", "--", *client(name))
        equal(program.stdout(), f"{origin} <ping>\n", "output")
        lines = program.stderr().splitlines()
        equal(lines[0], "whither: engine: seccomp", "which engine")
        at = f"[{name[0]}]:{name[1]}" if ":" in origin else f"{name[0]}:{name[1]}"
        check(re.match(PLAIN.format(to=re.escape(at)), lines[1]), f"the line is {lines[1]!r}")
        check("1 redirected, 0 passed, 0 refused" in lines[2], f"the summary is {lines[2]!r}")


@case
def the_engine_is_chosen_and_said(scene):
    program = scene.keep(Program([scene.whither, "run", "-v", "--", "true"]))
    equal(program.ends(), 0, "status")
    check("engine: seccomp (" in program.stderr() or not os.environ.get("WHITHER_TEST_USER"),
          f"it says {program.stderr()!r}")
    if os.environ.get("WHITHER_TEST_USER"):
        program = scene.keep(Program([scene.whither, "run", "--engine", "kernel", "--", "true"]))
        equal(program.ends(), 125, "status")
        check("CAP_" in program.stderr(), f"it says {program.stderr()!r}")
    program = scene.keep(Program([scene.whither, "run", "--engine", "other", "--", "true"]))
    equal(program.ends(), 125, "status")


@case
def statuses_are_the_commands(scene):
    for status in (0, 1, 42, 255):
        scene.ends_with(status, "--", "sh", "-c", f"exit {status}")
    scene.ends_with(128 + 15, "--", "sh", "-c", "kill -TERM $$")
    # With a path that anybody may search: else it would be 126, for all that can be known.
    scene.ends_with(127, "--", "no-such-command", env={**os.environ, "PATH": "/usr/bin:/bin"})
    scene.ends_with(126, "--", scene.directory)


@case
def static_programs_with_every_kind_of_socket(scene):
    four, six = scene.origin(), scene.origin(ORIGIN6)
    for name in (four, six):
        for mode in ("plain", "nonblock", "vfork", "again", "dissolved", "fastconnect"):
            printed = strange(scene, mode, name, lines=connections(mode))
            equal(printed[-1], "<ping>", f"what {mode} got")
    equal(strange(scene, "again", four)[0], "first: error 111", "the first connect")
    equal(strange(scene, "mapped", four), ["<ping>"], "what an IPv6 socket got")


@case
def threads_and_forks_all_at_once(scene):
    name = scene.origin()
    for mode in ("threads", "forks"):
        equal(strange(scene, mode, name, 32, lines=32), ["<ping>"] * 32, f"what {mode} got")


@case
def what_is_executed_after_vfork_has_a_memory_of_its_own(scene):
    name = scene.origin()
    equal(scene.ends_with(0, "--", helper("strange_client"), "vforkexec", *name).stdout(), "<ping>\n", "what it got")


@case
def a_signal_does_not_become_a_second_connect(scene):
    name = scene.origin()
    for mode in ("restart", "norestart"):
        equal(strange(scene, mode, name, 200, lines=200), ["<ping>"] * 200, f"what {mode} got")


@case
def what_could_connect_around_is_refused(scene):
    log = scene.log()
    program = scene.ends_with(128 + signal.SIGSYS, "--log", log, "--", helper("strange_client"),
                              "around", ORIGIN4, 1)
    equal(program.stdout(), "38 93 97 38\n", "errors of io_uring, MPTCP, SMC and x32")


@case
def a_thread_with_descriptors_of_its_own(scene):
    name = scene.origin()
    for plain in (False, True):
        if plain:
            os.environ["WHITHER_PLAIN_SECCOMP"] = "1"
        try:
            program = scene.run("--log", scene.log(), "--", helper("strange_client"), "unshared", *name)
            program.ends()
        finally:
            os.environ.pop("WHITHER_PLAIN_SECCOMP", None)
        # What the kernel cannot tell apart is refused; it is never another socket.
        check(program.stdout() in ("<ping>\n", "error 9\n"), f"it got {program.stdout()!r}")


@case
def on_the_oldest_kernel_everything_holds(scene):
    four, six = scene.origin(), scene.origin(ORIGIN6)
    os.environ["WHITHER_PLAIN_SECCOMP"] = "1"
    try:
        for name in (four, six):
            for mode in ("plain", "nonblock", "vfork", "again", "dissolved"):
                printed = strange(scene, mode, name, lines=connections(mode))
                equal(printed[-1], "<ping>", f"what {mode} got")
        equal(strange(scene, "threads", four, 32, lines=32), ["<ping>"] * 32, "what threads got")
        equal(strange(scene, "norestart", four, 50, lines=50), ["<ping>"] * 50, "under signals")
    finally:
        del os.environ["WHITHER_PLAIN_SECCOMP"]


@case
def conditions_choose_what_is_redirected(scene):
    first, other = scene.origin(), scene.origin()
    script = '"$0" plain "$1" "$2"; "$0" plain "$1" "$3"'
    program = scene.ends_with(0, "-v", f"remote-port={first[1]}", "--", "sh", "-c", script,
                              helper("strange_client"), ORIGIN4, first[1], other[1])
    equal(program.stdout(), "<ping>\n<ping>\n", "output")
    check("2 connects: 1 redirected, 1 passed" in program.stderr(), program.stderr())


@case
def nobody_at_the_proxy_is_a_refusal(scene):
    name = scene.origin()
    at = scene.free()
    program = scene.ends_with(1, "-v", "--to", f"{at[0]}:{at[1]}", "--", helper("strange_client"), "plain", *name)
    equal(program.stdout(), "error 111\n", "what it got")
    check("1 connect: 0 redirected, 0 passed, 0 refused, 1 failed" in program.stderr(), program.stderr())


@case
def unix_sockets_and_datagrams_are_left_alone(scene):
    script = """
import os, socket, sys
here = sys.argv[1] + "/socket"
listener = socket.socket(socket.AF_UNIX); listener.bind(here); listener.listen()
one = socket.socket(socket.AF_UNIX); one.connect(here)
peer, _ = listener.accept()
pid = int.from_bytes(one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)[:4], "little")
assert pid == os.getpid(), "who connected"
four = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); four.bind(("127.0.0.1", 0))
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); sender.connect(four.getsockname())
sender.send(b"datagram")
assert four.recv(100) == b"datagram"
assert sender.getpeername() == four.getsockname()
print("well")
"""
    program = scene.ends_with(0, "--", sys.executable, "-c", script, scene.directory)
    equal(program.stdout(), "well\n", "output")


@case
def what_the_command_leaves_behind_is_ended(scene):
    script = "setsid sleep 1000 >/dev/null 2>&1 & (sleep 1000 >/dev/null 2>&1 &) ; echo done"
    program = scene.ends_with(0, "--", "sh", "-c", script)
    equal(program.stdout(), "done\n", "output")
    check("left behind" in program.stderr(), f"it says {program.stderr()!r}")


@case
def an_orphan_is_redirected_too(scene):
    name, log = scene.origin(), scene.log()
    # Its parent is gone when it connects.
    script = ('(parent=$BASHPID; (while kill -0 $parent; do sleep 0.05; done; "$0" plain "$1" "$2" > "$3") &);'
              'until [ -s "$3" ]; do sleep 0.05; done')
    output = f"{scene.directory}/output"
    scene.ends_with(0, "--log", log, "--", "bash", "-c", script, helper("strange_client"), *name, output)
    equal((lines_of(output), len(seen(log, name))), (["<ping>"], 1), "what it got")


@case
def its_directory_is_the_users_own_and_goes_with_it(scene):
    script = 'stat -c "%n %a %u" "$WHITHER_SUPERVISOR"'
    for base, variable in ((scene.directory, scene.directory), ("/tmp", "/nonexistent")):
        program = scene.ends_with(0, "--", "sh", "-c", script, env={**os.environ, "XDG_RUNTIME_DIR": variable})
        path, *rest = program.stdout().split()
        check(path.startswith(f"{base}/whither-run-") and rest == ["700", str(os.getuid())], program.stdout())
        check(not os.path.exists(path), "it is gone")


@case
def one_run_in_another_is_refused_with_a_reason(scene):
    program = scene.ends_with(125, "--", scene.whither, "run", "--engine", "seccomp", "--", "true")
    check("does not work in another" in program.stderr(), f"it says {program.stderr()!r}")


main(__file__)
