/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "format_conversion.h"

#include <limits.h>

static size_t parse_flags(const struct nt_format_text *text, size_t at,
			  struct nt_conversion *conversion)
{
	for (;; at++) {
		switch (nt_format_unit(text, at)) {
		case '-':
			conversion->left = true;
			break;
		case '+':
			conversion->plus = true;
			break;
		case ' ':
			conversion->space = true;
			break;
		case '#':
			conversion->alternate = true;
			break;
		case '0':
			conversion->zero = true;
			break;
		default:
			return at;
		}
	}
}

/* A decimal number, INT_MAX where it is more. */
static size_t parse_digits(const struct nt_format_text *text, size_t at, int *ret_value)
{
	uint16_t unit;
	int value = 0;

	while ((unit = nt_format_unit(text, at)) >= '0' && unit <= '9') {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, unit - '0', &value))
			value = INT_MAX;
		at++;
	}
	*ret_value = value;
	return at;
}

static size_t parse_width(const struct nt_format_text *text, size_t at,
			  struct nt_format_arguments *arguments, struct nt_conversion *conversion)
{
	int width;

	if (nt_format_unit(text, at) != '*')
		return parse_digits(text, at, &conversion->width);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the caller has copied it. */
	width = va_arg(arguments->list, int);
	if (width < 0) {
		conversion->left = true;
		width = width == INT_MIN ? INT_MAX : -width;
	}
	conversion->width = width;
	return at + 1;
}

static size_t parse_precision(const struct nt_format_text *text, size_t at,
			      struct nt_format_arguments *arguments,
			      struct nt_conversion *conversion)
{
	conversion->precision = -1;
	if (nt_format_unit(text, at) != '.')
		return at;
	at++;
	if (nt_format_unit(text, at) != '*')
		return parse_digits(text, at, &conversion->precision);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): as above. */
	conversion->precision = va_arg(arguments->list, int);
	if (conversion->precision < 0)
		conversion->precision = -1;
	return at + 1;
}

static size_t parse_capital_i(const struct nt_format_text *text, size_t at,
			      struct nt_conversion *conversion)
{
	conversion->size = NT_SIZE_QUAD;
	if (nt_format_unit(text, at) == '6' && nt_format_unit(text, at + 1) == '4')
		return at + 2;
	if (nt_format_unit(text, at) == '3' && nt_format_unit(text, at + 1) == '2') {
		conversion->size = NT_SIZE_LONG;
		return at + 2;
	}
	return at;
}

static size_t parse_size(const struct nt_format_text *text, size_t at,
			 struct nt_conversion *conversion)
{
	for (;;) {
		switch (nt_format_unit(text, at)) {
		case 'h':
			conversion->size = conversion->size == NT_SIZE_SHORT ? NT_SIZE_CHAR :
									       NT_SIZE_SHORT;
			break;
		case 'l':
			conversion->size = conversion->size == NT_SIZE_LONG ? NT_SIZE_QUAD :
									      NT_SIZE_LONG;
			break;
		case 'j':
		case 't':
		case 'z':
			conversion->size = NT_SIZE_QUAD;
			break;
		case 'w':
			conversion->size = NT_SIZE_WIDE;
			break;
		case 'L':
			conversion->size = NT_SIZE_LONG_DOUBLE;
			break;
		case 'I':
			at = parse_capital_i(text, at + 1, conversion);
			continue;
		default:
			return at;
		}
		at++;
	}
}

size_t nt_conversion_parse(const struct nt_format_text *text, size_t at,
			   struct nt_format_arguments *arguments,
			   struct nt_conversion *ret_conversion)
{
	*ret_conversion = (struct nt_conversion){.precision = -1};
	at = parse_flags(text, at, ret_conversion);
	at = parse_width(text, at, arguments, ret_conversion);
	at = parse_precision(text, at, arguments, ret_conversion);
	at = parse_size(text, at, ret_conversion);
	ret_conversion->letter = nt_format_unit(text, at);
	return ret_conversion->letter ? at + 1 : at;
}
