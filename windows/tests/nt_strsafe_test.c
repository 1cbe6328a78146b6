/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Bounded strings: always terminated, nothing written beyond, and the documented status. */
#include <ntstrsafe.h>
#include <string.h>
#include <strsafe.h>

#include "cmocka_once.h"

#define OVERFLOW STATUS_BUFFER_OVERFLOW
#define INVALID STATUS_INVALID_PARAMETER
#define TOO_MUCH ((SIZE_T)STRSAFE_MAX_CCH + 1)

static char narrow[12];
static WCHAR wide[12];

/* Every byte is told from what is written. */
static int poison(void **state)
{
	memset(narrow, 'x', sizeof(narrow));
	memset(wide, 'x', sizeof(wide));
	return 0;
}

#define assert_narrow(text) assert_memory_equal(narrow, text "xxxx", sizeof(text "xxxx") - 1)
#define assert_wide(text) assert_memory_equal(wide, text u"\u7878\u7878", sizeof(text u"xx") - 2)

static void copies_fit_or_are_cut(void **state)
{
	assert_int_equal(RtlStringCbCopyA(narrow, 4, "abc"), STATUS_SUCCESS);
	assert_narrow("abc\0");
	assert_int_equal(RtlStringCchCopyA(narrow, 4, "defg"), OVERFLOW);
	assert_narrow("def\0");
	assert_int_equal(RtlStringCchCopyA(narrow, 1, "g"), OVERFLOW);
	assert_narrow("\0ef\0");
	assert_int_equal(RtlStringCbCopyW(wide, 8, u"abc"), STATUS_SUCCESS);
	assert_wide(u"abc\0");
	assert_int_equal(RtlStringCbCopyW(wide, 7, u"def"), OVERFLOW);
	assert_wide(u"de\0\0");
	assert_int_equal(RtlStringCchCopyW(wide, 4, u"ghij"), OVERFLOW);
	assert_wide(u"ghi\0");
}

static void sizes_out_of_range_touch_nothing(void **state)
{
	assert_int_equal(RtlStringCbCopyA(narrow, 0, "abc"), INVALID);
	assert_int_equal(RtlStringCchCopyA(narrow, TOO_MUCH, "abc"), INVALID);
	assert_int_equal(RtlStringCchCopyW(wide, TOO_MUCH, u"abc"), INVALID);
	assert_int_equal(RtlStringCchCopyW(wide, MAXSIZE_T, u"abc"), INVALID);
	assert_int_equal(RtlStringCchCopyW(wide, (SIZE_T)1 << 63, u"abc"), INVALID);
	assert_int_equal(RtlStringCbCopyW(wide, 1, u"abc"), INVALID);
	assert_int_equal(RtlStringCbPrintfA(narrow, 0, "abc"), INVALID);
	assert_int_equal(RtlStringCchCopyA(NULL, 5, "abc"), INVALID);
	assert_narrow("xxx");
	assert_wide(u"\u7878");
}

static void counted_copies_read_no_more_than_they_are_told(void **state)
{
	const char unterminated[2] = {'a', 'b'};

	assert_int_equal(RtlStringCbCopyNA(narrow, 4, unterminated, 2), STATUS_SUCCESS);
	assert_narrow("ab\0");
	assert_int_equal(RtlStringCchCopyNA(narrow, 3, "cde", 3), OVERFLOW);
	assert_narrow("cd\0");
	assert_int_equal(RtlStringCbCopyNW(wide, 8, u"abcd", 5), STATUS_SUCCESS);
	assert_wide(u"ab\0");
	assert_int_equal(RtlStringCchCopyNA(narrow, 4, "abc", TOO_MUCH), INVALID);
	assert_int_equal(narrow[0], 0);
	assert_int_equal(RtlStringCchCopyNW(wide, 4, u"abc", 0), STATUS_SUCCESS);
	assert_int_equal(wide[0], 0);
}

static void appending_needs_a_terminated_destination(void **state)
{
	RtlStringCchCopyA(narrow, 8, "ab");
	assert_int_equal(RtlStringCchCatA(narrow, 8, "cd"), STATUS_SUCCESS);
	assert_int_equal(RtlStringCbCatNA(narrow, 8, "efgh", 2), STATUS_SUCCESS);
	assert_narrow("abcdef\0x");
	assert_int_equal(RtlStringCbCatA(narrow, 8, "gh"), OVERFLOW);
	assert_narrow("abcdefg\0");
	assert_int_equal(RtlStringCchCatA(narrow, 5, "x"), INVALID);
	assert_narrow("abcdefg\0");
	RtlStringCchCopyW(wide, 8, u"a");
	assert_int_equal(RtlStringCbCatW(wide, 8, u"bcd"), OVERFLOW);
	assert_wide(u"abc\0");
	assert_int_equal(RtlStringCchCatNW(wide, 6, u"def", 1), STATUS_SUCCESS);
	assert_wide(u"abcd\0");
}

