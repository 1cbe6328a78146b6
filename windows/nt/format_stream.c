/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "format_stream.h"

#include <stdio.h>

#include "format_engine.h"

static bool put(void *context, const void *units, size_t count)
{
	return fwrite(units, 1, count, context) == count;
}

/* Whole texts do not mix: the stream is locked. A failed write gives -1, as printf's. */
static int locked(FILE *stream, const char *narrow, const uint16_t *wide, va_list arguments)
{
	struct nt_format_sink sink = {put, stream, false};
	int length;

	flockfile(stream);
	length = narrow ? nt_format(&sink, narrow, arguments) :
			  nt_format_wide(&sink, wide, arguments);
	if (length < 0 || ferror(stream))
		length = -1;
	funlockfile(stream);
	return length;
}

int nt_print_bytes(void *stream, const char *format, va_list arguments)
{
	return format ? locked(stream ? stream : stdout, format, NULL, arguments) : -1;
}

int nt_print_units(void *stream, const uint16_t *format, va_list arguments)
{
	return format ? locked(stream ? stream : stdout, NULL, format, arguments) : -1;
}
