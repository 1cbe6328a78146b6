# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""restarts_under_load.py with fifty thousand connections each way."""
import os
import sys

os.environ["WHITHER_RESTART_LOAD"] = "50000"
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "restarts_under_load.py")
os.execv(sys.executable, [sys.executable, path, *sys.argv[1:]])