static void lengths_are_looked_for_within_the_bound(void **state)
{
	size_t length = 77;

	assert_int_equal(RtlStringCchLengthA("abc", 4, &length), STATUS_SUCCESS);
	assert_int_equal(length, 3);
	assert_int_equal(RtlStringCbLengthW(u"abc", 8, &length), STATUS_SUCCESS);
	assert_int_equal(length, 6);
	assert_int_equal(RtlStringCchLengthW(u"abc", 4, NULL), STATUS_SUCCESS);
	assert_int_equal(RtlStringCbLengthA("abc", 3, &length), INVALID);
	assert_int_equal(length, 0);
	assert_int_equal(RtlStringCchLengthA(NULL, 4, &length), INVALID);
	assert_int_equal(RtlStringCchLengthA("a", TOO_MUCH, &length), INVALID);
	assert_int_equal(RtlStringCchLengthA("a", 0, &length), INVALID);
}

static void prints_fit_or_are_cut(void **state)
{
	int count = 77;

	assert_int_equal(RtlStringCbPrintfA(narrow, 6, "%I64d%ws", 123LL, u"ab"), STATUS_SUCCESS);
	assert_narrow("123ab\0");
	assert_int_equal(RtlStringCchPrintfA(narrow, 5, "%d", 67890), OVERFLOW);
	assert_narrow("6789\0\0");
	assert_int_equal(RtlStringCbPrintfW(wide, 8, u"%hs", "abc"), STATUS_SUCCESS);
	assert_wide(u"abc\0");
	assert_int_equal(RtlStringCchPrintfW(wide, 3, u"%s", u"def"), OVERFLOW);
	assert_wide(u"de\0\0");
	assert_int_equal(RtlStringCchPrintfA(narrow, 5, "%2147483647d%d", 1, 1), OVERFLOW);
	assert_narrow("    \0\0");
	assert_int_equal(RtlStringCchPrintfA(narrow, 5, "ab%n", &count), INVALID);
	assert_int_equal(narrow[0], 0);
	assert_int_equal(count, 77);
}

static void extended_copies_say_where_they_ended(void **state)
{
	PSTR end = NULL;
	PWSTR wide_end = NULL;
	size_t left = 77;

	assert_int_equal(RtlStringCchCopyExA(narrow, 8, "abc", &end, &left, 0), STATUS_SUCCESS);
	assert_ptr_equal(end, narrow + 3);
	assert_int_equal(left, 5);
	assert_int_equal(RtlStringCbCatExA(narrow, 8, "defgh", &end, &left, 0), OVERFLOW);
	assert_ptr_equal(end, narrow + 7);
	assert_int_equal(left, 1);
	assert_int_equal(RtlStringCbCopyExW(wide, 9, u"abc", &wide_end, &left, 0), STATUS_SUCCESS);
	assert_ptr_equal(wide_end, wide + 3);
	assert_int_equal(left, 3);
	assert_int_equal(RtlStringCchPrintfExW(wide, 8, &wide_end, &left, 0, u"%d", 42),
			 STATUS_SUCCESS);
	assert_ptr_equal(wide_end, wide + 2);
	assert_int_equal(left, 6);
	left = 77;
	assert_int_equal(RtlStringCchCopyExA(narrow, 8, "abc", &end, &left, 0x2000), INVALID);
	assert_int_equal(left, 77);
	assert_int_equal(RtlStringCchCopyExA(narrow, 8, "abc", NULL, NULL, 0), STATUS_SUCCESS);
}

static void flags_fill_empty_and_keep(void **state)
{
	PSTR end;
	size_t left;

	assert_int_equal(RtlStringCchCopyExA(narrow, 6, "ab", NULL, NULL, STRSAFE_FILL_BYTE('.')),
			 0);
	assert_narrow("ab\0...");
	assert_int_equal(RtlStringCchCopyExA(narrow, 4, "abcd", &end, &left,
					     STRSAFE_FAILURE_BYTE('-')),
			 OVERFLOW);
	assert_narrow("---\0..");
	assert_ptr_equal(end, narrow + 3);
	assert_int_equal(left, 1);
	assert_int_equal(RtlStringCchCopyExA(narrow, 4, "abcd", &end, &left,
					     STRSAFE_NULL_ON_FAILURE),
			 OVERFLOW);
	assert_int_equal(narrow[0], 0);
	assert_ptr_equal(end, narrow);
	assert_int_equal(left, 4);
	RtlStringCchCopyA(narrow, 4, "ab");
	assert_int_equal(RtlStringCchCatExA(narrow, 4, "cd", &end, &left, STRSAFE_NO_TRUNCATION),
			 OVERFLOW);
	assert_string_equal(narrow, "ab");
	assert_ptr_equal(end, narrow + 2);
	assert_int_equal(RtlStringCchPrintfExA(narrow, 4, &end, &left, STRSAFE_NO_TRUNCATION, "%s",
					       "long"),
			 OVERFLOW);
	assert_string_equal(narrow, "");
}

