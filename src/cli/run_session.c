/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_session.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "address_text.h"
#include "cli_arguments.h"
#include "listen_socket.h"
#include "relay_log.h"
#include "scope_exit.h"
#include "time_text.h"

#define TERMINATE_NS 2000000000ull /* between SIGTERM and SIGKILL for what is left behind */
#define KILL_NS 2000000000ull      /* and after it, for the kernel to take it away */
#define DRAIN_NS 2000000000ull     /* without anything happening, for what is still being sent */
#define TURN_MS 20

struct session {
	const struct wh_run_request *request;
	struct wh_rule_set *set;
	struct wh_run_signals signals;
	struct wh_run_cgroup cgroup;
	struct wh_relay_log *log;
	struct wh_relay *relay; /* NULL with --to */
	struct wh_endpoint listen4, listen6;
	struct rlimit descriptors;
	bool applied;
	pid_t command; /* 0: does not run */
};

/* ---- what must be there first -------------------------------------------------------------- */

/* IPv6 may be off; then connects of IPv6 sockets to IPv4 addresses still work. */
static int add_listener(struct session *session, bool inet6)
{
	struct wh_endpoint *endpoint = inet6 ? &session->listen6 : &session->listen4;
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
	error = wh_relay_add_listener(session->relay, fd);
	if (error)
		wh_say("the relay cannot listen: %s", strerror(-error));
	return error;
}

static int make_relay(struct session *session)
{
	const struct wh_relay_options options = {
		.on_event = session->log ? wh_relay_log_event : NULL,
		.data = session->log,
	};
	int error;

	wh_descriptors_raise(&session->descriptors);
	if (session->request->conditions.to.port)
		return 0;
	error = wh_relay_new(&session->relay, &options);
	if (error) {
		wh_say("cannot make the relay: %s", strerror(-error));
		return error;
	}
	error = add_listener(session, false);
	return error ? error : add_listener(session, true);
}

