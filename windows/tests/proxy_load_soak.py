# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""proxy_load.py for longer, with library and driver compiled for the sanitizers."""
from proxy_load import *

CONNECTIONS = 10000
SANITIZERS = {"address": "address,undefined", "thread": "thread"}


def folder_of(sanitizer):
    return built(f"soak-{sanitizer}")


def build(sanitizer):
    """The whole library compiled for a sanitizer, in a build folder within that of the tests."""
    folder, quiet = folder_of(sanitizer), {"check": True, "stdout": subprocess.DEVNULL}
    if not os.path.exists(f"{folder}/build.ninja"):
        subprocess.run(["meson", "setup", folder, source("."), f"-Db_sanitize={SANITIZERS[sanitizer]}",
                        "-Db_lundef=false", "-Dbench=false", "-Dfuzz=disabled", "-Dman=disabled"], **quiet)
    subprocess.run(["ninja", "-C", folder, "-j2", "windows/libwhither-windows.so.0.1.0",
                    "windows/driver/libwhither-driver.a", "windows/driver/libwhither-wmain.a"], **quiet)


def sanitized(scene, sanitizer):
    examples = source("windows/examples")
    program = f"{scene.directory}/proxy"
    subprocess.run([sys.executable, f"{folder_of(sanitizer)}/windows/driver/whither-cc", "--exe", "-g",
                    f"-fsanitize={SANITIZERS[sanitizer]}", f"{examples}/wsk_proxy.c", f"{examples}/wsk_proxy_calls.c",
                    "-o", program], check=True)
    # The thread sanitizers of older compilers do not know where newer kernels map memory.
    load(scene, ["setarch", "-R", program], CONNECTIONS)


@case
def ten_thousand_under_the_address_and_undefined_behaviour_sanitizers(scene):
    sanitized(scene, "address")


@case
def ten_thousand_under_the_thread_sanitizer(scene):
    sanitized(scene, "thread")


@case
def ten_thousand_where_packets_are_lost(scene):
    load(scene, plain(scene), CONNECTIONS, lossy=True)


# Before main() takes the lock that kernel tests share; it begins this program anew.
if os.environ.get("WHITHER_TEST_NAMESPACE") != "own" and os.geteuid() == 0:
    for one in SANITIZERS:
        build(one)
main(__file__)
