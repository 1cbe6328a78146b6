# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither why: what it says of a connect is what becomes of it."""
import itertools
import json
import select
import subprocess

import kernel_worker as do
from client_scene import *
from kernel_worker import Worker

NOBODY, PROXY = 65534, 60001
EXE = os.readlink("/proc/self/exe")
LEFT = errno.ENETUNREACH  # left alone: there is no route
REDIRECT, PERMIT, BLOCK, NO_ANSWER = range(4)

MANY = f"""
[filter nomail]
action = block
remote-port = 25
user = {NOBODY}
[filter notelnet]
action = block
remote-address = 203.0.113.64/26
remote-port = 20-23
[filter away]
action = permit
remote-address = 203.0.113.9, 2001:db8:3::9
[redirector absent]
listen = 127.0.0.1:{PORT + 9}
remote-port = 99
[redirector owned]
listen = 127.0.0.1:{PORT + 1}
owner-user = {PROXY}
remote-port = 81
[redirector byuser]
listen = 127.0.0.1:{PORT + 2}
user = {NOBODY}
remote-port = 80, 8000-8080
[redirector bycgroup]
listen = 127.0.0.1:{PORT + 3}
listen = [::1]:{PORT + 3}
cgroup = CGROUP
remote-address = 203.0.113.0/24, 2001:db8:3::/48
[redirector byexe]
listen = [::1]:{PORT + 4}
exe = {EXE}
remote-port = 7
[redirector other]
listen = 127.0.0.1:{PORT + 5}
exe = /bin/sh
"""


def why(scene, *arguments, expect=None):
    """The parsed answer; it must agree with the exit status."""
    answer = json.loads(scene.run("why", *map(str, arguments), "--json", expect=None) or "null")
    if scene.status != NO_ANSWER:
        equal(answer["verdict"], ("redirect", "permit", "block")[scene.status], "verdict")
    if expect is not None:
        equal(scene.status, expect, f"status of why {arguments}: {scene.stderr}")
    return answer


def at(target):
    return f"[{target[0]}]:{target[1]}" if ":" in target[0] else f"{target[0]}:{target[1]}"


def attempt(target):
    family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
    return outcome(lambda: connected(family, target).close())


def happens(scene, listeners, target, **options):
    """What becomes of a connect: the name of the redirector that took it, or an errno."""
    error = scene.child(attempt, target, **options).result()
    ready, _, _ = select.select(list(listeners), [], [], 0 if error else 5)
    for listener in ready:
        listener.accept()[0].close()
    if error is None:
        equal(len(ready), 1, f"listeners that were reached by {target}")
        return listeners[ready[0]]
    equal(ready, [], f"listeners reached although {target} failed")
    return error


def foretold(answer):
    """The same, as why has it."""
    if answer["verdict"] == "redirect":
        return answer["redirector"].split("/")[1]
    return getattr(errno, answer["error"]) if answer["verdict"] == "block" else LEFT


def listeners_of(scene):
    found = {scene.listen("127.0.0.1", PORT + 2): "byuser"}
    found[scene.listen("127.0.0.1", PORT + 3)] = "bycgroup"
    found[scene.listen("::1", PORT + 3)] = "bycgroup"
    found[scene.listen("::1", PORT + 4)] = "byexe"
    found[scene.listen("127.0.0.1", PORT + 5)] = "other"
    return found


@case
def what_it_says_is_what_happens(scene):
    inside, outside = scene.subcgroup("inside"), scene.subcgroup("outside")
    listeners = listeners_of(scene)
    intruder = Worker(scene, uid=NOBODY)
    intruder.call(do.listen, "one", "127.0.0.1", PORT + 1)
    scene.up("web", MANY.replace("CGROUP", inside))
    hosts = ("203.0.113.9", "203.0.113.7", "203.0.113.70", "198.51.100.1", "2001:db8:3::9")
    hosts += ("2001:db8:3::7", "2001:db8:4::1", "::ffff:203.0.113.7", "::ffff:198.51.100.1")
    targets = list(itertools.product(hosts, (7, 22, 25, 80, 81, 99)))
    seen = set()
    for number, (target, uid, cgroup) in enumerate(
        itertools.product(targets, (0, NOBODY), (inside, outside))
    ):
        if number % 3:  # each combination is met with some destination
            continue
        answer = why(scene, at(target), "--user", uid, "--cgroup", cgroup, "--exe", EXE)
        found = happens(scene, listeners, target, uid=uid, cgroup=cgroup)
        equal(foretold(answer), found, f"{target}, user {uid}, {cgroup}: {answer}")
        seen.add((answer["verdict"], answer["cause"], answer["redirector"], answer["rule"]))
    causes = {cause for _, cause, _, _ in seen}
    check({"filter", "family", "absent", "intruder", None} <= causes, f"causes met: {causes}")
    rules = {rule for _, _, _, rule in seen}
    equal(len(rules), 8, f"rules that decided, and none: {rules}")


