/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What redirectors and filters have in common: names, keys and where they stand, limits. */
#include "config_harness.h"

#define NAME_FORM \
	"expected a name of letters, digits, '.', '_' and '-', at most 31, a letter or digit first"

static void names_are_checked(void **state)
{
	static const char *const good[] = {"a", "A.b_c-9", "0", "a234567890123456789012345678901"};
	static const char *const bad[] = {"-a",  ".a",
					  "_a",  "a b",
					  "a/b", "a\xc3\xa4",
					  "a:b", "a2345678901234567890123456789012"};
	char rules[256], expected[256];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		snprintf(rules, sizeof(rules), "[filter %s]\naction = block\n", good[i]);
		struct reading reading = read_good(rules);
		assert_string_equal(reading.set->filters[0].name, good[i]);
		reading_end(&reading);
		snprintf(rules, sizeof(rules), "[redirector %s]\nlisten = 127.0.0.1:1\n", good[i]);
		reading = read_good(rules);
		assert_string_equal(reading.set->redirectors[0].name, good[i]);
		reading_end(&reading);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(expected, sizeof(expected), "<stdin>:1: found '%s'; " NAME_FORM, bad[i]);
		snprintf(rules, sizeof(rules), "[filter %s]\naction = block\n", bad[i]);
		assert_errors(rules, TEXTS(expected));
		snprintf(rules, sizeof(rules), "[redirector %s]\nlisten = 127.0.0.1:1\n", bad[i]);
		assert_errors(rules, TEXTS(expected));
	}
}

static void a_name_is_given_once_for_each_kind(void **state)
{
	struct reading reading =
		read_good("[redirector x]\nlisten = 127.0.0.1:1\n[filter x]\naction = block\n"
			  "[redirector X]\nlisten = 127.0.0.1:2\n[filter X]\naction = block\n");

	reading_end(&reading);
	assert_errors("[redirector x]\nlisten = 127.0.0.1:1\n[filter x]\naction = block\n"
		      "[redirector x]\nlisten = 127.0.0.1:2\n[filter x]\naction = block\n",
		      TEXTS("<stdin>:5: found redirector 'x' again; line 1 has one of that name",
			    "<stdin>:7: found filter 'x' again; line 3 has one of that name"));
}

