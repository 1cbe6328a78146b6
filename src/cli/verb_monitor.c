/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither monitor: decisions as they happen. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli_verbs.h"
#include "event_stream.h"
#include "event_text.h"
#include "json_text.h"
#include "resolve.h"
#include "run_leftovers.h"
#include "scope_exit.h"

enum {
	OPTION_VERDICT = 256,
};

static const struct wh_option options[] = {
	{'r', "redirector", "NAME", "only what this redirector takes or blocks; SET/NAME, or NAME"},
	{'p', "pid", "PID", "only the connects of this process"},
	{'u', "user", "USER", "only those of this user"},
	{OPTION_VERDICT, "verdict", "VERDICT", "only redirect, permit or block"},
	{'a', "all", NULL, "also connects that no rule has to do with"},
	{'n', "count", "N", "end after so many"},
	{'j', "json", NULL, "for programs, an object a line"},
	{0},
};

struct monitor {
	const struct wh_verb *verb;
	struct wh_event_choice choice;
	const char *redirector, *verdict;
	uint64_t count; /* that are still to be printed; UINT64_MAX: no end */
	int json;
	struct wh_event_names names;
	struct wh_event_stream *stream;
	uint64_t tried; /* version of the rules for which names were looked for last */
};

static int take_verdict(struct monitor *monitor, const char *value)
{
	if (strcmp(value, "redirect") != 0 && strcmp(value, "permit") != 0 &&
	    strcmp(value, "block") != 0) {
		wh_say("monitor: --verdict: found '%s'; expected redirect, permit or block", value);
		return -EINVAL;
	}
	monitor->verdict = value;
	return 0;
}

static int take_user(struct monitor *monitor, const char *value)
{
	struct wh_parse_fault fault;
	uint32_t uid;
	int error = wh_resolve_user(value, &uid, &fault);

	if (error) {
		wh_say("monitor: --user: found '%s'; %s", value, fault.text);
		return error;
	}
	monitor->choice.flags |= WH_WATCH_USER;
	monitor->choice.uid = uid;
	return 0;
}

static int take(int id, const char *value, void *data)
{
	struct monitor *monitor = data;
	uint64_t number;

	switch (id) {
	case 'r':
		monitor->redirector = value;
		return 0;
	case 'p':
		if (wh_argument_number("monitor: --pid", value, 1, INT_MAX, &number))
			return -EINVAL;
		monitor->choice.flags |= WH_WATCH_PID;
		monitor->choice.pid = (__u32)number;
		return 0;
	case 'u':
		return take_user(monitor, value);
	case OPTION_VERDICT:
		return take_verdict(monitor, value);
	case 'n':
		return wh_argument_number("monitor: --count", value, 1, INT64_MAX, &monitor->count);
	case 'a':
		monitor->choice.flags |= WH_WATCH_ALL;
		return 0;
	case 'j':
		monitor->json = 1;
		return 0;
	default:
		return wh_argument_unexpected(monitor->verb, value);
	}
}

static int copy_rules(struct monitor *monitor, const struct wh_engine *engine)
{
	if (!monitor->names.rules)
		monitor->names.rules = malloc(sizeof(*monitor->names.rules));
	if (!monitor->names.rules)
		return -ENOMEM;
	memcpy(monitor->names.rules, wh_engine_rules(engine), sizeof(*monitor->names.rules));
	return 0;
}

/* The rules have changed: their names may have, too. */
static void renew_names(struct monitor *monitor, uint64_t version)
{
	struct wh_engine *engine = NULL;
	struct wh_problem problem;

	if (version <= monitor->tried)
		return;
	monitor->tried = version;
	if (!wh_engine_open(&engine, WH_ENGINE_READ, &problem))
		copy_rules(monitor, engine);
	wh_engine_close(engine);
}

static int is_of_redirector(const struct monitor *monitor, const struct wh_event *event)
{
	char name[WH_EVENT_NAME];
	const char *slash;

	if (!monitor->redirector)
		return 1;
	wh_event_redirector(&monitor->names, event, name);
	slash = strchr(name, '/');
	return !strcmp(name, monitor->redirector) ||
	       (slash && !strcmp(slash + 1, monitor->redirector));
}