@case
def an_absent_proxy_that_permits_is_passed_over(scene):
    rules = f"[redirector one]\nlisten = {AT4}\n{MATCH}when-absent = permit\n"
    rules += f"[redirector two]\nlisten = 127.0.0.1:{PORT + 1}\n{MATCH}when-absent = permit\n"
    scene.up("web", rules)
    answer = why(scene, f"{AWAY4}:80", expect=PERMIT)
    equal([rule["reason"] for rule in answer["rules"]], ["absent"] * 2, "both are absent")
    equal(scene.child(attempt, (AWAY4, 80)).result(), LEFT, "the connect")
    second = scene.listen("127.0.0.1", PORT + 1)
    answer = why(scene, f"{AWAY4}:80", expect=REDIRECT)
    equal([rule["reason"] for rule in answer["rules"]], ["absent", "decides"], "the first is")
    equal(happens(scene, {second: "two"}, (AWAY4, 80)), "two", "the connect")


@case
def of_a_process_it_says_what_happens_to_its_own(scene):
    listener = scene.listen("127.0.0.1", PORT)
    redirect(scene, AT4, more=MATCH + f"user = {NOBODY}\n")
    for uid, expected in ((NOBODY, REDIRECT), (0, PERMIT)):
        client = Worker(scene, uid=uid)
        answer = why(scene, f"{AWAY4}:80", "--pid", client.pid, expect=expected)
        equal(answer["process"]["uid"], uid, "user")
        equal(client.call(attempt, (AWAY4, 80)), None if uid else LEFT, "the connect")
        equal(answer["rules"][-1]["reason"], "condition" if not uid else "decides", "reason")
    own = why(scene, f"{AWAY4}:80", "--pid", os.getpid(), expect=PERMIT)
    equal(own["process_of"], "web/one", "the proxy's own process")
    listener.close()


@case
def of_a_process_without_a_destination_it_says_what_may_happen(scene):
    scene.listen("127.0.0.1", PORT)
    filters = f"[filter all]\naction = block\nuser = {PROXY}\n"
    filters += f"[filter some]\naction = permit\nremote-port = 25\nuser = {NOBODY}\n"
    scene.up("web", filters + f"[redirector one]\nlisten = {AT4}\nremote-port = 80\nuser = {NOBODY}\n")
    reasons = {}
    for uid, expected in ((NOBODY, REDIRECT), (1, PERMIT), (PROXY, BLOCK)):
        answer = why(scene, "--pid", Worker(scene, uid=uid).pid, expect=expected)
        reasons[uid] = [rule["reason"] for rule in answer["rules"]]
    equal(reasons[NOBODY], ["condition", "depends_on_destination", "depends_on_destination"])
    equal(reasons[1], ["condition"] * 3)
    equal(reasons[PROXY], ["decides", "not_asked", "not_asked"])


@case
def an_intruder_is_named_with_its_number_and_program(scene):
    intruder = Worker(scene, uid=NOBODY)
    intruder.call(do.listen, "one", "127.0.0.1", PORT)
    redirect(scene, AT4, more=MATCH + f"owner-user = {PROXY}\n")
    answer = why(scene, f"{AWAY4}:80", expect=BLOCK)
    equal((answer["cause"], answer["error"]), ("intruder", "ECONNREFUSED"), "cause")
    by = answer["listener"]["by"]
    equal((by["pid"], by["uid"], by["executable"]), (intruder.pid, NOBODY, EXE), "the intruder")
    words = scene.run("why", f"{AWAY4}:80", expect=BLOCK)
    check(f"pid {intruder.pid}" in words and EXE in words, words)
    intruder.kill()
    why(scene, f"{AWAY4}:80", expect=BLOCK)
    Worker(scene, uid=PROXY).call(do.listen, "one", "127.0.0.1", PORT)
    why(scene, f"{AWAY4}:80", expect=REDIRECT)


@case
def a_socket_tells_what_it_carries_by_descriptor_and_by_its_ends(scene):
    listener = scene.listen("127.0.0.1", PORT)
    redirect(scene, AT4)

    def client():
        one = connected(socket.AF_INET, (AWAY4, 80))
        yield one.fileno(), one.getsockname()
        one.close()

    steps = Steps(scene, client)
    number, name = steps.reach()
    accepted = arrive(scene, listener)
    for words in (
        ("--socket", f"{steps.pid}/{number}"),
        ("--socket", f"pid={steps.pid},fd={number}"),
        ("--socket", at(name), AT4),
    ):
        answer = why(scene, *words, expect=REDIRECT)
        found = answer["socket"]
        equal(found["records"], "redirected", words)
        equal([hop["redirector"] for hop in found["hops"]], ["web/one"], "hops")
        equal(answer["destination"], {"address": AWAY4, "port": 80}, "destination")
        equal(found["remote"], {"address": PROXY4, "port": PORT}, "its real peer")
        equal((found["pid"], found["fd"]), (steps.pid, number), "who holds it")
    there = why(scene, "--socket", f"{os.getpid()}/{accepted.fileno()}", expect=REDIRECT)["socket"]
    equal(there["records"], "accepted", "the proxy's side")
    equal(there["hops"][0]["destination"], {"address": AWAY4, "port": 80}, "was going to")
    steps.end()


