# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither run --rules without privilege: absent proxies, ranges, namespaces, what cannot be honoured."""
from seccomp_scene import *


def rules(scene, text, name="web"):
    path = f"{scene.directory}/{name}.conf"
    with open(path, "w") as file:
        file.write(text)
    return ["--rules", path]


def redirector(name, at, target, *more):
    """A redirector of what goes to the target's port."""
    place = f"[{at[0]}]:{at[1]}" if ":" in at[0] else f"{at[0]}:{at[1]}"
    return "\n".join([f"[redirector {name}]", f"listen = {place}", f"remote-port = {target[1]}", *more, ""])


def connects(scene, options, target, mode="plain", *more):
    """What a client got, and the run."""
    program = scene.run("-v", *options, "--", helper("strange_client"), mode, *target, *more)
    program.ends()
    return program.stdout(), program


@case
def an_absent_proxy_is_passed_over_where_the_rule_permits_it(scene):
    for address in (ORIGIN4, ORIGIN6):
        target, gone = scene.origin(address), scene.free(address)
        for more, got in ((["when-absent = permit"], "<ping>\n"), (["when-absent = block"], "error 111\n"),
                          ([], "error 111\n")):
            options = rules(scene, redirector("one", gone, target, *more))
            for mode in ("plain", "nonblock", "mapped") if address == ORIGIN4 else ("plain", "nonblock"):
                printed, program = connects(scene, options, target, mode)
                equal(printed, got, f"{mode} to {address} with {more}")
                equal("1 time a connect went on" in program.stderr(), got == "<ping>\n", program.stderr())


@case
def a_proxy_that_listens_gets_its_connections(scene):
    target = scene.origin()
    for address in ("127.0.0.1", "0.0.0.0", "::"):
        proxy = scene.origin(address, b"proxy")
        at = ("127.0.0.1", proxy[1])
        options = rules(scene, redirector("one", at, target, "when-absent = permit"))
        for mode in ("plain", "nonblock"):
            printed, program = connects(scene, options, target, mode)
            equal(printed, "proxy\n", f"{mode}, a proxy at {address}: {program.stderr()}")
            check("went on" not in program.stderr(), program.stderr())


@case
def a_proxy_that_comes_and_goes_is_noticed(scene):
    target, gone = scene.origin(), scene.free()
    options = rules(scene, redirector("one", gone, target, "when-absent = permit"))
    read, write = os.pipe()
    script = 'while read -r line; do "$0" plain "$@"; done'
    program = scene.run("-v", *options, "--", "sh", "-c", script, helper("strange_client"), *target, stdin=read)
    os.close(read)
    os.write(write, b"\n")
    equal(program.line(), "<ping>", "before it is there")
    proxy = scene.listen(*gone)
    os.write(write, b"\n")
    accepted, _ = proxy.accept()
    accepted.sendall(b"proxy")
    accepted.shutdown(socket.SHUT_WR)
    equal(program.line(), "proxy", "while it is there")
    accepted.close()
    proxy.close()
    os.write(write, b"\n")
    equal(program.line(), "<ping>", "after it has gone")
    os.close(write)
    equal(program.ends(), 0, "status")


@case
def the_next_redirector_takes_it(scene):
    target, proxy = scene.origin(), scene.origin(answer=b"second")
    text = (redirector("first", scene.free(), target, "weight = 9", "when-absent = permit")
            + redirector("second", proxy, target, "weight = 1"))
    printed, program = connects(scene, rules(scene, text), target)
    equal(printed, "second\n", program.stderr())
    check("1 redirected, 0 passed, 0 refused" in program.stderr(), program.stderr())


@case
def eight_are_passed_over_and_a_ninth_refuses(scene):
    target = scene.origin()
    gone = [scene.free(f"127.0.1.{number}") for number in range(1, 10)]
    for count, got in ((8, "<ping>\n"), (9, "error 111\n")):
        text = "".join(redirector(f"r{number}", gone[number], target, f"weight = {number}", "when-absent = permit")
                       for number in range(count))
        equal(connects(scene, rules(scene, text), target)[0], got, f"{count} absent")


