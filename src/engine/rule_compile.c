/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "rule_compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine_problem.h"
#include "slot_assign.h"

/* qsort() has no argument for it, and verbs are single-threaded. */
static const struct wh_unit_list *sorting;

static int by_place(const struct wh_unit *a, const struct wh_unit *b)
{
	int order = strcmp(sorting->sets[a->set].set.name, sorting->sets[b->set].set.name);

	if (order)
		return order;
	return a->position < b->position ? -1 : a->position > b->position;
}

/* Blocking filters, permitting ones, redirectors; these by weight; then by set and position. */
static int by_order(const void *left, const void *right)
{
	const struct wh_unit *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == WH_RULE_REDIRECT && a->redirector.weight != b->redirector.weight)
		return a->redirector.weight > b->redirector.weight ? -1 : 1;
	return by_place(a, b);
}

struct compiler {
	const struct wh_unit_list *list;
	struct wh_rules *table;
	struct wh_problem *problem;
};

static int too_many(const struct compiler *compiler, const char *what, unsigned int limit)
{
	return wh_problem_set(compiler->problem, -ENOSPC,
			      "all active sets together have too many %s (limit %u): take a set "
			      "down, or join rules",
			      what, limit);
}

/* Stores a string in the table; *ret_offset is where. Offset 0 is the empty string. */
static int add_text(struct compiler *compiler, const char *text, __u32 *ret_offset)
{
	struct wh_rules *table = compiler->table;
	size_t size = strlen(text) + 1;

	if (!table->text_size)
		table->text_size = 1;
	*ret_offset = 0;
	if (size == 1)
		return 0;
	if (size > WH_TEXT_SIZE - table->text_size)
		return too_many(compiler, "bytes of text", WH_TEXT_SIZE);
	memcpy(table->text + table->text_size, text, size);
	*ret_offset = table->text_size;
	table->text_size += (__u32)size;
	return 0;
}

static int add_tests(struct compiler *compiler, const struct wh_unit *unit, struct wh_rule *rule)
{
	struct wh_rules *table = compiler->table;
	__u32 end;

	if (unit->test_count > WH_TESTS_MAX - table->test_count)
		return too_many(compiler, "conditions", WH_TESTS_MAX);
	rule->first = (__u16)table->test_count;
	end = table->test_count + unit->test_count;
	rule->end = (__u16)end;
	for (__u32 i = 0, next; i < unit->test_count; i = next) {
		for (next = i + 1; next < unit->test_count; next++)
			if (unit->tests[next].kind != unit->tests[i].kind)
				break;
		for (__u32 j = i; j < next; j++) {
			struct wh_test *test = &table->test[rule->first + j];

			*test = unit->tests[j];
			test->last = j + 1 == next;
			test->next = (__u16)(rule->first + next);
			if (test->kind == WH_TEST_REMOTE_ADDRESS)
				wh_address_mask(&test->mask, test->bits);
			if (test->kind >= WH_TEST_USER)
				table->flags |= WH_RULES_IDENTITY;
			if (test->kind == WH_TEST_CGROUP)
				table->flags |= WH_RULES_CGROUP;
			if (test->kind == WH_TEST_NETNS && !test->id)
				table->flags |= WH_RULES_NETNS;
		}
	}
	table->test_count = end;
	return 0;
}

static void mark_port(struct wh_rules *table, const struct wh_endpoint *listener)
{
	__u16 port = WH_HOST16(listener->port);

	if (port)
		table->listen_port[port / 64] |= 1ULL << (port % 64);
}

/* Whether it takes connects of other namespaces than its own. */
static int is_abroad(const struct wh_unit *unit)
{
	for (__u32 i = 0; i < unit->test_count; i++)
		if (unit->tests[i].kind == WH_TEST_NETNS &&
		    unit->tests[i].id != unit->redirector.netns)
			return 1;
	return 0;
}

