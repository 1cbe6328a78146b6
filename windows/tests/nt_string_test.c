/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Counted strings: what is cut, what is refused and then left alone, what is terminated. */
#include <stdlib.h>
#include <string.h>
#include <wdm_rtl.h>

#include "cmocka_once.h"

#define CONSTANT(text) ((UNICODE_STRING){sizeof(text) - 2, sizeof(text), (PWCH)(text)})
#define NARROW(text) ((ANSI_STRING){sizeof(text) - 1, sizeof(text), (PCHAR)(text)})
#define ROOM(units)                                        \
	{                                                  \
		0, (units) * sizeof(WCHAR), (WCHAR[units]) \
		{                                          \
			0                                  \
		}                                          \
	}

static void assert_units(PCUNICODE_STRING string, const WCHAR *expected, size_t size)
{
	assert_int_equal(string->Length, size - sizeof(WCHAR));
	assert_memory_equal(string->Buffer, expected, size - sizeof(WCHAR));
}

#define assert_text(string, expected) assert_units(&(string), expected, sizeof(expected))

static void texts_become_counted_strings(void **state)
{
	UNICODE_STRING wide;
	ANSI_STRING narrow;

	RtlInitUnicodeString(&wide, u"abc");
	assert_int_equal(wide.Length, 6);
	assert_int_equal(wide.MaximumLength, 8);
	RtlInitUnicodeString(&wide, NULL);
	assert_true(!wide.Length && !wide.MaximumLength && !wide.Buffer);
	RtlInitAnsiString(&narrow, "abc");
	assert_int_equal(narrow.Length, 3);
	assert_int_equal(narrow.MaximumLength, 4);
	RtlInitString(&narrow, NULL);
	assert_true(!narrow.Length && !narrow.MaximumLength && !narrow.Buffer);
	RtlInitUnicodeString(&wide, u"");
	assert_int_equal(wide.MaximumLength, 2);
}

static void texts_too_long_are_cut_or_refused(void **state)
{
	WCHAR *wide = calloc(40000, sizeof(WCHAR));
	char *narrow = calloc(70000, 1);
	UNICODE_STRING string = CONSTANT(u"kept");
	ANSI_STRING ansi = NARROW("kept");

	for (int i = 0; i < 0x7ffe; i++)
		wide[i] = 'x';
	assert_int_equal(RtlInitUnicodeStringEx(&string, wide), STATUS_SUCCESS);
	assert_int_equal(string.Length, 0xfffc);
	assert_int_equal(string.MaximumLength, 0xfffe);
	string = CONSTANT(u"kept");
	wide[0x7ffe] = 'x';
	assert_int_equal(RtlInitUnicodeStringEx(&string, wide), STATUS_NAME_TOO_LONG);
	assert_text(string, u"kept");
	RtlInitUnicodeString(&string, wide);
	assert_int_equal(string.Length, 0xfffc);
	memset(narrow, 'x', 69999);
	RtlInitAnsiString(&ansi, narrow);
	assert_int_equal(ansi.Length, 0xfffe);
	assert_int_equal(ansi.MaximumLength, 0xffff);
	assert_int_equal(RtlInitAnsiStringEx(&ansi, narrow), STATUS_NAME_TOO_LONG);
	free(wide);
	free(narrow);
}

static void copies_are_cut_at_the_maximum(void **state)
{
	UNICODE_STRING from = CONSTANT(u"abcdef"), to = ROOM(4);
	ANSI_STRING narrow = NARROW("abcdef");
	char room[4];
	ANSI_STRING small = {0, 4, room};

	RtlCopyUnicodeString(&to, &from);
	assert_text(to, u"abcd");
	from.Length = 4;
	RtlCopyUnicodeString(&to, &from);
	assert_text(to, u"ab");
	assert_int_equal(to.Buffer[2], 0);
	RtlCopyUnicodeString(&to, NULL);
	assert_int_equal(to.Length, 0);
	RtlCopyString(&small, &narrow);
	assert_int_equal(small.Length, 4);
	assert_memory_equal(room, "abcd", 4);
}

