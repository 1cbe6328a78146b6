/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What "whither run" has made and must unmake; for run_*.c alone. */
#ifndef WH_RUN_STATE_H
#define WH_RUN_STATE_H

#include "relay_log.h"
#include "run_session.h"

struct wh_run_supervised;

struct wh_run_state {
	const struct wh_run_request *request;
	struct wh_rule_set *set;
	struct wh_run_signals signals;
	struct wh_run_cgroup cgroup;
	struct wh_relay_log *log;
	struct wh_relay *relay; /* NULL with --to */
	struct wh_relay_upstream upstream;
	struct wh_endpoint listen4, listen6;
	struct rlimit descriptors;
	bool applied;
	/* With the supervisor; NULL: the kernel redirects, and nothing of this is used. */
	struct wh_run_supervised *supervised;
	const char *directory; /* the supervised's */
	int deliveries[2];     /* a pipe of accepted sockets' numbers, for the relay; -1: none */
	int filter_channel[2]; /* the command's process sends its filter from the second; -1: none */
	pid_t command;         /* 0: does not run */
};

/* Makes the cgroups, the relay and the rules. Returns 0, or an exit status after saying on stderr
 * why; wh_run_tear_down() is due in either case. */
int wh_run_set_up(struct wh_run_state *state);

/* The embedded relay and its listeners, unless there is another proxy. Returns 0, or a negative errno
 * after saying on stderr why. */
int wh_run_make_relay(struct wh_run_state *state);

/* Ends what the command left behind, and unmakes what is there. */
void wh_run_tear_down(struct wh_run_state *state);

/* Lets the relay work until something happens or timeout_ms have passed. Returns the number of
 * the relay's events, or a negative errno. */
int wh_run_turn(struct wh_run_state *state, int timeout_ms);

/* What has become of the command: true when it has ended, with *ret_status. When it has been
 * stopped, so are we until it goes on. */
bool wh_run_command_ended(struct wh_run_state *state, int *ret_status);

#endif /* WH_RUN_STATE_H */
