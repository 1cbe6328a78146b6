# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The driver of windows/examples, compiled by whither-cc with each compiler, run behind a redirected curl."""
import socket

from example_tools import *

from chain_proxies import RESET, Destination, fetch
from kernel_connection import GROUND


@case
def the_driver_proxy_serves_both_families(scene):
    for compiler in COMPILERS:
        program = run_driver(scene, compiler)
        pages_arrive(scene, DRIVER_PORT)
        unload(program)


@case
def the_driver_proxy_serves_under_the_sanitizers(scene):
    for compiler in COMPILERS:
        path = driver_of(compiler, "-fsanitize=address,undefined", "-fno-sanitize-recover=all", name="wsk_proxy")
        program = Program(scene, [path], [DRIVER_PORT])
        pages_arrive(scene, DRIVER_PORT)
        unload(program)


@case
def the_driver_proxy_and_the_embedded_relay_chain(scene):
    for first, second in ((DRIVER_PORT, SECOND_PORT), (SECOND_PORT, DRIVER_PORT)):
        scene.up("web", redirector("one", first, "context = destination\n")
                 + redirector("two", second, "context = destination\n"))
        driver = run_driver(scene, "gcc")
        relay = Program(scene, [scene.whither, "relay", "-v", "--listen", f"127.0.0.1:{SECOND_PORT}"], [SECOND_PORT])
        listener = scene.listen(ORIGIN4)
        listener.settimeout(None)
        scene.child(serve_pages, listener)
        curl(listener, scene)
        chain = "hops=web/one," if first == DRIVER_PORT else "hops=web/one "
        line = relay.error_line()
        check("hops=web/one" in line and ("web/two" in line) == (first == DRIVER_PORT), f"{chain}: {line}")
        relay.signal(signal.SIGTERM)
        relay.ends()
        unload(driver)


@case
def what_it_cannot_serve_is_a_reset(scene):
    program = run_driver(scene, "gcc")
    scene.up("web", both(DRIVER_PORT))
    found = scene.child(fetch, (ORIGIN4, 1)).result()[0]
    check(found in RESET, f"a destination that refuses: {found}")
    found = scene.child(fetch, ("127.0.0.1", DRIVER_PORT)).result()[0]
    check(found in RESET, f"a direct client: {found}")
    equal(scene.child(fetch, Destination(scene).name).result()[0], b"<ping>", "it serves on")
    unload(program)


def hold(name, address):
    with socket.create_connection(name, timeout=20) as client:
        client.sendall(b"x")
        try:
            return client.recv(10)
        except ConnectionResetError:
            return b"reset"


@case
def unloading_ends_connections_that_are_open(scene):
    program = run_driver(scene, "gcc")
    scene.up("web", both(DRIVER_PORT))
    listener = scene.listen(ORIGIN4)
    client = scene.child(hold, listener.getsockname(), ORIGIN4)
    accepted, _ = listener.accept()
    scene.keep(accepted)
    equal(accepted.recv(10), b"x", "what arrived")
    unload(program)
    equal(client.result(), b"reset", "what the client saw")


main(__file__, ground=GROUND)
