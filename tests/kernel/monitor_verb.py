# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither monitor: decisions as they happen."""
import json
import select
import subprocess

import kernel_worker as do
from client_scene import *
from kernel_worker import Worker

NOBODY, PROXY = 65534, 60001
RULES = f"""
[filter nomail]
action = block
remote-address = 203.0.113.0/24
remote-port = 25
[filter away]
action = permit
remote-address = 203.0.113.9
[redirector one]
listen = {AT4}
remote-address = 203.0.113.0/24
remote-port = 80
[redirector owned]
listen = 127.0.0.1:{PORT + 1}
owner-user = {PROXY}
remote-address = 203.0.113.0/24
remote-port = 81
[redirector gone]
listen = 127.0.0.1:{PORT + 2}
remote-address = 203.0.113.0/24
remote-port = 82
"""


class Monitor:
    """A running monitor; next() is the next decision about somebody of this test."""

    def __init__(self, scene, *arguments, form="--json"):
        words = [scene.whither, "monitor", *arguments] + ([form] if form else [])
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        self._read = b""
        scene.keep(self)
        deadline = time.monotonic() + 10
        while watch()[0][3] != self.process.pid:  # until the kernel writes for it
            check(time.monotonic() < deadline, "the monitor does not begin")
            time.sleep(0.01)

    def line(self, timeout=10):
        while b"\n" not in self._read:
            ready, _, _ = select.select([self.process.stdout], [], [], timeout)
            check(ready, "nothing is told")
            part = self.process.stdout.read(65536)
            check(part, "the monitor has ended")
            self._read += part
        line, _, self._read = self._read.partition(b"\n")
        return line.decode() + "\n"

    def next(self, pid=None):
        while True:
            told = json.loads(self.line())
            if pid is None or told["process"]["pid"] == pid:
                return told

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, error = self.process.communicate(timeout=10)
        return self.process.returncode, out, error

    def kill(self):
        self.process.kill()
        self.process.communicate()


def watch():
    from kernel_state import Pinned

    with Pinned("wh_watch") as pinned:
        return [struct.unpack("=QQQIIII", pinned.get(index, 40)) for index in (0, 1)]


def attempt(target):
    return outcome(lambda: connected(socket.AF_INET, target).close())


@case
def each_decision_is_told_with_its_cause(scene):
    scene.listen("127.0.0.1", PORT)
    Worker(scene, uid=NOBODY).call(do.listen, "one", "127.0.0.1", PORT + 1)
    scene.up("web", RULES)
    monitor = Monitor(scene)
    client = Worker(scene, uid=NOBODY)
    for port, verdict, cause, redirector, filter_ in (
        (80, "redirect", None, "web/one", None),
        (25, "block", "filter", None, "web/nomail"),
        (81, "block", "intruder", "web/owned", None),
        (82, "redirect", None, "web/gone", None),
    ):
        client.call(attempt, (AWAY4, port))
        told = monitor.next(client.pid)
        equal((told["event"], told["verdict"], told["cause"]), ("connect", verdict, cause), port)
        equal((told["redirector"], told["filter"]), (redirector, filter_), f"who, {port}")
        equal(told["destination"], {"address": AWAY4, "port": port}, "destination")
        equal(told["process"]["uid"], NOBODY, "user")
        check(told["why"], "no reason")
        if verdict == "redirect":
            equal(told["target"]["address"], "127.0.0.1", "target")
    told = monitor.next(client.pid)
    equal((told["event"], told["verdict"], told["cause"]), ("failed", "block", "absent"), "later")
    equal(told["redirector"], "web/gone", "later")
    client.call(attempt, ("203.0.113.9", 80))
    told = monitor.next(client.pid)
    equal((told["verdict"], told["filter"]), ("permit", "web/away"), "permitted")
    intruder = Worker(scene, uid=NOBODY)
    with refused(errno.EACCES):
        intruder.call(do.bind, "two", "127.0.0.1", PORT + 1)
    told = monitor.next(intruder.pid)
    equal((told["event"], told["verdict"], told["cause"]), ("bind", "block", "intruder"), "bind")


@case
def what_no_rule_has_to_do_with_is_told_only_on_request(scene):
    scene.listen("127.0.0.1", PORT)
    scene.up("web", RULES)
    client = Worker(scene)
    for all_, first in (((), 80), (("--all",), 99)):
        monitor = Monitor(scene, "--pid", str(client.pid), *all_)
        client.call(attempt, (AWAY4, 99))
        client.call(attempt, (AWAY4, 80))
        equal(monitor.next()["destination"]["port"], first, f"the first of {all_}")
        equal(monitor.end()[0], 0, "status")


@case
def a_reader_chooses_by_user_process_redirector_and_verdict(scene):
    scene.listen("127.0.0.1", PORT)
    scene.up("web", RULES)
    root, nobody = Worker(scene), Worker(scene, uid=NOBODY)
    for words, expected in (
        (("--user", str(NOBODY)), (NOBODY, 25)),
        (("--pid", str(nobody.pid)), (NOBODY, 25)),
        (("--redirector", "one", "--pid", str(root.pid)), (0, 80)),
        (("--redirector", "web/one", "--pid", str(nobody.pid)), (NOBODY, 80)),
        (("--verdict", "redirect", "--user", str(NOBODY)), (NOBODY, 80)),
    ):
        monitor = Monitor(scene, *words)
        for client in (root, nobody):
            client.call(attempt, (AWAY4, 25))
            client.call(attempt, (AWAY4, 80))
        told = monitor.next()
        equal((told["process"]["uid"], told["destination"]["port"]), expected, words)
        monitor.end()


