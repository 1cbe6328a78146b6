# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The Windows library compiled for a sanitizer, in a build folder within that of the tests."""
import os
import subprocess

SANITIZERS = {"address": "address,undefined", "thread": "thread"}
LIBRARY = ("windows/libwhither-windows.so.0.1.0", "windows/driver/libwhither-driver.a",
           "windows/driver/libwhither-wmain.a")


def folder_of(build, sanitizer):
    return f"{build}/soak-{sanitizer}"


def make(build, source, sanitizer, targets=LIBRARY):
    folder, quiet = folder_of(build, sanitizer), {"check": True, "stdout": subprocess.DEVNULL}
    if not os.path.exists(f"{folder}/build.ninja"):
        subprocess.run(["meson", "setup", folder, source, f"-Db_sanitize={SANITIZERS[sanitizer]}",
                        "-Db_lundef=false", "-Dbench=false", "-Dfuzz=disabled", "-Dman=disabled"], **quiet)
    subprocess.run(["ninja", "-C", folder, "-j2", *targets], **quiet)
    return folder
