/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Numbers from wide text, and wide text from and to UTF-8, under their C library names. */
#define WHITHER_WINDOWS_NAMES

#include <basetsd.h>
#include <stdbool.h>
#include <string.h>
#include <wdm_wide.h>

#include "utf_units.h"

struct wide_number {
	ULONGLONG value;
	bool negative;
	bool too_big; /* beyond 64 bits */
};

static unsigned int digit_of(WCHAR unit)
{
	if (unit >= '0' && unit <= '9')
		return unit - '0';
	if (unit >= 'a' && unit <= 'z')
		return unit - 'a' + 10u;
	if (unit >= 'A' && unit <= 'Z')
		return unit - 'A' + 10u;
	return 99;
}

static bool is_blank(WCHAR unit)
{
	return unit == ' ' || (unit >= '\t' && unit <= '\r');
}

static struct wide_number read_number(const WCHAR *text, WCHAR **end, unsigned int base)
{
	struct wide_number number = {0};
	const WCHAR *at = text;
	bool any = false;

	if (end)
		*end = (WCHAR *)text;
	if (base == 1 || base > 36)
		return number;
	while (is_blank(*at))
		at++;
	if (*at == '-' || *at == '+')
		number.negative = *at++ == '-';
	if ((!base || base == 16) && at[0] == '0' && (at[1] | 0x20) == 'x' &&
	    digit_of(at[2]) < 16) {
		at += 2;
		base = 16;
	}
	if (!base)
		base = *at == '0' ? 8 : 10;
	for (; digit_of(*at) < base; at++) {
		any = true;
		if (__builtin_mul_overflow(number.value, base, &number.value) ||
		    __builtin_add_overflow(number.value, digit_of(*at), &number.value))
			number.too_big = true;
	}
	if (end && any)
		*end = (WCHAR *)at;
	return number;
}

static LONGLONG clamp_signed(struct wide_number number, ULONGLONG most)
{
	ULONGLONG limit = most + number.negative;

	if (number.too_big || number.value > limit)
		number.value = limit;
	return (LONGLONG)(number.negative ? 0 - number.value : number.value);
}

long wcstol(const WCHAR *text, WCHAR **end, int base)
{
	return clamp_signed(read_number(text, end, (unsigned int)base), MAXLONG);
}

unsigned long wcstoul(const WCHAR *text, WCHAR **end, int base)
{
	struct wide_number number = read_number(text, end, (unsigned int)base);

	if (number.too_big || number.value > MAXULONG)
		return MAXULONG;
	return number.negative ? (ULONG)(0 - number.value) : (ULONG)number.value;
}

LONGLONG _wcstoi64(const WCHAR *text, WCHAR **end, int base)
{
	return clamp_signed(read_number(text, end, (unsigned int)base), MAXLONGLONG);
}

ULONGLONG _wcstoui64(const WCHAR *text, WCHAR **end, int base)
{
	struct wide_number number = read_number(text, end, (unsigned int)base);

	if (number.too_big)
		return MAXULONGLONG;
	return number.negative ? 0 - number.value : number.value;
}

int _wtoi(const WCHAR *text)
{
	return text ? (int)wcstol(text, NULL, 10) : 0;
}

LONGLONG _wtoi64(const WCHAR *text)
{
	return text ? _wcstoi64(text, NULL, 10) : 0;
}

size_t mbstowcs(WCHAR *to, const char *from, size_t count)
{
	size_t size = strlen(from), used = 0;

	for (size_t at = 0; at < size;) {
		uint16_t pair[2];
		uint32_t code;
		size_t taken = nt_utf8_decode(from + at, size - at, &code);
		size_t units = nt_utf16_encode(code, pair);

		if (code == NT_REPLACEMENT && (taken != 3 || memcmp(from + at, "\xef\xbf\xbd", 3)))
			return (size_t)-1;
		if (to && used + units > count)
			return used;
		if (to)
			memcpy(to + used, pair, units * sizeof(WCHAR));
		used += units;
		at += taken;
	}
	if (to && used < count)
		to[used] = 0;
	return used;
}

size_t wcstombs(char *to, const WCHAR *from, size_t count)
{
	size_t length = wcslen(from), used = 0;

	for (size_t at = 0; at < length;) {
		char bytes[4];
		uint32_t code;
		size_t taken = nt_utf16_decode(from + at, length - at, &code);
		size_t size = nt_utf8_encode(code, bytes);

		if (code == NT_REPLACEMENT && from[at] != NT_REPLACEMENT)
			return (size_t)-1;
		if (to && used + size > count)
			return used;
		if (to)
			memcpy(to + used, bytes, size);
		used += size;
		at += taken;
	}
	if (to && used < count)
		to[used] = 0;
	return used;
}