static void appending_is_all_or_nothing(void **state)
{
	UNICODE_STRING to = ROOM(6), part = CONSTANT(u"cd");
	UNICODE_STRING none = {0};
	STRING narrow = {2, 4, (char[]){"ab  "}};

	assert_int_equal(RtlAppendUnicodeToString(&to, u"ab"), STATUS_SUCCESS);
	assert_int_equal(RtlAppendUnicodeStringToString(&to, &part), STATUS_SUCCESS);
	assert_text(to, u"abcd");
	assert_int_equal(to.Buffer[4], 0);
	assert_int_equal(RtlAppendUnicodeToString(&to, u"efg"), STATUS_BUFFER_TOO_SMALL);
	assert_text(to, u"abcd");
	assert_int_equal(RtlAppendUnicodeToString(&to, u"ef"), STATUS_SUCCESS);
	assert_text(to, u"abcdef");
	assert_int_equal(RtlAppendUnicodeToString(&to, NULL), STATUS_SUCCESS);
	assert_int_equal(RtlAppendUnicodeStringToString(&none, &none), STATUS_SUCCESS);
	assert_int_equal(RtlAppendAsciizToString(&narrow, "cde"), STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(RtlAppendAsciizToString(&narrow, "cd"), STATUS_SUCCESS);
	assert_memory_equal(narrow.Buffer, "abcd", 4);
}

static void strings_are_compared_with_and_without_case(void **state)
{
	UNICODE_STRING lower = CONSTANT(u"abc\u00e9"), upper = CONSTANT(u"ABC\u00c9");
	UNICODE_STRING longer = CONSTANT(u"ABC\u00c9d"), none = {0};
	STRING narrow = NARROW("abc"), other = NARROW("ABD");

	assert_true(RtlEqualUnicodeString(&lower, &upper, TRUE));
	assert_false(RtlEqualUnicodeString(&lower, &upper, FALSE));
	assert_true(RtlCompareUnicodeString(&lower, &upper, FALSE) > 0);
	assert_true(RtlCompareUnicodeString(&lower, &longer, TRUE) < 0);
	assert_true(RtlCompareUnicodeString(&longer, &lower, TRUE) > 0);
	assert_int_equal(RtlCompareUnicodeString(&none, &none, FALSE), 0);
	assert_true(RtlPrefixUnicodeString(&lower, &longer, TRUE));
	assert_false(RtlPrefixUnicodeString(&lower, &longer, FALSE));
	assert_false(RtlPrefixUnicodeString(&longer, &lower, TRUE));
	assert_true(RtlPrefixUnicodeString(&none, &lower, FALSE));
	assert_true(RtlSuffixUnicodeString(&CONSTANT(u"\u00c9D"), &longer, TRUE));
	assert_false(RtlSuffixUnicodeString(&CONSTANT(u"C"), &longer, TRUE));
	assert_true(RtlCompareString(&narrow, &other, TRUE) < 0);
	assert_true(RtlCompareString(&narrow, &other, FALSE) > 0);
	assert_true(RtlPrefixString(&NARROW("AB"), &narrow, TRUE));
	assert_false(RtlEqualString(&narrow, &other, TRUE));
}

static void hashes_follow_the_documented_algorithm(void **state)
{
	ULONG hash = 77, upper;

	assert_int_equal(RtlHashUnicodeString(&CONSTANT(u"ab"), FALSE, 0, &hash), STATUS_SUCCESS);
	assert_int_equal(hash, 97u * 65599u + 98u);
	RtlHashUnicodeString(&CONSTANT(u"ab"), TRUE, HASH_STRING_ALGORITHM_X65599, &hash);
	RtlHashUnicodeString(&CONSTANT(u"AB"), FALSE, HASH_STRING_ALGORITHM_X65599, &upper);
	assert_int_equal(hash, upper);
	assert_int_equal(RtlHashUnicodeString(&CONSTANT(u"ab"), TRUE, 2, &hash),
			 STATUS_INVALID_PARAMETER);
}

static void case_is_changed_in_place_or_in_new_memory(void **state)
{
	UNICODE_STRING from = CONSTANT(u"stra\u00dfe \u03c9\u00ff"), to = {0}, small = ROOM(2);

	assert_int_equal(RtlUpcaseUnicodeString(&to, &from, TRUE), STATUS_SUCCESS);
	assert_text(to, u"STRA\u00dfE \u03a9\u0178");
	assert_int_equal(RtlDowncaseUnicodeString(&to, &to, FALSE), STATUS_SUCCESS);
	assert_text(to, u"stra\u00dfe \u03c9\u00ff");
	RtlFreeUnicodeString(&to);
	assert_null(to.Buffer);
	assert_int_equal(RtlUpcaseUnicodeString(&small, &from, FALSE), STATUS_BUFFER_OVERFLOW);
	assert_int_equal(small.Length, 0);
	for (unsigned int unit = 0; unit < 0x10000; unit++)
		assert_int_equal(RtlUpcaseUnicodeChar(
					 RtlDowncaseUnicodeChar(RtlUpcaseUnicodeChar((WCHAR)unit))),
				 RtlUpcaseUnicodeChar((WCHAR)unit));
}

static void duplicates_obey_their_flags(void **state)
{
	UNICODE_STRING from = {4, 4, (PWCH)u"abc"}, empty = {0}, to;

	assert_int_equal(RtlDuplicateUnicodeString(0, &from, &to), STATUS_SUCCESS);
	assert_text(to, u"ab");
	assert_int_equal(to.MaximumLength, 4);
	RtlFreeUnicodeString(&to);
	assert_int_equal(RtlDuplicateUnicodeString(1, &from, &to), STATUS_SUCCESS);
	assert_int_equal(to.MaximumLength, 6);
	assert_int_equal(to.Buffer[2], 0);
	RtlFreeUnicodeString(&to);
	assert_int_equal(RtlDuplicateUnicodeString(1, &empty, &to), STATUS_SUCCESS);
	assert_null(to.Buffer);
	assert_int_equal(RtlDuplicateUnicodeString(3, &empty, &to), STATUS_SUCCESS);
	assert_non_null(to.Buffer);
	RtlFreeUnicodeString(&to);
	assert_int_equal(RtlDuplicateUnicodeString(2, &from, &to), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlDuplicateUnicodeString(4, &from, &to), STATUS_INVALID_PARAMETER);
	from.Length = 3;
	assert_int_equal(RtlDuplicateUnicodeString(0, &from, &to), STATUS_INVALID_PARAMETER);
	assert_true(RtlCreateUnicodeString(&to, u""));
	assert_int_equal(to.MaximumLength, 2);
	RtlFreeUnicodeString(&to);
}

static void ansi_is_utf_8(void **state)
{
	ANSI_STRING from = NARROW("\xe2\x82\xac\xf0\x9f\x98\x80"), back = {0};
	UNICODE_STRING to = {0}, small = ROOM(3);
	char room[7];

	assert_int_equal(RtlAnsiStringToUnicodeSize(&from), 8);
	assert_int_equal(RtlAnsiStringToUnicodeString(&to, &from, TRUE), STATUS_SUCCESS);
	assert_text(to, u"\u20ac\U0001f600");
	assert_int_equal(to.MaximumLength, 8);
	assert_int_equal(to.Buffer[3], 0);
	assert_int_equal(RtlAnsiStringToUnicodeString(&small, &from, FALSE),
			 STATUS_BUFFER_OVERFLOW);
	assert_int_equal(small.Length, 0);
	assert_int_equal(RtlUnicodeStringToAnsiSize(&to), 8);
	assert_int_equal(RtlUnicodeStringToAnsiString(&back, &to, TRUE), STATUS_SUCCESS);
	assert_string_equal(back.Buffer, from.Buffer);
	RtlFreeAnsiString(&back);
	back = (ANSI_STRING){0, sizeof(room), room};
	assert_int_equal(RtlUnicodeStringToAnsiString(&back, &to, FALSE), STATUS_BUFFER_OVERFLOW);
	RtlFreeUnicodeString(&to);
}

static void conversions_too_long_for_a_counted_string_are_refused(void **state)
{
	UNICODE_STRING wide = {60000, 60000, calloc(1, 60000)};
	ANSI_STRING narrow = {0}, text = {40000, 40000, calloc(1, 40000)};

	for (int i = 0; i < 30000; i++)
		wide.Buffer[i] = 0x20ac;
	assert_int_equal(RtlUnicodeStringToAnsiString(&narrow, &wide, TRUE),
			 STATUS_INVALID_PARAMETER_2);
	assert_null(narrow.Buffer);
	memset(text.Buffer, 'x', 40000);
	assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &text, FALSE),
			 STATUS_INVALID_PARAMETER_2);
	free(wide.Buffer);
	free(text.Buffer);
}

