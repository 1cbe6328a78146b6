/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Conditions as arguments of the command line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clean_text.h"
#include "condition_draft.h"
#include "config.h"

static int has_kind(const struct wh_conditions *conditions, unsigned int kind)
{
	for (__u32 i = 0; i < conditions->test_count; i++)
		if (conditions->tests[i].kind == kind)
			return 1;
	return 0;
}

/* Ends text before the blanks at its end. */
static char *cut_blanks(char *text)
{
	size_t length = strlen(text);

	while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	text[length] = '\0';
	return text;
}

/* word is "KEY=VALUE", and is cut. */
static void take_word(char *word, struct wh_condition_draft *draft,
		      const struct wh_conditions *before, struct wh_report_writer *writer)
{
	struct wh_keys_seen seen = {0};
	struct wh_ini_entry entry = {.key = word};
	char *equals = strchr(word, '=');
	enum wh_config_key key;

	if (!equals || equals == word) {
		wh_report_error(writer, WH_LINE_NONE, NULL,
				"expected CONDITION=VALUE, such as remote-port=443");
		return;
	}
	*equals = '\0';
	cut_blanks(word);
	entry.value = equals + 1 + strspn(equals + 1, " \t");
	key = wh_key_admit(&entry, WH_PLACE_WORD, &seen, writer);
	if (key == WH_KEY_NONE)
		return;
	if (wh_condition_kind(key) && has_kind(before, wh_condition_kind(key))) {
		wh_report_error(writer, WH_LINE_NONE, entry.key,
				"found, but this condition is already decided");
		return;
	}
	wh_draft_add(draft, key, entry.value, WH_LINE_NONE, writer);
}

int wh_config_read_conditions(char *const words[], size_t count, uint64_t netns,
			      struct wh_conditions *conditions, struct wh_config_report *report)
{
	struct wh_condition_draft draft = {.netns = netns};
	struct wh_report_writer writer = {0};
	int result;

	for (size_t i = 0; i < count; i++) {
		char *shown = wh_clean_copy(words[i]);
		char *copy = strdup(words[i]);

		writer.word = shown;
		if (!shown || !copy)
			wh_report_no_memory(&writer);
		else if (strcmp(shown, words[i]) != 0)
			wh_report_error(&writer, WH_LINE_NONE, NULL,
					"expected UTF-8 without control characters");
		else
			take_word(copy, &draft, conditions, &writer);
		free(shown);
		free(copy);
		writer.word = NULL;
	}
	if (!writer.errors && !writer.failure && wh_draft_finish(&draft, conditions))
		wh_report_no_memory(&writer);
	wh_draft_free(&draft);
	result = wh_report_finish(&writer, report);
	return result;
}
