/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The form of a rule file: lines, headers, entries, and what may not stand in them. */
#include <fcntl.h>
#include <sys/stat.h>

#include "config_harness.h"

static void lines_are_counted_from_one(void **state)
{
	assert_errors("one\n; two\n\n[filter f]\naction = block\n\tsix\r\n  # seven\neight",
		      TEXTS("<stdin>:1: found 'one'; expected KEY = VALUE",
			    "<stdin>:6: found 'six'; expected KEY = VALUE",
			    "<stdin>:8: found 'eight'; expected KEY = VALUE"));
}

static void blanks_around_keys_and_values_do_not_count(void **state)
{
	struct reading reading = read_good("\t [ \tfilter   f\t] \t\n\t action\t=  block \t\n"
					   "remote-port=80\nremote-port = 81 ,\t82\n");

	assert_string_equal(reading.set->filters[0].name, "f");
	assert_int_equal(reading.set->filters[0].kind, WH_RULE_BLOCK);
	assert_string_equal(reading.set->filters[0].conditions.text, "remote-port = 80, 81, 82");
	reading_end(&reading);
}

static void nothing_within_a_value_is_special(void **state)
{
	static const char context[] = " a = [b] ; c # d \\ ";
	struct reading reading = read_good(REDIRECTOR "context = text: a = [b] ; c # d \\ \n"
						      "weight = 7\n");
	const struct wh_redirector_rule *rule = &reading.set->redirectors[0];

	assert_int_equal(rule->context_size, strlen(context));
	assert_memory_equal(rule->context, context, strlen(context));
	assert_int_equal(rule->weight, 7);
	reading_end(&reading);
}

static void a_comment_is_a_whole_line(void **state)
{
	struct reading reading =
		read_good("; [redirector x]\n  # junk\n" FILTER ";remote-port=a\n");

	assert_int_equal(reading.set->filter_count, 1);
	assert_int_equal(reading.set->filters[0].line, 3);
	reading_end(&reading);
	assert_errors(FILTER "remote-port = 80 ; http\n",
		      TEXTS("<stdin>:3: remote-port: found '80 ; http'; expected a port from 1 to "
			    "65535, or a range such as 8000-8080"));
}

static void windows_line_ends_and_a_byte_order_mark_are_accepted(void **state)
{
	struct reading reading = read_good("\xef\xbb\xbf[filter f]\r\naction = block\r\n\r\n"
					   "[redirector r]\r\nlisten = 127.0.0.1:1\r\n"
					   "context = text:a \r\n");

	assert_int_equal(reading.set->redirectors[0].line, 4);
	assert_int_equal(reading.set->redirectors[0].context_size, 2);
	assert_memory_equal(reading.set->redirectors[0].context, "a ", 2);
	reading_end(&reading);
	assert_errors("[filter f]\n\xef\xbb\xbf"
		      "action = block\n",
		      TEXTS("<stdin>:1: action: found none; expected action = "
			    "permit or action = block",
			    "<stdin>:2: found unknown key '\xef\xbb\xbf"
			    "action'; whither.conf(5) lists the "
			    "keys"));
}

static void the_last_line_may_lack_its_end(void **state)
{
	struct reading reading = read_good("[filter f]\naction = permit");

	assert_int_equal(reading.set->filters[0].kind, WH_RULE_PERMIT);
	reading_end(&reading);
}

static void there_is_no_continuation(void **state)
{
	assert_errors(FILTER "remote-port = 80,\n 443\n",
		      TEXTS("<stdin>:3: remote-port: found nothing between two commas, or at an "
			    "end of the list",
			    "<stdin>:4: found '443'; expected KEY = VALUE"));
	assert_errors("[filter f]\naction = block \\\n",
		      TEXTS("<stdin>:2: action: found 'block \\'; expected permit or block"));
}

static void a_file_without_rules_is_an_error(void **state)
{
	static const char expected[] =
		"<stdin>: found no redirector and no filter; expected at least one section "
		"[redirector NAME] or [filter NAME]";

	assert_errors("", TEXTS(expected));
	assert_errors("\xef\xbb\xbf", TEXTS(expected));
	assert_errors("\n\n", TEXTS(expected));
	assert_errors("; nothing\n", TEXTS(expected));
}

static void a_header_is_whole_or_an_error(void **state)
{
	static const char form[] =
		"expected a section such as [redirector NAME], with nothing after the bracket";
	static const struct {
		const char *header, *found;
	} cases[] = {
		{"[filter f", "[filter f"},
		{"[filter f] ; comment", "[filter f] ; comment"},
		{"[filter f]x", "[filter f]x"},
		{"[filter a]b]", "[filter a]b]"},
		{"[", "["},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char rules[128], expected[256];

		snprintf(rules, sizeof(rules), FILTER "%s\nweight = x\n", cases[i].header);
		snprintf(expected, sizeof(expected), "<stdin>:3: found '%s'; %s", cases[i].found,
			 form);
		/* What follows belongs nowhere: that is not another error. */
		assert_errors(rules, TEXTS(expected));
	}
	assert_errors("[]\n", TEXTS("<stdin>:1: found a section without a name; expected "
				    "[redirector NAME] or [filter NAME]"));
	assert_errors("[  ]\nx = 1\n", TEXTS("<stdin>:1: found a section without a name; expected "
					     "[redirector NAME] or [filter NAME]"));
}

