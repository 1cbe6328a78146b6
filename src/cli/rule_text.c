/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "rule_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATOR "; "

int wh_rule_set_describe(struct wh_rule_set *set)
{
	for (__u32 i = 0; i < set->redirector_count; i++) {
		struct wh_redirector_rule *rule = &set->redirectors[i];
		char *text;

		if (!*rule->owner_text)
			continue;
		if (asprintf(&text, "%s%s%s", rule->conditions.text,
			     *rule->conditions.text ? SEPARATOR : "", rule->owner_text) < 0)
			return -ENOMEM;
		free(rule->conditions.text);
		rule->conditions.text = text;
	}
	return 0;
}

static bool is_of_owner(const char *clause)
{
	return !strncmp(clause, "owner-", 6) || !strncmp(clause, "listen-user ", 12);
}

char *wh_rule_text_part(const char *text, bool of_owner)
{
	char *part = malloc(strlen(text) + 1), *next = part;

	while (part && *text) {
		const char *end = strstr(text, SEPARATOR);
		size_t length = end ? (size_t)(end - text) : strlen(text);

		if (is_of_owner(text) == of_owner) {
			if (next != part) {
				memcpy(next, SEPARATOR, strlen(SEPARATOR));
				next += strlen(SEPARATOR);
			}
			memcpy(next, text, length);
			next += length;
		}
		text += length + (end ? strlen(SEPARATOR) : 0);
	}
	if (part)
		*next = '\0';
	return part;
}

int wh_rule_text_visit(const char *text, wh_rule_clause_visit visit, void *data)
{
	char *copy = strdup(text), *clause = copy;
	int result = copy ? 0 : -ENOMEM;

	while (clause && !result) {
		char *end = strstr(clause, SEPARATOR);
		char *equals = strstr(clause, " = ");

		if (end)
			*end = '\0';
		if (equals && (!end || equals < end)) {
			*equals = '\0';
			result = visit(clause, equals + strlen(" = "), data);
		}
		clause = end ? end + strlen(SEPARATOR) : NULL;
	}
	free(copy);
	return result;
}
