/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither check: what up would say of a file. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli_verbs.h"
#include "engine.h"
#include "json_text.h"
#include "rule_source.h"
#include "run_leftovers.h"

enum {
	OPTION_NAME = 256,
};

static const struct wh_option options[] = {
	{OPTION_NAME, "name", "NAME", "name of the set, if it is not to be the file's"},
	{'j', "json", NULL, "for programs"},
	{0},
};

struct request {
	const struct wh_verb *verb;
	const char *word, *name;
	int json;
};

static int take(int id, const char *value, void *data)
{
	struct request *request = data;

	if (id == OPTION_NAME)
		request->name = value;
	else if (id == 'j')
		request->json = 1;
	else if (request->word)
		return wh_argument_unexpected(request->verb, value);
	else
		request->word = value;
	return 0;
}

/* Whether the set agrees with those that are active. */
struct comparison {
	enum {
		NOT_COMPARED,
		AGREES,
		DISAGREES,
	} outcome;
	struct wh_problem problem;
};

static void compare(const struct wh_rule_set *set, struct comparison *comparison)
{
	struct wh_engine *engine = NULL;
	int error = wh_cli_engine_open(&engine, WH_ENGINE_READ, &comparison->problem);

	if (error == -ENOENT) {
		comparison->outcome = AGREES; /* with nothing */
		return;
	}
	if (error)
		return;
	error = wh_engine_check(engine, set, &comparison->problem);
	comparison->outcome = error ? DISAGREES : AGREES;
	wh_engine_close(engine);
}

static void print_text(const struct request *request, const struct wh_rule_set *set,
		       const struct wh_config_report *report, const struct comparison *comparison)
{
	for (size_t i = 0; i < report->error_count; i++)
		printf("%s\n", report->errors[i]);
	for (size_t i = 0; i < report->warning_count; i++)
		printf("warning: %s\n", report->warnings[i]);
	if (report->error_count) {
		printf("%s: %zu error%s, %zu warning%s\n", request->word, report->error_count,
		       report->error_count == 1 ? "" : "s", report->warning_count,
		       report->warning_count == 1 ? "" : "s");
		return;
	}
	if (comparison->outcome == DISAGREES) {
		printf("%s: %s\n", request->word, comparison->problem.text);
		return;
	}
	if (!set)
		return;
	printf("%s: good: set '%s', %u redirector%s, %u filter%s, %zu warning%s\n", request->word,
	       set->name, set->redirector_count, set->redirector_count == 1 ? "" : "s",
	       set->filter_count, set->filter_count == 1 ? "" : "s", report->warning_count,
	       report->warning_count == 1 ? "" : "s");
	if (comparison->outcome == NOT_COMPARED)
		printf("%s: not compared with the active sets: %s\n", request->word,
		       comparison->problem.text);
}

static int print_json(const struct request *request, const struct wh_rule_set *set,
		      const struct wh_config_report *report, const struct comparison *comparison,
		      int good)
{
	json_t *object = json_object(), *errors = json_array(), *warnings = json_array();

	wh_json_string(object, "source", request->word);
	wh_json_flag(object, "good", good);
	for (size_t i = 0; i < report->error_count; i++)
		wh_json_append_string(errors, report->errors[i]);
	if (comparison->outcome == DISAGREES)
		wh_json_append_string(errors, comparison->problem.text);
	wh_json_member(object, "errors", errors);
	for (size_t i = 0; i < report->warning_count; i++)
		wh_json_append_string(warnings, report->warnings[i]);
	wh_json_member(object, "warnings", warnings);
	wh_json_flag(object, "compared", comparison->outcome != NOT_COMPARED);
	if (set) {
		wh_json_string(object, "set", set->name);
		wh_json_number(object, "redirectors", set->redirector_count);
		wh_json_number(object, "filters", set->filter_count);
	}
	return wh_json_print(object, stdout);
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct request request = {.verb = verb};
	struct wh_config_report report = {0};
	struct comparison comparison = {NOT_COMPARED};
	struct wh_rule_set *set = NULL;
	int error = wh_arguments_read(verb, argc, argv, take, &request, NULL), good;

	if (error)
		return wh_arguments_exit(error);
	if (!request.word) {
		wh_say("check: expected a set's name, a file or '-'");
		return WH_EXIT_USAGE;
	}
	error = wh_rule_source_read(request.word, request.name, &set, &report);
	if (error && !report.error_count)
		return WH_EXIT_FAILED; /* and it was said why */
	if (!error)
		compare(set, &comparison);
	good = !error && comparison.outcome != DISAGREES;
	if (request.json) {
		if (print_json(&request, set, &report, &comparison, good)) {
			wh_say("out of memory");
			good = 0;
		}
	} else {
		print_text(&request, set, &report, &comparison);
	}
	wh_config_report_free(&report);
	wh_config_free(set);
	return good ? WH_EXIT_OK : WH_EXIT_FAILED;
}

const struct wh_verb wh_verb_check = {
	.name = "check",
	.run = run,
	.help = "say what is wrong with a set of rules, changing nothing",
	.synopsis = "[OPTION]... NAME|FILE|-",
	.options = options,
	.more = "Needs no privilege; with it, the rules are also compared with the active sets.\n",
};
