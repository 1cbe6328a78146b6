/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* "did you mean ...?" */
#include "config_harness.h"
#include "suggestion.h"

static const char *const words[] = {"listen", "weight", "owner-user", "user",
				    "exe",    "action", NULL};

static void the_nearest_word_is_suggested(void **state)
{
	static const struct {
		const char *found, *expected;
	} cases[] = {
		{"listen", "listen"},
		{"Listen", "listen"},
		{"lisen", "listen"},
		{"listne", "listen"},
		{"listenn", "listen"},
		{"wieght", "weight"},
		{"owner_user", "owner-user"},
		{"ownr-usr", "owner-user"},
		{"usr", "user"},
		{"usre", "user"},
		{"users", "user"},
		{"acton", "action"},
		{"actoin", "action"},
		{"Exe", "exe"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *suggestion = wh_suggest(cases[i].found, words);

		assert_non_null(suggestion);
		assert_string_equal(suggestion, cases[i].expected);
	}
}

static void other_words_are_not(void **state)
{
	static const char *const found[] = {
		"",
		"x",
		"port",
		"listen-on-this",
		"dscp",
		"wait",
		"ex-directory",
		"listenlistenlistenlistenlistenlisten",
		"\xc3\xa4\xc3\xb6\xc3\xbc",
	};

	for (size_t i = 0; i < sizeof(found) / sizeof(*found); i++)
		assert_null(wh_suggest(found[i], words));
	assert_null(wh_suggest("listen", words + 6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_word_is_suggested),
		cmocka_unit_test(other_words_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
