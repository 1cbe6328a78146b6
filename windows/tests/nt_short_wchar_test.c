/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* As a driver is compiled: wchar_t has 16 bits, and no wide function of the C library is reached. */
#include <wdm_print.h>

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "cmocka_once.h"

WHITHER_STATIC_ASSERT(sizeof(wchar_t) == 2 && sizeof(L"ab") == 6);

static void wide_functions_count_16_bit_units(void **state)
{
	const wchar_t *volatile text = L"caf\u00e9";
	wchar_t copied[8];
	wchar_t *end;

	assert_int_equal(wcslen(text), 4);
	assert_int_equal(wcscmp(wcscpy(copied, text), L"caf\u00e9"), 0);
	assert_ptr_equal(wcschr(text, L'f'), text + 2);
	assert_ptr_equal(wcsstr(text, L"af"), text + 1);
	assert_int_equal(wcsncmp(text, L"car", 2), 0);
	assert_int_equal(wcstol(L"12x", &end, 10), 12);
	assert_int_equal(*end, L'x');
	assert_int_equal(_wcsicmp(text, L"CAF\u00c9"), 0);
}

static void formats_mean_what_windows_means(void **state)
{
	wchar_t wide[32];
	char narrow[32];

	assert_int_equal(swprintf(wide, L"%ws %I64d", L"a", 5LL), 3);
	assert_int_equal(swprintf(wide, 32, L"%s %hs", L"wide", "narrow"), 11);
	assert_int_equal(sprintf(narrow, "%ws", wide), 11);
	assert_string_equal(narrow, "wide narrow");
	assert_int_equal(snprintf(narrow, sizeof(narrow), "%lx %S", 0x123456789abcdefUL, L"x"), 10);
	assert_string_equal(narrow, "89abcdef x");
}

/* The compiler knows how long the C library's text would be: it must not reckon with that. */
static void lengths_are_not_guessed(void **state)
{
	char narrow[32];
	int length = snprintf(narrow, sizeof(narrow), "%I64u", 5ULL);

	assert_true(length < 8);
	assert_string_equal(narrow, "5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide_functions_count_16_bit_units),
		cmocka_unit_test(formats_mean_what_windows_means),
		cmocka_unit_test(lengths_are_not_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
