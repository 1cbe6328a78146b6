/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Formats of Windows source that anybody may have written. Every argument is one object that is good as
 * a number, as a text of either width and as a counted string; there are as many as the format can ask
 * for, since what a format asks for beyond its arguments is the caller's error.
 */
#include <limits.h>
#include <ntdef.h>
#include <stdlib.h>
#include <string.h>

#include "format_engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FORMAT_MOST 200
#define CONVERSIONS_MOST 12

/* Its first bytes are the lengths: a text of 12 bytes or of 6 units is within them. */
static WCHAR text[] = u"caf\u00e9\xd83d\xde00 \xd800";
static union {
	UNICODE_STRING string;
	char bytes[64];
} argument = {.string = {14, 16, text}};

static void require(int condition)
{
	if (!condition)
		abort();
}

/* Four arguments for each: width, precision, and a long double that takes two places. */
static size_t conversions(const uint8_t *data, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += data[i] == '%';
	return count;
}

static int narrow(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = nt_format_bytes(buffer, size, format, arguments);
	va_end(arguments);
	return length;
}

static int wide(uint16_t *buffer, size_t size, const uint16_t *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = nt_format_units(buffer, size, format, arguments);
	va_end(arguments);
	return length;
}

#define P &argument
#define P8 P, P, P, P, P, P, P, P
#define P48 P8, P8, P8, P8, P8, P8
#define DOUBLES 0.0, -1.5, 1e300, 1e-300, __builtin_inf(), 123456789.125, 0.1, -0.0

/* What was counted without a buffer is what a buffer gets, as far as it goes. */
static void try_narrow(const char *format, size_t room)
{
	int length = narrow(NULL, 0, format, DOUBLES, P48, P8);
	char *buffer = malloc(room);
	char *larger = malloc(room + 1);

	require(buffer && larger);
	require(narrow(buffer, room, format, DOUBLES, P48, P8) == length);
	require(narrow(larger, room + 1, format, DOUBLES, P48, P8) == length);
	if (length >= 0)
		require(!memcmp(buffer, larger, (size_t)length < room ? (size_t)length : room));
	free(buffer);
	free(larger);
}

static void try_wide(const uint16_t *format, size_t room)
{
	int length = wide(NULL, 0, format, DOUBLES, P48, P8);
	uint16_t *buffer = malloc(room * sizeof(*buffer));

	require(buffer != NULL);
	require(wide(buffer, room, format, DOUBLES, P48, P8) == length);
	free(buffer);
}

/* The first byte is the room, the second which width; the rest is the format. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length;

	if (size < 2 || size > FORMAT_MOST || conversions(data + 2, size - 2) > CONVERSIONS_MOST)
		return 0;
	length = size - 2;
	if (data[1] & 1) {
		uint16_t *format = calloc(length / 2 + 1, sizeof(*format));

		require(format != NULL);
		memcpy(format, data + 2, length / 2 * 2);
		try_wide(format, data[0] + 1u);
		free(format);
	} else {
		char *format = calloc(length + 1, 1);

		require(format != NULL);
		memcpy(format, data + 2, length);
		try_narrow(format, data[0] + 1u);
		free(format);
	}
	return 0;
}
