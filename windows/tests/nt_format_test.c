/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Formats as Windows means them, through the functions that drivers call. */
#define WHITHER_WINDOWS_NAMES

#include <limits.h>
#include <ntdef.h>
#include <string.h>
#include <wdm_print.h>

#include "cmocka_once.h"
#include "debug_print.h"

#define EXPECT(text, ...)                                                       \
	do {                                                                    \
		char buffer_[512];                                              \
		int length_ = sprintf_s(buffer_, sizeof(buffer_), __VA_ARGS__); \
                                                                                \
		assert_string_equal(buffer_, text);                             \
		assert_int_equal(length_, strlen(text));                        \
	} while (0)

#define EXPECT_WIDE(text, ...)                                         \
	do {                                                           \
		WCHAR wide_[512];                                      \
		char buffer_[512];                                     \
                                                                       \
		assert_true(swprintf_s(wide_, 512, __VA_ARGS__) >= 0); \
		sprintf_s(buffer_, sizeof(buffer_), "%ls", wide_);     \
		assert_string_equal(buffer_, text);                    \
	} while (0)

static void sizes_are_those_of_windows(void **state)
{
	EXPECT("ffffffff 89abcdef", "%lx %lx", -1, 0x123456789abcdefULL);
	EXPECT("-1 4294967295", "%ld %lu", 0xffffffffULL, -1);
	EXPECT("ffffffffffffffff 18446744073709551615", "%I64x %I64u", -1LL, -1LL);
	EXPECT("-1 4294967295", "%I32d %I32u", -1, -1);
	EXPECT("18446744073709551615 -5", "%Iu %Id", MAXSIZE_T, (SSIZE_T)-5);
	EXPECT("18446744073709551615 -5 7", "%zu %td %jd", MAXSIZE_T, (SSIZE_T)-5, 7LL);
	EXPECT("-9223372036854775808", "%lld", (LONGLONG)(MAXINT64 + 1ULL));
	EXPECT("-1 65535 -1 255", "%hd %hu %hhd %hhu", 0xffff, -1, 0xff, -1);
	EXPECT("2147483647 -2147483648 4294967295", "%d %i %u", INT_MAX, INT_MIN, UINT_MAX);
}

static void pointers_have_sixteen_upper_digits(void **state)
{
	EXPECT("00000000DEADBEEF", "%p", (void *)0xdeadbeef);
	EXPECT("0000000000000000|  0000000000000001", "%p|%18p", NULL, (void *)1);
	EXPECT("FFFFFFFFFFFFFFFF  |", "%-18p|", (void *)-1);
}

static void numbers_take_flags_width_and_precision(void **state)
{
	EXPECT("|   42|42   |00042|+42| 42|", "|%5d|%-5d|%05d|%+d|% d|", 42, 42, 42, 42, 42);
	EXPECT("|  042|042  |  042|", "|%5.3d|%-5.3d|%05.3d|", 42, 42, 42);
	EXPECT("|-0042|-42  |", "|%05d|%-05d|", -42, -42);
	EXPECT("0xff 0XFF 0 017 0", "%#x %#X %#x %#o %#o", 255, 255, 0, 15, 0);
	EXPECT("0x00ff|    0xff|0x0000ff", "%#.4x|%#8x|%#08x", 255, 255, 255);
	EXPECT("|||0|", "|%.0d|%.0x|%#.0o|", 0, 0, 0);
	EXPECT("|   42|42   |00042|42|", "|%*d|%*d|%.*d|%.*d|", 5, 42, -5, 42, 5, 42, -5, 42);
}

static void floats_are_the_c_librarys(void **state)
{
	EXPECT("1.500000 1.50 2 +1.5e+00", "%f %.2f %.0f %+.1e", 1.5, 1.5, 1.5, 1.5);
	EXPECT("|    1.50|1.50    |00001.50|-0001.50|", "|%8.2f|%-8.2f|%08.2f|%08.2f|", 1.5, 1.5,
	       1.5, -1.5);
	EXPECT("100000 1e+06 1E-05 1.00000", "%g %g %G %#g", 1e5, 1e6, 1e-5, 1.0);
	EXPECT("inf -INF    nan", "%f %F %06f", __builtin_inf(), -__builtin_inf(),
	       __builtin_nan(""));
	EXPECT("0x1.8000000000000p+0 0X1P+0 0x001.8p+0", "%a %.0A %010.1a", 1.5, 1.0, 1.5);
	EXPECT("2.5 3", "%.1Lf %d", 2.5L, 3);
	EXPECT("0.5 1 0.25", "%.1f %d %.2f", 0.5, 1, 0.25);
}

