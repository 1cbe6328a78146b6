# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither run: the command's connects are redirected, its status is passed on, nothing remains."""
import os
import re

from chain_proxies import Destination, Proxy, fetch, guid
from kernel_program import *
from kernel_scene import *
from run_support import *


@case
def the_exit_status_is_the_commands(scene):
    for status in (0, 1, 7, 42, 125, 126, 127, 128, 255):
        ends_with(scene, status, "--", "bash", "-c", f"exit {status}", said="")
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        ends_with(scene, 128 + number, "--", "bash", "-c", f"kill -{int(number)} $$", said="")


@case
def what_cannot_be_run_has_a_status_of_its_own(scene):
    plain = f"{scene.directory}/plain"
    with open(plain, "w") as file:
        file.write("nothing to execute\n")
    for status, words in (
        (127, ["--", "no-such-command"]), (127, ["--", f"{scene.directory}/none"]),
        (126, ["--", plain]), (126, ["--", scene.directory]), (125, []), (125, ["--"]),
        (125, ["--nonsense", "--", "true"]), (125, ["remote-port=x", "--", "true"]),
        (125, ["nonsense=1", "--", "true"]), (125, ["--to", "nowhere", "--", "true"]),
        (125, ["--user=nobody-of-that-name", "--", "true"]),
        (125, ["--log", "/nonexistent/log", "--", "true"]),
    ):
        said = ends_with(scene, status, *words).stderr()
        check(said.startswith("whither: "), f"{words}: it says {said!r}")


def line_matches(line, name, pid=r"\d+", user="root", hops=r"run-\d+/relay", sent=4, received=6):
    at = f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
    expected = (rf"whither: connection \d+: pid={pid} name=\S+ user={user} exe=\S+ "
                rf"to={re.escape(at)} hops={hops} sent={sent} received={received} time=\S+")
    check(re.fullmatch(expected, line), f"the line is {line!r}, expected {expected!r}")


BECOMES_ANOTHER_USER = """
import os, socket, sys
name = sys.argv[1], int(sys.argv[2])
def connects():
    try:
        socket.create_connection(name).close()
        return "goes on"
    except OSError as error:
        return error.strerror
print(connects(), end=", ")
os.seteuid(54321)
print(connects(), end=", ")
os.seteuid(0)
print(connects())
"""


@case
def who_becomes_another_user_counts_as_that_one(scene):
    target = Destination(scene, ORIGIN4).name
    path = f"{scene.directory}/user.conf"
    with open(path, "w") as file:
        file.write(f"[filter one]\naction = block\nremote-port = {target[1]}\nuser = 54321\n")
    program = ends_with(scene, 0, "--engine", "seccomp", "--rules", path, "--", sys.executable, "-c",
                        BECOMES_ANOTHER_USER, *target)
    equal(program.stdout(), "goes on, Operation not permitted, goes on\n", program.stderr())


@case
def the_commands_connects_go_through_the_relay(scene):
    for origin in (ORIGIN4, ORIGIN6):
        target = Destination(scene, origin).name
        program = ends_with(scene, 0, "-v", "--", *client(target))
        equal(program.stdout(), f"{origin} <ping>\n", "the command's output")
        lines = program.stderr().splitlines()
        equal(len(lines), 1, "lines")
        line_matches(lines[0], target)
        # Silent without -v; and the log has what -v would say.
        log = f"{scene.directory}/log"
        program = ends_with(scene, 0, "--log", log, "--", *client(target), said="")
        equal(program.stdout(), f"{origin} <ping>\n", "the command's output")
        with open(log) as file:
            line_matches("whither: " + file.read().splitlines()[-1].split(" ", 1)[1], target)


@case
def what_the_command_starts_is_redirected_and_nobody_else_is(scene):
    target = Destination(scene).name
    words = " ".join(f"'{word}'" for word in client(target))
    script = f"({words}) & setsid -f {words}; wait; {words}; while read -r; do :; done"
    read, write = os.pipe()
    program = run(scene, "-v", "--", "bash", "-c", script, stdin=read)
    os.close(read)
    for _ in range(3):
        equal(program.line(), f"{ORIGIN4} <ping>", "a command's output")
        line = program.error_line()
        line_matches(line, target)
        # The one that nobody waits for would else be ended, and that be said.
        own = f"/proc/{re.search('pid=([0-9]+)', line)[1]}"
        wait_until(lambda: not os.path.exists(own), "a command's end")
    # Outside, at the same time: directly.
    equal(scene.child(fetch, target).result()[0], b"<ping>", "outside")
    os.close(write)
    equal(program.ends(), 0, "status")
    equal(program.stderr(), "", "lines of others")
    nothing_remains(scene)


