/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What Microsoft's C library has beside the standard: numbers to text, bounded forms, files, time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <basetsd.h>
#include <conio.h>
#include <crt_files.h>
#include <wdm_wide.h>

#include "cmocka_once.h"

#define assert_wide(text, expected) assert_int_equal(whither_win_wcscmp(text, expected), 0)

static void a_minus_stands_before_decimal_numbers_alone(void **state)
{
	char text[72];

	assert_string_equal(_itoa(-12, text, 10), "-12");
	assert_string_equal(_itoa(-1, text, 16), "ffffffff");
	assert_string_equal(_itoa(0, text, 2), "0");
	assert_string_equal(_itoa(-2147483647 - 1, text, 10), "-2147483648");
	assert_string_equal(_ltoa(35, text, 36), "z");
	assert_string_equal(_ultoa(4294967295u, text, 10), "4294967295");
	assert_string_equal(_i64toa(-9223372036854775807L - 1, text, 10), "-9223372036854775808");
	assert_string_equal(_i64toa(-1, text, 2),
			    "1111111111111111111111111111111111111111111111111111111111111111");
	assert_string_equal(_ui64toa(18446744073709551615ul, text, 10), "18446744073709551615");
}

static void a_number_that_does_not_fit_leaves_an_empty_text(void **state)
{
	char text[8];

	memset(text, 'x', sizeof(text));
	assert_int_equal(_itoa_s(1234, text, 4, 10), ERANGE);
	assert_memory_equal(text, "\0xxx", 4);
	assert_int_equal(_itoa_s(1234, text, 5, 10), 0);
	assert_string_equal(text, "1234");
	assert_int_equal(_itoa_s(1, text, sizeof(text), 1), EINVAL);
	assert_string_equal(text, "");
	assert_int_equal(_itoa_s(1, text, sizeof(text), 37), EINVAL);
	assert_int_equal(_itoa_s(1, NULL, 4, 10), EINVAL);
	assert_int_equal(_itoa_s(1, text, 0, 10), EINVAL);
	assert_int_equal(_ltoa_s(-1, text, sizeof(text), 10), 0);
	assert_string_equal(text, "-1");
	assert_int_equal(_ultoa_s(4294967295u, text, sizeof(text), 10), ERANGE);
	assert_int_equal(_i64toa_s(-1234567, text, sizeof(text), 10), ERANGE);
	assert_int_equal(_ui64toa_s(1234567, text, sizeof(text), 10), 0);
	assert_string_equal(text, "1234567");
}

static void wide_numbers(void **state)
{
	WCHAR text[24];

	assert_wide(_itow(-5, text, 10), u"-5");
	assert_wide(_i64tow(255, text, 16), u"ff");
	assert_int_equal(_itow_s(100, text, 3, 10), ERANGE);
	assert_wide(text, u"");
	assert_int_equal(_ultow_s(7, text, 2, 10), 0);
	assert_wide(text, u"7");
	assert_int_equal(_i64tow_s(-7, text, 3, 10), 0);
	assert_wide(text, u"-7");
	assert_int_equal(_ui64tow_s(18446744073709551615ul, text, 24, 16), 0);
	assert_wide(text, u"ffffffffffffffff");
}

static void text_is_turned_about(void **state)
{
	char text[] = "abc";
	char even[] = "abcd";
	char none[] = "";
	char lower[] = "MiXed";
	WCHAR wide[] = u"MiXed";

	assert_string_equal(_strrev(text), "cba");
	assert_string_equal(_strrev(even), "dcba");
	assert_string_equal(_strrev(none), "");
	assert_int_equal(_strlwr_s(lower, sizeof(lower)), 0);
	assert_string_equal(lower, "mixed");
	assert_int_equal(_strupr_s(lower, sizeof(lower)), 0);
	assert_string_equal(lower, "MIXED");
	assert_int_equal(_strlwr_s(lower, 3), EINVAL);
	assert_string_equal(lower, "");
	assert_int_equal(_strlwr_s(NULL, 3), EINVAL);
	assert_int_equal(_strupr_s(NULL, 3), EINVAL);
	assert_int_equal(_wcslwr_s(wide, 6), 0);
	assert_wide(wide, u"mixed");
	assert_int_equal(_wcsupr_s(wide, 6), 0);
	assert_wide(wide, u"MIXED");
	assert_int_equal(_wcsupr_s(wide, 5), EINVAL);
	assert_int_equal(_wcslwr_s(NULL, 5), EINVAL);
}

