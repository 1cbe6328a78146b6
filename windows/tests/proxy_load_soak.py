# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""proxy_load.py for longer, with library and driver compiled for the sanitizers."""
from proxy_load import *
from sanitized_build import SANITIZERS, folder_of, make

CONNECTIONS = 10000


def sanitized(scene, sanitizer):
    examples = source("windows/examples")
    program = f"{scene.directory}/proxy"
    subprocess.run([sys.executable, f"{folder_of(built('.'), sanitizer)}/windows/driver/whither-cc", "--exe", "-g",
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
        make(built("."), source("."), one)
main(__file__)
