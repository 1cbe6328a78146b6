/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What a "whither run" that was killed could not clean up. Its rules go with the next verb; then
 * what it had started would connect without being redirected, so that is ended before.
 */
#ifndef WH_RUN_LEFTOVERS_H
#define WH_RUN_LEFTOVERS_H

#include "engine.h"

/* The name of a run's cgroup begins so. */
#define WH_RUN_CGROUP_PREFIX "whither-run-"

/*
 * A run that lives has its cgroup locked: a process's number would not do, as another process, or
 * one of another namespace, may have it. Returns a descriptor to hold, or a negative errno;
 * -EAGAIN: somebody has it locked, or the cgroup has just been removed.
 */
int wh_run_lock(const char *path, int wait);

/* Ends the processes of runs that are dead, saying so on stderr, and removes their cgroups. */
void wh_run_leftovers_collect(void);

/* wh_engine_open(), after that. */
int wh_cli_engine_open(struct wh_engine **ret_engine, enum wh_engine_mode mode,
		       struct wh_problem *problem);

#endif /* WH_RUN_LEFTOVERS_H */
