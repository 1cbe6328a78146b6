# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""cycle_load and its proxies, with the rules that they are made for."""
import json
import os
import subprocess

from kernel_scene import Failure, check, equal
from kernel_state import Totals, eventually, nothing_left, occupancy

KINDS = "ok chained by_process refused refused_later black_hole narrow unrouted killed".split()
LOOPBACK = "::ffff:127.0.0.1"
RULES = """
[redirector one]
listen = 127.0.0.1:12345
listen = [::1]:12345
remote-address = 192.0.2.0/24, 198.51.100.0/24, 2001:db8:1::/48
[redirector two]
listen = 127.0.0.1:12346
remote-address = 198.51.100.0/24
[redirector absent]
listen = 127.0.0.1:12347
remote-address = 203.0.113.0/26
[redirector hole]
listen = 127.0.0.1:12348
remote-address = 203.0.113.64/26
[redirector narrow]
listen = 127.0.0.1:12349
remote-address = 203.0.113.128/26
[redirector unrouted]
listen = 10.9.9.9:12350
remote-address = 203.0.113.192/26
"""
FIRST = [f"first:{LOOPBACK}:12345", "first:::1:12345"]
SECOND = [f"serve:{LOOPBACK}:12346", f"hole:{LOOPBACK}:12348", f"narrow:{LOOPBACK}:12349"]


def helper(name):
    """The path of a helper program."""
    return f"{os.environ.get('WHITHER_HELPERS', 'build/tests/kernel')}/{name}"


class Helper:
    """A helper program that prints its tallies when its standard input ends."""

    def __init__(self, scene, name, *arguments, cgroup=None):
        enter = f"echo 0 > {cgroup}/cgroup.procs && " if cgroup else ""
        self.process = subprocess.Popen(
            ["sh", "-c", enter + 'exec "$0" "$@"', helper(name), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        scene.keep(self)

    def ready(self):
        equal(self.process.stdout.readline(), "ready\n", "a proxy's first line")
        return self

    def tallies(self, timeout=1200, stop=False):
        """What it has counted. stop: its standard input ends now."""
        try:
            out, _ = self.process.communicate("" if stop else None, timeout)
        except subprocess.TimeoutExpired:
            raise Failure("a helper did not end in time") from None
        equal(self.process.returncode, 0, "a helper's exit status")
        return json.loads(out)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def cycles(scene, count, kinds=KINDS, processes=6):
    """Runs count cycles of these kinds, and checks that nothing is wrong and nothing is left."""
    proxies = Helper(scene, "cycle_proxy", *FIRST).ready(), Helper(
        scene, "cycle_proxy", *SECOND
    ).ready()
    scene.up("web", RULES)
    before = Totals()
    load = Helper(scene, "cycle_load", processes, count, 0, *kinds)
    eventually(lambda: check(occupancy()["wh_flight"] > 0, "nothing was ever in flight"))
    done = load.tallies()
    print("#", done, flush=True)
    for kind in kinds:
        equal(done[f"{kind}_failed"], 0, f"failures of {kind} (last error {done['error']})")
        check(done[kind] > 0, f"no cycle of {kind} was run")
    equal(sum(done[kind] for kind in KINDS), count, "cycles")
    # While the proxies still listen: what nobody will ever accept is gone too.
    eventually(nothing_left, 90)
    found = [proxy.tallies(stop=True) for proxy in proxies]
    print("#", found, flush=True)
    for one in found:
        for wrong in ("wrong", "unknown", "failed", "escaped"):
            equal(one[wrong], 0, f"{wrong} (last error {one['error']})")
    for kind in ("ok", "chained", "by_process"):
        check(found[0][kind] >= done[kind], f"{kind}: fewer served than connected")
    for kind in ("chained", "by_process"):
        check(found[1][kind] >= done[kind], f"{kind}: fewer at the second than connected")
    nothing_left()
    totals = Totals()
    equal(totals.lost, 0, "connections without their record")
    check(totals.next_id - before.next_id >= count * 0.9, "the kernel has not seen the cycles")
    return totals