static void a_float_of_any_precision_has_every_digit(void **state)
{
	int length = _scprintf("%.100000f", 0.1);
	char small[16];

	assert_int_equal(length, 100002);
	assert_int_equal(_scprintf("%.*e", 5000, 1e300), 5000 + 2 + 5);
	assert_int_equal(_scprintf("%.5000g", 0.5), 3);
	assert_int_equal(_scprintf("%#.5000g", 0.5), 5000 + 2);
	assert_int_equal(_snprintf(small, 8, "%.*f", INT_MAX - 10, 1.5), -1);
	assert_memory_equal(small, "1.500000", 8);
}

static void strings_are_of_the_width_that_is_said(void **state)
{
	EXPECT("narrow", "%s", "narrow");
	EXPECT("narrow", "%hs", "narrow");
	EXPECT("wide wide wide", "%S %ls %ws", u"wide", u"wide", u"wide");
	EXPECT("narrow", "%hS", "narrow");
	EXPECT_WIDE("wide wide wide", u"%s %ls %ws", u"wide", u"wide", u"wide");
	EXPECT_WIDE("narrow narrow narrow", u"%S %hs %hS", "narrow", "narrow", "narrow");
}

static void characters_are_of_the_width_that_is_said(void **state)
{
	EXPECT("a b \xc3\xa9 \xe2\x82\xac", "%c %hc %C %lc", 'a', 'b', 0xe9, 0x20ac);
	EXPECT("|  x|x  |", "|%3c|%-3wc|", 'x', 'x');
	EXPECT_WIDE("\xc3\xa9 b c", u"%c %C %hc", 0xe9, 'b', 'c');
}

static void a_null_character_is_printed(void **state)
{
	char buffer[8];

	memset(buffer, 0x55, sizeof(buffer));
	assert_int_equal(_snprintf(buffer, sizeof(buffer), "a%cb", 0), 3);
	assert_memory_equal(buffer, "a\0b\0", 4);
}

static void counted_strings_need_no_terminator(void **state)
{
	UNICODE_STRING wide = {6, 6, (PWCH)u"wideXX"};
	ANSI_STRING narrow = {3, 3, (PCHAR) "narrow"};
	UNICODE_STRING none = {0, 0, NULL};

	EXPECT("wid|wid", "%wZ|%lZ", &wide, &wide);
	EXPECT("nar|nar", "%Z|%hZ", &narrow, &narrow);
	EXPECT("|  wid|wid  |", "|%5wZ|%-5wZ|", &wide, &wide);
	EXPECT("(null) (null) (null)", "%wZ %Z %wZ", NULL, NULL, &none);
	EXPECT_WIDE("wid nar", u"%wZ %Z", &wide, &narrow);
}

static void null_strings_are_said_to_be(void **state)
{
	EXPECT("(null) (null) (nul", "%s %ls %.4s", NULL, NULL, NULL);
	EXPECT_WIDE("(null) (null)", u"%s %S", NULL, NULL);
}

static void a_precision_bounds_what_is_read(void **state)
{
	const char narrow[3] = {'a', 'b', 'c'};
	const WCHAR wide[3] = {'d', 'e', 'f'};

	EXPECT("abc def |  ab|", "%.3s %.*ls |%4.2s|", narrow, 3, wide, narrow);
	EXPECT_WIDE("abc def", u"%.3S %.3s", narrow, wide);
	EXPECT("", "%.0s", (const char *)16);
}

static void text_changes_between_utf_16_and_utf_8(void **state)
{
	static const WCHAR lone[] = {'a', 0xd800, 'b', 0xdc00, 0};

	EXPECT("\xe2\x82\xac \xf0\x9f\x98\x80", "%ls", u"\u20ac \U0001f600");
	EXPECT("a\xef\xbf\xbd"
	       "b\xef\xbf\xbd",
	       "%ls", lone);
	EXPECT_WIDE("\xe2\x82\xac \xf0\x9f\x98\x80", u"%S", "\xe2\x82\xac \xf0\x9f\x98\x80");
	EXPECT_WIDE("x\xef\xbf\xbdy", u"%S", "x\xffy");
	EXPECT_WIDE("|  \xe2\x82\xac|", u"|%3S|", "\xe2\x82\xac");
	EXPECT("\xff\xfe", "%s", "\xff\xfe");
}

