/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What must go when the command has. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cgroup_tree.h"
#include "cli_arguments.h"
#include "process_tree.h"
#include "run_leftovers.h"
#include "run_state.h"
#include "run_supervised.h"
#include "scope_exit.h"
#include "time_text.h"

#define TERMINATE_NS 2000000000ull /* between SIGTERM and SIGKILL for what is left behind */
#define KILL_NS 2000000000ull      /* and after it, for the kernel to take it away */
#define DRAIN_NS 2000000000ull     /* without anything happening, for what is still being sent */
#define ASKED_NS 200000000ull
#define TURN_MS 20

/* What the command has left behind. With a supervisor that is whatever is below us. */
static size_t count_left(const struct wh_run_state *state)
{
	if (state->supervised)
		return wh_process_tree_signal(0);
	return state->cgroup.command ? wh_cgroup_tree_count(state->cgroup.command) : 0;
}

static void signal_left(const struct wh_run_state *state, int signal)
{
	if (state->supervised)
		wh_process_tree_signal(signal);
	else
		wh_cgroup_tree_signal(state->cgroup.command, signal);
}

/* Waits until no process is left in the command's cgroup. False: time is up. */
static bool wait_empty(struct wh_run_state *state, uint64_t ns)
{
	uint64_t deadline = wh_boot_now() + ns;
	struct signalfd_siginfo signal;
	int status;

	while (count_left(state)) {
		if (wh_boot_now() > deadline)
			return false;
		if (wh_run_turn(state, TURN_MS) < 0)
			usleep(TURN_MS * 1000);
		while (wh_run_signals_next(&state->signals, &signal))
			;
		if (state->command)
			wh_run_command_ended(state, &status);
		else if (state->supervised)
			wh_run_supervised_reap(state);
	}
	return true;
}

static void end_processes(struct wh_run_state *state)
{
	size_t count = count_left(state);

	/* Programs that were asked are gone when they have been killed, which takes a moment. */
	if (count && state->request->ask.program && wait_empty(state, ASKED_NS))
		return;
	if (!count)
		return;
	wh_say("ending %zu process%s that the command left behind", count, count == 1 ? "" : "es");
	signal_left(state, SIGTERM);
	signal_left(state, SIGCONT);
	if (wait_empty(state, TERMINATE_NS))
		return;
	signal_left(state, SIGKILL);
	if (!wait_empty(state, KILL_NS))
		wh_say("some processes cannot be ended; they stay%s%s",
		       state->supervised ? "" : " in ",
		       state->supervised ? ", without any network" : state->cgroup.command);
}

/* What the command wrote last may still be on its way through the relay. */
static void drain(struct wh_run_state *state)
{
	uint64_t deadline = wh_boot_now() + DRAIN_NS;
	struct signalfd_siginfo signal;

	if (!state->relay)
		return;
	wh_relay_stop_accepting(state->relay);
	while (wh_relay_connections(state->relay) && wh_boot_now() < deadline) {
		int count = wh_run_turn(state, TURN_MS);

		if (count < 0)
			return;
		if (count)
			deadline = wh_boot_now() + DRAIN_NS;
		while (wh_run_signals_next(&state->signals, &signal))
			if (wh_run_signal_ends(signal.ssi_signo))
				return;
	}
}

static void remove_rules(const struct wh_run_state *state)
{
	struct wh_engine *engine = NULL;
	struct wh_problem problem = {0};
	int error;

	if (!state->applied)
		return;
	error = wh_cli_engine_open(&engine, WH_ENGINE_READ, &problem);
	if (!error)
		error = wh_engine_remove(engine, state->set->name, &problem);
	wh_engine_close(engine);
	if (error && error != -ENOENT)
		wh_say("the set '%s' could not be removed: %s; the next verb does it",
		       state->set->name, problem.text);
}

void wh_run_tear_down(struct wh_run_state *state)
{
	struct wh_problem problem = {0};

	end_processes(state);
	drain(state);
	remove_rules(state);
	wh_run_supervised_summary(state);
	wh_run_supervised_free(state->supervised);
	state->supervised = NULL;
	for (int i = 0; i < 2; i++) {
		wh_close_fd(&state->filter_channel[i]);
		wh_close_fd(&state->deliveries[i]);
	}
	wh_relay_free(state->relay);
	wh_relay_log_close(state->log);
	explicit_bzero(&state->upstream, sizeof(state->upstream));
	if (wh_run_cgroup_remove(&state->cgroup, &problem))
		wh_say("%s", problem.text);
	wh_run_signals_close(&state->signals);
}
