/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The bounded prints, and strings under the names of Microsoft's library: what is cut, and how. */
#define WHITHER_WINDOWS_NAMES

#include <limits.h>
#include <string.h>
#include <wdm_print.h>

#include "cmocka_once.h"

/* For free(), without the C library's own wide functions. */
void free(void *memory);

#define assert_wide(text, expected) assert_int_equal(wcscmp(text, expected), 0)

static void snprintf_of_windows_need_not_terminate(void **state)
{
	char buffer[6];
	WCHAR wide[6];

	memset(buffer, 'x', sizeof(buffer));
	assert_int_equal(_snprintf(buffer, 4, "%s", "abc"), 3);
	assert_memory_equal(buffer, "abc\0xx", 6);
	assert_int_equal(_snprintf(buffer, 4, "%s", "abcd"), 4);
	assert_memory_equal(buffer, "abcdxx", 6);
	assert_int_equal(_snprintf(buffer, 4, "%s", "ABCDE"), -1);
	assert_memory_equal(buffer, "ABCDxx", 6);
	assert_int_equal(_snprintf(NULL, 0, "%s", "abcde"), 5);
	assert_int_equal(_snprintf(NULL, 1, "a"), -1);
	memset(wide, 'x', sizeof(wide));
	assert_int_equal(_snwprintf(wide, 4, u"%s", u"abc"), 3);
	assert_memory_equal(wide, u"abc", 8);
	assert_int_equal(_snwprintf(wide, 4, u"%s", u"abcd"), 4);
	assert_int_equal(wide[4], 'x' * 257);
	assert_int_equal(_snwprintf(wide, 4, u"%s", u"abcde"), -1);
	assert_int_equal(_scwprintf(u"%d", 12345), 5);
}

static void c99s_terminate_and_give_the_whole_length(void **state)
{
	char buffer[6];

	memset(buffer, 'x', sizeof(buffer));
	assert_int_equal(snprintf(buffer, 4, "%s", "abcde"), 5);
	assert_memory_equal(buffer, "abc\0xx", 6);
	assert_int_equal(snprintf(NULL, 0, "%s", "abcde"), 5);
	assert_int_equal(sprintf(buffer, "%d", 12345), 5);
	assert_string_equal(buffer, "12345");
}

static void swprintf_has_two_forms(void **state)
{
	WCHAR wide[6];

	assert_int_equal(swprintf(wide, u"%d", 12345), 5);
	assert_wide(wide, u"12345");
	assert_int_equal(swprintf(wide, 6, u"%s", u"abc"), 3);
	assert_wide(wide, u"abc");
	assert_int_equal(swprintf(wide, 4, u"%s", u"abcde"), -1);
	assert_wide(wide, u"abc");
	assert_int_equal(swprintf(wide, u"plain"), 5);
}

static void secure_prints_keep_all_or_nothing(void **state)
{
	char buffer[6] = "kept";
	WCHAR wide[6] = u"kept";

	assert_int_equal(sprintf_s(buffer, 4, "%s", "abcd"), -1);
	assert_string_equal(buffer, "");
	assert_int_equal(sprintf_s(buffer, 5, "%s", "abcd"), 4);
	assert_int_equal(sprintf_s(buffer, 0, "a"), -1);
	assert_string_equal(buffer, "abcd");
	assert_int_equal(sprintf_s(NULL, 4, "a"), -1);
	assert_int_equal(swprintf_s(wide, 4, u"%s", u"abcd"), -1);
	assert_int_equal(wide[0], 0);
}

static void secure_counted_prints_cut_where_they_are_told(void **state)
{
	char buffer[6];

	assert_int_equal(_snprintf_s(buffer, 6, _TRUNCATE, "%s", "abcdefgh"), -1);
	assert_string_equal(buffer, "abcde");
	assert_int_equal(_snprintf_s(buffer, 6, 3, "%s", "abcd"), -1);
	assert_string_equal(buffer, "abc");
	assert_int_equal(_snprintf_s(buffer, 6, 3, "%s", "abc"), 3);
	assert_int_equal(_snprintf_s(buffer, 6, 6, "%s", "abcdef"), -1);
	assert_string_equal(buffer, "");
	assert_int_equal(_snprintf_s(NULL, 0, 0, "x"), 0);
}