@case
def conditions_choose_which_connects_are_redirected(scene):
    first, other = Destination(scene).name, Destination(scene).name
    script = f"{' '.join(map(repr, client(first)[:2]))} \"$0\" \"$1\" \"$2\"; "
    script += f"{' '.join(map(repr, client(other)[:2]))} \"$0\" \"$1\" \"$3\""
    program = ends_with(scene, 0, "-v", f"remote-port={first[1]}", "protocol=tcp", "--", "bash",
                        "-c", script, CLIENT, ORIGIN4, first[1], other[1])
    equal(program.stdout(), f"{ORIGIN4} <ping>\n" * 2, "output")
    lines = program.stderr().splitlines()
    equal(len(lines), 1, "connections")
    line_matches(lines[0], first)


@case
def a_proxy_of_ones_own_takes_the_relays_place(scene):
    target = Destination(scene).name
    proxy = Proxy(scene, 12001)
    program = ends_with(scene, 0, "--to", "127.0.0.1:12001", "--context", "text:x", "--",
                        *client(target), said="")
    equal(program.stdout(), f"{ORIGIN4} <ping>\n", "output")
    seen = proxy.seen()
    equal((seen["error"], seen["count"], tuple(seen["destination"])), ("", 1, target), "it saw")
    equal(seen["hops"], [guid(f"run-{program.pid}/to")], "hops")
    proxy.nothing_more()
    # Nobody there: refused, not let through.
    program = ends_with(scene, 1, "--to", "127.0.0.1:12002", "--", *client(target))
    check("ConnectionRefusedError" in program.stderr(), "it was not refused")


@case
def the_command_may_run_as_another_user(scene):
    target = Destination(scene).name
    script = "id -u; id -g; echo $USER; exec 3<>/dev/tcp/$0/$1; echo ping >&3; "
    # Everything is read: who closes with a byte unread resets, and the line would say so.
    script += "read -r -u 3; read -r -N 1 -u 3 end; echo $REPLY$end"
    words = ["bash", "-c", script, *target]
    program = ends_with(scene, 0, "-v", "--user=nobody", "--", *words)
    equal(program.stdout(), "65534\n65534\nnobody\n<ping>\n", "output")
    line_matches(program.stderr().strip(), target, user="nobody", sent=5, received=7)
    sudo = dict(os.environ, SUDO_UID="1234", SUDO_GID="4321")
    program = ends_with(scene, 0, "-u", "--", "bash", "-c", "id -u; id -g", env=sudo, said="")
    equal(program.stdout(), "1234\n4321\n", "who called sudo")
    without = {key: value for key, value in os.environ.items() if not key.startswith("SUDO")}
    program = ends_with(scene, 125, "--user", "--", "true", env=without)
    check("sudo" in program.stderr(), "it does not say what was missing")


@case
def standard_input_and_output_are_the_commands(scene):
    read, write = os.pipe()
    program = run(scene, "--", "cat", stdin=read)
    os.close(read)
    os.write(write, b"one\ntwo\n")
    equal((program.line(), program.line()), ("one", "two"), "lines")
    os.close(write)
    equal(program.ends(), 0, "status")
    nothing_remains(scene)


@case
def one_run_in_another_is_a_chain_of_two(scene):
    target = Destination(scene).name
    program = ends_with(scene, 0, "-v", "--", scene.whither, "run", "-v", "--", *client(target))
    equal(program.stdout(), f"{ORIGIN4} <ping>\n", "output")
    chains = re.findall(r"hops=(\S+)", program.stderr())
    equal(sorted(chain.count("run-") for chain in chains), [1, 2], f"hops of each, in {chains}")
    check(all("*" not in chain for chain in chains), f"a relay set no records: {chains}")


@case
def two_at_once_do_not_meet(scene):
    first, other = Destination(scene).name, Destination(scene).name
    gates = os.pipe(), os.pipe()
    programs = []
    for name_, (read, _) in zip((first, other), gates):
        words = " ".join(f"'{word}'" for word in client(name_))
        script = f"echo in; read -r; {words}"
        programs.append(run(scene, "-v", "--", "bash", "-c", script, stdin=read))
    for program in programs:
        equal(program.line(), "in", "it runs")
    for program, name_, (_, write) in zip(programs, (first, other), gates):
        os.write(write, b"\n")
        equal(program.line(), f"{ORIGIN4} <ping>", "output")
        line_matches(program.error_line(), name_, hops=f"run-{program.pid}/relay")
        equal(program.ends(), 0, "status")
    nothing_remains(scene)
    for gate in gates:
        for fd in gate:
            os.close(fd)


main(__file__)
