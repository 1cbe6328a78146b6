/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "rule_units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct wh_unit *add_unit(struct wh_unit_list *list)
{
	struct wh_unit *grown = realloc(list->units, (list->unit_count + 1) * sizeof(*list->units));

	if (!grown)
		return NULL;
	list->units = grown;
	grown += list->unit_count++;
	memset(grown, 0, sizeof(*grown));
	return grown;
}

static struct wh_unit_set *add_set(struct wh_unit_list *list)
{
	struct wh_unit_set *grown =
		realloc(list->sets, (list->set_count + 1) * sizeof(*list->sets));

	if (!grown)
		return NULL;
	list->sets = grown;
	grown += list->set_count++;
	memset(grown, 0, sizeof(*grown));
	return grown;
}

void wh_units_free(struct wh_unit_list *list)
{
	free(list->units);
	free(list->sets);
	*list = (struct wh_unit_list){};
}

/* The new index of each set of a table; WH_SETS_MAX: left out. */
static int add_table_sets(struct wh_unit_list *list, const struct wh_rules *rules,
			  int (*leave_out)(const struct wh_set *set, void *data), void *data,
			  __u32 ret_index[WH_SETS_MAX])
{
	for (__u32 i = 0; i < rules->set_count; i++) {
		struct wh_unit_set *set;

		ret_index[i] = WH_SETS_MAX;
		if (leave_out && leave_out(&rules->set[i], data))
			continue;
		set = add_set(list);
		if (!set)
			return -ENOMEM;
		set->set = rules->set[i];
		set->source = rules->text + rules->set[i].text;
		ret_index[i] = list->set_count - 1;
	}
	return 0;
}

int wh_units_add_table(struct wh_unit_list *list, const struct wh_rules *rules,
		       int (*leave_out)(const struct wh_set *set, void *data), void *data)
{
	__u32 index[WH_SETS_MAX];
	int error = add_table_sets(list, rules, leave_out, data, index);

	for (__u32 i = 0; !error && i < rules->rule_count; i++) {
		const struct wh_rule *rule = &rules->rule[i];
		int redirects = rule->kind == WH_RULE_REDIRECT;
		const struct wh_redirector *redirector = &rules->redirector[rule->index];
		const struct wh_filter *filter = &rules->filter[rule->index];
		__u32 set = index[redirects ? redirector->set : filter->set];
		struct wh_unit *unit;

		if (set == WH_SETS_MAX)
			continue;
		unit = add_unit(list);
		if (!unit)
			return -ENOMEM;
		unit->kind = rule->kind;
		unit->set = set;
		unit->tests = &rules->test[rule->first];
		unit->test_count = (__u32)rule->end - rule->first;
		unit->position = redirects ? redirector->position : filter->position;
		unit->text = rules->text + (redirects ? redirector->text : filter->text);
		if (redirects)
			unit->redirector = *redirector;
		memcpy(unit->name, redirects ? redirector->name : filter->name, WH_NAME_SIZE);
	}
	return error;
}

static int add_redirector(struct wh_unit_list *list, const struct wh_redirector_rule *rule,
			  __u32 position)
{
	struct wh_unit *unit = add_unit(list);
	struct wh_redirector *redirector;

	if (!unit)
		return -ENOMEM;
	unit->kind = WH_RULE_REDIRECT;
	unit->set = list->set_count - 1;
	unit->position = position;
	unit->line = rule->line;
	unit->tests = rule->conditions.tests;
	unit->test_count = rule->conditions.test_count;
	unit->text = rule->conditions.text;
	unit->context = rule->context_kind == WH_CONTEXT_BYTES ? rule->context : NULL;
	memcpy(unit->name, rule->name, WH_NAME_SIZE);

	redirector = &unit->redirector;
	redirector->listen4 = rule->listen4;
	redirector->listen6 = rule->listen6;
	redirector->spread4 = rule->spread4;
	redirector->spread6 = rule->spread6;
	redirector->owner = rule->owner;
	redirector->netns = rule->netns;
	redirector->position = (__u16)position;
	redirector->flags = (__u16)rule->flags;
	redirector->weight = rule->weight;
	redirector->context_size = rule->context_size;
	redirector->context_kind = rule->context_kind;
	memcpy(redirector->name, rule->name, WH_NAME_SIZE);
	return 0;
}

static int add_filter(struct wh_unit_list *list, const struct wh_filter_rule *rule, __u32 position)
{
	struct wh_unit *unit = add_unit(list);

	if (!unit)
		return -ENOMEM;
	unit->kind = rule->kind;
	unit->set = list->set_count - 1;
	unit->position = position;
	unit->line = rule->line;
	unit->tests = rule->conditions.tests;
	unit->test_count = rule->conditions.test_count;
	unit->text = rule->conditions.text;
	memcpy(unit->name, rule->name, WH_NAME_SIZE);
	return 0;
}

int wh_units_add_set(struct wh_unit_list *list, const struct wh_rule_set *set)
{
	struct wh_unit_set *added = add_set(list);
	int error = 0;

	if (!added)
		return -ENOMEM;
	memcpy(added->set.name, set->name, WH_NAME_SIZE);
	added->set.process_pid = set->process_pid;
	added->set.process_start = set->process_start;
	added->source = set->source;
	for (__u32 i = 0; !error && i < set->redirector_count; i++)
		error = add_redirector(list, &set->redirectors[i], i);
	for (__u32 i = 0; !error && i < set->filter_count; i++)
		error = add_filter(list, &set->filters[i], i);
	return error;
}
