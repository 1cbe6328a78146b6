# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The three codes through WSAIoctl, on connections that whither really diverts."""
from redirect_program import *

PROGRAM = "winsock_redirect_proxy"


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
def without_whither_nothing_is_offered(scene):
    away(scene, PROGRAM)


@case
def the_environment_chooses_the_other_documented_answers(scene):
    for world in (bare, direct):
        world(scene, PROGRAM, WHITHER_WSA_SHORT="122", WHITHER_WSA_NOT_FOUND="1168")


main(__file__)
