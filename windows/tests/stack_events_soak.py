# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""nt_stack_event_test with a million events, under ThreadSanitizer."""
import os
import subprocess
import sys

from sanitized_build import make

here = os.path.dirname(os.path.abspath(__file__))
build = os.environ.get("WHITHER_BUILD", f"{here}/../../build")
test = "windows/tests/nt_stack_event_test"
folder = make(build, os.environ.get("WHITHER_SOURCE", f"{here}/../.."), "thread", [test])
# The thread sanitizers of older compilers do not know where newer kernels map memory.
sys.exit(subprocess.run(["setarch", "-R", f"{folder}/{test}"],
                        env={**os.environ, "WHITHER_EVENTS": "1000000"}).returncode)
