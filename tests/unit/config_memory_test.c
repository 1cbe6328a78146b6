/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Memory runs out at each allocation in turn: -ENOMEM, nothing comes out, nothing leaks. */
#include "config_harness.h"

static int countdown; /* the allocation that fails; 0: none */

static int must_fail(void)
{
	return countdown && !--countdown;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *text);
int __real_vasprintf(char **ret, const char *format, va_list arguments);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_vasprintf(char **ret, const char *format, va_list arguments);
int __wrap_asprintf(char **ret, const char *format, ...) __attribute__((format(printf, 2, 3)));

void *__wrap_malloc(size_t size)
{
	return must_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return must_fail() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return must_fail() ? NULL : __real_reallocarray(old, count, size);
}

char *__wrap_strdup(const char *text)
{
	return must_fail() ? NULL : __real_strdup(text);
}

__attribute__((format(printf, 2, 0))) int __wrap_vasprintf(char **ret, const char *format,
							   va_list arguments)
{
	return must_fail() ? -1 : __real_vasprintf(ret, format, arguments);
}

int __wrap_asprintf(char **ret, const char *format, ...)
{
	va_list arguments;
	int result = -1;

	va_start(arguments, format);
	if (!must_fail())
		result = __real_vasprintf(ret, format, arguments);
	va_end(arguments);
	return result;
}

/* Reads the rules until no allocation fails; returns how many there were. */
static int read_until_enough(const char *rules, int expected)
{
	for (int failing = 1;; failing++) {
		struct reading reading;
		int is_enough;

		countdown = failing;
		reading = read_bytes(rules, strlen(rules));
		is_enough = countdown != 0;
		countdown = 0;
		assert_int_equal(reading.result, is_enough ? expected : -ENOMEM);
		reading_end(&reading);
		if (is_enough)
			return failing - 1;
	}
}

static void reading_survives(void **state)
{
	int count = read_until_enough("[redirector r]\nlisten = 127.0.0.1:1\nowner-user = root\n"
				      "owner-exe = /bin/sh\ncontext = text:x\n"
				      "remote-port = 80, 443\nuser = root, 1\n"
				      "[redirector s]\nlisten = [::1]:1\ncontext = hex:00\n"
				      "[filter f]\naction = permit\nexe = /bin/sh\n",
				      0);

	assert_in_range(count, 30, 1000);
}

static void reporting_survives(void **state)
{
	int count = read_until_enough("junk\nx = 1\n[filter f]\nuser = no such, \nlisten = 1\n",
				      -EINVAL);

	assert_in_range(count, 15, 1000);
}

static void words_survive(void **state)
{
	char *const words[] = {(char *)"remote-port=80,81", (char *)"user=root"};

	for (int failing = 1;; failing++) {
		struct wh_conditions conditions = {0};
		struct wh_config_report report = {0};
		int result, is_enough;

		countdown = failing;
		result = wh_config_read_conditions(words, 2, 5, &conditions, &report);
		is_enough = countdown != 0;
		countdown = 0;
		assert_int_equal(result, is_enough ? 0 : -ENOMEM);
		assert_int_equal(conditions.test_count, is_enough ? 4 : 0);
		wh_conditions_free(&conditions);
		wh_config_report_free(&report);
		if (is_enough)
			break;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_survives),
		cmocka_unit_test(reporting_survives),
		cmocka_unit_test(words_survive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