static int visit(const struct wh_event *event, void *data)
{
	struct monitor *monitor = data;

	if (!monitor->count)
		return 0;
	renew_names(monitor, event->version);
	if (!is_of_redirector(monitor, event) ||
	    (monitor->verdict && strcmp(monitor->verdict, wh_event_verdict(event)) != 0))
		return 0;
	if (monitor->json) {
		if (wh_event_print_json(&monitor->names, event, stdout))
			return -ENOMEM;
	} else {
		wh_event_print_text(&monitor->names, event, stdout);
	}
	if (monitor->count != UINT64_MAX)
		monitor->count--;
	return ferror(stdout) ? -EIO : 0;
}

static void tell_missing(const struct monitor *monitor, const char *key, uint64_t number,
			 const char *words)
{
	json_t *object;

	if (!monitor->json) {
		printf("# %llu %s\n", (unsigned long long)number, words);
		return;
	}
	object = json_object();
	wh_json_string(object, "event", key);
	wh_json_number(object, key, number);
	wh_json_print_line(object, stdout);
}

static int renew(struct monitor *monitor)
{
	uint64_t dropped, gap;
	int error = wh_events_renew(monitor->stream, &dropped, &gap);

	if (error)
		return error;
	if (dropped)
		tell_missing(monitor, "dropped", dropped,
			     "decisions are missing here: there was no room for them");
	if (gap)
		tell_missing(monitor, "gap_ns", gap,
			     "nanoseconds are missing here: this program was stopped");
	return 0;
}

/* Whether standard output is read no more, so that there is nobody to tell. */
static int lost_reader(int error)
{
	if (error != EPIPE)
		return 0;
	__fpurge(stdout);
	clearerr(stdout);
	return 1;
}

/* Returns 0 when it is time to end, or a negative errno. */
static int follow(struct monitor *monitor, int signals)
{
	struct pollfd polled[] = {
		{.fd = wh_events_fd(monitor->stream), .events = POLLIN},
		{.fd = signals, .events = POLLIN},
		{.fd = STDOUT_FILENO}, /* its reader may go */
	};
	int error;

	while (monitor->count) {
		errno = 0;
		error = wh_events_read(monitor->stream, visit, monitor);
		if (!error)
			error = renew(monitor);
		if (error == -EIO || fflush(stdout))
			return lost_reader(errno) ? 0 : -EIO;
		if (error)
			return error;
		if (polled[1].revents || polled[2].revents & (POLLERR | POLLHUP))
			return 0;
		if (monitor->count && poll(polled, 3, WH_EVENTS_RENEW) < 0 && errno != EINTR)
			return -errno;
	}
	return 0;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_stream(struct monitor *monitor, struct wh_problem *problem)
{
	struct wh_engine *engine = NULL;
	int error = wh_cli_engine_open(&engine, WH_ENGINE_READ, problem);

	if (!error) {
		error = copy_rules(monitor, engine);
		if (error)
			snprintf(problem->text, sizeof(problem->text), "out of memory");
		else
			error = wh_events_open(engine, &monitor->choice, &monitor->stream, problem);
	}
	if (!error)
		monitor->tried = monitor->names.rules->version;
	wh_engine_close(engine);
	return error;
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct monitor monitor = {.verb = verb, .count = UINT64_MAX};
	int error = wh_arguments_read(verb, argc, argv, take, &monitor, NULL);
	struct wh_problem problem = {0};
	WH_AUTO_FD signals = -1;

	if (error)
		return wh_arguments_exit(error);
	signals = open_signals();
	error = signals < 0 ? -errno : open_stream(&monitor, &problem);
	if (error) {
		wh_say("%s", *problem.text ? problem.text : strerror(-error));
		free(monitor.names.rules);
		return WH_EXIT_FAILED;
	}
	error = follow(&monitor, signals);
	wh_events_close(monitor.stream);
	free(monitor.names.rules);
	if (error == -ENOENT) {
		wh_say("whither is not active any more");
		error = 0;
	} else if (error) {
		wh_say("%s", error == -EIO ? "cannot write to standard output" : strerror(-error));
	}
	return error ? WH_EXIT_FAILED : WH_EXIT_OK;
}

const struct wh_verb wh_verb_monitor = {
	.name = "monitor",
	.run = run,
	.help = "show decisions as they happen",
	.synopsis = "[OPTION]...",
	.options = options,
	.more = "A line for each connect that a rule had to do with: who, whither, what became of it, and\n"
		"why. Ends on SIGINT, SIGTERM, when nobody reads its output, and with the last set of\n"
		"rules. While nobody monitors, the kernel writes nothing.\n",
};