static void wide_strings_count_units_of_16_bits(void **state)
{
	WCHAR buffer[16];

	assert_int_equal(wcslen(u"\U0001f600x"), 3);
	assert_int_equal(wcsnlen(u"abc", 2), 2);
	wcscpy(buffer, u"abc");
	wcscat(buffer, u"def");
	assert_wide(buffer, u"abcdef");
	wcsncat(buffer, u"ghi", 2);
	assert_wide(buffer, u"abcdefgh");
	wcsncpy(buffer, u"xy", 5);
	assert_memory_equal(buffer, u"xy\0\0\0fgh", 18);
	assert_true(wcscmp(u"a", u"b") < 0 && wcscmp(u"\uff00", u"a") > 0);
	assert_int_equal(wcsncmp(u"abc", u"abd", 2), 0);
	assert_wide(_wcsupr(wcscpy(buffer, u"a\u00e9\u044f1")), u"A\u00c9\u042f1");
	assert_wide(_wcslwr(buffer), u"a\u00e9\u044f1");
	assert_wide(_wcsrev(buffer), u"1\u044f\u00e9a");
}

static void wide_strings_are_searched(void **state)
{
	const WCHAR *text = u"abcabc";

	assert_ptr_equal(wcschr(text, 'b'), text + 1);
	assert_ptr_equal(wcsrchr(text, 'b'), text + 4);
	assert_ptr_equal(wcschr(text, 0), text + 6);
	assert_null(wcschr(text, 'x'));
	assert_ptr_equal(wcsstr(text, u"ca"), text + 2);
	assert_ptr_equal(wcsstr(text, u""), text);
	assert_null(wcsstr(text, u"abcd"));
	assert_ptr_equal(wcspbrk(text, u"xc"), text + 2);
	assert_int_equal(wcsspn(text, u"ab"), 2);
	assert_int_equal(wcscspn(text, u"c"), 2);
}

static void case_does_not_count_where_it_shall_not(void **state)
{
	assert_int_equal(_wcsicmp(u"Stra\u00c9", u"sTRA\u00e9"), 0);
	assert_true(_wcsicmp(u"a_", u"AB") < 0);
	assert_int_equal(_wcsnicmp(u"ABx", u"aby", 2), 0);
	assert_int_equal(_stricmp("HeLLo", "hEllO"), 0);
	assert_true(_stricmp("a", "B") < 0 && _stricmp("ab", "a") > 0);
	assert_int_equal(_strnicmp("ABx", "aby", 2), 0);
	assert_int_equal(towupper(0xff), 0x178);
	assert_int_equal(towlower(0x130), 0x130);
}

static void wide_numbers_are_clamped_to_32_bits(void **state)
{
	WCHAR *end;

	assert_int_equal(wcstol(u" -42x", &end, 10), -42);
	assert_int_equal(*end, 'x');
	assert_int_equal(wcstol(u"0x7fffffffff", NULL, 0), INT_MAX);
	assert_int_equal(wcstol(u"-99999999999", NULL, 10), INT_MIN);
	assert_int_equal(wcstoul(u"4294967296", NULL, 10), UINT_MAX);
	assert_int_equal(wcstoul(u"-1", NULL, 10), UINT_MAX);
	assert_int_equal(wcstol(u"017", NULL, 0), 15);
	assert_int_equal(wcstol(u"zz", &end, 36), 35 * 37);
	assert_int_equal(wcstol(u"none", &end, 10), 0);
	assert_int_equal(*end, 'n');
	assert_int_equal(wcstol(u"0xg", &end, 16), 0);
	assert_int_equal(*end, 'x');
	assert_int_equal(wcstol(u"1", NULL, 1), 0);
	assert_true(_wcstoi64(u"-9223372036854775809", NULL, 10) == -MAXLONGLONG - 1);
	assert_true(_wcstoui64(u"18446744073709551616", NULL, 10) == MAXULONGLONG);
	assert_int_equal(_wtoi(u"12"), 12);
}