static void utf_8_functions_count_and_report(void **state)
{
	char narrow[8];
	WCHAR wide[4];
	ULONG size = 77;

	assert_int_equal(RtlUnicodeToUTF8N(NULL, 0, &size, u"a\u20ac", 4), STATUS_SUCCESS);
	assert_int_equal(size, 4);
	assert_int_equal(RtlUnicodeToUTF8N(narrow, 3, &size, u"a\u20acb", 6),
			 STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(size, 1);
	assert_int_equal(RtlUnicodeToUTF8N(narrow, 8, &size, u"\xd800", 2), STATUS_SOME_NOT_MAPPED);
	assert_int_equal(size, 3);
	assert_int_equal(RtlUnicodeToUTF8N(narrow, 8, &size, u"a", 1), STATUS_INVALID_PARAMETER_5);
	assert_int_equal(RtlUnicodeToUTF8N(narrow, 8, &size, NULL, 0), STATUS_INVALID_PARAMETER_4);
	assert_int_equal(RtlUnicodeToUTF8N(NULL, 8, NULL, u"a", 2), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlUTF8ToUnicodeN(wide, 8, &size, "a\xffz", 3), STATUS_SOME_NOT_MAPPED);
	assert_int_equal(size, 6);
	assert_memory_equal(wide, u"a\ufffdz", 6);
	assert_int_equal(RtlUTF8ToUnicodeN(wide, 3, &size, "ab", 2), STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(size, 2);
	assert_int_equal(RtlUTF8ToUnicodeN(wide, 8, NULL, "\xef\xbf\xbd", 3), STATUS_SUCCESS);
	assert_int_equal(RtlMultiByteToUnicodeN(wide, 3, &size, "ab", 2), STATUS_SUCCESS);
	assert_int_equal(size, 2);
	assert_int_equal(RtlUnicodeToMultiByteN(narrow, 8, &size, u"ab", 4), STATUS_SUCCESS);
	assert_int_equal(size, 2);
}

static void broken_utf_8_is_replaced_part_by_part(void **state)
{
	static const struct {
		const char *bytes;
		size_t units;
	} cases[] = {
		{"\xc0\x80", 2}, {"\xed\xa0\x80", 3},     {"\xf4\x90\x80\x80", 4},
		{"\xe2\x82", 1}, {"\xf0\x9f\x98", 1},     {"\xe2\x82x", 2},
		{"\x80", 1},     {"\xf8\x88\x80\x80", 4}, {"\xf0\x9f\x98\x80", 2},
	};
	WCHAR wide[8];
	ULONG size;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		RtlUTF8ToUnicodeN(wide, sizeof(wide), &size, cases[i].bytes,
				  (ULONG)strlen(cases[i].bytes));
		assert_int_equal(size, cases[i].units * sizeof(WCHAR));
	}
}

static void numbers_become_text_and_come_back(void **state)
{
	UNICODE_STRING text = ROOM(12), tight = ROOM(4);
	PWSTR end;
	ULONG value;
	LONG64 big;

	assert_int_equal(RtlIntegerToUnicodeString(MAXULONG, 10, &text), STATUS_SUCCESS);
	assert_text(text, u"4294967295");
	assert_int_equal(RtlIntegerToUnicodeString(0xbeef, 16, &text), STATUS_SUCCESS);
	assert_text(text, u"BEEF");
	assert_int_equal(RtlIntegerToUnicodeString(0, 0, &text), STATUS_SUCCESS);
	assert_text(text, u"0");
	assert_int_equal(RtlIntegerToUnicodeString(1, 7, &text), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlIntegerToUnicodeString(1234, 10, &tight), STATUS_BUFFER_OVERFLOW);
	assert_int_equal(RtlIntegerToUnicodeString(123, 10, &tight), STATUS_SUCCESS);
	assert_int_equal(RtlInt64ToUnicodeString(MAXULONGLONG, 10, &text), STATUS_BUFFER_OVERFLOW);
	assert_int_equal(RtlUnicodeStringToInteger(&CONSTANT(u"  -0x1fz"), 0, &value), 0);
	assert_int_equal(value, (ULONG)-31);
	assert_int_equal(RtlUnicodeStringToInteger(&CONSTANT(u"0b101"), 0, &value), 0);
	assert_int_equal(value, 5);
	assert_int_equal(RtlUnicodeStringToInteger(&CONSTANT(u"0o17"), 0, &value), 0);
	assert_int_equal(value, 15);
	assert_int_equal(RtlUnicodeStringToInteger(&CONSTANT(u""), 10, &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(RtlUnicodeStringToInteger(&CONSTANT(u"1"), 3, &value),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlUnicodeStringToInteger(&CONSTANT(u"1"), 10, NULL),
			 STATUS_ACCESS_VIOLATION);
	assert_int_equal(RtlUnicodeStringToInt64(&CONSTANT(u"-5x"), 10, &big, &end), 0);
	assert_true(big == -5 && *end == 'x');
	assert_int_equal(RtlCharToInteger("0x10", 0, &value), 0);
	assert_int_equal(value, 16);
}

static void guids_become_text_and_come_back(void **state)
{
	static const WCHAR expected[] = u"{01234567-89AB-CDEF-0102-0304050607FF}";
	GUID guid = {0x01234567, 0x89ab, 0xcdef, {1, 2, 3, 4, 5, 6, 7, 0xff}}, back = {0};
	UNICODE_STRING text;

	assert_int_equal(RtlStringFromGUID(&guid, &text), STATUS_SUCCESS);
	assert_text(text, expected);
	assert_int_equal(text.Buffer[38], 0);
	assert_int_equal(RtlGUIDFromString(&text, &back), STATUS_SUCCESS);
	assert_memory_equal(&guid, &back, sizeof(guid));
	text.Buffer[9] = '+';
	assert_int_equal(RtlGUIDFromString(&text, &back), STATUS_INVALID_PARAMETER);
	text.Buffer[9] = '-';
	text.Buffer[36] = 'g';
	assert_int_equal(RtlGUIDFromString(&text, &back), STATUS_INVALID_PARAMETER);
	text.Length = 74;
	assert_int_equal(RtlGUIDFromString(&text, &back), STATUS_INVALID_PARAMETER);
	assert_memory_equal(&guid, &back, sizeof(guid));
	RtlFreeUnicodeString(&text);
}

static void the_rest_of_the_library_counts_bytes(void **state)
{
	RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};
	GUID one, other;
	ULONG seed = 0;

	assert_int_equal(RtlCompareMemory("abcd", "abxd", 4), 2);
	assert_int_equal(RtlCompareMemory("abcd", "abcd", 4), 4);
	assert_true(RtlIsZeroMemory((char[3]){0}, 3));
	assert_false(RtlIsZeroMemory((char[3]){0, 0, 1}, 3));
	assert_true(RtlEqualMemory("ab", "ab", 2));
	assert_int_equal(RtlUshortByteSwap(0x0102), 0x0201);
	assert_int_equal(RtlUlongByteSwap(0x01020304), 0x04030201);
	assert_true(RtlUlonglongByteSwap(0x0102030405060708) == 0x0807060504030201);
	assert_int_equal(RtlNumberOfSetBitsUlongPtr(MAXULONG_PTR), 64);
	assert_true(RtlRandomEx(&seed) > 0 && seed < MAXLONG);
	assert_int_equal(RtlGetVersion(&version), STATUS_SUCCESS);
	assert_int_equal(version.dwMajorVersion, 10);
	version.dwOSVersionInfoSize = 4;
	assert_int_equal(RtlGetVersion(&version), STATUS_INVALID_PARAMETER);
	assert_int_equal(ExUuidCreate(&one), STATUS_SUCCESS);
	assert_int_equal(ExUuidCreate(&other), STATUS_SUCCESS);
	assert_memory_not_equal(&one, &other, sizeof(one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_become_counted_strings),
		cmocka_unit_test(texts_too_long_are_cut_or_refused),
		cmocka_unit_test(copies_are_cut_at_the_maximum),
		cmocka_unit_test(appending_is_all_or_nothing),
		cmocka_unit_test(strings_are_compared_with_and_without_case),
		cmocka_unit_test(hashes_follow_the_documented_algorithm),
		cmocka_unit_test(case_is_changed_in_place_or_in_new_memory),
		cmocka_unit_test(duplicates_obey_their_flags),
		cmocka_unit_test(ansi_is_utf_8),
		cmocka_unit_test(conversions_too_long_for_a_counted_string_are_refused),
		cmocka_unit_test(utf_8_functions_count_and_report),
		cmocka_unit_test(broken_utf_8_is_replaced_part_by_part),
		cmocka_unit_test(numbers_become_text_and_come_back),
		cmocka_unit_test(guids_become_text_and_come_back),
		cmocka_unit_test(the_rest_of_the_library_counts_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
