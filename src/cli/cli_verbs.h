/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The verbs; each is one file, and cli_main.c has them in a table. */
#ifndef WH_CLI_VERBS_H
#define WH_CLI_VERBS_H

#include "cli_arguments.h"

extern const struct wh_verb wh_verb_run;
extern const struct wh_verb wh_verb_up;
extern const struct wh_verb wh_verb_down;
extern const struct wh_verb wh_verb_show;
extern const struct wh_verb wh_verb_check;
extern const struct wh_verb wh_verb_query;
extern const struct wh_verb wh_verb_relay;
extern const struct wh_verb wh_verb_why;
extern const struct wh_verb wh_verb_monitor;
extern const struct wh_verb wh_verb_doctor;

#endif /* WH_CLI_VERBS_H */
