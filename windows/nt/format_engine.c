/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "format_engine.h"

#include <limits.h>
#include <ntdef.h>
#include <string.h>

#include "format_conversion.h"
#include "utf_units.h"

struct run {
	const struct nt_format_sink *sink;
	struct nt_format_text format;
	struct nt_format_arguments arguments;
	uint64_t total;
	bool full;
};

/* A text of either width. */
struct piece {
	const void *at;
	size_t count;
	bool wide;
};

#define CHUNK 64

static void emit(struct run *run, const void *units, size_t count)
{
	run->total += count;
	if (count && !run->full)
		run->full = !run->sink->put(run->sink->context, units, count);
}

static void emit_ascii(struct run *run, const char *text, size_t count)
{
	uint16_t wide[CHUNK];

	if (!run->sink->wide) {
		emit(run, text, count);
		return;
	}
	while (count) {
		size_t part = count < CHUNK ? count : CHUNK;

		for (size_t i = 0; i < part; i++)
			wide[i] = (unsigned char)text[i];
		emit(run, wide, part);
		text += part;
		count -= part;
	}
}

static void fill(struct run *run, char unit, size_t count)
{
	char units[CHUNK];

	memset(units, unit, sizeof(units));
	while (count && !run->full) {
		size_t part = count < CHUNK ? count : CHUNK;

		emit_ascii(run, units, part);
		count -= part;
	}
	run->total += count;
}

static size_t decode(const struct piece *piece, size_t at, uint32_t *ret_code)
{
	if (piece->wide)
		return nt_utf16_decode((const uint16_t *)piece->at + at, piece->count - at,
				       ret_code);
	return nt_utf8_decode((const char *)piece->at + at, piece->count - at, ret_code);
}

static void emit_piece(struct run *run, const struct piece *piece)
{
	union {
		char narrow[CHUNK];
		uint16_t wide[CHUNK];
	} out;
	size_t used = 0;

	if (piece->wide == run->sink->wide) {
		emit(run, piece->at, piece->count);
		return;
	}
	for (size_t at = 0; at < piece->count;) {
		uint32_t code;

		at += decode(piece, at, &code);
		if (used + 4 > CHUNK) {
			emit(run, &out, used);
			used = 0;
		}
		if (run->sink->wide)
			used += nt_utf16_encode(code, out.wide + used);
		else
			used += nt_utf8_encode(code, out.narrow + used);
	}
	emit(run, &out, used);
}

/* What a width counts: UTF-16 units, or bytes where both sides have bytes. */
static size_t columns(const struct run *run, const struct piece *piece)
{
	uint16_t pair[2];
	uint32_t code;
	size_t count = 0;

	if (piece->wide || !run->sink->wide)
		return piece->count;
	for (size_t at = 0; at < piece->count;) {
		at += decode(piece, at, &code);
		count += nt_utf16_encode(code, pair);
	}
	return count;
}

static size_t padding(const struct nt_conversion *conversion, size_t length)
{
	return (size_t)conversion->width > length ? (size_t)conversion->width - length : 0;
}

/* Zeros of the flag pad texts too, as Microsoft's library does. */
static void put_piece(struct run *run, const struct nt_conversion *conversion,
		      const struct piece *piece)
{
	size_t pad = padding(conversion, columns(run, piece));

	if (!conversion->left)
		fill(run, conversion->zero ? '0' : ' ', pad);
	emit_piece(run, piece);
	if (conversion->left)
		fill(run, ' ', pad);
}

static void put_number(struct run *run, const struct nt_conversion *conversion,
		       const struct nt_number *number, bool zero_pads)
{
	size_t pad = padding(conversion, number->sign_length + number->zeros + number->length +
						 number->more_zeros);
	bool zeros = conversion->zero && zero_pads && !conversion->left;

	if (!conversion->left && !zeros)
		fill(run, ' ', pad);
	emit_ascii(run, number->sign, number->sign_length);
	fill(run, '0', number->zeros + (zeros ? pad : 0));
	emit_ascii(run, number->text, number->body);
	fill(run, '0', number->more_zeros);
	emit_ascii(run, number->text + number->body, number->length - number->body);
	if (conversion->left)
		fill(run, ' ', pad);
}

static void put_integer(struct run *run, struct nt_conversion *conversion)
{
	struct nt_number number;
	bool is_signed = conversion->letter == 'd' || conversion->letter == 'i';
	bool negative;
	int64_t value;

	if (conversion->letter == 'p') {
		conversion->size = NT_SIZE_QUAD;
		conversion->precision = 16;
	}
	if (conversion->size == NT_SIZE_QUAD)
		value = va_arg(run->arguments.list, int64_t);
	else
		value = va_arg(run->arguments.list, int);
	if (conversion->size == NT_SIZE_CHAR)
		value = is_signed ? (signed char)value : (unsigned char)value;
	else if (conversion->size == NT_SIZE_SHORT)
		value = is_signed ? (short)value : (unsigned short)value;
	else if (conversion->size != NT_SIZE_QUAD && !is_signed)
		value = (unsigned int)value;
	negative = is_signed && value < 0;
	nt_number_of_integer(conversion, negative ? 0 - (uint64_t)value : (uint64_t)value, negative,
			     &number);
	put_number(run, conversion, &number, conversion->precision < 0);
}

