/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A rule file as a whole: where it comes from, its name, its size, its sections. */
#include <fcntl.h>
#include <sys/stat.h>

#include "config_harness.h"

static void write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	close(file);
}

static int enter_directory(void **state)
{
	static char directory[] = "whither-config-XXXXXX";

	if (chdir("/tmp") || !mkdtemp(directory) || chdir(directory))
		return -1;
	*state = directory;
	return 0;
}

static int leave_directory(void **state)
{
	return chdir("/tmp") || rmdir(*state);
}

static int read_file(const char *path, const char *name, struct reading *ret)
{
	*ret = (struct reading){0};
	ret->result = wh_config_read(path, name, HARNESS_NETNS, &ret->set, &ret->report);
	return ret->result;
}

static void a_set_is_called_as_its_file(void **state)
{
	static const struct {
		const char *file, *name, *expected;
	} cases[] = {
		{"web.conf", NULL, "web"},
		{"./web.conf", NULL, "web"},
		{"web", NULL, "web"},
		{"web.conf.conf", NULL, "web.conf"},
		{"web.conf", "other", "other"},
		{"a b.conf", "ab", "ab"},
		{"9-lives_.conf", NULL, "9-lives_"},
		{"x.CONF", NULL, "x.CONF"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reading reading;

		write_file(cases[i].file, FILTER);
		assert_int_equal(read_file(cases[i].file, cases[i].name, &reading), 0);
		assert_string_equal(reading.set->name, cases[i].expected);
		assert_string_equal(reading.set->source, cases[i].file);
		assert_int_equal(reading.set->process_pid, 0);
		reading_end(&reading);
		unlink(cases[i].file);
	}
}

#define NAME_FORM \
	"expected a name of letters, digits, '.', '_' and '-', at most 31, a letter or digit first"

static void a_set_cannot_be_called_anything(void **state)
{
	static const struct {
		const char *path, *name, *expected;
	} cases[] = {
		{"-", NULL, "<stdin>: the set has no name; expected one beside '-'"},
		{"-", "", "<stdin>: the set cannot be called ''; " NAME_FORM},
		{"-", "a b", "<stdin>: the set cannot be called 'a b'; " NAME_FORM},
		{"-", ".x", "<stdin>: the set cannot be called '.x'; " NAME_FORM},
		{"-", "-x", "<stdin>: the set cannot be called '-x'; " NAME_FORM},
		{"-", "a/b", "<stdin>: the set cannot be called 'a/b'; " NAME_FORM},
		{"-", "\x1b[2J", "<stdin>: the set cannot be called '?'; " NAME_FORM},
		{"-", "a2345678901234567890123456789012",
		 "<stdin>: the set cannot be called 'a2345678901234567890123456789012'; " NAME_FORM},
		{".conf", NULL, ".conf: the set cannot be called '.conf'; " NAME_FORM},
		{"a\nb", NULL, "a?b: the set cannot be called '?'; " NAME_FORM},
	};
	struct reading reading;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(read_file(cases[i].path, cases[i].name, &reading), -EINVAL);
		assert_null(reading.set);
		assert_texts(reading.report.errors, reading.report.error_count,
			     TEXTS(cases[i].expected));
		reading_end(&reading);
	}
	write_file("x.conf", FILTER);
	assert_int_equal(read_file("x.conf", "a234567890123456789012345678901", &reading), 0);
	reading_end(&reading);
	unlink("x.conf");
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
	struct reading reading;

	assert_int_equal(read_file("none.conf", NULL, &reading), -ENOENT);
	assert_null(reading.set);
	assert_texts(reading.report.errors, reading.report.error_count,
		     TEXTS("none.conf: cannot be read: No such file or directory"));
	reading_end(&reading);
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(read_file("dir", NULL, &reading), -EISDIR);
	assert_texts(reading.report.errors, reading.report.error_count,
		     TEXTS("dir: cannot be read: Is a directory"));
	reading_end(&reading);
	rmdir("dir");
}

static void errors_are_added_to_the_report(void **state)
{
	struct reading reading;
	struct wh_rule_set *set = NULL;

	assert_int_equal(read_file("none.conf", NULL, &reading), -ENOENT);
	write_file("x.conf", "junk\n");
	assert_int_equal(wh_config_read("x.conf", NULL, 0, &set, &reading.report), -EINVAL);
	assert_texts(reading.report.errors, reading.report.error_count,
		     TEXTS("none.conf: cannot be read: No such file or directory",
			   "x.conf:1: found 'junk'; expected KEY = VALUE"));
	reading_end(&reading);
	unlink("x.conf");
}