/* Every key that has one value, twice. */
static void keys_of_one_value_are_given_once(void **state)
{
	static const struct {
		const char *rules, *key, *value;
	} cases[] = {
		{"[redirector r]\nlisten = 127.0.0.1:1\n", "weight", "1"},
		{"[redirector r]\nlisten = 127.0.0.1:1\n", "owner-user", "0"},
		{"[redirector r]\nlisten = 127.0.0.1:1\n", "owner-exe", "/bin/sh"},
		{"[redirector r]\nlisten = 127.0.0.1:1\nowner-user = 0\n", "listen-user", "0"},
		{"[redirector r]\nlisten = 127.0.0.1:1\n", "when-absent", "block"},
		{"[redirector r]\nlisten = 127.0.0.1:1\n", "context", "none"},
		{"[filter f]\n", "action", "block"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char rules[256], expected[128];
		int line = 2;

		for (const char *c = strchr(cases[i].rules, '\n') + 1; *c; c++)
			line += *c == '\n';
		snprintf(rules, sizeof(rules), "%s%s = %s\n\n%s = %s\n", cases[i].rules,
			 cases[i].key, cases[i].value, cases[i].key, cases[i].value);
		snprintf(expected, sizeof(expected),
			 "<stdin>:%d: %s: found again; it is given once, and line %d has it",
			 line + 2, cases[i].key, line);
		assert_errors(rules, TEXTS(expected));
	}
}

static void keys_stand_where_they_mean_something(void **state)
{
	assert_errors("weight = 1\nuser = 0\naction = block\n[filter f]\naction = block\n"
		      "listen = 127.0.0.1:1\nweight = 1\nowner-user = 0\ncontext = none\n"
		      "clients = /\n[redirector r]\nlisten = 127.0.0.1:1\naction = block\n"
		      "clients = /\n",
		      TEXTS("<stdin>:1: weight: found in the wrong place; it stands in a "
			    "[redirector NAME]",
			    "<stdin>:2: user: found in the wrong place; it is a condition, and "
			    "stands in a [redirector NAME] or [filter NAME]",
			    "<stdin>:3: action: found in the wrong place; it stands in a "
			    "[filter NAME]",
			    "<stdin>:6: listen: found in the wrong place; it stands in a "
			    "[redirector NAME]",
			    "<stdin>:7: weight: found in the wrong place; it stands in a "
			    "[redirector NAME]",
			    "<stdin>:8: owner-user: found in the wrong place; it stands in a "
			    "[redirector NAME]",
			    "<stdin>:9: context: found in the wrong place; it stands in a "
			    "[redirector NAME]",
			    "<stdin>:10: clients: found in the wrong place; it stands before the "
			    "first section",
			    "<stdin>:13: action: found in the wrong place; it stands in a "
			    "[filter NAME]",
			    "<stdin>:14: clients: found in the wrong place; it stands before the "
			    "first section"));
}

static void unknown_keys_are_errors(void **state)
{
	assert_errors("client = /\n" FILTER "remoteport = 80\nREMOTE-PORT = 80\nremote_port = 80\n"
		      "dscp = 1\nport = 80\n" REDIRECTOR
		      "lisen = 127.0.0.1:1\nower-exe = /bin/sh\n",
		      TEXTS("<stdin>:1: found unknown key 'client'; did you mean 'clients'?",
			    "<stdin>:4: found unknown key 'remoteport'; did you mean "
			    "'remote-port'?",
			    "<stdin>:5: found unknown key 'REMOTE-PORT'; did you mean "
			    "'remote-port'?",
			    "<stdin>:6: found unknown key 'remote_port'; did you mean "
			    "'remote-port'?",
			    "<stdin>:7: found unknown key 'dscp'; whither.conf(5) lists the keys",
			    "<stdin>:8: found unknown key 'port'; whither.conf(5) lists the keys",
			    "<stdin>:13: found unknown key 'lisen'; did you mean 'listen'?",
			    "<stdin>:14: found unknown key 'ower-exe'; did you mean "
			    "'owner-exe'?"));
}

static void actions_are_permit_and_block(void **state)
{
	struct reading reading = read_good("[filter a]\naction = permit\n[filter b]\n"
					   "action = block\n");

	assert_int_equal(reading.set->filters[0].kind, WH_RULE_PERMIT);
	assert_int_equal(reading.set->filters[1].kind, WH_RULE_BLOCK);
	reading_end(&reading);
	assert_errors("[filter f]\naction = allow\n[filter g]\nuser = 0\n[filter h]\n"
		      "action = Block\n",
		      TEXTS("<stdin>:2: action: found 'allow'; expected permit or block",
			    "<stdin>:3: action: found none; expected action = permit or "
			    "action = block",
			    "<stdin>:6: action: found 'Block'; expected permit or block"));
}

static const char *many_rules(struct rules_text *rules, int redirectors, int filters)
{
	FILE *stream = rules_begin(rules);

	for (int i = 0; i < redirectors; i++)
		fprintf(stream, "[redirector r%d]\nlisten = 127.0.0.1:%d\n", i, i + 1);
	for (int i = 0; i < filters; i++)
		fprintf(stream, "[filter f%d]\naction = block\n", i);
	return rules_end(rules);
}

static void a_file_has_at_most_64_redirectors_and_256_filters(void **state)
{
	struct rules_text rules;
	struct reading reading = read_good(many_rules(&rules, 64, 256));

	assert_int_equal(reading.set->redirector_count, 64);
	assert_int_equal(reading.set->filter_count, 256);
	assert_string_equal(reading.set->redirectors[63].name, "r63");
	assert_string_equal(reading.set->filters[255].name, "f255");
	reading_end(&reading);
	free(rules.text);

	assert_errors(many_rules(&rules, 65, 257),
		      TEXTS("<stdin>:129: found more than 64 redirectors; 'r64' is one too many",
			    "<stdin>:643: found more than 256 filters; 'f256' is one too many"));
	free(rules.text);
	/* Once is enough. */
	assert_errors(many_rules(&rules, 100, 0),
		      TEXTS("<stdin>:129: found more than 64 redirectors; 'r64' is one too many"));
	free(rules.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_checked),
		cmocka_unit_test(a_name_is_given_once_for_each_kind),
		cmocka_unit_test(keys_of_one_value_are_given_once),
		cmocka_unit_test(keys_stand_where_they_mean_something),
		cmocka_unit_test(unknown_keys_are_errors),
		cmocka_unit_test(actions_are_permit_and_block),
		cmocka_unit_test(a_file_has_at_most_64_redirectors_and_256_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
