/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One conversion of a format: what was written between % and its letter. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nt_format_size {
	NT_SIZE_PLAIN,
	NT_SIZE_CHAR,  /* hh */
	NT_SIZE_SHORT, /* h */
	NT_SIZE_LONG,  /* l, I32 */
	NT_SIZE_QUAD,  /* ll, I64, I, z, t, j */
	NT_SIZE_WIDE,  /* w */
	NT_SIZE_LONG_DOUBLE,
};

struct nt_conversion {
	bool left;
	bool plus;
	bool space;
	bool alternate;
	bool zero;
	int width;
	int precision; /* -1: none was given */
	enum nt_format_size size;
	uint16_t letter; /* 0: the format ended */
};

/* The format, of either width. */
struct nt_format_text {
	const char *narrow;   /* NULL: it is wide */
	const uint16_t *wide; /* NULL: it is narrow */
};

/* A va_list that can be handed on by address. */
struct nt_format_arguments {
	va_list list;
};

static inline uint16_t nt_format_unit(const struct nt_format_text *text, size_t at)
{
	return text->narrow ? (unsigned char)text->narrow[at] : text->wide[at];
}

/* Reads from behind the %; returns where the conversion ends. Takes the arguments of `*`. */
size_t nt_conversion_parse(const struct nt_format_text *text, size_t at,
			   struct nt_format_arguments *arguments,
			   struct nt_conversion *ret_conversion);

/* Enough for every digit a double has in front of its point, or behind it. */
#define NT_DIGITS_MOST 1100
#define NT_NUMBER_TEXT 1500

/* A number in parts: sign or prefix, zeros, text up to `body`, more zeros, the rest of the text. */
struct nt_number {
	char sign[3];
	size_t sign_length;
	size_t zeros;
	size_t body;
	size_t more_zeros;
	size_t length;
	char text[NT_NUMBER_TEXT];
};

void nt_number_of_integer(const struct nt_conversion *conversion, uint64_t value, bool negative,
			  struct nt_number *ret_number);
void nt_number_of_double(const struct nt_conversion *conversion, double value,
			 struct nt_number *ret_number);