@case
def a_listener_of_another_user_gets_nothing(scene):
    other, listen = "owner-user = 54399", f"listen-user = {os.geteuid()}"
    for address in (ORIGIN4, ORIGIN6):
        target, proxy = scene.origin(address), scene.origin(address, b"proxy")
        for more, got in (([other], "error 111\n"), ([other, listen], "proxy\n"),
                          ([other, "when-absent = permit"], "<ping>\n")):
            printed, program = connects(scene, rules(scene, redirector("one", proxy, target, *more)), target)
            equal(printed, got, f"{address}, {more}: {program.stderr()}")
        gone = redirector("one", scene.free(address), target, other, listen)
        equal(connects(scene, rules(scene, gone), target)[0], "error 111\n", "nobody listens")


SPREAD_CLIENT = """
import socket, sys
for port in sys.argv[2:]:
    for _ in range(2):
        socket.create_connection((sys.argv[1], int(port))).close()
# Two sockets of one address and port, to two destinations: without a range these become one connection.
pair = []
for port in sys.argv[2:]:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(pair[0].getsockname() if pair else ("127.0.0.1", 0))
    one.connect((sys.argv[1], int(port)))
    pair.append(one)
print([one.getpeername()[1] for one in pair] == [int(port) for port in sys.argv[2:]], flush=True)
"""


@case
def a_range_is_used_in_turn(scene):
    targets = [scene.origin(), scene.origin()]
    proxy = scene.listen("0.0.0.0")
    # Both listen at the range: the one that is also absent-minded looks for it there.
    for more in ([], ["when-absent = permit"]):
        text = "\n".join(["[redirector one]", f"listen = 127.0.0.1:{proxy.getsockname()[1]}",
                          "spread = 127.64.5.0/29", f"remote-port = {targets[0][1]}, {targets[1][1]}", *more, ""])
        program = scene.ends_with(0, *rules(scene, text), "--", sys.executable, "-c", SPREAD_CLIENT, ORIGIN4,
                                  targets[0][1], targets[1][1])
        equal(program.stdout(), "True\n", program.stderr())
        found = []
        for _ in range(6):
            accepted, _ = proxy.accept()
            found.append(accepted.getsockname()[0])
            accepted.close()
        equal(found, [f"127.64.5.{number}" for number in range(1, 7)], "where they arrived")


BEFORE_AND_AFTER = """
import os, socket, sys
try:
    for _ in range(20):
        socket.create_connection((sys.argv[2], int(sys.argv[3]))).close()
    print("connected", flush=True)
except OSError as error:
    print("error", error.errno, flush=True)
os.execv(sys.argv[1], [sys.argv[1], "plain", *sys.argv[2:]])
"""


@case
def what_a_process_executes_counts_from_its_first_connect_on(scene):
    target = scene.origin()
    client = os.path.realpath(helper("strange_client"))
    python = os.path.realpath(sys.executable)
    for blocked, got in ((client, "connected\nerror 1\n"), (python, "error 1\n<ping>\n")):
        options = rules(scene, f"[filter one]\naction = block\nremote-port = {target[1]}\nexe = {blocked}\n")
        program = scene.run(*options, "--", python, "-c", BEFORE_AND_AFTER, client, *target)
        program.ends()
        equal(program.stdout(), got, f"{blocked} is blocked: {program.stderr()}")


@case
def any_namespace_is_that_of_the_run_too(scene):
    target, other = scene.origin(), scene.origin()
    text = f"[filter one]\naction = block\nremote-port = {target[1]}\nnetns = any\n"
    equal(connects(scene, rules(scene, text), target)[0], "error 1\n", "what is blocked anywhere")
    equal(connects(scene, rules(scene, text), other)[0], "<ping>\n", "something else")


@case
def what_is_not_honoured_is_said_in_one_line(scene):
    target, proxy = scene.origin(), scene.origin(answer=b"proxy")
    user, owner, anywhere = "owner-user = 54399", "owner-exe = /bin/true", "netns = any"
    for more, said in (([], []), ([user], []), ([owner], ["which file or cgroup listens"]),
                       ([anywhere], ["in other network namespaces"]),
                       ([owner, anywhere], ["which file or cgroup listens", "in other network namespaces"])):
        at = ("192.0.2.1", 12345) if anywhere in more else proxy
        options = rules(scene, redirector("one", at, target, *more))
        program = scene.ends_with(0, *options, "--", "true")
        lines = [line for line in program.stderr().splitlines() if "without the kernel engine" in line]
        equal(len(lines), 1 if said else 0, f"lines for {more}: {program.stderr()}")
        check(all(one in lines[0] for one in said), f"{lines} for {more}")


main(__file__)
