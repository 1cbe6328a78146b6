# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""killed_verbs.py, killing at every point."""
import os
import sys

os.environ["WHITHER_EVERY_POINT"] = "1"
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "killed_verbs.py")
os.execv(sys.executable, [sys.executable, path, *sys.argv[1:]])