static void nulls_are_ignored_when_asked(void **state)
{
	PSTR end = narrow;
	size_t left = 77;

	assert_int_equal(RtlStringCchCopyExA(narrow, 4, NULL, NULL, NULL, STRSAFE_IGNORE_NULLS), 0);
	assert_string_equal(narrow, "");
	assert_int_equal(RtlStringCchCopyExA(NULL, 0, NULL, &end, &left, STRSAFE_IGNORE_NULLS), 0);
	assert_null(end);
	assert_int_equal(left, 0);
	assert_int_equal(RtlStringCchCopyExA(NULL, 0, "a", NULL, NULL, STRSAFE_IGNORE_NULLS),
			 INVALID);
	assert_int_equal(RtlStringCchCopyExA(narrow, 0, "a", NULL, NULL, STRSAFE_IGNORE_NULLS),
			 OVERFLOW);
	assert_int_equal(RtlStringCchCopyExA(narrow, 0, "", NULL, NULL, 0), INVALID);
	assert_int_equal(RtlStringCchPrintfExA(narrow, 4, NULL, NULL, STRSAFE_IGNORE_NULLS, NULL),
			 STATUS_SUCCESS);
}

static void counted_strings_have_no_terminator(void **state)
{
	UNICODE_STRING to = {0, 8, wide}, from = {6, 6, (PWCH)u"abc"}, odd = {3, 8, wide};

	assert_int_equal(RtlUnicodeStringCopy(&to, &from), STATUS_SUCCESS);
	assert_int_equal(to.Length, 6);
	assert_wide(u"abc");
	assert_int_equal(RtlUnicodeStringCat(&to, &from), OVERFLOW);
	assert_int_equal(to.Length, 8);
	assert_wide(u"abca");
	assert_int_equal(RtlUnicodeStringCopyString(&to, u"de"), STATUS_SUCCESS);
	assert_int_equal(RtlUnicodeStringCchCatStringN(&to, u"fgh", 1), STATUS_SUCCESS);
	assert_int_equal(to.Length, 6);
	assert_wide(u"defa");
	assert_int_equal(RtlUnicodeStringPrintf(&to, u"%d", 1234), STATUS_SUCCESS);
	assert_int_equal(to.Length, 8);
	assert_int_equal(RtlUnicodeStringPrintf(&to, u"%d", 56789), OVERFLOW);
	assert_wide(u"5678");
	assert_int_equal(RtlUnicodeStringCopy(&odd, &from), INVALID);
	assert_int_equal(RtlUnicodeStringCatString(&to, NULL), INVALID);
	assert_int_equal(RtlUnicodeStringInit(&to, u"abc"), STATUS_SUCCESS);
	assert_int_equal(to.MaximumLength, 8);
	assert_int_equal(RtlStringCchCopyUnicodeString(wide, 3, &from), OVERFLOW);
	assert_memory_equal(wide, u"ab", 6);
	assert_int_equal(RtlStringCbCopyUnicodeString(wide, 8, &from), STATUS_SUCCESS);
	assert_memory_equal(wide, u"abc", 8);
}

static void programs_get_results(void **state)
{
	size_t length;

	assert_int_equal(StringCchCopyA(narrow, 4, "abc"), S_OK);
	assert_int_equal(StringCchCatW(wide, 4, u"abc"), STRSAFE_E_INVALID_PARAMETER);
	assert_int_equal(StringCbPrintfW(wide, 8, u"%s", u"abcd"), STRSAFE_E_INSUFFICIENT_BUFFER);
	assert_int_equal(StringCchLength("abc", 4, &length), S_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(copies_fit_or_are_cut, poison),
		cmocka_unit_test_setup(sizes_out_of_range_touch_nothing, poison),
		cmocka_unit_test_setup(counted_copies_read_no_more_than_they_are_told, poison),
		cmocka_unit_test_setup(appending_needs_a_terminated_destination, poison),
		cmocka_unit_test_setup(lengths_are_looked_for_within_the_bound, poison),
		cmocka_unit_test_setup(prints_fit_or_are_cut, poison),
		cmocka_unit_test_setup(extended_copies_say_where_they_ended, poison),
		cmocka_unit_test_setup(flags_fill_empty_and_keep, poison),
		cmocka_unit_test_setup(nulls_are_ignored_when_asked, poison),
		cmocka_unit_test_setup(counted_strings_have_no_terminator, poison),
		cmocka_unit_test_setup(programs_get_results, poison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
