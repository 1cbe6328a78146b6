/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Rule files out of strings, read by way of standard input: "<stdin>" in all messages. */
#ifndef CONFIG_HARNESS_H
#define CONFIG_HARNESS_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "config.h"

#define HARNESS __attribute__((unused)) static
#define HARNESS_NETNS 4711 /* the cookie given to every reading */

/* A redirector that lacks nothing, of four lines; what a test adds begins on line 5. */
#define REDIRECTOR "[redirector r]\nlisten = 127.0.0.1:1000\nlisten = [::1]:1000\nowner-user = 0\n"
/* A filter that lacks nothing, of two lines. */
#define FILTER "[filter f]\naction = block\n"

/* The last arguments of the functions that expect texts. */
#define TEXTS(...) __VA_ARGS__, NULL
#define NO_TEXTS NULL

struct reading {
	int result;
	struct wh_rule_set *set;
	struct wh_config_report report;
};

HARNESS struct reading read_bytes(const char *bytes, size_t length)
{
	struct reading reading = {0};
	int file = memfd_create("rules", MFD_CLOEXEC);

	assert_true(file >= 0);
	assert_int_equal(write(file, bytes, length), length);
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	assert_int_equal(dup2(file, STDIN_FILENO), STDIN_FILENO);
	close(file);
	reading.result = wh_config_read("-", "test", HARNESS_NETNS, &reading.set, &reading.report);
	if (reading.result)
		assert_null(reading.set);
	else
		assert_non_null(reading.set);
	return reading;
}

HARNESS void reading_end(struct reading *reading)
{
	wh_config_free(reading->set);
	wh_config_report_free(&reading->report);
}

HARNESS void assert_text_list(char *const *found, size_t count, va_list expected)
{
	const char *text;

	for (size_t i = 0; i < count; i++) {
		text = va_arg(expected, const char *);
		if (!text)
			fail_msg("also found: %s", found[i]);
		assert_string_equal(found[i], text);
	}
	text = va_arg(expected, const char *);
	if (text)
		fail_msg("not found: %s", text);
}

HARNESS void assert_texts(char *const *found, size_t count, ...)
{
	va_list expected;

	va_start(expected, count);
	assert_text_list(found, count, expected);
	va_end(expected);
}

/* The rules must have exactly these errors, and nothing may come out. */
HARNESS void assert_errors(const char *rules, ...)
{
	struct reading reading = read_bytes(rules, strlen(rules));
	va_list expected;

	va_start(expected, rules);
	assert_text_list(reading.report.errors, reading.report.error_count, expected);
	va_end(expected);
	assert_int_equal(reading.result, -EINVAL);
	assert_int_equal(reading.report.warning_count, 0);
	reading_end(&reading);
}

/* The rules must be good; to be ended by reading_end(). */
HARNESS struct reading read_good(const char *rules)
{
	struct reading reading = read_bytes(rules, strlen(rules));

	assert_texts(reading.report.errors, reading.report.error_count, NO_TEXTS);
	assert_int_equal(reading.result, 0);
	return reading;
}

HARNESS void assert_warnings(const char *rules, ...)
{
	struct reading reading = read_good(rules);
	va_list expected;

	va_start(expected, rules);
	assert_text_list(reading.report.warnings, reading.report.warning_count, expected);
	va_end(expected);
	reading_end(&reading);
}

/* The test at index, which must be of this kind. */
HARNESS const struct wh_test *test_at(const struct wh_conditions *conditions, __u32 index,
				      unsigned int kind)
{
	assert_true(index < conditions->test_count);
	assert_int_equal(conditions->tests[index].kind, kind);
	return &conditions->tests[index];
}

/* A growing text, for rules that are made. */
struct rules_text {
	char *text;
	size_t length;
	FILE *stream;
};

HARNESS FILE *rules_begin(struct rules_text *rules)
{
	rules->stream = open_memstream(&rules->text, &rules->length);
	assert_non_null(rules->stream);
	return rules->stream;
}

HARNESS const char *rules_end(struct rules_text *rules)
{
	assert_int_equal(fclose(rules->stream), 0);
	return rules->text;
}

#endif /* CONFIG_HARNESS_H */