static void converted_text_is_counted_with_its_end(void **state)
{
	WCHAR wide[8];
	char text[8];
	size_t count;

	assert_int_equal(mbstowcs_s(&count, wide, 8, "h\303\251y", 7), 0);
	assert_int_equal(count, 4);
	assert_wide(wide, u"h\u00e9y");
	assert_int_equal(mbstowcs_s(&count, NULL, 0, "abc", 0), 0);
	assert_int_equal(mbstowcs_s(&count, wide, 3, "abc", 3), ERANGE);
	assert_int_equal(wide[0], 0);
	assert_int_equal(mbstowcs_s(&count, wide, 3, "abc", _TRUNCATE), 80);
	assert_wide(wide, u"ab");
	assert_int_equal(mbstowcs_s(&count, wide, 3, "a\360\237\230\200", _TRUNCATE), 80);
	assert_int_equal(count, 2);
	assert_wide(wide, u"a");
	assert_int_equal(mbstowcs_s(&count, wide, 8, "a\377", 7), EILSEQ);
	assert_int_equal(count, 0);
	assert_int_equal(wide[0], 0);
	assert_int_equal(mbstowcs_s(&count, wide, 8, NULL, 3), EINVAL);
	assert_int_equal(mbstowcs_s(&count, NULL, 8, "a", 3), EINVAL);
	assert_int_equal(wcstombs_s(&count, text, 8, u"h\u00e9y", 7), 0);
	assert_int_equal(count, 5);
	assert_string_equal(text, "h\303\251y");
	assert_int_equal(wcstombs_s(&count, text, 2, u"abc", 3), ERANGE);
	assert_string_equal(text, "");
	assert_int_equal(wcstombs_s(&count, text, 3, u"a\u20ac", _TRUNCATE), 80);
	assert_int_equal(count, 2);
	assert_string_equal(text, "a");
	assert_int_equal(wcstombs_s(&count, text, 8, NULL, 3), EINVAL);
}

static void time_in_parts(void **state)
{
	const LONGLONG moment = 86400;
	const LONGLONG too_far = 9223372036854775807;
	struct tm parts;
	char text[32];

	assert_int_equal(gmtime_s(&parts, &moment), 0);
	assert_int_equal(parts.tm_year, 70);
	assert_int_equal(parts.tm_mday, 2);
	assert_int_equal(localtime_s(&parts, &moment), 0);
	assert_int_equal(gmtime_s(NULL, &moment), EINVAL);
	assert_int_equal(localtime_s(&parts, NULL), EINVAL);
	assert_int_equal(gmtime_s(&parts, &too_far), EINVAL);
	gmtime_s(&parts, &moment);
	assert_int_equal(asctime_s(text, sizeof(text), &parts), 0);
	assert_string_equal(text, "Fri Jan  2 00:00:00 1970\n");
	assert_int_equal(asctime_s(text, 25, &parts), EINVAL);
	assert_string_equal(text, "");
	assert_int_equal(asctime_s(NULL, 26, &parts), EINVAL);
	assert_int_equal(ctime_s(text, sizeof(text), &moment), 0);
	assert_int_equal(strlen(text), 25);
	assert_int_equal(ctime_s(text, sizeof(text), NULL), EINVAL);
	assert_int_equal(strerror_s(text, sizeof(text), ENOENT), 0);
	assert_string_equal(text, "No such file or directory");
	assert_int_equal(strerror_s(NULL, 4, ENOENT), EINVAL);
}

static void files_by_paths_of_windows(void **state)
{
	char folder[] = "/tmp/whither-crt-XXXXXX";
	char path[64];
	WCHAR wide[64];
	size_t count;
	FILE *stream;
	char byte;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/inner", folder);
	assert_int_equal(_mkdir(path), 0);
	assert_int_equal(_mkdir(path), -1);
	snprintf(path, sizeof(path), "%s\\inner\\file", folder);
	assert_int_equal(fopen_s(&stream, path, "wbS, ccs=UTF-8"), 0);
	fputc('x', stream);
	fclose(stream);
	assert_int_equal(mbstowcs_s(&count, wide, 64, path, _TRUNCATE), 0);
	stream = _wfopen(wide, u"rb");
	assert_non_null(stream);
	assert_int_equal(fgetc(stream), 'x');
	fclose(stream);
	stream = _fsopen(path, "r", 0x40);
	assert_non_null(stream);
	assert_int_equal(freopen_s(&stream, path, "r", stream), 0);
	assert_int_equal(fread(&byte, 1, 1, stream), 1);
	fclose(stream);
	assert_int_equal(_wfopen_s(&stream, u"/nowhere/at/all", u"r"), ENOENT);
	assert_null(stream);
	assert_int_equal(fopen_s(&stream, "/nowhere/at/all", "r"), ENOENT);
	assert_int_equal(fopen_s(NULL, path, "r"), EINVAL);
	assert_int_equal(fopen_s(&stream, NULL, "r"), EINVAL);
	assert_int_equal(_wfopen_s(NULL, wide, u"r"), EINVAL);
	assert_int_equal(freopen_s(&stream, NULL, "r", stdin), EINVAL);
	/* A program that opens itself a console has one already. */
	assert_int_equal(freopen_s(&stream, "CONOUT$", "w", stdout), 0);
	assert_ptr_equal(stream, stdout);
	snprintf(path, sizeof(path), "%s/inner/file", folder);
	assert_int_equal(_access(path, 0), 0);
	assert_int_equal(_unlink(path), 0);
	snprintf(path, sizeof(path), "%s/inner", folder);
	assert_int_equal(_rmdir(path), 0);
	assert_int_equal(_rmdir(folder), 0);
	assert_non_null(_getcwd(path, 1 << 12 > (int)sizeof(path) ? (int)sizeof(path) : 1 << 12));
}

