# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither doctor: what is wrong is found, and nothing of the test is left."""
import glob
import json
import subprocess

import kernel_worker as do
from client_scene import *
from kernel_worker import Worker

NOBODY, PROXY = 65534, 60001
GOOD, WARNINGS, FAILED, NO_ANSWER = range(4)
STATES = {"ok": GOOD, "not tested": GOOD, "warning": WARNINGS, "failed": FAILED}


def doctor(scene, *arguments, expect=None):
    """The findings by check; the exit status must be that of the worst."""
    answer = json.loads(scene.run("doctor", "--json", *arguments, expect=None))
    findings = answer["findings"]
    worst = max(STATES[one["state"]] for one in findings)
    equal((scene.status, STATES[answer["state"]]), (worst, worst), f"status: {findings}")
    if expect is not None:
        equal(scene.status, expect, f"status: {findings}")
    found = {}
    for one in findings:
        check(one["text"], one)
        found.setdefault(one["check"], []).append((one["state"], one["text"]))
    return found


def states(found, name):
    return [state for state, _ in found.get(name, [])]


def left_behind():
    return glob.glob(cgroup_root() + "/**/whither-run-doctor-*", recursive=True)


@case
def a_connection_is_redirected_in_truth_and_nothing_is_left(scene):
    scene.run("down", "--all")
    found = doctor(scene)
    equal(states(found, "connection"), ["ok", "ok"], found["connection"])
    for name in ("kernel", "kernel types", "cgroup v2", "bpf file system", "privilege", "active"):
        equal(states(found, name), ["ok"], found.get(name))
    equal(left_behind(), [], "cgroups")
    check(not os.path.exists("/sys/fs/bpf/whither"), "pins are left")
    found = doctor(scene, "--no-connection")
    equal(states(found, "connection"), ["not tested"], "without a connection")


@case
def beside_rules_in_force_it_changes_none(scene):
    worker = Worker(scene, uid=PROXY)
    worker.call(do.listen, "one", "127.0.0.1", PORT)
    redirect(scene, AT4, more=MATCH + f"owner-user = {PROXY}\n")
    before = [one["name"] for one in scene.show()["redirectors"]]
    found = doctor(scene)
    equal(states(found, "connection"), ["ok", "ok"], found["connection"])
    equal(states(found, "listeners"), ["ok"], found["listeners"])
    equal([one["name"] for one in scene.show()["redirectors"]], before, "redirectors")
    check("owners" not in found, found.get("owners"))
    Worker(scene, uid=NOBODY).call(do.connect, "out", AWAY4, 80)
    equal(left_behind(), [], "cgroups")


@case
def absent_proxies_intruders_and_owners_not_stated_are_named(scene):
    intruder = Worker(scene, uid=NOBODY)
    intruder.call(do.listen, "one", "127.0.0.1", PORT)
    rules = f"[redirector held]\nlisten = {AT4}\n{MATCH}owner-user = {PROXY}\n"
    rules += f"[redirector gone]\nlisten = 127.0.0.1:{PORT + 1}\n{MATCH}"
    scene.up("web", rules)
    found = doctor(scene, "--no-connection", expect=FAILED)
    texts = dict((text.split(",")[0], (state, text)) for state, text in found["listeners"])
    equal(texts["web/held"][0], "failed", "the intruder's")
    check(f"pid {intruder.pid}" in texts["web/held"][1], texts)
    equal(texts["web/gone"][0], "failed", "nobody's")
    equal(states(found, "owners"), ["warning"], "owners")
    check("web/gone" in found["owners"][0][1], found["owners"])


@case
def connections_from_before_the_rules_are_found(scene):
    origin = scene.listen(ORIGIN4)
    client = Worker(scene, uid=NOBODY)
    client.call(do.connect, "early", *origin.getsockname())
    proxy = Worker(scene, uid=PROXY)
    proxy.call(do.listen, "one", "127.0.0.1", PORT)
    own = f"remote-address = {ORIGIN4}\nowner-user = {PROXY}\nuser = {NOBODY}\n"
    redirect(scene, AT4, more=own)
    found = doctor(scene, "--no-connection", expect=WARNINGS)
    equal(states(found, "escapes"), ["warning"], found["escapes"])
    check(f"pid {client.pid}" in found["escapes"][0][1], found["escapes"])
    client.call(do.close, "early")
    # One that is redirected is no escape.
    client.call(do.connect, "late", *origin.getsockname())
    found = doctor(scene, "--no-connection")
    equal(states(found, "escapes"), ["ok"], found["escapes"])


@case
def a_hook_that_was_taken_away_is_missed(scene):
    scene.listen("127.0.0.1", PORT)
    redirect(scene, AT4)
    os.unlink("/sys/fs/bpf/whither/link_connect4")
    deadline = time.monotonic() + 5
    while True:
        found = doctor(scene, "--no-connection", expect=FAILED)
        if "failed" in states(found, "hooks"):
            break
        check(time.monotonic() < deadline, found["hooks"])
    check(any("connect4 is not attached" in text for _, text in found["hooks"]), found["hooks"])


@case
def without_privilege_it_says_what_it_could_not_test(scene):
    def ask(*words):
        done = subprocess.run(
            [scene.whither, "doctor", *words], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    status, text = scene.child(ask, uid=NOBODY).result()
    equal(status, GOOD, f"status: {text}")
    lines = {line[12:27].strip(): line[:10].strip() for line in text.splitlines()}
    equal((lines["privilege"], lines["connection"]), ("not tested", "not tested"), text)
    equal(lines["kernel"], "ok", text)


@case
def wrong_requests_and_a_full_disk_give_no_answer(scene):
    for words in (("word",), ("--frob",)):
        scene.run("doctor", *words, expect=NO_ANSWER)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [scene.whither, "doctor", "--no-connection"], stdout=full, check=False
        )
    equal(done.returncode, NO_ANSWER, "status")


main(__file__)