static void an_entry_is_whole_or_an_error(void **state)
{
	assert_errors(
		FILTER "= 1\n  = 2\nuser\nuser =\nuser = \t\n",
		TEXTS("<stdin>:3: found '= 1'; expected KEY = VALUE",
		      "<stdin>:4: found '= 2'; expected KEY = VALUE",
		      "<stdin>:5: found 'user'; expected KEY = VALUE",
		      "<stdin>:6: user: found no value; whither.conf(5) says which it takes",
		      "<stdin>:7: user: found no value; whither.conf(5) says which it takes"));
}

static void bytes_that_are_no_text_are_errors(void **state)
{
	static const struct {
		const char *line;
		size_t length;
		unsigned int byte;
		size_t column;
	} cases[] = {
		{"a\0b", 3, 0, 2},
		{"\0", 1, 0, 1},
		{"user = \x1b[2J", 11, 0x1b, 8},
		{"user = \x7f", 8, 0x7f, 8},
		{"a\rb", 3, '\r', 2},
		{"user\x01", 5, 1, 5},
		{"; caf\xe9", 6, 0xe9, 6},         /* Latin-1 */
		{"\xff\xfe[\0", 4, 0xff, 1},       /* UTF-16 */
		{"x\xc2\x9b", 3, 0xc2, 2},         /* U+009B: CSI, to a terminal */
		{"x\xc0\xaf", 3, 0xc0, 2},         /* too long a form */
		{"x\xe0\x9f\xbf", 4, 0xe0, 2},     /* too long a form */
		{"x\xf0\x8f\xbf\xbf", 5, 0xf0, 2}, /* too long a form */
		{"x\xed\xa0\x80", 4, 0xed, 2},     /* half of a UTF-16 pair */
		{"x\xf4\x90\x80\x80", 5, 0xf4, 2}, /* past the last character */
		{"x\xf5\x80\x80\x80", 5, 0xf5, 2}, /* past the last character */
		{"x\xe2\x82", 3, 0xe2, 2},         /* cut */
		{"x\x80", 2, 0x80, 2},             /* begins in the middle */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char rules[64] = FILTER;
		size_t length = strlen(rules);
		char expected[128];
		struct reading reading;

		memcpy(rules + length, cases[i].line, cases[i].length);
		length += cases[i].length;
		rules[length++] = '\n';
		snprintf(expected, sizeof(expected),
			 "<stdin>:3: found byte 0x%02x at column %zu; expected UTF-8 without "
			 "control characters",
			 cases[i].byte, cases[i].column);
		reading = read_bytes(rules, length);
		assert_texts(reading.report.errors, reading.report.error_count, TEXTS(expected));
		assert_int_equal(reading.result, -EINVAL);
		reading_end(&reading);
	}
}

static void all_other_characters_are_text(void **state)
{
	static const char text[] = "\t ~\xc2\xa0\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
				   "\xef\xbf\xbd\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
	char rules[256];
	struct reading reading;

	snprintf(rules, sizeof(rules), REDIRECTOR "context = text:%s\n", text);
	reading = read_good(rules);
	assert_int_equal(reading.set->redirectors[0].context_size, strlen(text));
	assert_memory_equal(reading.set->redirectors[0].context, text, strlen(text));
	reading_end(&reading);
}

static void a_header_that_is_no_text_keeps_what_follows_to_itself(void **state)
{
	assert_errors(FILTER "[filter \x01]\nweight = x\n",
		      TEXTS("<stdin>:3: found byte 0x01 at column 9; expected UTF-8 without "
			    "control characters"));
}

/* The rules of a filter whose third line is front, count times 'x', and back. */
static const char *long_line(const char *front, int count, const char *back)
{
	static char many[4200], rules[5000];

	memset(many, 'x', sizeof(many) - 1);
	snprintf(rules, sizeof(rules), FILTER "%s%.*s%s\n", front, count, many, back);
	return rules;
}

static void a_line_has_at_most_4096_bytes(void **state)
{
	struct reading reading = read_good(long_line(";", 4095, "\r"));

	reading_end(&reading);
	assert_errors(long_line(";", 4095, "y"),
		      TEXTS("<stdin>:3: found a line of 4097 bytes; 4096 are the most"));
}

static void long_values_are_cut_in_messages(void **state)
{
	char expected[512];

	/* Between characters. */
	snprintf(expected, sizeof(expected), "<stdin>:3: remote-port: found '%.99s\xc3\xa4'; %s",
		 strchr(long_line("", 99, ""), 'x'),
		 "expected a port from 1 to 65535, or a range such as 8000-8080");
	assert_errors(long_line("remote-port = ", 99, "\xc3\xa4yyyy"), TEXTS(expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_counted_from_one),
		cmocka_unit_test(blanks_around_keys_and_values_do_not_count),
		cmocka_unit_test(nothing_within_a_value_is_special),
		cmocka_unit_test(a_comment_is_a_whole_line),
		cmocka_unit_test(windows_line_ends_and_a_byte_order_mark_are_accepted),
		cmocka_unit_test(the_last_line_may_lack_its_end),
		cmocka_unit_test(there_is_no_continuation),
		cmocka_unit_test(a_file_without_rules_is_an_error),
		cmocka_unit_test(a_header_is_whole_or_an_error),
		cmocka_unit_test(an_entry_is_whole_or_an_error),
		cmocka_unit_test(bytes_that_are_no_text_are_errors),
		cmocka_unit_test(all_other_characters_are_text),
		cmocka_unit_test(a_header_that_is_no_text_keeps_what_follows_to_itself),
		cmocka_unit_test(a_line_has_at_most_4096_bytes),
		cmocka_unit_test(long_values_are_cut_in_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
