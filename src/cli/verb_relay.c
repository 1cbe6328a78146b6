/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither relay: the embedded proxy, in the foreground. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "address_text.h"
#include "cli_verbs.h"
#include "config.h"
#include "engine.h"
#include "listen_socket.h"
#include "relay_log.h"
#include "run_leftovers.h"
#include "scope_exit.h"
#include "time_text.h"

#define LISTENERS_MAX 64
#define DRAIN_NS 5000000000ull /* what open connections get to end, after SIGTERM */
#define TURN_MS 100

enum {
	OPTION_LOG = 256,
};

static const struct wh_option options[] = {
	{'l', "listen", "ADDR:PORT", "where to listen; may be repeated"},
	{OPTION_LOG, "log", "FILE", "append a line for each connection to FILE"},
	{'v', "verbose", NULL, "a line for each connection on stderr"},
	{0},
};

struct request {
	const struct wh_verb *verb;
	struct wh_endpoint listeners[LISTENERS_MAX];
	size_t listener_count;
	const char *log;
	bool verbose;
};

static int take_listener(struct request *request, const char *value)
{
	if (request->listener_count == LISTENERS_MAX) {
		wh_say("relay: found more than %d --listen", LISTENERS_MAX);
		return -EINVAL;
	}
	if (wh_config_parse_endpoint(value, &request->listeners[request->listener_count])) {
		wh_say("relay: --listen: found '%s'; expected an address and a port, such as "
		       "127.0.0.1:12352 or [::1]:12352",
		       value);
		return -EINVAL;
	}
	request->listener_count++;
	return 0;
}

static int take(int id, const char *value, void *data)
{
	struct request *request = data;

	switch (id) {
	case 'l':
		return take_listener(request, value);
	case OPTION_LOG:
		request->log = value;
		return 0;
	case 'v':
		request->verbose = true;
		return 0;
	default:
		return wh_argument_unexpected(request->verb, value);
	}
}

static int add_listeners(struct wh_relay *relay, const struct request *request, int inherited)
{
	char address[WH_ADDRESS_TEXT];

	for (int i = 0; i < inherited; i++) {
		int error = wh_relay_add_listener(relay, WH_LISTEN_INHERITED_FIRST + i);

		if (error) {
			wh_say("the socket handed over as descriptor %d does not serve: %s",
			       WH_LISTEN_INHERITED_FIRST + i,
			       error == -EINVAL ? "it does not listen" : strerror(-error));
			return error;
		}
	}
	for (size_t i = 0; i < request->listener_count; i++) {
		const struct wh_endpoint *endpoint = &request->listeners[i];
		int fd = wh_listen_open(endpoint);
		int error = fd < 0 ? fd : wh_relay_add_listener(relay, fd);

		if (error) {
			wh_say("cannot listen at %s: %s",
			       wh_address_text(&endpoint->address, endpoint->port, address),
			       strerror(-error));
			return error;
		}
	}
	return 0;
}

/* The names of what is active now, if this process may know them. */
static void name_hops(struct wh_relay_log *log)
{
	struct wh_engine *engine = NULL;
	struct wh_rule_names *names = NULL;
	struct wh_problem problem;

	if (!log || wh_cli_engine_open(&engine, WH_ENGINE_READ, &problem))
		return;
	if (!wh_rule_names_new(&names, wh_engine_rules(engine)))
		wh_relay_log_name(log, names);
	wh_engine_close(engine);
}

static int open_signals(void)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Until a signal; then until the connections that are open have ended, another signal comes, or
 * they have had their time. */
static int serve(struct wh_relay *relay, int signals)
{
	uint64_t deadline = 0;

	for (;;) {
		struct pollfd waits[] = {{.fd = wh_relay_fd(relay), .events = POLLIN},
					 {.fd = signals, .events = POLLIN}};
		struct signalfd_siginfo signal;
		int count;

		if (deadline && (!wh_relay_connections(relay) || wh_boot_now() > deadline))
			return 0;
		if (poll(waits, 2, deadline ? TURN_MS : -1) < 0 && errno != EINTR)
			return -errno;
		count = wh_relay_dispatch(relay, 0);
		if (count < 0)
			return count;
		if (read(signals, &signal, sizeof(signal)) != sizeof(signal))
			continue;
		if (deadline)
			return 0;
		wh_relay_stop_accepting(relay);
		deadline = wh_boot_now() + DRAIN_NS;
	}
}

static int run_relay(const struct request *request, struct wh_relay_log *log, int inherited)
{
	const struct wh_relay_options settings = {.on_event = log ? wh_relay_log_event : NULL,
						  .data = log};
	WH_AUTO_FD signals = open_signals();
	struct wh_relay *relay = NULL;
	int error = signals < 0 ? signals : wh_relay_new(&relay, &settings);

	if (error) {
		wh_say("cannot make the relay: %s", strerror(-error));
		return error;
	}
	error = add_listeners(relay, request, inherited);
	if (!error) {
		error = serve(relay, signals);
		if (error)
			wh_say("the relay failed: %s", strerror(-error));
	}
	wh_relay_free(relay);
	return error;
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct request request = {.verb = verb};
	struct wh_relay_log *log = NULL;
	struct rlimit before;
	int error = wh_arguments_read(verb, argc, argv, take, &request, NULL), inherited;

	if (error)
		return wh_arguments_exit(error);
	inherited = wh_listen_inherited();
	if (inherited < 0) {
		wh_say("relay: LISTEN_PID and LISTEN_FDS do not say which sockets were handed over");
		return WH_EXIT_FAILED;
	}
	if (!inherited && !request.listener_count) {
		wh_say("relay: expected --listen ADDR:PORT, or sockets from socket activation");
		return WH_EXIT_USAGE;
	}
	error = wh_relay_log_open(&log, request.verbose, request.log);
	if (error) {
		wh_say("%s: %s", request.log ? request.log : "log", strerror(-error));
		return WH_EXIT_FAILED;
	}
	signal(SIGPIPE, SIG_IGN);
	wh_descriptors_raise(&before);
	name_hops(log);
	error = run_relay(&request, log, inherited);
	wh_relay_log_close(log);
	return error ? WH_EXIT_FAILED : WH_EXIT_OK;
}

const struct wh_verb wh_verb_relay = {
	.name = "relay",
	.run = run,
	.help = "run the embedded proxy: accept, relate, connect, copy",
	.synopsis = "--listen ADDR:PORT... [OPTION]...",
	.options = options,
	.more = "Runs in the foreground until SIGTERM or SIGINT; connections that are open then have\n"
		"five seconds to end. Sockets handed over by systemd's socket activation are listened\n"
		"on too. Needs no privilege.\n",
};
