/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither run: one command, its connects redirected. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli_verbs.h"
#include "rule_source.h"
#include "run_session.h"

enum {
	OPTION_TO = 256,
	OPTION_LOG,
	OPTION_CONTEXT,
	OPTION_ENGINE,
	OPTION_RULES,
	OPTION_ASK,
	OPTION_ASK_TIMEOUT,
	OPTION_ASK_DEFAULT,
};

#define ASK_TIMEOUT_S 30

static const struct wh_option options[] = {
	{OPTION_TO, "to", "ADDR:PORT", "redirect to the proxy there, not to the embedded relay"},
	{OPTION_CONTEXT, "context", "VALUE",
	 "what the proxy is told: text:..., hex:..., as in a file"},
	{OPTION_ENGINE, "engine", "NAME",
	 "kernel, or seccomp, which needs no privilege; else the first that can be used"},
	{OPTION_RULES, "rules", "NAME|FILE",
	 "with seccomp: these rules, not the embedded relay; may be repeated"},
	{OPTION_ASK, "ask", "PROGRAM",
	 "with seccomp: let PROGRAM say about each new destination: redirect or block"},
	{OPTION_ASK_TIMEOUT, "ask-timeout", "SECONDS", "how long PROGRAM has to answer (30)"},
	{OPTION_ASK_DEFAULT, "ask-default", "VERDICT",
	 "redirect or block, when it does not answer (block)"},
	WH_RELAY_SETTINGS_OPTIONS,
	{'u', "user", "[=NAME]", "run COMMAND as NAME, or as the one who called sudo"},
	{OPTION_LOG, "log", "FILE", "append a line for each connection to FILE"},
	{'v', "verbose", NULL, "a line for each connection on stderr"},
	{0},
};

struct arguments {
	const struct wh_verb *verb;
	struct wh_run_request request;
	char **words; /* conditions */
	char **rules;
	size_t word_count;
	bool as_user;
	const char *user; /* NULL: who called sudo */
};

static int take_proxy(struct arguments *arguments, const char *value)
{
	if (!wh_config_parse_endpoint(value, &arguments->request.conditions.to))
		return 0;
	wh_say("run: --to: found '%s'; expected an address and a port, such as 127.0.0.1:12352 or "
	       "[::1]:12352",
	       value);
	return -EINVAL;
}

static int take_engine(struct arguments *arguments, const char *value)
{
	if (!strcmp(value, "kernel"))
		arguments->request.engine = WH_RUN_KERNEL;
	else if (!strcmp(value, "seccomp"))
		arguments->request.engine = WH_RUN_SECCOMP;
	else {
		wh_say("run: --engine: found '%s'; expected kernel or seccomp", value);
		return -EINVAL;
	}
	return 0;
}

static int take_ask(struct arguments *arguments, int id, const char *value)
{
	struct wh_run_ask *ask = &arguments->request.ask;
	uint64_t seconds;

	if (id == OPTION_ASK) {
		ask->program = value;
	} else if (id == OPTION_ASK_TIMEOUT) {
		if (wh_argument_number("run: --ask-timeout", value, 1, 86400, &seconds))
			return -EINVAL;
		ask->timeout_seconds = (unsigned int)seconds;
	} else if (wh_ask_verdict_read(value, strlen(value), &ask->verdict)) {
		wh_say("run: --ask-default: found '%s'; expected redirect or block", value);
		return -EINVAL;
	}
	return 0;
}

static int take(int id, const char *value, void *data)
{
	struct arguments *arguments = data;
	struct wh_run_request *request = &arguments->request;
	int taken = wh_relay_settings_take("run", id, value, &request->relay);

	if (taken != WH_SETTING_OTHER)
		return taken;
	switch (id) {
	case OPTION_TO:
		return take_proxy(arguments, value);
	case OPTION_ENGINE:
		return take_engine(arguments, value);
	case OPTION_RULES:
		arguments->rules[arguments->request.rule_count++] = (char *)value;
		return 0;
	case OPTION_ASK:
	case OPTION_ASK_TIMEOUT:
	case OPTION_ASK_DEFAULT:
		return take_ask(arguments, id, value);
	case OPTION_CONTEXT:
		request->conditions.context = value;
		return 0;
	case OPTION_LOG:
		request->log = value;
		return 0;
	case 'u':
		arguments->as_user = true;
		arguments->user = value;
		return 0;
	case 'v':
		request->verbose = true;
		return 0;
	default:
		break;
	}
	/* As env does: the first word that assigns nothing is the command. */
	if (!strchr(value, '='))
		return WH_TAKE_STOP;
	arguments->words[arguments->word_count++] = (char *)value;
	return 0;
}

