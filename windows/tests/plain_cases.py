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

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(f"{HERE}/../../tests/support")

from test_cases import *

SOURCE = os.environ.get("WHITHER_SOURCE", os.path.realpath(f"{HERE}/../.."))
BUILD = os.environ.get("WHITHER_BUILD", f"{SOURCE}/build")
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]


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


def _run(function):
    tools = Tools()
    try:
        function(tools)
    finally:
        tools.close()


def main():
    if os.environ.get("WHITHER_SANITIZED"):
        skip("a sanitized library is not for programs that are not")
    sys.exit(1 if run_cases(_run) else 0)
