# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What every test that is a Python program begins with: cases, which are counted one by one (TAP), and
what they fail with.

tests/kernel/kernel_scene.py, tests/seccomp/seccomp_scene.py and windows/tests/plain_cases.py each give
their cases another ground, have run_cases() run them on it, and hand on what is here.
"""
import os
import sys
import traceback

_cases = []


class Failure(AssertionError):
    pass


class NotHere(Exception):
    """A case that cannot be tried where it is run; why. It is named, and no failure."""


def check(condition, message):
    """Fails the case with message (and the caller's line) unless condition holds."""
    if not condition:
        raise Failure(message)


def equal(found, expected, what=""):
    check(found == expected, f"{what or 'value'}: found {found!r}, expected {expected!r}")


def case(function):
    """Registers a case; its name, with blanks, is what is reported."""
    _cases.append(function)
    return function


def skip(reason):
    """Ends the whole test as skipped. Meson sees that in the plan, and another status than 0 is an error to it."""
    print(f"1..0 # SKIP {reason}", flush=True)
    sys.exit(0 if os.environ.get("CMOCKA_MESSAGE_OUTPUT") == "TAP" else 77)


def run_cases(run):
    """Calls run(case) for all cases, or those whose names are given as arguments, but for those that the
    environment leaves out; how many of them failed."""
    left_out = os.environ.get("WHITHER_TEST_WITHOUT", "").split()
    chosen = [one for one in _cases if not sys.argv[1:] or one.__name__ in sys.argv[1:]]
    chosen = [one for one in chosen if one.__name__ not in left_out]
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    for number, function in enumerate(chosen, 1):
        title = function.__name__.replace("_", " ")
        try:
            run(function)
            print(f"ok {number} - {title}", flush=True)
        except NotHere as reason:
            print(f"ok {number} - {title} # SKIP {reason}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {title}", flush=True)
            for line in traceback.format_exc().rstrip().split("\n"):
                print(f"# {line}", flush=True)
    return failed