static int add_redirector(struct compiler *compiler, const struct wh_unit *unit)
{
	struct wh_rules *table = compiler->table;
	__u32 index = table->redirector_count;
	struct wh_redirector *redirector = &table->redirector[index];

	*redirector = unit->redirector;
	redirector->set = (__u16)unit->set;
	redirector->slot = (__u16)unit->slot;
	redirector->since = table->slot_since[unit->slot];
	wh_redirector_guid(compiler->list->sets[unit->set].set.name, unit->name, &redirector->guid);
	redirector->upto = index ? table->redirector[index - 1].upto : (struct wh_slot_set){};
	wh_slot_set_add(&redirector->upto, unit->slot);
	mark_port(table, &redirector->listen4);
	mark_port(table, &redirector->listen6);
	if (is_abroad(unit))
		redirector->flags |= WH_REDIRECTOR_ABROAD;
	if (redirector->owner.flags & WH_OWNER_STATED)
		table->flags |= WH_RULES_OWNED;
	if (redirector->owner.flags & WH_OWNER_CGROUP)
		table->flags |= WH_RULES_CGROUP;
	table->redirector_count++;
	return add_text(compiler, unit->text, &redirector->text);
}

static int add_filter(struct compiler *compiler, const struct wh_unit *unit)
{
	struct wh_rules *table = compiler->table;
	struct wh_filter *filter = &table->filter[table->filter_count++];

	filter->set = (__u16)unit->set;
	filter->position = (__u16)unit->position;
	filter->slot = (__u16)unit->slot;
	memcpy(filter->name, unit->name, WH_NAME_SIZE);
	return add_text(compiler, unit->text, &filter->text);
}

static int add_rule(struct compiler *compiler, const struct wh_unit *unit)
{
	struct wh_rules *table = compiler->table;
	struct wh_rule *rule = &table->rule[table->rule_count];
	int redirects = unit->kind == WH_RULE_REDIRECT, error;

	rule->kind = (__u16)unit->kind;
	rule->index = (__u16)(redirects ? table->redirector_count : table->filter_count);
	table->rule_count++;
	error = add_tests(compiler, unit, rule);
	if (error)
		return error;
	return redirects ? add_redirector(compiler, unit) : add_filter(compiler, unit);
}

static int add_sets(struct compiler *compiler)
{
	const struct wh_unit_list *list = compiler->list;

	for (__u32 i = 0; i < list->set_count; i++) {
		struct wh_set *set = &compiler->table->set[i];
		int error;

		*set = list->sets[i].set;
		error = add_text(compiler, list->sets[i].source, &set->text);
		if (error)
			return error;
	}
	compiler->table->set_count = list->set_count;
	return 0;
}

static int check_counts(const struct compiler *compiler)
{
	__u32 redirectors = 0, filters = 0;

	for (__u32 i = 0; i < compiler->list->unit_count; i++)
		if (compiler->list->units[i].kind == WH_RULE_REDIRECT)
			redirectors++;
		else
			filters++;
	if (compiler->list->set_count > WH_SETS_MAX)
		return too_many(compiler, "rule sets", WH_SETS_MAX);
	if (redirectors > WH_REDIRECTORS_MAX)
		return too_many(compiler, "redirectors", WH_REDIRECTORS_MAX);
	if (filters > WH_FILTERS_MAX)
		return too_many(compiler, "filters", WH_FILTERS_MAX);
	return 0;
}

int wh_rules_compile(struct wh_unit_list *list, const struct wh_rules *old,
		     const struct wh_slot_history *history, struct wh_rules *ret,
		     struct wh_problem *problem)
{
	struct compiler compiler = {.list = list, .table = ret, .problem = problem};
	int error = check_counts(&compiler);
	struct timespec now;

	if (error)
		return error;
	sorting = list;
	if (list->unit_count)
		qsort(list->units, list->unit_count, sizeof(*list->units), by_order);
	clock_gettime(CLOCK_REALTIME, &now);
	ret->layout = WH_LAYOUT_VERSION;
	ret->version = old->version + 1;
	ret->installed = (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec;
	memcpy(ret->slot_since, old->slot_since, sizeof(ret->slot_since));
	wh_slots_assign(list, old, history, ret->slot_since, ret->version);
	error = add_sets(&compiler);
	for (__u32 i = 0; !error && i < list->unit_count; i++)
		error = add_rule(&compiler, &list->units[i]);
	return error;
}
