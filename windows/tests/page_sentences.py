# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The sentences of Microsoft's page on the query for records, each tried by a driver (page_sentences.c) on
a connection that was redirected to it. docs/windows-compatibility.md has the sentences by these numbers."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/kernel"))

from chain_proxies import Destination, Proxy, fetch, hops, redirector
from kernel_connection import GROUND
from kernel_program import *
from kernel_scene import *

if os.environ.get("WHITHER_SANITIZED"):
    skip("a sanitized library is not for programs that are not")
PORT = 12362
_answers = {}


def answers(scene):
    """What the driver says of each sentence; it is asked once."""
    if _answers:
        return _answers
    driver = f"{scene.directory}/page.so"
    tools = built("windows/driver")
    subprocess.run([sys.executable, f"{tools}/whither-cc", source("windows/tests/sources/page_sentences.c"),
                    f"-DPORT={PORT}", "-Wall", "-Wextra", "-Werror", "-o", driver], check=True)
    scene.up("web", redirector("one", PORT, "context = destination\n"))
    scene.up("later", redirector("two", 12002, "weight = -1\n"))
    program = Program(scene, [f"{tools}/whither-driver", "run", driver], [PORT])
    second = Proxy(scene, 12002)
    client = scene.child(fetch, Destination(scene).name)
    said = []
    while not said or said[-1] != "page: done":
        said.append(program.error_line())
    equal(client.result()[0], b"<ping>", "what the client got")
    chain = second.seen()["hops"]
    _answers["chain"] = "holds" if chain == hops("web/one", "later/two") else f"FAILS: {chain}"
    program.signal(signal.SIGTERM)
    equal(program.ends(), 0, "exit status")
    for line in said:
        words = line.split()
        if words[0] == "page:" and len(words) == 3:
            _answers[words[1]] = words[2]
    return _answers


def holds(scene, *sentences):
    for sentence in sentences:
        equal(answers(scene).get(sentence), "holds", f"sentence {sentence}")


@case
def the_records_are_got(scene):
    holds(scene, "1", "5")


@case
def the_outbound_connection_is_related(scene):
    holds(scene, "2", "chain")


@case
def other_sockets_are_refused(scene):
    holds(scene, "3")


@case
def a_buffer_one_byte_too_small_is_refused(scene):
    holds(scene, "16")


@case
def nothing_is_written_beyond_the_records(scene):
    holds(scene, "13")


@case
def a_kilobyte_is_enough(scene):
    holds(scene, "15")


@case
def the_second_call_with_the_right_size_succeeds(scene):
    holds(scene, "17")


@case
def the_size_alone_can_be_asked_for(scene):
    holds(scene, "18", "19")


@case
def the_exact_size_succeeds(scene):
    holds(scene, "20")


@case
def an_irp_from_above_travels_on(scene):
    holds(scene, "22")


@case
def the_routine_runs_once(scene):
    holds(scene, "23")


@case
def the_context_is_what_was_registered(scene):
    holds(scene, "24")


@case
def the_size_is_in_information(scene):
    holds(scene, "25")


@case
def the_status_is_in_the_irp(scene):
    holds(scene, "26")


@case
def a_size_that_wraps_is_an_overflow(scene):
    holds(scene, "28")


@case
def a_connection_that_nobody_redirected_has_none(scene):
    holds(scene, "29")


@case
def damaged_records_are_denied(scene):
    holds(scene, "31")


@case
def the_query_is_made_at_passive_level(scene):
    holds(scene, "35")


main(__file__, ground=GROUND)
