/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Checked arithmetic: the last number that fits, the first that does not, and the value then. */

#include <intsafe.h>
#include <ntintsafe.h>

#include "cmocka_once.h"

/* `call` stores to `value`. */
#define assert_good(call, expected)                     \
	do {                                            \
		assert_int_equal(call, STATUS_SUCCESS); \
		assert_true(value == (expected));       \
	} while (0)
#define assert_bad(call, expected)                               \
	do {                                                     \
		assert_int_equal(call, STATUS_INTEGER_OVERFLOW); \
		assert_true(value == (expected));                \
	} while (0)

static void unsigned_sums_stop_at_their_size(void **state)
{
	{
		ULONG value;

		assert_good(RtlULongAdd(0xfffffffe, 1, &value), 0xffffffff);
		assert_bad(RtlULongAdd(0xffffffff, 1, &value), ULONG_ERROR);
		assert_good(RtlULongSub(1, 1, &value), 0);
		assert_bad(RtlULongSub(1, 2, &value), ULONG_ERROR);
		assert_good(RtlULongMult(0x10000, 0xffff, &value), 0xffff0000);
		assert_bad(RtlULongMult(0x10000, 0x10000, &value), ULONG_ERROR);
	}
	{
		USHORT value;

		assert_bad(RtlUShortAdd(0xffff, 1, &value), USHORT_ERROR);
		assert_bad(RtlUShortMult(0x100, 0x100, &value), USHORT_ERROR);
		assert_good(RtlUShortMult(0xff, 0x101, &value), 0xffff);
	}
	{
		UINT8 value;

		assert_bad(RtlUInt8Add(255, 1, &value), UINT8_ERROR);
		assert_good(RtlUInt8Sub(255, 255, &value), 0);
	}
}

static void sizes_have_64_bits(void **state)
{
	SIZE_T value;
	ULONGLONG big;

	assert_good(RtlSizeTAdd(MAXSIZE_T - 1, 1, &value), MAXSIZE_T);
	assert_bad(RtlSizeTAdd(MAXSIZE_T, 1, &value), SIZE_T_ERROR);
	assert_bad(RtlSizeTSub(0, 1, &value), SIZE_T_ERROR);
	assert_bad(RtlSizeTMult((SIZE_T)1 << 32, (SIZE_T)1 << 32, &value), SIZE_T_ERROR);
	assert_good(RtlSizeTMult((SIZE_T)1 << 32, (SIZE_T)1 << 31, &value), (SIZE_T)1 << 63);
	assert_int_equal(RtlULongLongMult(MAXULONGLONG, 2, &big), STATUS_INTEGER_OVERFLOW);
	assert_true(big == ULONGLONG_ERROR);
}

static void signed_sums_stop_at_both_ends(void **state)
{
	{
		LONG value;

		assert_good(RtlLongAdd(MAXLONG, 0, &value), MAXLONG);
		assert_bad(RtlLongAdd(MAXLONG, 1, &value), LONG_ERROR);
		assert_bad(RtlLongSub(MINLONG, 1, &value), LONG_ERROR);
		assert_good(RtlLongMult(-0x10000, 0x8000, &value), MINLONG);
		assert_bad(RtlLongMult(MINLONG, -1, &value), LONG_ERROR);
	}
	{
		LONGLONG value;

		assert_bad(RtlLongLongAdd(MAXLONGLONG, 1, &value), LONGLONG_ERROR);
		assert_good(RtlLongLongSub(-MAXLONGLONG, 1, &value), -MAXLONGLONG - 1);
	}
}

static void conversions_keep_the_number_or_refuse(void **state)
{
	{
		ULONG value;

		assert_good(RtlULongLongToULong(0xffffffff, &value), 0xffffffff);
		assert_bad(RtlULongLongToULong(0x100000000, &value), ULONG_ERROR);
		assert_good(RtlSizeTToULong(5, &value), 5);
		assert_bad(RtlSIZETToULong(MAXSIZE_T, &value), ULONG_ERROR);
		assert_bad(RtlLongToULong(-1, &value), ULONG_ERROR);
		assert_bad(RtlLongLongToULong(-1, &value), ULONG_ERROR);
		assert_good(RtlULongPtrToULong(7, &value), 7);
	}
	{
		USHORT value;

		assert_good(RtlULongToUShort(0xffff, &value), 0xffff);
		assert_bad(RtlULongToUShort(0x10000, &value), USHORT_ERROR);
		assert_bad(RtlIntToUShort(-1, &value), USHORT_ERROR);
	}
	{
		LONG value;

		assert_good(RtlULongToLong(MAXLONG, &value), MAXLONG);
		assert_bad(RtlULongToLong(0x80000000, &value), LONG_ERROR);
		assert_good(RtlLongLongToLong(MINLONG, &value), MINLONG);
		assert_bad(RtlLongLongToLong((LONGLONG)MINLONG - 1, &value), LONG_ERROR);
	}
	{
		INT8 value;

		assert_bad(RtlUInt8ToInt8(128, &value), INT8_ERROR);
		assert_good(RtlShortToInt8(-128, &value), -128);
	}
	{
		SIZE_T value;

		assert_bad(RtlSSIZETToSizeT(-1, &value), SIZE_T_ERROR);
		assert_good(RtlULongLongToSizeT(MAXULONGLONG, &value), MAXSIZE_T);
	}
}

static void programs_get_results(void **state)
{
	DWORD value;
	SIZE_T size;

	assert_int_equal(DWordAdd(1, 2, &value), S_OK);
	assert_int_equal(value, 3);
	assert_int_equal(DWordMult(MAXDWORD, 2, &value), INTSAFE_E_ARITHMETIC_OVERFLOW);
	assert_int_equal(value, DWORD_ERROR);
	assert_int_equal(SizeTMult(MAXSIZE_T, 2, &size), INTSAFE_E_ARITHMETIC_OVERFLOW);
	assert_int_equal(SIZETToDWord(MAXSIZE_T, &value), INTSAFE_E_ARITHMETIC_OVERFLOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsigned_sums_stop_at_their_size),
		cmocka_unit_test(sizes_have_64_bits),
		cmocka_unit_test(signed_sums_stop_at_both_ends),
		cmocka_unit_test(conversions_keep_the_number_or_refuse),
		cmocka_unit_test(programs_get_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
