/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* "whither run" without privilege: a supervisor in the place of the kernel engine. */
#ifndef WH_RUN_SUPERVISED_H
#define WH_RUN_SUPERVISED_H

#include "run_state.h"

/* Whether the kernel engine may be used here; if not, *problem says why. */
bool wh_run_kernel_possible(struct wh_problem *problem);

/* Makes the run's directory, the rules and the supervisor; the relay is there. Returns 0, or a
 * negative errno after saying on stderr why. */
int wh_run_supervised_set_up(struct wh_run_state *state);

/* The command was started with command.report_filter: takes its filter over. Returns 0, or a
 * negative errno after saying on stderr why. */
int wh_run_supervised_begin(struct wh_run_state *state);

/* Hands the relay what was accepted in its place. */
void wh_run_supervised_deliver(const struct wh_run_state *state);

/* Collects those that the command left to us and that have ended. */
void wh_run_supervised_reap(const struct wh_run_state *state);

/* What it has done, on stderr. */
void wh_run_supervised_summary(const struct wh_run_state *state);

/* Ends it, and removes what it made. NULL is allowed. */
void wh_run_supervised_free(struct wh_run_supervised *supervised);

#endif /* WH_RUN_SUPERVISED_H */
