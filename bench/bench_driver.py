# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Runs the groups in alternating rounds, and reports. Called by run.sh."""
import argparse
import os
import signal
import sys
import time
from types import SimpleNamespace

from bench_ground import Ground, Trouble
from bench_groups import Cycles, Kernel, Queries, SplitCycles, Tax
from bench_heavy import Bulk, Memory, Programs
from bench_plot import write_plot
from bench_proxies import Proxies
from bench_report import Table, write_csv
from bench_unprivileged import Unprivileged

# name on the command line, group, the share of the rounds that it gets
GROUPS = (
    ("cycle", Cycles, 1),
    ("split", SplitCycles, 1),
    ("run", Unprivileged, 1),
    ("query", Queries, 1),
    ("wsk", Kernel, 1),
    ("tax", Tax, 1),
    ("bulk", Bulk, 0.7),
    ("proxies", Proxies, 0.5),
    ("memory", Memory, 0.2),
    ("programs", Programs, 0.35),
)
SIZES = {
    "full": SimpleNamespace(cycles=5000, calls=20000, mib=1024, connections=100000, rounds=15),
    "quick": SimpleNamespace(cycles=1000, calls=4000, mib=256, connections=10000, rounds=3),
    "tiny": SimpleNamespace(cycles=50, calls=200, mib=8, connections=200, rounds=1),
}
STATES = ("down", "user", "cgroup")


def options():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(
        prog="run.sh", description="Measures whither beside its alternatives, side by side."
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", dest="size", action="store_const", const="quick", default="full",
                      help="about a minute; the figures are rough")
    size.add_argument("--tiny", dest="size", action="store_const", const="tiny",
                      help="every row once, a few seconds: a test of this program")
    parser.add_argument("--rounds", type=int, help="how often each row is measured")
    parser.add_argument("--only", metavar="GROUP,...", default="",
                        help="of: " + " ".join(name for name, _, _ in GROUPS))
    parser.add_argument("--connections", type=int, help="of the memory group (default 100000)")
    parser.add_argument("--cpu", type=int, help="the processor to measure on (default: the last)")
    parser.add_argument("--results", default=f"{here}/results", help="folder for the files")
    chosen = parser.parse_args()
    names = [name for name, _, _ in GROUPS]
    chosen.only = [name for name in chosen.only.split(",") if name] or names
    for name in chosen.only:
        if name not in names:
            parser.error(f"no group {name}; there are: {' '.join(names)}")
    return chosen


def measure(ground, groups, progress):
    """Round by round. Every second one goes through the states backwards, so that each state is
    entered once a round and nothing always comes last."""
    for number in range(max(rounds for _, rounds in groups)):
        for state in STATES if number % 2 == 0 else STATES[::-1]:
            for group, rounds in groups:
                if number >= rounds:
                    continue
                for wanted, step in group.steps:
                    if wanted == state:
                        ground.put(state)
                        step(number)
        progress(number)


def main():
    chosen = options()
    size = SIZES[chosen.size]
    rounds = chosen.rounds or size.rounds
    if chosen.connections:
        size.connections = chosen.connections
    processors = sorted(os.sched_getaffinity(0))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begun, load = time.monotonic(), os.getloadavg()[0]

    def progress(number):
        print(f"\rround {number + 1}, {time.monotonic() - begun:.0f} s", end="", file=sys.stderr)

    try:
        ground = Ground(chosen.cpu if chosen.cpu is not None else processors[-1])
        ground.other_processor = processors[0]
        try:
            groups = [
                (make(ground, size), max(1, round(rounds * share)))
                for name, make, share in GROUPS if name in chosen.only
            ]
            measure(ground, groups, progress)
        finally:
            ground.close()
    except Trouble as trouble:
        sys.exit(f"bench: {trouble}")
    print(file=sys.stderr)
    table = Table([group for group, _ in groups], load, time.monotonic() - begun)
    print(table.text())
    os.makedirs(chosen.results, exist_ok=True)
    with open(f"{chosen.results}/table.txt", "w") as file:
        file.write(table.text() + "\n")
    write_csv([group for group, _ in groups], chosen.results)
    write_plot([group for group, _ in groups], f"{chosen.results}/plot.svg")
    print(f"\n{chosen.results}: table.txt, summary.csv, samples.csv, plot.svg")


main()
