/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Conditions: lists, their order, their text, and those of the command line. */
#include "config_harness.h"

static void lists_are_grouped_by_kind(void **state)
{
	struct reading reading =
		read_good(FILTER "user = root, 65534\nremote-address = 10.0.0.0/8,2001:db8::/32\n"
				 "exe = /bin/sh\nprotocol = tcp\nremote-port = 80,443 , 8000-8080\n"
				 "netns = current\nuser = 4294967294\n");
	const struct wh_conditions *conditions = &reading.set->filters[0].conditions;
	const struct wh_test *test;
	uint32_t device;
	uint64_t inode;

	assert_int_equal(conditions->test_count, 10);
	assert_int_equal(test_at(conditions, 0, WH_TEST_NETNS)->id, HARNESS_NETNS);
	test = test_at(conditions, 1, WH_TEST_REMOTE_PORT);
	assert_int_equal(test->low, 80);
	assert_int_equal(test->high, 80);
	assert_int_equal(test_at(conditions, 2, WH_TEST_REMOTE_PORT)->low, 443);
	test = test_at(conditions, 3, WH_TEST_REMOTE_PORT);
	assert_int_equal(test->low, 8000);
	assert_int_equal(test->high, 8080);
	assert_int_equal(test_at(conditions, 4, WH_TEST_REMOTE_ADDRESS)->bits, 104);
	assert_int_equal(test_at(conditions, 5, WH_TEST_REMOTE_ADDRESS)->bits, 32);
	assert_int_equal(test_at(conditions, 6, WH_TEST_USER)->number, 0);
	assert_int_equal(test_at(conditions, 7, WH_TEST_USER)->number, 65534);
	assert_int_equal(test_at(conditions, 8, WH_TEST_USER)->number, UINT32_MAX - 1);
	test = test_at(conditions, 9, WH_TEST_EXE);
	assert_int_equal(wh_config_resolve_executable("/bin/sh", &device, &inode), 0);
	assert_int_equal(test->id, inode);
	assert_int_equal(test->number, device);
	assert_string_equal(conditions->text,
			    "user = root, 65534, 4294967294; remote-address = 10.0.0.0/8, "
			    "2001:db8::/32; exe = /bin/sh; protocol = tcp; remote-port = 80, 443, "
			    "8000-8080; netns = current");
	reading_end(&reading);
}

static void every_rule_is_of_the_namespace(void **state)
{
	struct reading reading = read_good(REDIRECTOR FILTER);

	for (int i = 0; i < 2; i++) {
		const struct wh_conditions *conditions =
			i ? &reading.set->filters[0].conditions :
			    &reading.set->redirectors[0].conditions;

		assert_int_equal(conditions->test_count, 1);
		assert_int_equal(test_at(conditions, 0, WH_TEST_NETNS)->id, HARNESS_NETNS);
		assert_string_equal(conditions->text, "");
	}
	reading_end(&reading);
}

static void each_wrong_alternative_is_reported(void **state)
{
	assert_errors(
		FILTER "user = root, nobody else, 4294967295, 99999999999999999999\n"
		       "protocol = udp, tcp, TCP\nnetns = current, no-such-namespace\n"
		       "remote-port = 0,80\nexe = sh\n",
		TEXTS("<stdin>:3: user: found 'nobody else'; there is no such user; expected "
		      "a name or a number",
		      "<stdin>:3: user: found '4294967295'; expected a user number from 0 to "
		      "4294967294",
		      "<stdin>:3: user: found '99999999999999999999'; expected a user number "
		      "from 0 to 4294967294",
		      "<stdin>:4: protocol: found 'udp'; this version knows only tcp",
		      "<stdin>:4: protocol: found 'TCP'; this version knows only tcp",
		      "<stdin>:5: netns: found 'no-such-namespace'; there is no such network "
		      "namespace; expected current, any, a name as of 'ip netns', or a path",
		      "<stdin>:6: remote-port: found '0'; expected a port from 1 to 65535, or "
		      "a range such as 8000-8080",
		      "<stdin>:7: exe: found 'sh'; expected an absolute path"));
}

static void empty_alternatives_are_errors(void **state)
{
	static const char *const lists[] = {",", "80,", ",80", "80,,81", "80, ,81"};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		char rules[128];

		snprintf(rules, sizeof(rules), FILTER "remote-port = %s\n", lists[i]);
		struct reading reading = read_bytes(rules, strlen(rules));
		assert_int_equal(reading.result, -EINVAL);
		assert_int_equal(reading.report.error_count, i ? 1 : 2);
		assert_string_equal(reading.report.errors[0],
				    "<stdin>:3: remote-port: found nothing between two commas, or "
				    "at an end of the list");
		reading_end(&reading);
	}
	/* Lists that hold nothing, more often than there are keys. */
	struct rules_text rules;
	FILE *stream = rules_begin(&rules);
	fputs(FILTER, stream);
	for (int i = 0; i < 100; i++)
		fputs("user = ,\n", stream);
	rules_end(&rules);
	struct reading reading = read_bytes(rules.text, rules.length);
	assert_int_equal(reading.report.error_count, 200);
	reading_end(&reading);
	free(rules.text);
}

/* count ports in lists of each: "remote-port = 1, 2, 3". */
static const char *many_ports(struct rules_text *rules, int count, int each)
{
	FILE *stream = rules_begin(rules);

	fputs(FILTER, stream);
	for (int i = 0; i < count; i++)
		fprintf(stream, "%s%d%s", i % each ? ", " : "remote-port = ", i + 1,
			i % each == each - 1 ? "\n" : "");
	fputs("\n", stream);
	return rules_end(rules);
}