static void long_texts_change_whole(void **state)
{
	WCHAR wide[301];
	char narrow[1000];

	for (int i = 0; i < 300; i++)
		wide[i] = 0x20ac;
	wide[300] = 0;
	assert_int_equal(sprintf_s(narrow, sizeof(narrow), "%ls", wide), 900);
	for (int i = 0; i < 900; i += 3)
		assert_memory_equal(narrow + i, "\xe2\x82\xac", 3);
}

static void what_is_no_conversion_is_printed(void **state)
{
	EXPECT("100% y", "100%% %y");
	EXPECT("end", "end%");
	EXPECT("end", "end%-5.3l");
	EXPECT("q5", "%q%d", 5);
}

static void storing_a_count_is_refused(void **state)
{
	char buffer[16] = "kept";
	WCHAR wide[16];
	int count = 77;

	assert_int_equal(_snprintf(buffer, sizeof(buffer), "ab%ncd", &count), -1);
	assert_int_equal(snprintf(buffer, sizeof(buffer), "ab%ncd", &count), -1);
	assert_string_equal(buffer, "");
	assert_int_equal(sprintf_s(buffer, sizeof(buffer), "ab%hncd", &count), -1);
	assert_string_equal(buffer, "");
	assert_int_equal(swprintf_s(wide, 16, u"%n", &count), -1);
	assert_int_equal(count, 77);
}

static void more_than_an_int_counts_is_refused(void **state)
{
	char buffer[4];

	assert_int_equal(_snprintf(buffer, 4, "%2147483647d%d", 1, 2), -1);
	assert_memory_equal(buffer, "    ", 4);
	assert_int_equal(_scprintf("%2147483646d", 1), 2147483646);
	assert_int_equal(_scprintf("%99999999999999999999d", 1), INT_MAX);
	assert_int_equal(_scprintf("%*d", INT_MIN, 1), INT_MAX);
	assert_int_equal(_scprintf("%.*d", INT_MAX, -1), -1);
}

static void collect(void *context, const char *text, size_t size)
{
	char **end = context;

	memcpy(*end, text, size + 1);
	*end += size;
}

static void debug_prints_reach_the_sink(void **state)
{
	char lines[8192];
	char *end = lines;

	nt_debug_print_to(collect, &end);
	assert_int_equal(DbgPrint("one %ws\n", u"\u20ac"), 0);
	assert_int_equal(DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "two %d\n", 2), 0);
	assert_string_equal(lines, "one \xe2\x82\xac\ntwo 2\n");
	end = lines;
	DbgPrint("seen %n unseen", NULL);
	assert_string_equal(lines, "seen ");
	end = lines;
	DbgPrint("%5000d", 1);
	assert_int_equal(strlen(lines), 4095);
	end = lines;
	lines[0] = 0;
	DbgPrint("%s", "");
	assert_int_not_equal(DbgPrint(NULL), 0);
	assert_ptr_equal(end, lines);
	nt_debug_print_to(NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_those_of_windows),
		cmocka_unit_test(pointers_have_sixteen_upper_digits),
		cmocka_unit_test(numbers_take_flags_width_and_precision),
		cmocka_unit_test(floats_are_the_c_librarys),
		cmocka_unit_test(a_float_of_any_precision_has_every_digit),
		cmocka_unit_test(strings_are_of_the_width_that_is_said),
		cmocka_unit_test(characters_are_of_the_width_that_is_said),
		cmocka_unit_test(a_null_character_is_printed),
		cmocka_unit_test(counted_strings_need_no_terminator),
		cmocka_unit_test(null_strings_are_said_to_be),
		cmocka_unit_test(a_precision_bounds_what_is_read),
		cmocka_unit_test(text_changes_between_utf_16_and_utf_8),
		cmocka_unit_test(long_texts_change_whole),
		cmocka_unit_test(what_is_no_conversion_is_printed),
		cmocka_unit_test(storing_a_count_is_refused),
		cmocka_unit_test(more_than_an_int_counts_is_refused),
		cmocka_unit_test(debug_prints_reach_the_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