@case
def a_socket_with_records_is_decided_by_its_chain(scene):
    listener = scene.listen("127.0.0.1", PORT)
    second = scene.listen("127.0.0.1", PORT + 1)
    rules = f"[redirector one]\nlisten = {AT4}\n{MATCH}user = {NOBODY}\n"
    rules += f"[redirector two]\nlisten = 127.0.0.1:{PORT + 1}\n{MATCH}user = {NOBODY}\n"
    scene.up("web", rules)

    def client():
        one = connected(socket.AF_INET, (AWAY4, 80))
        yield one.fileno()
        one.close()

    steps = Steps(scene, client, uid=NOBODY)
    steps.reach()
    accepted = arrive(scene, listener)
    outbound = scene.keep(socket.socket())
    name = f"{os.getpid()}/{outbound.fileno()}"
    # By itself: the process is both redirectors', and of another user.
    why(scene, "--socket", name, f"{AWAY4}:80", expect=PERMIT)
    set_records(outbound, query_records(accepted))
    answer = why(scene, "--socket", name, f"{AWAY4}:80", expect=REDIRECT)
    equal(answer["socket"]["records"], "set", "what it carries")
    equal(answer["redirector"], "web/two", "who is next")
    equal(answer["origin"]["uid"], NOBODY, "the origin's user")
    equal([rule["reason"] for rule in answer["rules"]], ["passed", "decides"], "reasons")
    outbound.connect((AWAY4, 80))
    equal(len(query_hops(arrive(scene, second))), 2, "hops at the second")
    steps.end()


@case
def a_socket_that_was_not_redirected_goes_direct(scene):
    origin = scene.listen(ORIGIN4)
    early = scene.keep(connected(socket.AF_INET, origin.getsockname()))
    redirect(scene, AT4, more="")
    scene.listen("127.0.0.1", PORT)
    answer = why(scene, "--socket", f"{os.getpid()}/{early.fileno()}", expect=None)
    equal(scene.status, PERMIT, "status")
    equal(answer["socket"]["records"], "none", "records")
    fresh = scene.keep(socket.socket())
    text = scene.run("why", "--socket", f"{os.getpid()}/{fresh.fileno()}", expect=PERMIT)
    check("records    none" in text, text)


@case
def whoever_asks_wrongly_is_told_and_gets_no_answer(scene):
    redirect(scene, AT4)
    listener = scene.listen("127.0.0.1", PORT)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        for words, said in (
            ((), "expected a destination"),
            (("example.org:80",), "not a name"),
            (("192.0.2.1",), "ADDRESS:PORT"),
            (("192.0.2.1:0",), "port"),
            (("192.0.2.1:80x",), "port"),
            (("2001:db8::1:80",), "ADDRESS:PORT"),
            (("192.0.2.1:80", "192.0.2.2:80"), "did not expect"),
            (("192.0.2.1:80", "--user", "no-such-user"), "--user"),
            (("192.0.2.1:80", "--exe", "/no/such/program"), "--exe"),
            (("192.0.2.1:80", "--cgroup", "/no/such/cgroup"), "--cgroup"),
            (("192.0.2.1:80", "--pid", "0"), "number"),
            (("192.0.2.1:80", "--pid", "4194304"), "no process"),
            (("--pid", "1", "--user", "root"), "not there yet"),
            (("--pid", "1", "--socket", "1/1"), "exclude"),
            (("--socket", "1.2.3.4:5"), "remote address"),
            (("--socket", "127.0.0.1:9", "127.0.0.1:9"), "no socket"),
            (("--socket", at(listener.getsockname()), "127.0.0.1:9"), "no socket"),
            (("--socket", f"{os.getpid()}/4000"), "no such descriptor"),
            (("--socket", f"{os.getpid()}/{datagrams.fileno()}"), "no TCP socket"),
            (("--socket", f"{os.getpid()}/0"), "no TCP socket"),
            (("--socket", "4194304/1"), "no such process"),
            (("--frob",), "no option"),
        ):
            equal(scene.run("why", *words, expect=NO_ANSWER), "", f"answer to {words}")
            check(said in scene.stderr, f"{words}: {scene.stderr}")
    with open("/dev/full", "w") as full:
        done = subprocess.run([scene.whither, "why", f"{AWAY4}:80"], stdout=full, check=False)
    equal(done.returncode, NO_ANSWER, "an answer that nobody could read")

    def unprivileged():
        return subprocess.run(
            [scene.whither, "why", f"{AWAY4}:80"], capture_output=True, check=False
        ).returncode

    equal(scene.child(unprivileged, uid=NOBODY).result(), NO_ANSWER, "without privilege")


@case
def while_whither_is_not_active_everything_goes_direct(scene):
    scene.run("down", "--all")
    answer = why(scene, "192.0.2.1:80", expect=PERMIT)
    equal((answer["active"], answer["rules"]), (False, []), "nothing is in force")
    why(scene, "--pid", os.getpid(), expect=PERMIT)
    check("not active" in scene.run("why", "192.0.2.1:80", expect=PERMIT), "the text")


main(__file__)