static void warn_absent(const struct session *session, const struct wh_engine *engine)
{
	const struct wh_endpoint *to = &session->request->conditions.to;
	const struct wh_rules *rules = wh_engine_rules(engine);
	struct wh_listening listening = {0};
	char address[WH_ADDRESS_TEXT];

	for (__u32 i = 0; i < rules->redirector_count; i++) {
		const struct wh_redirector *redirector = &rules->redirector[i];

		if (strcmp(rules->set[redirector->set % WH_SETS_MAX].name, session->set->name) != 0)
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
static int set_up(struct session *session, struct wh_engine *engine)
{
	struct wh_rule_names *names = NULL;
	struct wh_problem problem = {0};
	int error = wh_run_cgroup_make(&session->cgroup, &problem);

	if (error) {
		wh_say("%s", problem.text);
		return error;
	}
	error = make_relay(session);
	if (error)
		return error;
	error = wh_run_rules_place(session->set, wh_engine_rules(engine), &session->cgroup,
				   &session->listen4, &session->listen6, &problem);
	if (!error) {
		session->applied = true; /* or may be */
		error = wh_engine_apply(engine, session->set, &problem);
	}
	if (error) {
		wh_say("%s", problem.text);
		return error;
	}
	if (session->log && !wh_rule_names_new(&names, wh_engine_rules(engine)))
		wh_relay_log_name(session->log, names);
	if (session->request->verbose && session->request->conditions.to.port)
		warn_absent(session, engine);
	return 0;
}

/* Returns 0, or an exit status. */
static int prepare(struct session *session)
{
	struct wh_engine *engine = NULL;
	struct wh_problem problem = {0};
	struct signalfd_siginfo signal;
	int error;

	/* Until the lock is ours a signal may end us: nothing has been made yet. */
	error = wh_engine_open(&engine, WH_ENGINE_CHANGE, &problem);
	if (error) {
		wh_say("%s", problem.text);
		return WH_EXIT_RUN_FAILED;
	}
	error = wh_run_signals_open(&session->signals);
	if (error)
		wh_say("cannot take signals: %s", strerror(-error));
	else
		error = set_up(session, engine);
	wh_engine_close(engine);
	if (error)
		return WH_EXIT_RUN_FAILED;
	while (wh_run_signals_next(&session->signals, &signal))
		if (wh_run_signal_ends(signal.ssi_signo))
			return WH_EXIT_SIGNAL + (int)signal.ssi_signo;
	return 0;
}

/* ---- while the command runs ---------------------------------------------------------------- */

/* Lets the relay work until something happens or timeout_ms have passed. Returns the number of
 * the relay's events, or a negative errno. */
static int turn(struct session *session, int timeout_ms)
{
	struct pollfd waits[] = {
		{.fd = session->signals.fd, .events = POLLIN},
		{.fd = session->relay ? wh_relay_fd(session->relay) : -1, .events = POLLIN},
	};

	if (poll(waits, 2, timeout_ms) < 0 && errno != EINTR)
		return -errno;
	return session->relay ? wh_relay_dispatch(session->relay, 0) : 0;
}

/* What has become of the command: true when it has ended, with *ret_status. */
static bool command_ended(struct session *session, int *ret_status)
{
	int status;

	while (waitpid(session->command, &status, WNOHANG | WUNTRACED) == session->command) {
		if (WIFSTOPPED(status)) {
			wh_run_stop_along(WSTOPSIG(status));
			continue;
		}
		session->command = 0;
		*ret_status = wh_run_command_status(status);
		return true;
	}
	return false;
}

static void pass_signal(const struct session *session, const struct signalfd_siginfo *signal)
{
	bool same_group = getpgid(session->command) == getpgrp();

	if (wh_run_signal_passes(signal, session->command, same_group))
		kill(session->command, (int)signal->ssi_signo);
}

static int serve(struct session *session)
{
	struct signalfd_siginfo signal;
	int status;

	for (;;) {
		int count = turn(session, -1);

		if (count < 0) {
			wh_say("the relay failed: %s", strerror(-count));
			return WH_EXIT_RUN_FAILED;
		}
		while (wh_run_signals_next(&session->signals, &signal)) {
			if (signal.ssi_signo != SIGCHLD)
				pass_signal(session, &signal);
			else if (command_ended(session, &status))
				return status;
		}
	}
}

static int run_command(struct session *session)
{
	WH_AUTO_FD entry = wh_run_cgroup_entry(&session->cgroup);
	const struct wh_run_command command = {
		.words = session->request->words,
		.cgroup_entry = entry,
		.user = &session->request->user,
		.signals = &session->signals,
		.descriptors = &session->descriptors,
	};
	struct wh_problem problem = {0};
	int status;

	if (entry < 0) {
		wh_say("cannot open the cgroup %s: %s", session->cgroup.command, strerror(-entry));
		return WH_EXIT_RUN_FAILED;
	}
	status = wh_run_command_start(&command, &session->command, &problem);
	if (status) {
		wh_say("%s", problem.text);
		return status;
	}
	return serve(session);
}

/* ---- afterwards ---------------------------------------------------------------------------- */

/* Waits until no process is left in the command's cgroup. False: time is up. */
static bool wait_empty(struct session *session, uint64_t ns)
{
	uint64_t deadline = wh_boot_now() + ns;
	struct signalfd_siginfo signal;
	int status;

	while (wh_run_cgroup_count(&session->cgroup)) {
		if (wh_boot_now() > deadline)
			return false;
		if (turn(session, TURN_MS) < 0)
			usleep(TURN_MS * 1000);
		while (wh_run_signals_next(&session->signals, &signal))
			;
		if (session->command)
			command_ended(session, &status);
	}
	return true;
}

static void end_processes(struct session *session)
{
	size_t count = session->cgroup.command ? wh_run_cgroup_count(&session->cgroup) : 0;

	if (!count)
		return;
	wh_say("ending %zu process%s that the command left behind", count, count == 1 ? "" : "es");
	wh_run_cgroup_signal(&session->cgroup, SIGTERM);
	wh_run_cgroup_signal(&session->cgroup, SIGCONT);
	if (wait_empty(session, TERMINATE_NS))
		return;
	wh_run_cgroup_signal(&session->cgroup, SIGKILL);
	if (!wait_empty(session, KILL_NS))
		wh_say("some processes cannot be ended; they stay in %s", session->cgroup.command);
}

/* What the command wrote last may still be on its way through the relay. */
static void drain(struct session *session)
{
	uint64_t deadline = wh_boot_now() + DRAIN_NS;
	struct signalfd_siginfo signal;

	if (!session->relay)
		return;
	wh_relay_stop_accepting(session->relay);
	while (wh_relay_connections(session->relay) && wh_boot_now() < deadline) {
		int count = turn(session, TURN_MS);

		if (count < 0)
			return;
		if (count)
			deadline = wh_boot_now() + DRAIN_NS;
		while (wh_run_signals_next(&session->signals, &signal))
			if (wh_run_signal_ends(signal.ssi_signo))
				return;
	}
}

static void remove_rules(const struct session *session)
{
	struct wh_engine *engine = NULL;
	struct wh_problem problem = {0};
	int error;

	if (!session->applied)
		return;
	error = wh_engine_open(&engine, WH_ENGINE_READ, &problem);
	if (!error)
		error = wh_engine_remove(engine, session->set->name, &problem);
	wh_engine_close(engine);
	if (error && error != -ENOENT)
		wh_say("the set '%s' could not be removed: %s; the next verb does it",
		       session->set->name, problem.text);
}

static void tear_down(struct session *session)
{
	struct wh_problem problem = {0};

	end_processes(session);
	drain(session);
	remove_rules(session);
	wh_relay_free(session->relay);
	wh_relay_log_close(session->log);
	if (wh_run_cgroup_remove(&session->cgroup, &problem))
		wh_say("%s", problem.text);
	wh_run_signals_close(&session->signals);
}

int wh_run_session(const struct wh_run_request *request, struct wh_rule_set *set)
{
	struct session session = {.request = request, .set = set, .signals = {.fd = -1}};
	int status;

	status = wh_relay_log_open(&session.log, request->verbose, request->log);
	if (status) {
		wh_say("%s: %s", request->log ? request->log : "log", strerror(-status));
		return WH_EXIT_RUN_FAILED;
	}
	status = prepare(&session);
	if (!status)
		status = run_command(&session);
	tear_down(&session);
	return status;
}
