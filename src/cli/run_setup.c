/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What must be there before the command is. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "address_text.h"
#include "cli_arguments.h"
#include "listen_socket.h"
#include "run_leftovers.h"
#include "run_state.h"
#include "run_supervised.h"

/* IPv6 may be off; then connects of IPv6 sockets to IPv4 addresses still work. */
static int add_listener(struct wh_run_state *state, bool inet6)
{
	struct wh_endpoint *endpoint = inet6 ? &state->listen6 : &state->listen4;
	char address[WH_ADDRESS_TEXT];
	int fd, error;

	*endpoint = (struct wh_endpoint){};
	if (inet6)
		endpoint->address.word[3] = WH_BE32(1);
	else
		wh_address_from_v4(&endpoint->address, WH_BE32(0x7f000001));
	fd = wh_listen_open(endpoint);
	if (inet6 && (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL))
		return 0;
	error = fd < 0 ? fd : wh_listen_address(fd, endpoint);
	if (error) {
		wh_say("the relay cannot listen at %s: %s%s",
		       wh_address_text(&endpoint->address, 0, address), strerror(-error),
		       error == -EADDRNOTAVAIL ? " (is the interface lo up?)" : "");
		if (fd >= 0)
			close(fd);
		return error;
	}
	error = wh_relay_add_listener(state->relay, fd);
	if (error)
		wh_say("the relay cannot listen: %s", strerror(-error));
	return error;
}

int wh_run_make_relay(struct wh_run_state *state)
{
	struct wh_relay_options options = state->request->relay.options;
	int error;

	options.on_event = state->log ? wh_relay_log_event : NULL;
	options.data = state->log;
	wh_descriptors_raise(&state->descriptors);
	if (state->request->conditions.to.port || state->request->rule_count)
		return 0;
	error = wh_relay_new(&state->relay, &options);
	if (error) {
		wh_say("cannot make the relay: %s", strerror(-error));
		return error;
	}
	if (state->upstream.address_count)
		error = wh_relay_set_upstream(state->relay, &state->upstream);
	if (!error)
		error = add_listener(state, false);
	return error ? error : add_listener(state, true);
}

static void warn_absent(const struct wh_run_state *state, const struct wh_engine *engine)
{
	const struct wh_endpoint *to = &state->request->conditions.to;
	const struct wh_rules *rules = wh_engine_rules(engine);
	struct wh_listening listening = {0};
	char address[WH_ADDRESS_TEXT];

	for (__u32 i = 0; i < rules->redirector_count; i++) {
		const struct wh_redirector *redirector = &rules->redirector[i];

		if (strcmp(rules->set[redirector->set % WH_SETS_MAX].name, state->set->name) != 0)
			continue;
		if (!wh_engine_listening(engine, redirector, !wh_address_is_v4(&to->address),
					 &listening) &&
		    !listening.present)
			wh_say("warning: nobody listens at %s; connects are refused until somebody "
			       "does",
			       wh_address_text(&to->address, to->port, address));
	}
}

/* With the engine open. The cgroup comes before the listeners: the kernel notes who listens. */
static int make_all(struct wh_run_state *state, struct wh_engine *engine)
{
	struct wh_rule_names *names = NULL;
	struct wh_problem problem = {0};
	int error = wh_run_cgroup_make(&state->cgroup, &problem);

	if (error) {
		wh_say("%s", problem.text);
		return error;
	}
	error = wh_run_make_relay(state);
	if (error)
		return error;
	error = wh_run_rules_place(state->set, wh_engine_rules(engine), &state->cgroup,
				   &state->listen4, &state->listen6, &problem);
	if (!error) {
		state->applied = true; /* or may be */
		error = wh_engine_apply(engine, state->set, &problem);
	}
	if (error) {
		wh_say("%s", problem.text);
		return error;
	}
	if (state->log && !wh_rule_names_new(&names, wh_engine_rules(engine)))
		wh_relay_log_name(state->log, names);
	if (state->request->verbose && state->request->conditions.to.port)
		warn_absent(state, engine);
	return 0;
}

/* The kernel's rules. */
static int set_up_kernel(struct wh_run_state *state)
{
	struct wh_engine *engine = NULL;
	struct wh_problem problem = {0};
	int error;

	/* Until the lock is ours a signal may end us: nothing has been made yet. */
	error = wh_cli_engine_open(&engine, WH_ENGINE_CHANGE, &problem);
	if (error) {
		wh_say("%s", problem.text);
		return error;
	}
	error = wh_run_signals_open(&state->signals);
	if (error)
		wh_say("cannot take signals: %s", strerror(-error));
	else
		error = make_all(state, engine);
	wh_engine_close(engine);
	return error;
}

static int set_up_supervised(struct wh_run_state *state)
{
	int error = wh_run_signals_open(&state->signals);

	if (error) {
		wh_say("cannot take signals: %s", strerror(-error));
		return error;
	}
	error = wh_run_make_relay(state);
	return error ? error : wh_run_supervised_set_up(state);
}

/* Whether the kernel engine is to be used. */
static bool choose_kernel(const struct wh_run_state *state)
{
	const struct wh_run_request *request = state->request;
	struct wh_problem problem = {0};
	bool kernel = request->engine == WH_RUN_KERNEL;

	/* What only the supervisor can do. */
	if (request->engine == WH_RUN_EITHER && !request->ask.program && !request->rule_count)
		kernel = wh_run_kernel_possible(&problem);
	if (request->verbose && kernel)
		wh_say("engine: kernel");
	else if (request->verbose)
		wh_say("engine: seccomp%s%s%s", *problem.text ? " (" : "", problem.text,
		       *problem.text ? ")" : "");
	return kernel;
}

int wh_run_set_up(struct wh_run_state *state)
{
	struct signalfd_siginfo signal;
	int error;

	/* Before anything is locked: this may wait for a name server. */
	if (wh_relay_settings_upstream(&state->request->relay, &state->upstream))
		return WH_EXIT_RUN_FAILED;
	if (state->request->relay.via.port)
		wh_via_credentials_hide();
	error = choose_kernel(state) ? set_up_kernel(state) : set_up_supervised(state);
	if (error)
		return WH_EXIT_RUN_FAILED;
	while (wh_run_signals_next(&state->signals, &signal))
		if (wh_run_signal_ends(signal.ssi_signo))
			return WH_EXIT_SIGNAL + (int)signal.ssi_signo;
	return 0;
}
