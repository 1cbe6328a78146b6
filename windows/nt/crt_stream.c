/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#define WHITHER_WINDOWS_NAMES

#include <basetsd.h>
#include <wdm_stream.h>

#include "format_stream.h"

#define PRINT(function, stream)                               \
	do {                                                  \
		va_list arguments;                            \
		int length;                                   \
                                                              \
		va_start(arguments, format);                  \
		length = function(stream, format, arguments); \
		va_end(arguments);                            \
		return length;                                \
	} while (0)

int printf(const char *format, ...)
{
	PRINT(nt_print_bytes, NULL);
}

int vprintf(const char *format, va_list arguments)
{
	return nt_print_bytes(NULL, format, arguments);
}

int fprintf(struct _IO_FILE *stream, const char *format, ...)
{
	PRINT(nt_print_bytes, stream);
}

int vfprintf(struct _IO_FILE *stream, const char *format, va_list arguments)
{
	return nt_print_bytes(stream, format, arguments);
}

int wprintf(const WCHAR *format, ...)
{
	PRINT(nt_print_units, NULL);
}

int vwprintf(const WCHAR *format, va_list arguments)
{
	return nt_print_units(NULL, format, arguments);
}

int fwprintf(struct _IO_FILE *stream, const WCHAR *format, ...)
{
	PRINT(nt_print_units, stream);
}

int vfwprintf(struct _IO_FILE *stream, const WCHAR *format, va_list arguments)
{
	return nt_print_units(stream, format, arguments);
}

int fputws(const WCHAR *text, struct _IO_FILE *stream)
{
	return fwprintf(stream, u"%s", text);
}

int _putws(const WCHAR *text)
{
	return wprintf(u"%s\n", text);
}
