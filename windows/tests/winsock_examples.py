# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The Winsock proxy of windows/examples, and one in another style, behind redirected clients."""
from example_tools import *

from chain_proxies import Destination, fetch
from kernel_connection import GROUND


@case
def the_winsock_proxy_serves_both_families(scene):
    for compiler in COMPILERS:
        for words in ((), ("-fsanitize=address,undefined",)):
            path = make("winsock_proxy" + "-asan" * len(words), compiler,
                        "--user", source("windows/examples/winsock_proxy.c"), *words)
            program = Program(scene, [path, WINSOCK_PORT], [WINSOCK_PORT])
            pages_arrive(scene, WINSOCK_PORT, 2)
            check(program.line().startswith(f"to {ORIGIN4} port "), "what it prints")
            program.kill()


@case
def a_bridge_retries_until_its_buffer_is_large_enough(scene):
    for compiler in COMPILERS:
        path = make("retry_bridge", compiler, "--user", source("windows/tests/sources/retry_bridge.cpp"))
        scene.up("web", both(WINSOCK_PORT))
        program = Program(scene, [path, WINSOCK_PORT], [WINSOCK_PORT])
        equal(scene.child(fetch, Destination(scene).name).result()[0], b"<ping>", "answer")
        equal(program.ends(), 0, "exit status")
        check("tries: " in program.stdout() and "tries: 1\n" not in program.stdout(), program.stdout())


main(__file__, ground=GROUND)
