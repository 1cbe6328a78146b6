/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_session.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>

#include "cli_arguments.h"
#include "run_state.h"
#include "run_supervised.h"
#include "scope_exit.h"

int wh_run_turn(struct wh_run_state *state, int timeout_ms)
{
	struct pollfd waits[] = {
		{.fd = state->deliveries[0], .events = POLLIN},
		{.fd = state->signals.fd, .events = POLLIN},
		{.fd = state->relay ? wh_relay_fd(state->relay) : -1, .events = POLLIN},
	};

	if (poll(waits, 3, timeout_ms) < 0 && errno != EINTR)
		return -errno;
	if (waits[0].revents)
		wh_run_supervised_deliver(state);
	return state->relay ? wh_relay_dispatch(state->relay, 0) : 0;
}

bool wh_run_command_ended(struct wh_run_state *state, int *ret_status)
{
	int status;

	if (state->supervised)
		wh_run_supervised_reap(state);
	while (waitpid(state->command, &status, WNOHANG | WUNTRACED) == state->command) {
		if (WIFSTOPPED(status)) {
			wh_run_stop_along(WSTOPSIG(status), state->command);
			continue;
		}
		state->command = 0;
		*ret_status = wh_run_command_status(status);
		return true;
	}
	return false;
}

static void pass_signal(const struct wh_run_state *state, const struct signalfd_siginfo *signal)
{
	bool same_group = getpgid(state->command) == getpgrp();

	if (wh_run_signal_passes(signal, state->command, same_group))
		kill(state->command, (int)signal->ssi_signo);
}

static int serve(struct wh_run_state *state)
{
	struct signalfd_siginfo signal;
	int status;

	for (;;) {
		int count = wh_run_turn(state, -1);

		if (count < 0) {
			wh_say("the relay failed: %s", strerror(-count));
			return WH_EXIT_RUN_FAILED;
		}
		while (wh_run_signals_next(&state->signals, &signal)) {
			if (signal.ssi_signo != SIGCHLD)
				pass_signal(state, &signal);
			else if (wh_run_command_ended(state, &status))
				return status;
		}
	}
}

static int run_command(struct wh_run_state *state)
{
	WH_AUTO_FD entry = state->supervised ? -1 : wh_run_cgroup_entry(&state->cgroup);
	const struct wh_run_command command = {
		.words = state->request->words,
		.cgroup_entry = entry,
		.filter_channel = state->filter_channel[1],
		.directory = state->directory,
		.user = &state->request->user,
		.signals = &state->signals,
		.descriptors = &state->descriptors,
	};
	struct wh_problem problem = {0};
	int status;

	if (entry < 0 && !state->supervised) {
		wh_say("cannot open the cgroup %s: %s", state->cgroup.command, strerror(-entry));
		return WH_EXIT_RUN_FAILED;
	}
	status = wh_run_command_start(&command, &state->command, &problem);
	if (status) {
		wh_say("%s", problem.text);
		return status;
	}
	if (state->supervised && wh_run_supervised_begin(state)) {
		kill(state->command, SIGKILL);
		return WH_EXIT_RUN_FAILED;
	}
	return serve(state);
}

int wh_run_session(const struct wh_run_request *request, struct wh_rule_set *set)
{
	struct wh_run_state state = {.request = request,
				     .set = set,
				     .signals = {.fd = -1},
				     .cgroup = WH_RUN_CGROUP_NONE,
				     .deliveries = {-1, -1},
				     .filter_channel = {-1, -1}};
	int status;

	status =
		wh_relay_log_open(&state.log, request->verbose, request->relay.first, request->log);
	if (status) {
		wh_say("%s: %s", request->log ? request->log : "log", strerror(-status));
		return WH_EXIT_RUN_FAILED;
	}
	status = wh_run_set_up(&state);
	if (!status)
		status = run_command(&state);
	wh_run_tear_down(&state);
	return status;
}
