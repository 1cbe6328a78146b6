/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither relay: the embedded proxy, in the foreground. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "address_text.h"
#include "cli_verbs.h"
#include "config.h"
#include "engine.h"
#include "listen_socket.h"
#include "relay_service.h"
#include "run_leftovers.h"
#include "scope_exit.h"

#define LISTENERS_MAX 64
#define HANDED_OVER_MAX 1024
#define DRAIN_SECONDS 5
#define DRAIN_SECONDS_MAX 604800 /* a week */

enum {
	OPTION_LOG = 256,
	OPTION_DRAIN_TIMEOUT,
};

static const struct wh_option options[] = {
	{'l', "listen", "ADDR:PORT", "where to listen; may be repeated"},
	WH_RELAY_SETTINGS_OPTIONS,
	{OPTION_DRAIN_TIMEOUT, "drain-timeout", "SECONDS",
	 "what open connections get to end, after SIGTERM (5)"},
	{OPTION_LOG, "log", "FILE", "append a line for each connection to FILE"},
	{'v', "verbose", NULL, "a line for each connection on stderr"},
	{0},
};

struct request {
	const struct wh_verb *verb;
	struct wh_endpoint listeners[LISTENERS_MAX];
	size_t listener_count;
	struct wh_relay_settings settings;
	uint64_t drain_seconds;
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
	int taken = wh_relay_settings_take("relay", id, value, &request->settings);

	if (taken != WH_SETTING_OTHER)
		return taken;
	switch (id) {
	case 'l':
		return take_listener(request, value);
	case OPTION_DRAIN_TIMEOUT:
		return wh_argument_number("--drain-timeout", value, 0, DRAIN_SECONDS_MAX,
					  &request->drain_seconds);
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

/* Sockets that somebody made for us. */
struct handed_over {
	int fds[HANDED_OVER_MAX];
	int count;
};

static int find_handed_over(struct handed_over *ret)
{
	int count;

	*ret = (struct handed_over){0};
	count = wh_relay_replace_inherited(ret->fds, HANDED_OVER_MAX);
	if (count < 0) {
		wh_say("relay: the sockets of the process before this one are not there");
		return count;
	}
	ret->count = count;
	count = wh_listen_inherited();
	if (count < 0 || ret->count + count > HANDED_OVER_MAX) {
		wh_say("relay: LISTEN_PID and LISTEN_FDS do not say which sockets were handed over");
		return -EINVAL;
	}
	for (int i = 0; i < count; i++)
		ret->fds[ret->count++] = WH_LISTEN_INHERITED_FIRST + i;
	return 0;
}

/* One that is handed over needs not to be made, and could not. */
static bool is_handed_over(const struct handed_over *handed, const struct wh_endpoint *endpoint)
{
	struct wh_endpoint found;

	for (int i = 0; i < handed->count; i++)
		if (!wh_listen_address(handed->fds[i], &found) && found.port == endpoint->port &&
		    !memcmp(&found.address, &endpoint->address, sizeof(found.address)))
			return true;
	return false;
}

static int add_made(struct wh_relay *relay, const struct wh_endpoint *endpoint)
{
	char address[WH_ADDRESS_TEXT];
	int fd = wh_listen_open(endpoint);
	int error = fd < 0 ? fd : wh_relay_add_listener(relay, fd);

	if (error)
		wh_say("cannot listen at %s: %s",
		       wh_address_text(&endpoint->address, endpoint->port, address),
		       strerror(-error));
	return error;
}

static int add_listeners(struct wh_relay *relay, const struct request *request,
			 const struct handed_over *handed)
{
	int error = 0;

	/* Before the handed over ones are the relay's, who closes what does not serve. */
	for (size_t i = 0; !error && i < request->listener_count; i++)
		if (!is_handed_over(handed, &request->listeners[i]))
			error = add_made(relay, &request->listeners[i]);
	for (int i = 0; !error && i < handed->count; i++) {
		error = wh_relay_add_listener(relay, handed->fds[i]);
		if (error)
			wh_say("the socket handed over as descriptor %d does not serve: %s",
			       handed->fds[i],
			       error == -EINVAL ? "it does not listen" : strerror(-error));
	}
	return error;
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

static int fill_relay(struct wh_relay *relay, const struct request *request,
		      const struct handed_over *handed)
{
	struct wh_relay_upstream upstream;
	int error = wh_relay_settings_upstream(&request->settings, &upstream);

	if (!error && upstream.address_count)
		error = wh_relay_set_upstream(relay, &upstream);
	explicit_bzero(&upstream, sizeof(upstream));
	return error ? error : add_listeners(relay, request, handed);
}

static int run_relay(const struct request *request, struct wh_relay_log *log,
		     const struct handed_over *handed)
{
	struct wh_relay_options how = request->settings.options;
	WH_AUTO_FD signals = wh_relay_service_signals();
	struct wh_relay_service service = {
		.log = log,
		.settings = &request->settings,
		.drain_seconds = request->drain_seconds,
		.signals = signals,
	};
	int error;

	how.on_event = log ? wh_relay_log_event : NULL;
	how.data = log;
	error = signals < 0 ? signals : wh_relay_new(&service.relay, &how);
	if (error) {
		wh_say("cannot make the relay: %s", strerror(-error));
		return error;
	}
	error = fill_relay(service.relay, request, handed);
	if (!error) {
		error = wh_relay_service_run(&service);
		if (error)
			wh_say("the relay failed: %s", strerror(-error));
	}
	wh_relay_free(service.relay);
	return error;
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct request request = {.verb = verb, .drain_seconds = DRAIN_SECONDS};
	struct wh_relay_log *log = NULL;
	struct handed_over handed;
	struct rlimit before;
	int error;

	wh_relay_settings_default(&request.settings);
	error = wh_arguments_read(verb, argc, argv, take, &request, NULL);
	if (error)
		return wh_arguments_exit(error);
	if (find_handed_over(&handed))
		return WH_EXIT_FAILED;
	if (!handed.count && !request.listener_count) {
		wh_say("relay: expected --listen ADDR:PORT, or sockets from socket activation");
		return WH_EXIT_USAGE;
	}
	error = wh_relay_log_open(&log, request.verbose, request.settings.first, request.log);
	if (error) {
		wh_say("%s: %s", request.log ? request.log : "log", strerror(-error));
		return WH_EXIT_FAILED;
	}
	wh_relay_replace_note(argv - 1);
	signal(SIGPIPE, SIG_IGN);
	wh_descriptors_raise(&before);
	name_hops(log);
	error = run_relay(&request, log, &handed);
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
		"--drain-timeout to end, or until a second signal. SIGHUP opens the log again, and\n"
		"reads the credentials and the addresses of --via again; SIGUSR2 has the program\n"
		"executed anew in its place. Sockets handed over by systemd's socket activation are\n"
		"listened on too. Without --via-credentials, user and password for --via come from\n"
		"WHITHER_VIA_USER and WHITHER_VIA_PASSWORD. Needs no privilege; whither-relay(8).\n",
};