static void a_file_has_at_most_a_mebibyte(void **state)
{
	static char rules[1024 * 1024 + 2];
	size_t most = sizeof(rules) - 2;
	struct reading reading;

	memset(rules, '\n', sizeof(rules) - 1);
	memcpy(rules, FILTER, strlen(FILTER));
	rules[most] = '\0';
	reading = read_good(rules);
	reading_end(&reading);
	rules[most] = '\n';
	reading = read_bytes(rules, most + 1);
	assert_int_equal(reading.result, -EFBIG);
	assert_texts(reading.report.errors, reading.report.error_count,
		     TEXTS("<stdin>: found more than 1048576 bytes"));
	reading_end(&reading);
}

static void a_thousand_messages_are_enough(void **state)
{
	struct rules_text rules;
	FILE *stream = rules_begin(&rules);
	struct reading reading;

	for (int i = 0; i < 1234; i++)
		fputs("junk\n", stream);
	rules_end(&rules);
	reading = read_bytes(rules.text, rules.length);
	assert_int_equal(reading.result, -EINVAL);
	assert_int_equal(reading.report.error_count, 1001);
	assert_string_equal(reading.report.errors[999],
			    "<stdin>:1000: found 'junk'; expected KEY = VALUE");
	assert_string_equal(reading.report.errors[1000], "<stdin>: 234 more messages");
	reading_end(&reading);
	free(rules.text);
}

static void a_report_is_in_the_order_of_the_file(void **state)
{
	/* The first and last are found before the second: form comes before meaning. */
	assert_errors("junk\nlisten = x\n[filter f]\nuser = 1\nuser\n",
		      TEXTS("<stdin>:1: found 'junk'; expected KEY = VALUE",
			    "<stdin>:2: listen: found in the wrong place; it stands in a "
			    "[redirector NAME]",
			    "<stdin>:3: action: found none; expected action = permit "
			    "or action = block",
			    "<stdin>:5: found 'user'; expected KEY = VALUE"));
}

static void unknown_sections_are_errors(void **state)
{
	assert_errors(FILTER "[filtre g]\naction = block\n[Redirector x]\n[general]\n[filter]\n"
			     "[default]\nx = 1\n",
		      TEXTS("<stdin>:3: found unknown section [filtre]; did you mean "
			    "[filter NAME]?",
			    "<stdin>:5: found unknown section [Redirector]; did you mean "
			    "[redirector NAME]?",
			    "<stdin>:6: found unknown section [general]; expected [redirector "
			    "NAME] or [filter NAME]",
			    "<stdin>:7: found a filter without a name; expected [filter NAME]",
			    "<stdin>:7: action: found none; expected action = permit "
			    "or action = block",
			    "<stdin>:8: found unknown section [default]; expected [redirector "
			    "NAME] or [filter NAME]"));
}

static void rules_keep_the_order_and_the_lines_of_the_file(void **state)
{
	struct reading reading =
		read_good("[redirector z]\nlisten = 127.0.0.1:1\n[filter z]\naction = block\n"
			  "[redirector a]\nlisten = 127.0.0.1:2\n[filter a]\naction = permit\n");
	const struct wh_rule_set *set = reading.set;

	assert_string_equal(set->name, "test");
	assert_string_equal(set->source, "<stdin>");
	assert_int_equal(set->redirector_count, 2);
	assert_int_equal(set->filter_count, 2);
	assert_string_equal(set->redirectors[0].name, "z");
	assert_int_equal(set->redirectors[0].line, 1);
	assert_string_equal(set->redirectors[1].name, "a");
	assert_int_equal(set->redirectors[1].line, 5);
	assert_string_equal(set->filters[0].name, "z");
	assert_int_equal(set->filters[0].line, 3);
	assert_string_equal(set->filters[1].name, "a");
	assert_int_equal(set->filters[1].line, 7);
	reading_end(&reading);
}

/* It names a user and an executable that this machine may lack, and nothing else may be wrong. */
static void the_example_is_good(void **state)
{
	const char *source = getenv("WHITHER_SOURCE");
	struct reading reading;
	char path[4096];

	if (!source)
		return;
	snprintf(path, sizeof(path), "%s/examples/web.conf", source);
	if (read_file(path, NULL, &reading))
		for (size_t i = 0; i < reading.report.error_count; i++)
			assert_non_null(strstr(reading.report.errors[i], "; there is no such "));
	else
		assert_int_equal(reading.set->redirector_count, 2);
	reading_end(&reading);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_is_called_as_its_file),
		cmocka_unit_test(a_set_cannot_be_called_anything),
		cmocka_unit_test(a_file_that_cannot_be_read_is_named),
		cmocka_unit_test(errors_are_added_to_the_report),
		cmocka_unit_test(a_file_has_at_most_a_mebibyte),
		cmocka_unit_test(a_thousand_messages_are_enough),
		cmocka_unit_test(a_report_is_in_the_order_of_the_file),
		cmocka_unit_test(unknown_sections_are_errors),
		cmocka_unit_test(rules_keep_the_order_and_the_lines_of_the_file),
		cmocka_unit_test(the_example_is_good),
	};

	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
