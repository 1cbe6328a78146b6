# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Cases that need no privilege (TAP): each gets an empty folder and the tools.

    @case
    def it_does(tools):
        tools.write("a.c", "...")
        tools.cc("a.c", "-c")
"""
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.get("WHITHER_SOURCE", os.path.realpath(f"{HERE}/../.."))
BUILD = os.environ.get("WHITHER_BUILD", f"{SOURCE}/build")
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
_cases = []


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def equal(found, expected, what="value"):
    check(found == expected, f"{what}: found {found!r}, expected {expected!r}")


def case(function):
    _cases.append(function)
    return function


class Tools:
    """The tools of this build and a folder to work in. Of the last program: status, stdout, stderr."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="whither-windows-")
        self.status, self.stdout, self.stderr = None, "", ""

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def run(self, *words, expect=0, environment=None, timeout=120, send=None):
        done = subprocess.run(
            list(map(str, words)), cwd=self.folder, capture_output=True, text=True, errors="replace",
            timeout=timeout, env={**os.environ, **(environment or {})}, input=send,
        )
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"{' '.join(map(str, words))} ended with {done.returncode}, expected "
                                 f"{expect}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def cc(self, *words, compiler="gcc", **options):
        """Runs whither-cc; returns all that it says."""
        tool = f"{BUILD}/windows/driver/whither-cc"
        return self.run(sys.executable, tool, f"--cc={compiler}", *words, **options)

    def driver(self, *words, **options):
        """Runs whither-driver."""
        return self.run(f"{BUILD}/windows/driver/whither-driver", *words, **options)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    if os.environ.get("WHITHER_SANITIZED"):
        print("1..0 # SKIP a sanitized library is not for programs that are not", flush=True)
        sys.exit(0)
    cases = [one for one in _cases if not sys.argv[1:] or one.__name__ in sys.argv[1:]]
    failed = 0
    print(f"1..{len(cases)}", flush=True)
    for number, function in enumerate(cases, 1):
        tools = Tools()
        title = function.__name__.replace("_", " ")
        try:
            function(tools)
            print(f"ok {number} - {title}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {title}", flush=True)
            for line in traceback.format_exc().rstrip().split("\n"):
                print(f"# {line}", flush=True)
        finally:
            tools.close()
    sys.exit(1 if failed else 0)
