/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* "context = ...", byte by byte. */
#include "config_harness.h"
#include "context_parse.h"

struct context {
	const char *value;
	unsigned int kind, size;
	const char *bytes;
};

static void contexts_are_what_they_say(void **state)
{
	static const struct context cases[] = {
		{"none", WH_CONTEXT_NONE, 0, NULL},
		{"destination", WH_CONTEXT_DESTINATION, 0, NULL},
		{"endpoints \t", WH_CONTEXT_ENDPOINTS, 0, NULL},
		{"text:", WH_CONTEXT_BYTES, 0, ""},
		{"text:site=berlin", WH_CONTEXT_BYTES, 11, "site=berlin"},
		{"text: a ", WH_CONTEXT_BYTES, 3, " a "},
		{"text:hex:00", WH_CONTEXT_BYTES, 6, "hex:00"},
		{"text:\xc3\xa4", WH_CONTEXT_BYTES, 2, "\xc3\xa4"},
		{"hex:", WH_CONTEXT_BYTES, 0, ""},
		{"hex:00ff", WH_CONTEXT_BYTES, 2, "\x00\xff"},
		{"hex: 0a:B1 c2\t", WH_CONTEXT_BYTES, 3, "\x0a\xb1\xc2"},
		{"hex:::01::", WH_CONTEXT_BYTES, 1, "\x01"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wh_redirector_rule rule = {0};
		struct wh_parse_fault fault;

		assert_int_equal(wh_parse_context(cases[i].value, &rule, &fault), 0);
		assert_int_equal(rule.context_kind, cases[i].kind);
		if (cases[i].bytes) {
			assert_int_equal(rule.context_size, cases[i].size);
			assert_non_null(rule.context);
			assert_memory_equal(rule.context, cases[i].bytes, cases[i].size);
		} else {
			assert_null(rule.context);
		}
		free(rule.context);
	}
}

static void anything_else_is_refused(void **state)
{
	static const char form[] = "expected none, text:TEXT, hex:DIGITS, destination or endpoints";
	static const char digits[] = "expected hex: and two hexadecimal digits for each byte";
	static const struct {
		const char *value, *fault;
	} cases[] = {
		{"", form},          {"nothing", form},      {"none x", form},
		{"Text:a", form},    {"text", form},         {"hex", form},
		{"text :a", form},   {"destination,", form}, {"hex:0", digits},
		{"hex:000", digits}, {"hex:0 0", digits},    {"hex:0:0", digits},
		{"hex:0g", digits},  {"hex:0x00", digits},   {"hex:00-11", digits},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wh_redirector_rule rule = {0}, untouched = {0};
		struct wh_parse_fault fault;

		assert_int_equal(wh_parse_context(cases[i].value, &rule, &fault), -EINVAL);
		assert_string_equal(fault.text, cases[i].fault);
		assert_memory_equal(&rule, &untouched, sizeof(rule));
	}
}

/* A context of count bytes, as text and as hexadecimal digits. */
static struct reading read_context(const char *front, const char *unit, int count)
{
	struct rules_text rules;
	FILE *stream = rules_begin(&rules);
	struct reading reading;

	fprintf(stream, REDIRECTOR "context = %s", front);
	for (int i = 0; i < count; i++)
		fputs(unit, stream);
	rules_end(&rules);
	reading = read_bytes(rules.text, rules.length);
	free(rules.text);
	return reading;
}

static void a_context_has_at_most_1024_bytes(void **state)
{
	static const struct {
		const char *front, *unit;
	} forms[] = {{"text:", "x"}, {"hex:", "78"}, {"hex:", "78:"}};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct reading reading = read_context(forms[i].front, forms[i].unit, 1024);

		assert_int_equal(reading.result, 0);
		assert_int_equal(reading.set->redirectors[0].context_size, 1024);
		for (int j = 0; j < 1024; j++)
			assert_int_equal(reading.set->redirectors[0].context[j], 'x');
		reading_end(&reading);
		reading = read_context(forms[i].front, forms[i].unit, 1025);
		assert_int_equal(reading.result, -EINVAL);
		assert_int_equal(reading.report.error_count, 1);
		assert_non_null(strstr(reading.report.errors[0],
				       "'; it has 1025 bytes; expected at most 1024"));
		reading_end(&reading);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contexts_are_what_they_say),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(a_context_has_at_most_1024_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