static void multibyte_is_utf_8(void **state)
{
	WCHAR wide[8];
	char narrow[8];

	assert_int_equal(mbstowcs(wide,
				  "\xe2\x82\xac"
				  "a",
				  8),
			 2);
	assert_wide(wide, u"\u20ac"
			  u"a");
	assert_int_equal(mbstowcs(NULL, "\xf0\x9f\x98\x80", 0), 2);
	assert_int_equal(mbstowcs(wide, "\xff", 8), (size_t)-1);
	assert_int_equal(wcstombs(narrow, u"\u20ac", 8), 3);
	assert_string_equal(narrow, "\xe2\x82\xac");
	assert_int_equal(wcstombs(narrow, u"ab\u20ac", 4), 2);
}

static void secure_copies_refuse_what_does_not_fit(void **state)
{
	char buffer[4] = "abc";
	WCHAR wide[4] = u"abc";

	assert_int_equal(strcpy_s(buffer, 4, "wxyz"), 34);
	assert_string_equal(buffer, "");
	assert_int_equal(strcpy_s(buffer, 4, "wxy"), 0);
	assert_int_equal(strcat_s(buffer, 4, "z"), 34);
	assert_string_equal(buffer, "");
	assert_int_equal(strcpy_s(buffer, 0, "a"), 22);
	assert_int_equal(strcpy_s(buffer, 4, NULL), 22);
	assert_int_equal(strncpy_s(buffer, 4, "wxyz", _TRUNCATE), 80);
	assert_string_equal(buffer, "wxy");
	assert_int_equal(strncpy_s(buffer, 4, "wxyz", 2), 0);
	assert_string_equal(buffer, "wx");
	assert_int_equal(strncat_s(buffer, 4, "yz", 1), 0);
	assert_string_equal(buffer, "wxy");
	memset(buffer, 'x', 4);
	assert_int_equal(strcat_s(buffer, 4, "a"), 22);
	assert_int_equal(wcscpy_s(wide, 4, u"wxyz"), 34);
	assert_int_equal(wide[0], 0);
	assert_int_equal(wcscat_s(wide, 4, u"wxy"), 0);
	assert_wide(wide, u"wxy");
	assert_int_equal(wcsncpy_s(wide, 4, u"abcdef", 3), 0);
	assert_wide(wide, u"abc");
	assert_int_equal(memcpy_s(buffer, 4, "12345", 5), 34);
	assert_memory_equal(buffer, "\0\0\0\0", 4);
	assert_int_equal(memcpy_s(buffer, 4, "1234", 4), 0);
	assert_memory_equal(buffer, "1234", 4);
}

static void copies_are_the_heaps(void **state)
{
	WCHAR *wide = _wcsdup(u"abc");
	char *narrow = _strdup("abc");

	assert_wide(wide, u"abc");
	assert_string_equal(narrow, "abc");
	free(wide);
	free(narrow);
	assert_null(_strdup(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snprintf_of_windows_need_not_terminate),
		cmocka_unit_test(c99s_terminate_and_give_the_whole_length),
		cmocka_unit_test(swprintf_has_two_forms),
		cmocka_unit_test(secure_prints_keep_all_or_nothing),
		cmocka_unit_test(secure_counted_prints_cut_where_they_are_told),
		cmocka_unit_test(wide_strings_count_units_of_16_bits),
		cmocka_unit_test(wide_strings_are_searched),
		cmocka_unit_test(case_does_not_count_where_it_shall_not),
		cmocka_unit_test(wide_numbers_are_clamped_to_32_bits),
		cmocka_unit_test(multibyte_is_utf_8),
		cmocka_unit_test(secure_copies_refuse_what_does_not_fit),
		cmocka_unit_test(copies_are_the_heaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