static void a_list_has_at_most_64_alternatives(void **state)
{
	static const int each[] = {100, 1, 7};
	static const int line[] = {3, 67, 12};

	for (size_t i = 0; i < sizeof(each) / sizeof(*each); i++) {
		struct rules_text rules;
		char expected[128];
		struct reading reading = read_good(many_ports(&rules, 64, each[i]));
		const struct wh_conditions *conditions = &reading.set->filters[0].conditions;

		assert_int_equal(conditions->test_count, 65);
		assert_int_equal(test_at(conditions, 64, WH_TEST_REMOTE_PORT)->low, 64);
		reading_end(&reading);
		free(rules.text);
		snprintf(expected, sizeof(expected),
			 "<stdin>:%d: remote-port: found a list of more than 64; '65' is one too "
			 "many",
			 line[i]);
		assert_errors(many_ports(&rules, 90, each[i]), TEXTS(expected));
		free(rules.text);
	}
}

/* As main() gets them. */
#define WORD(text) ((char *)(text))

static void words_are_conditions(void **state)
{
	char *words[] = {WORD("remote-port=80"), WORD("user = root"),
			 WORD("remote-port=443, 8000-8080"), WORD("protocol=tcp")};
	struct wh_conditions conditions = {0};
	struct wh_config_report report = {0};

	assert_int_equal(wh_config_read_conditions(words, 4, 5, &conditions, &report), 0);
	assert_int_equal(report.error_count, 0);
	assert_int_equal(conditions.test_count, 5);
	assert_int_equal(test_at(&conditions, 0, WH_TEST_NETNS)->id, 5);
	assert_int_equal(test_at(&conditions, 3, WH_TEST_REMOTE_PORT)->low, 8000);
	assert_int_equal(test_at(&conditions, 4, WH_TEST_USER)->number, 0);
	assert_string_equal(conditions.text,
			    "remote-port = 80, 443, 8000-8080; user = root; protocol = tcp");
	wh_config_report_free(&report);

	/* More of them, to what is there. */
	words[0] = WORD("remote-address=10.0.0.0/8");
	assert_int_equal(wh_config_read_conditions(words, 1, 6, &conditions, &report), 0);
	assert_int_equal(conditions.test_count, 6);
	assert_int_equal(test_at(&conditions, 0, WH_TEST_NETNS)->id, 5);
	assert_int_equal(test_at(&conditions, 4, WH_TEST_REMOTE_ADDRESS)->bits, 104);
	assert_string_equal(conditions.text,
			    "remote-port = 80, 443, 8000-8080; user = root; protocol = tcp; "
			    "remote-address = 10.0.0.0/8");

	/* What is decided is not decided again, and stays. */
	words[0] = WORD("user=1");
	assert_int_equal(wh_config_read_conditions(words, 1, 6, &conditions, &report), -EINVAL);
	assert_texts(report.errors, report.error_count,
		     TEXTS("argument 'user=1': user: found, but this condition is already "
			   "decided"));
	assert_int_equal(conditions.test_count, 6);
	wh_config_report_free(&report);
	wh_conditions_free(&conditions);
}

static void no_words_are_all_connects_of_the_namespace(void **state)
{
	struct wh_conditions conditions = {0};
	struct wh_config_report report = {0};

	assert_int_equal(wh_config_read_conditions(NULL, 0, 5, &conditions, &report), 0);
	assert_int_equal(conditions.test_count, 1);
	assert_int_equal(test_at(&conditions, 0, WH_TEST_NETNS)->id, 5);
	assert_string_equal(conditions.text, "");
	wh_conditions_free(&conditions);
	wh_config_report_free(&report);
}

static void wrong_words_are_all_reported(void **state)
{
	char *const words[] = {WORD("remote-port"),  WORD("=80"),      WORD("remote-prt=80"),
			       WORD("remote-port="), WORD("weight=1"), WORD("user=a\x1b[2J"),
			       WORD("remote-port=0")};
	struct wh_conditions conditions = {0};
	struct wh_config_report report = {0};

	assert_int_equal(wh_config_read_conditions(words, 7, 5, &conditions, &report), -EINVAL);
	assert_texts(report.errors, report.error_count,
		     TEXTS("argument 'remote-port': expected CONDITION=VALUE, such as "
			   "remote-port=443",
			   "argument '=80': expected CONDITION=VALUE, such as remote-port=443",
			   "argument 'remote-prt=80': found unknown key 'remote-prt'; did you mean "
			   "'remote-port'?",
			   "argument 'remote-port=': remote-port: found no value; whither.conf(5) "
			   "says which it takes",
			   "argument 'weight=1': weight: found in the wrong place; it stands in a "
			   "[redirector NAME]",
			   "argument 'user=a?[2J': expected UTF-8 without control characters",
			   "argument 'remote-port=0': remote-port: found '0'; expected a port from "
			   "1 to 65535, or a range such as 8000-8080"));
	assert_null(conditions.tests);
	assert_null(conditions.text);
	wh_config_report_free(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_grouped_by_kind),
		cmocka_unit_test(every_rule_is_of_the_namespace),
		cmocka_unit_test(each_wrong_alternative_is_reported),
		cmocka_unit_test(empty_alternatives_are_errors),
		cmocka_unit_test(a_list_has_at_most_64_alternatives),
		cmocka_unit_test(words_are_conditions),
		cmocka_unit_test(no_words_are_all_connects_of_the_namespace),
		cmocka_unit_test(wrong_words_are_all_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
