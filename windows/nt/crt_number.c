/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Numbers to text, and text turned about, as Microsoft's library has them. */
#define WHITHER_WINDOWS_NAMES

#include <basetsd.h>
#include <crt_more.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <wdm_wide.h>

#include "either_width.h"

#define DIGITS 65

/* The digits, and how many; a sign is one. `digits` is not terminated. */
static size_t digits_of(ULONGLONG value, bool negative, unsigned int radix, char digits[DIGITS])
{
	char reversed[DIGITS];
	size_t count = 0;
	size_t length = 0;

	do {
		reversed[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % radix];
		value /= radix;
	} while (value && count < DIGITS - 1);
	if (negative)
		digits[length++] = '-';
	while (count)
		digits[length++] = reversed[--count];
	return length;
}

/* A minus stands before decimal numbers alone. */
static bool is_negative(LONGLONG value, int radix)
{
	return radix == 10 && value < 0;
}

static errno_t put(ULONGLONG value, bool negative, void *to, size_t size, int radix, bool wide)
{
	char digits[DIGITS];
	size_t length;

	if (!to || !size)
		return EINVAL;
	nt_unit_put(to, 0, 0, wide);
	if (radix < 2 || radix > 36)
		return EINVAL;
	length = digits_of(negative ? 0 - value : value, negative, (unsigned int)radix, digits);
	if (length >= size)
		return ERANGE;
	for (size_t i = 0; i < length; i++)
		nt_unit_put(to, i, digits[i], wide);
	nt_unit_put(to, length, 0, wide);
	return 0;
}

static errno_t put_int(int value, void *to, size_t size, int radix, bool wide)
{
	const bool negative = is_negative(value, radix);

	return put(negative ? (ULONGLONG)value : (unsigned int)value, negative, to, size, radix,
		   wide);
}

/* What the unbounded ones write into: the longest text fits. */
#define UNBOUNDED ((size_t)-1)

errno_t _itoa_s(int value, char *to, size_t size, int radix)
{
	return put_int(value, to, size, radix, false);
}

errno_t _ltoa_s(int value, char *to, size_t size, int radix)
{
	return _itoa_s(value, to, size, radix);
}

errno_t _ultoa_s(unsigned int value, char *to, size_t size, int radix)
{
	return put(value, false, to, size, radix, false);
}

errno_t _i64toa_s(LONGLONG value, char *to, size_t size, int radix)
{
	return put((ULONGLONG)value, is_negative(value, radix), to, size, radix, false);
}

errno_t _ui64toa_s(ULONGLONG value, char *to, size_t size, int radix)
{
	return put(value, false, to, size, radix, false);
}

errno_t _itow_s(int value, WCHAR *to, size_t size, int radix)
{
	return put_int(value, to, size, radix, true);
}

errno_t _ultow_s(unsigned int value, WCHAR *to, size_t size, int radix)
{
	return put(value, false, to, size, radix, true);
}

errno_t _i64tow_s(LONGLONG value, WCHAR *to, size_t size, int radix)
{
	return put((ULONGLONG)value, is_negative(value, radix), to, size, radix, true);
}

errno_t _ui64tow_s(ULONGLONG value, WCHAR *to, size_t size, int radix)
{
	return put(value, false, to, size, radix, true);
}

char *_itoa(int value, char *to, int radix)
{
	_itoa_s(value, to, UNBOUNDED, radix);
	return to;
}

char *_ltoa(int value, char *to, int radix)
{
	return _itoa(value, to, radix);
}

char *_ultoa(unsigned int value, char *to, int radix)
{
	_ultoa_s(value, to, UNBOUNDED, radix);
	return to;
}

char *_i64toa(LONGLONG value, char *to, int radix)
{
	_i64toa_s(value, to, UNBOUNDED, radix);
	return to;
}

char *_ui64toa(ULONGLONG value, char *to, int radix)
{
	_ui64toa_s(value, to, UNBOUNDED, radix);
	return to;
}

WCHAR *_itow(int value, WCHAR *to, int radix)
{
	_itow_s(value, to, UNBOUNDED, radix);
	return to;
}

WCHAR *_i64tow(LONGLONG value, WCHAR *to, int radix)
{
	_i64tow_s(value, to, UNBOUNDED, radix);
	return to;
}

char *_strrev(char *text)
{
	for (size_t i = 0, j = strlen(text); i + 1 < j; i++) {
		const char first = text[i];

		text[i] = text[--j];
		text[j] = first;
	}
	return text;
}

/* A text that does not end within its size becomes empty. */
static errno_t check(void *text, size_t size, bool wide)
{
	if (!text)
		return EINVAL;
	if ((wide ? wcsnlen(text, size) : strnlen(text, size)) < size)
		return 0;
	if (size)
		nt_unit_put(text, 0, 0, wide);
	return EINVAL;
}

errno_t _strlwr_s(char *text, size_t size)
{
	errno_t error = check(text, size, false);

	if (!error)
		_strlwr(text);
	return error;
}

errno_t _strupr_s(char *text, size_t size)
{
	errno_t error = check(text, size, false);

	if (!error)
		_strupr(text);
	return error;
}

errno_t _wcslwr_s(WCHAR *text, size_t size)
{
	errno_t error = check(text, size, true);

	if (!error)
		_wcslwr(text);
	return error;
}

errno_t _wcsupr_s(WCHAR *text, size_t size)
{
	errno_t error = check(text, size, true);

	if (!error)
		_wcsupr(text);
	return error;
}

static size_t convert(void *to, const void *from, size_t count, bool to_wide)
{
	return to_wide ? mbstowcs(to, from, count) : wcstombs(to, from, count);
}

/* ret_count counts the terminator. With _TRUNCATE what fits is kept. */
static errno_t convert_s(size_t *ret_count, void *to, size_t size, const void *from, size_t count,
			 bool to_wide)
{
	const size_t whole = from ? convert(NULL, from, 0, to_wide) : 0;
	size_t length = whole < count ? whole : count;

	if (ret_count)
		*ret_count = 0;
	if (!from || (to && !size) || (!to && size))
		return EINVAL;
	if (to)
		nt_unit_put(to, 0, 0, to_wide);
	if (whole == (size_t)-1)
		return EILSEQ;
	if (to && length >= size) {
		if (count != _TRUNCATE)
			return ERANGE;
		length = size - 1;
	}
	if (to) {
		/* A character that does not fit whole is left out. */
		length = convert(to, from, length, to_wide);
		nt_unit_put(to, length, 0, to_wide);
	}
	if (ret_count)
		*ret_count = length + 1;
	return to && count == _TRUNCATE && length < whole ? 80 : 0;
}

errno_t mbstowcs_s(size_t *ret_count, WCHAR *to, size_t size, const char *from, size_t count)
{
	return convert_s(ret_count, to, size, from, count, true);
}

errno_t wcstombs_s(size_t *ret_count, char *to, size_t size, const WCHAR *from, size_t count)
{
	return convert_s(ret_count, to, size, from, count, false);
}