static void put_double(struct run *run, const struct nt_conversion *conversion)
{
	struct nt_number number;
	double value;

	if (conversion->size == NT_SIZE_LONG_DOUBLE)
		value = (double)va_arg(run->arguments.list, long double);
	else
		value = va_arg(run->arguments.list, double);
	nt_number_of_double(conversion, value, &number);
	put_number(run, conversion, &number, __builtin_isfinite(value));
}

/* Which width %c, %s, %C, %S have: the format's, or the other one; a size decides first. */
static bool is_wide(const struct run *run, const struct nt_conversion *conversion)
{
	bool upper = conversion->letter == 'C' || conversion->letter == 'S';

	switch (conversion->size) {
	case NT_SIZE_LONG:
	case NT_SIZE_WIDE:
		return true;
	case NT_SIZE_CHAR:
	case NT_SIZE_SHORT:
		return false;
	default:
		return upper != (run->format.wide != NULL);
	}
}

static void put_character(struct run *run, const struct nt_conversion *conversion)
{
	int value = va_arg(run->arguments.list, int);
	char narrow = (char)value;
	uint16_t wide = (uint16_t)value;
	struct piece piece = {&narrow, 1, is_wide(run, conversion)};

	if (piece.wide)
		piece.at = &wide;
	put_piece(run, conversion, &piece);
}

static void put_string(struct run *run, const struct nt_conversion *conversion)
{
	struct piece piece = {.at = va_arg(run->arguments.list, const void *),
			      .wide = is_wide(run, conversion)};
	size_t most = conversion->precision < 0 ? SIZE_MAX : (size_t)conversion->precision;

	if (!piece.at) {
		piece.at = "(null)";
		piece.wide = false;
	}
	piece.count = piece.wide ? nt_utf16_length(piece.at, most) : strnlen(piece.at, most);
	put_piece(run, conversion, &piece);
}

/* A precision does not bound a counted string. */
static void put_counted_string(struct run *run, const struct nt_conversion *conversion)
{
	const void *argument = va_arg(run->arguments.list, const void *);
	const UNICODE_STRING *wide = argument;
	const ANSI_STRING *narrow = argument;
	struct piece piece = {"(null)", 6, false};

	if (conversion->size == NT_SIZE_LONG || conversion->size == NT_SIZE_WIDE) {
		if (wide && wide->Buffer)
			piece = (struct piece){wide->Buffer, wide->Length / sizeof(uint16_t), true};
	} else if (narrow && narrow->Buffer) {
		piece = (struct piece){narrow->Buffer, narrow->Length, false};
	}
	put_piece(run, conversion, &piece);
}

static void put_unknown(struct run *run, const struct nt_conversion *conversion)
{
	char narrow = (char)conversion->letter;
	struct piece piece = {&conversion->letter, 1, true};

	if (run->format.narrow)
		piece = (struct piece){&narrow, 1, false};
	emit_piece(run, &piece);
}

/* False: refused. */
static bool put_conversion(struct run *run, struct nt_conversion *conversion)
{
	switch (conversion->letter) {
	case 'd':
	case 'i':
	case 'o':
	case 'u':
	case 'x':
	case 'X':
	case 'p':
		put_integer(run, conversion);
		return true;
	case 'a':
	case 'A':
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		put_double(run, conversion);
		return true;
	case 'c':
	case 'C':
		put_character(run, conversion);
		return true;
	case 's':
	case 'S':
		put_string(run, conversion);
		return true;
	case 'Z':
		put_counted_string(run, conversion);
		return true;
	case 'n':
		return false;
	case 0:
		return true;
	default:
		put_unknown(run, conversion);
		return true;
	}
}

static int format_all(struct run *run)
{
	size_t at = 0;
	uint16_t unit;

	while ((unit = nt_format_unit(&run->format, at))) {
		struct nt_conversion conversion;
		struct piece piece = {.wide = run->format.wide};
		size_t start = at;

		if (unit == '%') {
			at = nt_conversion_parse(&run->format, at + 1, &run->arguments,
						 &conversion);
			if (!put_conversion(run, &conversion))
				return NT_FORMAT_REFUSED;
			continue;
		}
		while (unit && unit != '%')
			unit = nt_format_unit(&run->format, ++at);
		piece.at = piece.wide ? (const void *)(run->format.wide + start) :
					(const void *)(run->format.narrow + start);
		piece.count = at - start;
		emit_piece(run, &piece);
	}
	return run->total > INT_MAX ? NT_FORMAT_TOO_LONG : (int)run->total;
}

int nt_format(const struct nt_format_sink *sink, const char *format, va_list arguments)
{
	struct run run = {.sink = sink, .format = {.narrow = format}};
	int total;

	va_copy(run.arguments.list, arguments);
	total = format_all(&run);
	va_end(run.arguments.list);
	return total;
}

int nt_format_wide(const struct nt_format_sink *sink, const uint16_t *format, va_list arguments)
{
	struct run run = {.sink = sink, .format = {.wide = format}};
	int total;

	va_copy(run.arguments.list, arguments);
	total = format_all(&run);
	va_end(run.arguments.list);
	return total;
}
