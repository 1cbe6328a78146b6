/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither down: rules out of force. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli_verbs.h"
#include "engine.h"
#include "rule_source.h"
#include "run_leftovers.h"
#include "suggestion.h"

static const struct wh_option options[] = {
	{'a', "all", NULL, "all sets, and whatever else whither left in the kernel"},
	{'v', "verbose", NULL, "say what was done"},
	{0},
};

struct request {
	const struct wh_verb *verb;
	const char *word;
	int all, verbose;
};

static int take(int id, const char *value, void *data)
{
	struct request *request = data;

	if (id == 'a')
		request->all = 1;
	else if (id == 'v')
		request->verbose = 1;
	else if (request->word)
		return wh_argument_unexpected(request->verb, value);
	else
		request->word = value;
	return 0;
}

/* What was given to up may be given to down: a file stands for the set of its name. */
static char *set_name(const char *word)
{
	const char *base = strrchr(word, '/') ? strrchr(word, '/') + 1 : word;
	size_t length = strlen(base);

	if (!strcmp(word, "-"))
		return strdup("stdin");
	if (wh_rule_source_is_file(word) && length > 5 && !strcmp(base + length - 5, ".conf"))
		length -= 5;
	return strndup(base, length);
}

static void say_no_set(const struct wh_engine *engine, const char *name)
{
	const struct wh_rules *rules = wh_engine_rules(engine);
	const char *names[WH_SETS_MAX + 1] = {NULL}, *suggestion;

	for (__u32 i = 0; i < rules->set_count; i++)
		names[i] = rules->set[i].name;
	suggestion = wh_suggest(name, names);
	if (suggestion)
		wh_say("no set '%s' is active; did you mean '%s'?", name, suggestion);
	else
		wh_say("no set '%s' is active; whither show lists those that are", name);
}

static int remove_set(const char *name, int verbose)
{
	struct wh_engine *engine = NULL;
	struct wh_problem problem = {0};
	int error = wh_cli_engine_open(&engine, WH_ENGINE_READ, &problem);

	if (error == -ENOENT) {
		wh_say("no set '%s' is active: whither is not active", name);
		return error;
	}
	if (!error)
		error = wh_engine_remove(engine, name, &problem);
	if (engine && error == -ENOENT)
		say_no_set(engine, name);
	else if (error)
		wh_say("%s", problem.text);
	else if (verbose)
		wh_say("set '%s' is down", name);
	wh_engine_close(engine);
	return error;
}

static int remove_all(int verbose)
{
	struct wh_problem problem = {0};
	unsigned int removed = 0;
	int error;

	wh_run_leftovers_collect();
	error = wh_engine_remove_all(&removed, &problem);
	if (error)
		wh_say("%s", problem.text);
	else if (verbose)
		wh_say("everything is down: %u sets were active", removed);
	return error;
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct request request = {.verb = verb};
	int error = wh_arguments_read(verb, argc, argv, take, &request, NULL);
	char *name;

	if (error)
		return wh_arguments_exit(error);
	if (request.all && request.word) {
		wh_say("down: --all and '%s' exclude each other", request.word);
		return WH_EXIT_USAGE;
	}
	if (request.all)
		return remove_all(request.verbose) ? WH_EXIT_FAILED : WH_EXIT_OK;
	if (!request.word) {
		wh_say("down: expected the name of a set, or --all");
		return WH_EXIT_USAGE;
	}
	name = set_name(request.word);
	error = name ? remove_set(name, request.verbose) : -ENOMEM;
	free(name);
	return error ? WH_EXIT_FAILED : WH_EXIT_OK;
}

const struct wh_verb wh_verb_down = {
	.name = "down",
	.run = run,
	.help = "take a set of rules out of force, or all",
	.synopsis = "[OPTION]... NAME|FILE|--all",
	.options = options,
	.more = "Connections that live go on. With the last set everything of whither leaves the\n"
		"kernel, and queries then say that it is not active. --all does so in whatever\n"
		"state things are.\n",
};
