/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "condition_draft.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int text_append(char **text, const char *separator, const char *more)
{
	char *longer;

	if (asprintf(&longer, "%s%s%s", *text ? *text : "", *text ? separator : "", more) < 0)
		return -ENOMEM;
	free(*text);
	*text = longer;
	return 0;
}

static void add_item(struct wh_condition_draft *draft, enum wh_config_key key, const char *item,
		     int line, struct wh_report_writer *writer)
{
	struct wh_condition_list *list = &draft->lists[key];
	struct wh_parse_fault fault;
	struct wh_test test;
	int result;

	if (!*item) {
		wh_report_error(writer, line, wh_key_name(key),
				"found nothing between two commas, or at an end of the list");
		return;
	}
	if (list->count++ >= WH_LIST_MAX) {
		if (list->count == WH_LIST_MAX + 1)
			wh_report_error(writer, line, wh_key_name(key),
					"found a list of more than %d; '%.*s' is one too many",
					WH_LIST_MAX, WH_SHOWN(item));
		return;
	}
	result = wh_condition_parse(key, item, draft->clients, draft->netns, &test, &fault);
	if (result == -ENOMEM) {
		wh_report_no_memory(writer);
		return;
	}
	if (result) {
		wh_report_error(writer, line, wh_key_name(key), "found '%.*s'; %s", WH_SHOWN(item),
				fault.text);
		return;
	}
	list->tests[list->count - 1] = test;
	if (text_append(&list->text, ", ", item))
		wh_report_no_memory(writer);
}

static void note_order(struct wh_condition_draft *draft, enum wh_config_key key)
{
	for (size_t i = 0; i < draft->order_count; i++)
		if (draft->order[i] == key)
			return;
	draft->order[draft->order_count++] = key;
}

void wh_draft_add(struct wh_condition_draft *draft, enum wh_config_key key, const char *value,
		  int line, struct wh_report_writer *writer)
{
	char *copy = strdup(value);
	char *rest = copy, *item;

	if (!copy) {
		wh_report_no_memory(writer);
		return;
	}
	note_order(draft, key);
	while ((item = strsep(&rest, ","))) {
		char *end = item + strlen(item);

		item += strspn(item, " \t");
		while (end > item && (end[-1] == ' ' || end[-1] == '\t'))
			*--end = '\0';
		add_item(draft, key, item, line, writer);
	}
	free(copy);
}

static int has_clients(const struct wh_condition_draft *draft)
{
	return draft->clients && draft->clients->line;
}

static int make_text(const struct wh_condition_draft *draft, const char *before, char **ret)
{
	char *text = NULL;
	int result = 0;

	if (before && *before)
		result = text_append(&text, "", before);
	if (!result && has_clients(draft))
		result = text_append(&text, "; ", "clients = ") ?:
				 text_append(&text, "", draft->clients->written);
	for (size_t i = 0; i < draft->order_count && !result; i++) {
		const char *items = draft->lists[draft->order[i]].text;

		result = text_append(&text, "; ", wh_key_name(draft->order[i])) ?:
				 text_append(&text, " = ", items ? items : "");
	}
	if (!result && !text)
		result = text_append(&text, "", "");
	if (result)
		free(text);
	else
		*ret = text;
	return result;
}

/* The tests of one kind: those that were there, and the draft's. */
static void add_tests(const struct wh_condition_draft *draft, unsigned int kind,
		      const struct wh_conditions *before, struct wh_conditions *conditions)
{
	__u32 first = conditions->test_count;
	struct wh_test *next = &conditions->tests[first];

	for (__u32 i = 0; i < before->test_count; i++)
		if (before->tests[i].kind == kind)
			*next++ = before->tests[i];
	for (enum wh_config_key key = 0; key < WH_KEY_COUNT; key++)
		if (wh_condition_kind(key) == kind)
			for (__u32 i = 0; i < draft->lists[key].count && i < WH_LIST_MAX; i++)
				*next++ = draft->lists[key].tests[i];
	conditions->test_count = (__u32)(next - conditions->tests);
	if (conditions->test_count != first)
		return;
	if (kind == WH_TEST_NETNS)
		*next++ = (struct wh_test){.kind = WH_TEST_NETNS, .id = draft->netns};
	else if (kind == WH_TEST_CGROUP && has_clients(draft))
		*next++ = (struct wh_test){.kind = WH_TEST_CGROUP,
					   .id = draft->clients->cgroup.id,
					   .number = draft->clients->cgroup.level};
	conditions->test_count = (__u32)(next - conditions->tests);
}

int wh_draft_finish(const struct wh_condition_draft *draft, struct wh_conditions *conditions)
{
	struct wh_conditions made = {0};
	size_t count = conditions->test_count + 2;

	for (enum wh_config_key key = 0; key < WH_KEY_COUNT; key++)
		count += draft->lists[key].count;
	made.tests = calloc(count, sizeof(*made.tests));
	if (!made.tests || make_text(draft, conditions->text, &made.text)) {
		wh_conditions_free(&made);
		return -ENOMEM;
	}
	for (unsigned int kind = WH_TEST_NETNS; kind <= WH_TEST_CGROUP; kind++)
		add_tests(draft, kind, conditions, &made);
	wh_conditions_free(conditions);
	*conditions = made;
	return 0;
}

void wh_draft_free(struct wh_condition_draft *draft)
{
	for (enum wh_config_key key = 0; key < WH_KEY_COUNT; key++)
		free(draft->lists[key].text);
	*draft = (struct wh_condition_draft){0};
}
