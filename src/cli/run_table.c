/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_table.h"

#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli_arguments.h"
#include "rule_compile.h"
#include "rule_source.h"
#include "scope_exit.h"

static int no_memory(struct wh_problem *problem)
{
	snprintf(problem->text, sizeof(problem->text), "out of memory");
	return -ENOMEM;
}

/* Stores the contexts of all units, and gives the units their keys. */
static int add_contexts(struct wh_run_table *table, const struct wh_unit_list *list)
{
	size_t room = table->context_count + list->unit_count;
	struct wh_context *grown = reallocarray(table->contexts, room + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	table->contexts = grown;
	for (__u32 i = 0; i < list->unit_count; i++) {
		struct wh_redirector *redirector = &list->units[i].redirector;
		struct wh_context *context = &grown[table->context_count];

		if (list->units[i].kind != WH_RULE_REDIRECT ||
		    redirector->context_kind != WH_CONTEXT_BYTES || !redirector->context_size)
			continue;
		*context = (struct wh_context){.size = redirector->context_size};
		memcpy(context->bytes, list->units[i].context, redirector->context_size);
		redirector->context = (__u32)++table->context_count;
	}
	return 0;
}

static int compile(struct wh_run_table *table, struct wh_unit_list *list, struct wh_rules *fresh,
		   struct wh_problem *problem)
{
	struct wh_slot_history *history = calloc(1, sizeof(*history));
	struct wh_rules *none = calloc(1, sizeof(*none));
	int error = -ENOMEM;

	if (history && none && !add_contexts(table, list))
		error = wh_rules_compile(list, table->rules ? table->rules : none, history, fresh,
					 problem);
	else
		no_memory(problem);
	free(history);
	free(none);
	return error;
}

int wh_run_table_compile(struct wh_run_table *table, struct wh_rule_set *const sets[], size_t count,
			 struct wh_problem *problem)
{
	struct wh_rules *fresh = calloc(1, sizeof(*fresh));
	struct wh_unit_list list = {};
	int error = fresh ? 0 : no_memory(problem);

	for (size_t i = 0; !error && i < count; i++)
		if (wh_units_add_set(&list, sets[i]))
			error = no_memory(problem);
	if (!error)
		error = compile(table, &list, fresh, problem);
	wh_units_free(&list);
	if (error) {
		free(fresh);
		return error;
	}
	free(table->rules);
	table->rules = fresh;
	return 0;
}

struct set_list {
	struct wh_rule_set **sets;
	size_t count;
	bool again; /* what is worth a warning has been said */
};

static int add_set(struct set_list *list, const char *word)
{
	struct wh_rule_set **grown =
		reallocarray(list->sets, list->count + 1, sizeof(struct wh_rule_set *));
	struct wh_config_report report = {0};
	int error;

	if (!grown)
		return -ENOMEM;
	list->sets = grown;
	error = wh_rule_source_read(word, NULL, &grown[list->count], &report);
	if (!list->again)
		wh_report_say(&report);
	else
		for (size_t i = 0; i < report.error_count; i++)
			wh_say("%s", report.errors[i]);
	wh_config_report_free(&report);
	if (!error)
		list->count++;
	return error;
}

static int add_directory(struct set_list *list, const char *path)
{
	WH_AUTO_FREE char *pattern = NULL;
	glob_t found = {0};
	int error = 0;

	if (asprintf(&pattern, "%s/*.conf", path) < 0) {
		pattern = NULL;
		return -ENOMEM;
	}
	if (glob(pattern, 0, NULL, &found) == GLOB_NOSPACE)
		error = -ENOMEM;
	for (size_t i = 0; !error && i < found.gl_pathc; i++)
		error = add_set(list, found.gl_pathv[i]);
	globfree(&found);
	return error;
}

int wh_run_table_read(struct wh_run_table *table, char *const words[], size_t count,
		      struct wh_problem *problem)
{
	struct set_list list = {.again = table->rules};
	struct stat status;
	int error = 0;

	for (size_t i = 0; !error && i < count; i++)
		error = !stat(words[i], &status) && S_ISDIR(status.st_mode) ?
				add_directory(&list, words[i]) :
				add_set(&list, words[i]);
	if (!error)
		error = wh_run_table_compile(table, list.sets, list.count, problem);
	for (size_t i = 0; i < list.count; i++)
		wh_config_free(list.sets[i]);
	free(list.sets);
	return error;
}

void wh_run_table_free(struct wh_run_table *table)
{
	free(table->rules);
	free(table->contexts);
	*table = (struct wh_run_table){0};
}