static void variables_of_the_environment(void **state)
{
	char text[8] = "x";
	char *copy;
	size_t size;

	assert_int_equal(_putenv_s("WHITHER_CRT_TEST", "12345"), 0);
	assert_int_equal(getenv_s(&size, text, sizeof(text), "WHITHER_CRT_TEST"), 0);
	assert_string_equal(text, "12345");
	assert_int_equal(size, 6);
	assert_int_equal(getenv_s(&size, text, 5, "WHITHER_CRT_TEST"), ERANGE);
	assert_int_equal(size, 6);
	assert_int_equal(getenv_s(&size, NULL, 0, "WHITHER_CRT_TEST"), 0);
	assert_int_equal(getenv_s(NULL, text, 5, "WHITHER_CRT_TEST"), EINVAL);
	assert_int_equal(_dupenv_s(&copy, &size, "WHITHER_CRT_TEST"), 0);
	assert_string_equal(copy, "12345");
	free(copy);
	assert_int_equal(_putenv_s("WHITHER_CRT_TEST", ""), 0);
	assert_int_equal(_dupenv_s(&copy, &size, "WHITHER_CRT_TEST"), 0);
	assert_null(copy);
	assert_int_equal(size, 0);
	assert_int_equal(getenv_s(&size, text, sizeof(text), "WHITHER_CRT_TEST"), 0);
	assert_int_equal(size, 0);
	assert_int_equal(_dupenv_s(NULL, NULL, "x"), EINVAL);
	assert_int_equal(_putenv_s(NULL, "x"), EINVAL);
}

static void memory_on_a_boundary(void **state)
{
	void *block = _aligned_malloc(100, 256);

	assert_int_equal((ULONG_PTR)block % 256, 0);
	_aligned_free(block);
	assert_null(_aligned_malloc(8, 24));
	assert_null(_aligned_malloc(8, 0));
	block = _aligned_malloc(0, 1);
	assert_non_null(block);
	_aligned_free(block);
}

static void keys_are_read_past_the_stream(void **state)
{
	int pipes[2];
	int before = dup(STDIN_FILENO);

	assert_int_equal(pipe(pipes), 0);
	dup2(pipes[0], STDIN_FILENO);
	assert_int_equal(_kbhit(), 0);
	assert_int_equal(write(pipes[1], "ab", 2), 2);
	assert_int_not_equal(_kbhit(), 0);
	assert_int_equal(_getch(), 'a');
	assert_int_equal(_getche(), 'b');
	close(pipes[1]);
	assert_int_equal(_getch(), -1);
	close(pipes[0]);
	dup2(before, STDIN_FILENO);
	close(before);
	before = dup(STDOUT_FILENO);
	assert_int_equal(pipe(pipes), 0);
	fflush(stdout);
	dup2(pipes[1], STDOUT_FILENO);
	assert_int_equal(_putch('z'), 'z');
	dup2(before, STDOUT_FILENO);
	close(before);
	assert_int_equal(_read(pipes[0], &before, 1), 1);
	assert_int_equal(before & 0xff, 'z');
	close(pipes[0]);
	close(pipes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minus_stands_before_decimal_numbers_alone),
		cmocka_unit_test(a_number_that_does_not_fit_leaves_an_empty_text),
		cmocka_unit_test(wide_numbers),
		cmocka_unit_test(text_is_turned_about),
		cmocka_unit_test(converted_text_is_counted_with_its_end),
		cmocka_unit_test(time_in_parts),
		cmocka_unit_test(files_by_paths_of_windows),
		cmocka_unit_test(variables_of_the_environment),
		cmocka_unit_test(memory_on_a_boundary),
		cmocka_unit_test(keys_are_read_past_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
