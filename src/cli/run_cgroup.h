/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The cgroups of "whither run", below the caller's own:
 *
 *	whither-run-PID/relay	whither itself, the proxy
 *	whither-run-PID/cmd	the command and all that it starts
 */
#ifndef WH_RUN_CGROUP_H
#define WH_RUN_CGROUP_H

#include <stdbool.h>

#include "engine.h"

/* Paths of the file system, malloc()ed. Begin with WH_RUN_CGROUP_NONE. */
struct wh_run_cgroup {
	char *before; /* where the caller was */
	char *top;    /* NULL: was not made */
	char *relay;
	char *command;
	bool moved; /* the caller is in relay */
	int lock;   /* of top, for as long as the run lives; -1: none */
};
#define WH_RUN_CGROUP_NONE \
	{                  \
		.lock = -1 \
	}

/* Makes them and moves the caller into relay. On failure nothing is left. */
int wh_run_cgroup_make(struct wh_run_cgroup *ret, struct wh_problem *problem);

/* A descriptor: what is written to it, "0", moves the writer into command. Closed on exec. */
int wh_run_cgroup_entry(const struct wh_run_cgroup *cgroup);

/* Moves the caller back to where it was and removes them. Everything is freed in any case. */
int wh_run_cgroup_remove(struct wh_run_cgroup *cgroup, struct wh_problem *problem);

#endif /* WH_RUN_CGROUP_H */
