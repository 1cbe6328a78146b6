/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_compile.h"

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

void wh_run_table_free(struct wh_run_table *table)
{
	free(table->rules);
	free(table->contexts);
	*table = (struct wh_run_table){0};
}