@case
def the_text_has_a_line_for_each_and_names_stay_in_their_line(scene):
    scene.listen("127.0.0.1", PORT)
    scene.up("web", RULES)

    def renamed(target):
        libc.prctl(15, b"a\n\x1b[31m \xff", 0, 0, 0)  # PR_SET_NAME
        return attempt(target)

    monitor = Monitor(scene, "--verdict", "block", form=None)
    child = scene.child(renamed, (AWAY4, 25), uid=NOBODY)
    child.result()
    line = monitor.line()
    for part in ("to=203.0.113.7:25", "verdict=block", "filter=web/nomail", 'why="a filter blocks"'):
        check(part in line, line)
    check("\x1b" not in line and line.endswith("\n") and 'name="a\\x0a\\x1b' in line, repr(line))


@case
def it_ends_cleanly_and_the_kernel_writes_no_more(scene):
    scene.listen("127.0.0.1", PORT)
    scene.up("web", RULES)
    for number in (signal.SIGINT, signal.SIGTERM):
        monitor = Monitor(scene)
        equal((monitor.end(number)[0], watch()[0][0]), (0, 0), "status; written until")
    monitor = Monitor(scene)
    monitor.process.stdout.close()  # EPIPE
    equal((monitor.process.wait(10), watch()[0][0]), (0, 0), "status without a reader")
    monitor.process.stdout = None
    check(not monitor.process.stderr.read(), "something was said")
    monitor = Monitor(scene, "--count", "1", "--verdict", "block")
    scene.child(attempt, (AWAY4, 25)).result()
    equal((monitor.process.wait(10), watch()[0][0]), (0, 0), "status after one")
    monitor = Monitor(scene)
    scene.run("down", "--all")
    equal(monitor.process.wait(10), 0, "status when the rules are gone")
    check(b"not active any more" in monitor.process.stderr.read(), "what was said")


@case
def a_reader_that_was_killed_leaves_nothing_behind(scene):
    scene.listen("127.0.0.1", PORT)
    scene.up("web", RULES)
    Monitor(scene).kill()
    check(watch()[0][0], "it was not killed in the midst")
    # The next one need not wait, and has none of the decisions made between.
    client = Worker(scene)
    client.call(attempt, (AWAY4, 25))
    monitor = Monitor(scene, "--pid", str(client.pid))
    client.call(attempt, (AWAY4, 80))
    equal(monitor.next()["destination"]["port"], 80, "the first that is told")
    monitor.kill()
    deadline = time.monotonic() + 15
    while watch()[0][0]:  # whoever connects after its time puts an end to it
        client.call(attempt, (AWAY4, 25))
        check(time.monotonic() < deadline, "the kernel still writes")
        time.sleep(0.2)


@case
def what_finds_no_room_is_counted_and_told(scene):
    scene.up("web", RULES)
    monitor = Monitor(scene, "--pid", str(os.getpid()))
    monitor.process.send_signal(signal.SIGSTOP)
    before, count = watch()[1][1], 0
    while watch()[1][1] < before + 5:
        for _ in range(500):
            with socket.socket() as one:
                equal(one.connect_ex((AWAY4, 25)), errno.EPERM, "the connect")
        count += 500
        check(count < 20000, "there is room for all")
    dropped = watch()[1][1] - before
    monitor.process.send_signal(signal.SIGCONT)
    told = 0
    while True:
        line = json.loads(monitor.line())
        if line["event"] == "dropped":
            equal(line["dropped"], dropped, "told as dropped")
            break
        told += 1
    equal(told + dropped, count, "told and dropped")


@case
def only_one_reads_and_wrong_requests_are_refused(scene):
    scene.up("web", RULES)
    monitor = Monitor(scene)
    scene.run("monitor", expect=1)
    check(f"process {monitor.process.pid} reads" in scene.stderr, scene.stderr)
    monitor.end()
    for words, status, said in (
        (("--verdict", "maybe"), 2, "expected redirect"),
        (("--user", "no-such-user"), 2, "--user"),
        (("--pid", "x"), 2, "number"),
        (("--count", "0"), 2, "number"),
        (("word",), 2, "did not expect"),
    ):
        scene.run("monitor", *words, expect=status)
        check(said in scene.stderr, scene.stderr)
    with open("/dev/full", "w") as full:
        done = subprocess.Popen([scene.whither, "monitor", "--all"], stdout=full)
        scene.keep(done)
        while done.poll() is None:
            scene.child(attempt, (AWAY4, 25)).result()
    equal(done.returncode, 1, "when nothing can be written")
    scene.run("down", "--all")
    scene.run("monitor", expect=1)
    check("not active" in scene.stderr, scene.stderr)


main(__file__, GROUND)
