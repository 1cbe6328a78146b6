/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither why: what becomes of a connect, and what each rule has to say of it. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli_verbs.h"
#include "run_leftovers.h"
#include "why.h"

enum {
	OPTION_CGROUP = 256,
};

static const struct wh_option options[] = {
	{'u', "user", "USER", "of this user; default: who asks"},
	{'e', "exe", "PATH", "running this program; default: none that a rule knows"},
	{OPTION_CGROUP, "cgroup", "PATH", "in this cgroup; default: that of who asks"},
	{'p', "pid", "PID", "by this process, which is all of these"},
	{'s', "socket", "SOCKET",
	 "PID/FD, pid=PID,fd=FD, or its own address with its peer as DEST"},
	{'j', "json", NULL, "for programs"},
	{0},
};

struct arguments {
	const struct wh_verb *verb;
	struct wh_why_request request;
};

static int take(int id, const char *value, void *data)
{
	struct arguments *arguments = data;
	struct wh_why_request *request = &arguments->request;
	uint64_t number;

	switch (id) {
	case 'u':
		request->user = value;
		return 0;
	case 'e':
		request->exe = value;
		return 0;
	case OPTION_CGROUP:
		request->cgroup = value;
		return 0;
	case 'p':
		if (wh_argument_number("why: --pid", value, 1, INT_MAX, &number))
			return -EINVAL;
		request->pid = (__u32)number;
		return 0;
	case 's':
		request->socket = value;
		return 0;
	case 'j':
		request->json = true;
		return 0;
	default:
		if (request->destination)
			return wh_argument_unexpected(arguments->verb, value);
		request->destination = value;
		return 0;
	}
}

static int check(const struct wh_why_request *request)
{
	bool stated = request->user || request->exe || request->cgroup;

	if (request->pid && request->socket) {
		wh_say("why: --pid and --socket exclude each other: a socket has its process");
		return -EINVAL;
	}
	if (stated && (request->pid || request->socket)) {
		wh_say("why: --user, --exe and --cgroup are for a process that is not there yet; "
		       "--%s names one that is",
		       request->pid ? "pid" : "socket");
		return -EINVAL;
	}
	if (!request->destination && !request->pid && !request->socket) {
		wh_say("why: expected a destination such as 192.0.2.1:80, --pid or --socket");
		return -EINVAL;
	}
	return 0;
}

static int answer(const struct wh_why_request *request, struct wh_engine *engine)
{
	static struct wh_rules none; /* whither is not active: no rule is in force */
	struct wh_why *why = calloc(1, sizeof(*why));
	int result = WH_WHY_FAILED, error;

	if (!why) {
		wh_say("out of memory");
		return result;
	}
	why->engine = engine;
	why->rules = engine ? wh_engine_rules(engine) : &none;
	error = wh_why_ask(request, why);
	if (!error)
		error = wh_why_decide(why);
	if (!error && request->json) {
		error = wh_why_print_json(why, stdout);
		if (error)
			wh_say("out of memory");
	} else if (!error) {
		wh_why_print_text(why, stdout);
	}
	if (!error)
		result = (int)wh_why_status(why);
	free(why);
	/* Here, as the statuses that mean something are not what main() knows. */
	if (result != WH_WHY_FAILED && fflush(stdout)) {
		wh_say("cannot write to standard output: %s", strerror(errno));
		result = WH_WHY_FAILED;
	}
	return result;
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct arguments arguments = {.verb = verb};
	struct wh_engine *engine = NULL;
	struct wh_problem problem = {0};
	int error = wh_arguments_read(verb, argc, argv, take, &arguments, NULL), result;

	if (error)
		return error == WH_ARGUMENTS_HELP ? WH_EXIT_OK : WH_WHY_FAILED;
	if (check(&arguments.request))
		return WH_WHY_FAILED;
	error = wh_cli_engine_open(&engine, WH_ENGINE_READ, &problem);
	if (error && error != -ENOENT) {
		wh_say("%s", problem.text);
		return WH_WHY_FAILED;
	}
	result = answer(&arguments.request, engine);
	wh_engine_close(engine);
	return result;
}

const struct wh_verb wh_verb_why = {
	.name = "why",
	.run = run,
	.help = "say what becomes of a connect, and what each rule has to say of it",
	.synopsis = "[OPTION]... [DEST]",
	.options = options,
	.more = "DEST is ADDRESS:PORT, such as 192.0.2.1:80 or [2001:db8::1]:80; [::ffff:192.0.2.1]:80\n"
		"asks for a connect of an IPv6 socket. The rules in force decide, by the code that\n"
		"decides in the kernel. --pid without DEST tells what may become of the process's\n"
		"connects, and what its sockets carry; --socket, what one socket carries.\n\n"
		"Exit status: 0 it is redirected, 1 it goes direct, 2 it is blocked, 3 no answer.\n",
};
