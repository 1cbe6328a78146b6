# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The three codes through WskControlSocket, on connections that whither really diverts."""
from redirect_program import *

PROGRAM = "wsk_redirect_proxy"


@case
def a_page_arrives_and_every_question_has_its_answer(scene):
    redirected(scene, PROGRAM)


@case
def a_connection_without_a_context_has_records_alone(scene):
    bare(scene, PROGRAM)


@case
def a_connection_that_was_not_redirected_has_neither(scene):
    direct(scene, PROGRAM)


@case
def without_whither_nothing_is_found(scene):
    away(scene, PROGRAM)


@case
def the_codes_answer_inline_however_the_other_calls_complete(scene):
    for inline in ("none", "all"):
        direct(scene, PROGRAM, WHITHER_WSK_INLINE=inline)


main(__file__)
