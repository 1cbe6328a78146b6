/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <string.h>

#include "format_engine.h"

struct buffer {
	char *at;
	size_t size; /* units */
	size_t unit;
};

static bool put(void *context, const void *units, size_t count)
{
	struct buffer *buffer = context;
	size_t part = count < buffer->size ? count : buffer->size;

	if (part)
		memcpy(buffer->at, units, part * buffer->unit);
	buffer->at = part ? buffer->at + part * buffer->unit : buffer->at;
	buffer->size -= part;
	return buffer->size != 0;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): put() writes there. */
int nt_format_bytes(char *buffer, size_t size, const char *format, va_list arguments)
{
	struct buffer memory = {buffer, size, sizeof(char)};
	struct nt_format_sink sink = {put, &memory, false};

	return nt_format(&sink, format, arguments);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): put() writes there. */
int nt_format_units(uint16_t *buffer, size_t size, const uint16_t *format, va_list arguments)
{
	struct buffer memory = {(char *)buffer, size, sizeof(uint16_t)};
	struct nt_format_sink sink = {put, &memory, true};

	return nt_format_wide(&sink, format, arguments);
}
