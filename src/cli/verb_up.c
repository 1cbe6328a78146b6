/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither up: rules into force. */
#include <errno.h>
#include <string.h>

#include "address_text.h"
#include "cli_verbs.h"
#include "engine.h"
#include "rule_source.h"
#include "rule_text.h"
#include "run_leftovers.h"

enum {
	OPTION_NAME = 256,
	OPTION_MAX_PENDING,
	OPTION_MAX_PENDING_PER_USER,
};

static const struct wh_option options[] = {
	{OPTION_NAME, "name", "NAME", "name of the set, if it is not to be the file's"},
	{OPTION_MAX_PENDING, "max-pending", "N", "bound of connections between connect and accept"},
	{OPTION_MAX_PENDING_PER_USER, "max-pending-per-user", "N", "the same, of one user"},
	{'v', "verbose", NULL, "say what was done"},
	{0},
};

struct request {
	const struct wh_verb *verb;
	const char *word, *name;
	uint64_t flights, user_flights; /* 0: as they are */
	int verbose;
};

static int take(int id, const char *value, void *data)
{
	struct request *request = data;

	switch (id) {
	case OPTION_NAME:
		request->name = value;
		return 0;
	case OPTION_MAX_PENDING:
		return wh_argument_number("--max-pending", value, 1, WH_FLIGHTS_LIMIT,
					  &request->flights);
	case OPTION_MAX_PENDING_PER_USER:
		return wh_argument_number("--max-pending-per-user", value, 1, WH_FLIGHTS_LIMIT,
					  &request->user_flights);
	case 'v':
		request->verbose = 1;
		return 0;
	default:
		if (request->word)
			return wh_argument_unexpected(request->verb, value);
		request->word = value;
		return 0;
	}
}

/* What becomes of connects to a proxy that is not there: better said now than found out. */
static void warn_absent(const struct wh_engine *engine, const struct wh_redirector *redirector,
			int inet6)
{
	const struct wh_endpoint *listener = inet6 ? &redirector->listen6 : &redirector->listen4;
	const char *become = redirector->flags & WH_WHEN_ABSENT_PERMIT ? "go on without it" :
									 "are refused";
	struct wh_listening listening = {0};
	char address[WH_ADDRESS_TEXT];

	if (!listener->port || wh_engine_listening(engine, redirector, inet6, &listening))
		return;
	wh_address_text(&listener->address, listener->port, address);
	if (!listening.present)
		wh_say("warning: redirector '%s': nobody listens at %s yet; until somebody does, "
		       "connects that match %s",
		       redirector->name, address, become);
	else if (!listening.allowed)
		wh_say("warning: redirector '%s': %s is held by pid %u, which is not its owner; "
		       "connects that match %s",
		       redirector->name, address, listening.who.pid, become);
}

static void say_done(const struct wh_engine *engine, const struct wh_rule_set *set,
		     const struct request *request)
{
	const struct wh_rules *rules = wh_engine_rules(engine);

	for (__u32 i = 0; i < rules->redirector_count; i++) {
		const struct wh_redirector *redirector = &rules->redirector[i];

		if (strcmp(rules->set[redirector->set % WH_SETS_MAX].name, set->name) != 0)
			continue;
		warn_absent(engine, redirector, 0);
		warn_absent(engine, redirector, 1);
	}
	if (request->verbose)
		wh_say("set '%s' of %s is up: redirectors %u, filters %u, active sets %u",
		       set->name, set->source, set->redirector_count, set->filter_count,
		       rules->set_count);
}

static int apply(struct wh_rule_set *set, const struct request *request)
{
	struct wh_engine *engine = NULL;
	struct wh_problem problem = {0};
	int error = wh_rule_set_describe(set);

	if (error) {
		wh_say("%s", strerror(-error));
		return error;
	}
	error = wh_cli_engine_open(&engine, WH_ENGINE_CHANGE, &problem);
	if (!error)
		error = wh_engine_apply(engine, set, &problem);
	if (!error && (request->flights || request->user_flights))
		error = wh_engine_set_limits(engine, (uint32_t)request->flights,
					     (uint32_t)request->user_flights, &problem);
	if (error)
		wh_say("%s", problem.text);
	else
		say_done(engine, set, request);
	wh_engine_close(engine);
	return error;
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct request request = {.verb = verb};
	struct wh_config_report report = {0};
	struct wh_rule_set *set = NULL;
	int error = wh_arguments_read(verb, argc, argv, take, &request, NULL);

	if (error)
		return wh_arguments_exit(error);
	if (!request.word) {
		wh_say("up: expected a set's name, a file or '-'");
		return WH_EXIT_USAGE;
	}
	error = wh_rule_source_read(request.word, request.name, &set, &report);
	wh_report_say(&report);
	wh_config_report_free(&report);
	if (!error)
		error = apply(set, &request);
	wh_config_free(set);
	return error ? WH_EXIT_FAILED : WH_EXIT_OK;
}

const struct wh_verb wh_verb_up = {
	.name = "up",
	.run = run,
	.help = "put a set of rules into force",
	.synopsis = "[OPTION]... NAME|FILE|-",
	.options = options,
	.more = "NAME is the set of " WH_RULE_DIRECTORY "/NAME.conf; a word with a slash, or that\n"
		"ends in .conf, is a FILE, and '-' is standard input. A set of the same name is\n"
		"replaced at once and as a whole. whither.conf(5) describes the file.\n",
};
