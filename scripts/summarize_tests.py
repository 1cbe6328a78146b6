#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""summarize_tests.py LOG...: what failed and why, from Meson's JSON logs, and one line that counts.

WHITHER_NO_SKIP=1 in the environment: a test that was skipped has failed.
"""

import json
import os
import re
import sys

PASSED = ("OK", "EXPECTEDFAIL")
SKIPPED = ("SKIP",)
LINES_SHOWN = 200
LEFT_OUT = re.compile(r"ok \d+ - (.*) # SKIP (.*)")


def read_log(path):
    """The tests of one log: Meson writes one JSON object a line. A log that is not there has none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            return [json.loads(line) for line in log if line.strip()]
    except FileNotFoundError:
        print(f"no test log: {path}")
        return []


def output_of(test):
    """What the test printed, its end if that was much."""
    lines = []
    for stream in ("stdout", "stderr"):
        lines += (test.get(stream) or "").rstrip().splitlines()
    if len(lines) > LINES_SHOWN:
        lines = [f"[{len(lines) - LINES_SHOWN} lines before this]"] + lines[-LINES_SHOWN:]
    return lines


def reason_of(test):
    """Why a test was skipped: the last thing it said."""
    lines = [line for line in output_of(test) if line.strip()]
    return lines[-1].strip() if lines else "it does not say why"


def left_out_of(test):
    """The cases that a test which passed could not try here."""
    lines = (test.get("stdout") or "").splitlines()
    return [found.groups() for line in lines if (found := LEFT_OUT.match(line))]


def name_of(test):
    """Suite and name, without the project's."""
    return test["name"].split(":", 1)[-1]


def show_failure(test, why):
    print(f"\nFAILED {name_of(test)}: {why}")
    for line in output_of(test):
        print(f"  {line}")


def main(paths):
    no_skip = os.environ.get("WHITHER_NO_SKIP") == "1"
    tests = [test for path in paths for test in read_log(path)]
    passed = [test for test in tests if test["result"] in PASSED]
    skipped = [test for test in tests if test["result"] in SKIPPED]
    failed = [test for test in tests if test["result"] not in PASSED + SKIPPED]

    for test in failed:
        show_failure(test, f"{test['result'].lower()}, exit status {test.get('returncode')}")
    for test in skipped:
        if no_skip:
            show_failure(test, f"skipped, and WHITHER_NO_SKIP=1 forbids it: {reason_of(test)}")
        else:
            print(f"\nskipped {name_of(test)}: {reason_of(test)}")
    partly = [test for test in passed if left_out_of(test)]
    for test in partly:
        left_out = left_out_of(test)
        print(f"\nleft out of {name_of(test)}: {len(left_out)} case{'s' * (len(left_out) > 1)}")
        for title, reason in left_out:
            print(f"  {title}: {reason}")
    if no_skip:
        failed, skipped = failed + skipped + partly, []
        passed = [test for test in passed if test not in partly]
    if not tests:
        print("\nno test was run")

    print(f"\n{len(passed)} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