static int find_user(struct arguments *arguments)
{
	struct wh_problem problem;
	int error;

	if (!arguments->as_user)
		return 0;
	error = wh_run_user_find(arguments->user, &arguments->request.user, &problem);
	if (error)
		wh_say("%s", problem.text);
	return error;
}

/* Which options do not go together. */
static int check_options(const struct arguments *arguments)
{
	const struct wh_run_request *request = &arguments->request;

	if (request->engine == WH_RUN_KERNEL && (request->rule_count || request->ask.program)) {
		wh_say("run: %s needs --engine seccomp", request->rule_count ? "--rules" : "--ask");
		return -EINVAL;
	}
	if (request->rule_count &&
	    (request->conditions.to.port || request->conditions.context || arguments->word_count)) {
		wh_say("run: --rules says where connects go: no --to, --context or condition "
		       "beside it");
		return -EINVAL;
	}
	if (request->relay.first && (request->conditions.to.port || request->rule_count)) {
		wh_say("run: %s is about the embedded relay, and %s another proxy",
		       request->relay.first, request->rule_count ? "--rules name" : "--to names");
		return -EINVAL;
	}
	return 0;
}

static int run_request(struct arguments *arguments)
{
	struct wh_run_request *request = &arguments->request;
	struct wh_config_report report = {0};
	struct wh_rule_set *set = NULL;
	int status = WH_EXIT_RUN_FAILED, error;

	request->conditions.words = arguments->words;
	request->conditions.word_count = arguments->word_count;
	request->conditions.command = request->words[0];
	request->rules = arguments->rules;
	if (check_options(arguments))
		return WH_EXIT_RUN_FAILED;
	error = wh_run_rules_read(&request->conditions, &set, &report);
	wh_report_say(&report);
	if (error && !report.error_count)
		wh_say("%s", strerror(-error));
	wh_config_report_free(&report);
	if (!error && !find_user(arguments))
		status = wh_run_session(request, set);
	wh_config_free(set);
	wh_run_user_free(&request->user);
	return status;
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct arguments arguments = {.verb = verb,
				      .request.ask = {.verdict = WH_ASK_BLOCK,
						      .timeout_seconds = ASK_TIMEOUT_S}};
	int error, rest, status = WH_EXIT_RUN_FAILED;

	wh_relay_settings_default(&arguments.request.relay);
	arguments.words = calloc((size_t)argc + 1, sizeof(*arguments.words));
	arguments.rules = calloc((size_t)argc + 1, sizeof(*arguments.rules));
	if (!arguments.words || !arguments.rules) {
		free(arguments.words);
		free(arguments.rules);
		wh_say("out of memory");
		return WH_EXIT_RUN_FAILED;
	}
	error = wh_arguments_read(verb, argc, argv, take, &arguments, &rest);
	if (error == WH_ARGUMENTS_HELP) {
		status = WH_EXIT_OK;
	} else if (!error && rest == argc) {
		wh_say("run: expected a command; usage: whither run %s", verb->synopsis);
	} else if (!error) {
		arguments.request.words = argv + rest;
		status = run_request(&arguments);
	}
	free(arguments.words);
	free(arguments.rules);
	return status;
}

const struct wh_verb wh_verb_run = {
	.name = "run",
	.run = run,
	.help = "run a command, its connects redirected",
	.synopsis = "[OPTION]... [CONDITION=VALUE]... -- COMMAND [ARGUMENT]...",
	.options = options,
	.more = "Without --to the connects of COMMAND and of all that it starts go through an embedded\n"
		"relay, and with --via from there through another proxy, whose user and password\n"
		"come from a file or from WHITHER_VIA_USER and WHITHER_VIA_PASSWORD (which COMMAND\n"
		"does not see); whither-relay(8) has more on it.\n"
		"CONDITION is one of whither.conf(5), such as remote-port=80,443: only connects that\n"
		"match are redirected. The exit status is COMMAND's, or 125 when whither itself\n"
		"failed, 126 when COMMAND cannot be executed, 127 when it is not found, 128 + N when\n"
		"signal N ended it.\n",
};
