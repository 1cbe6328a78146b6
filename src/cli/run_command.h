/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The command of "whither run": who runs it, where, and how it ends. */
#ifndef WH_RUN_COMMAND_H
#define WH_RUN_COMMAND_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "engine.h"
#include "run_signals.h"

/* Another user than ourselves. */
struct wh_run_user {
	bool changes; /* false: run it as who we are, and nothing else here counts */
	uid_t uid;
	gid_t gid;
	char *name, *home, *shell; /* malloc()ed; NULL: the user has no entry */
};

/* name NULL: who called sudo. Returns 0, or a negative errno with *problem. */
int wh_run_user_find(const char *name, struct wh_run_user *ret, struct wh_problem *problem);
void wh_run_user_free(struct wh_run_user *user);

struct wh_run_command {
	char *const *words; /* the last is NULL */
	int cgroup_entry;   /* see wh_run_cgroup_entry(); -1: none */
	int filter_channel; /* a socket over which the descriptor of its filter is sent; -1: no filter */
	const char *directory; /* with a filter: where the library finds the supervisor */
	const struct wh_run_user *user;
	const struct wh_run_signals *signals;
	const struct rlimit *descriptors; /* as they were for us */
};

/*
 * Starts it. Returns 0 and its process, or, when it could not be started, a wh_exit of "run" with
 * *problem: WH_EXIT_NOT_FOUND, WH_EXIT_CANNOT_EXECUTE or WH_EXIT_RUN_FAILED.
 */
int wh_run_command_start(const struct wh_run_command *command, pid_t *ret_pid,
			 struct wh_problem *problem);

/* The exit status for what waitpid() said: the command's, or 128 and its signal. */
int wh_run_command_status(int wait_status);

#endif /* WH_RUN_COMMAND_H */
