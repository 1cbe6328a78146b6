/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <stdio.h>
#include <string.h>

#include "format_conversion.h"

static void put_sign(const struct nt_conversion *conversion, bool negative,
		     struct nt_number *number)
{
	if (negative)
		number->sign[number->sign_length++] = '-';
	else if (conversion->plus)
		number->sign[number->sign_length++] = '+';
	else if (conversion->space)
		number->sign[number->sign_length++] = ' ';
}

static unsigned int base_of(uint16_t letter)
{
	switch (letter) {
	case 'x':
	case 'X':
	case 'p':
		return 16;
	case 'o':
		return 8;
	default:
		return 10;
	}
}

void nt_number_of_integer(const struct nt_conversion *conversion, uint64_t value, bool negative,
			  struct nt_number *ret_number)
{
	const char *digits = conversion->letter == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
	unsigned int base = base_of(conversion->letter);
	bool is_signed = conversion->letter == 'd' || conversion->letter == 'i';
	size_t precision = conversion->precision < 0 ? 1 : (size_t)conversion->precision;
	char reversed[24];
	size_t count = 0;

	ret_number->sign_length = 0;
	if (is_signed)
		put_sign(conversion, negative, ret_number);
	if (conversion->alternate && base == 16 && value) {
		ret_number->sign[0] = '0';
		ret_number->sign[1] = conversion->letter == 'x' ? 'x' : 'X';
		ret_number->sign_length = 2;
	}
	for (; value; value /= base)
		reversed[count++] = digits[value % base];
	for (size_t i = 0; i < count; i++)
		ret_number->text[i] = reversed[count - 1 - i];
	ret_number->body = count;
	ret_number->length = count;
	ret_number->more_zeros = 0;
	ret_number->zeros = precision > count ? precision - count : 0;
	if (conversion->alternate && base == 8 && !ret_number->zeros)
		ret_number->zeros = 1;
}

/* One double by the C library, which rounds it right; the digits it cannot have are zeros. */
void nt_number_of_double(const struct nt_conversion *conversion, double value,
			 struct nt_number *ret_number)
{
	char lower = (char)(conversion->letter | 0x20);
	int precision = conversion->precision;
	char format[] = "%#.*f";
	const char *form = format;
	size_t skip = 0;
	int length;

	if (precision < 0)
		precision = lower == 'a' ? 13 : 6;
	ret_number->more_zeros = 0;
	if (precision > NT_DIGITS_MOST) {
		if (lower != 'g' || conversion->alternate)
			ret_number->more_zeros = (size_t)(precision - NT_DIGITS_MOST);
		precision = NT_DIGITS_MOST;
	}
	format[4] = (char)conversion->letter;
	if (!conversion->alternate) {
		format[1] = '%';
		form++;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	length = snprintf(ret_number->text, sizeof(ret_number->text), form, precision, value);
#pragma GCC diagnostic pop
	if (length < 0 || (size_t)length >= sizeof(ret_number->text))
		length = 0;
	if (length && ret_number->text[0] == '-')
		skip = 1;
	ret_number->sign_length = 0;
	put_sign(conversion, skip, ret_number);
	ret_number->length = (size_t)length - skip;
	memmove(ret_number->text, ret_number->text + skip, ret_number->length);
	if (lower == 'a' && ret_number->length >= 2 && ret_number->text[0] == '0') {
		memcpy(ret_number->sign + ret_number->sign_length, ret_number->text, 2);
		ret_number->sign_length += 2;
		ret_number->length -= 2;
		memmove(ret_number->text, ret_number->text + 2, ret_number->length);
	}
	ret_number->zeros = 0;
	ret_number->body = ret_number->length;
	if (!__builtin_isfinite(value))
		ret_number->more_zeros = 0;
	if (lower == 'e' || lower == 'a' || lower == 'g') {
		for (size_t i = 0; i < ret_number->length; i++)
			if ((ret_number->text[i] | 0x20) == (lower == 'a' ? 'p' : 'e'))
				ret_number->body = i;
	}
}
