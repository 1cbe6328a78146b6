/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#define WHITHER_WINDOWS_NAMES

#include <wdm_stdio.h>

#include "format_counted.h"
#include "format_engine.h"

int vsprintf(char *buffer, const char *format, va_list arguments)
{
	return vsnprintf(buffer, NT_FORMAT_MOST, format, arguments);
}

int sprintf(char *buffer, const char *format, ...)
{
	NT_FORMAT_ARGUMENTS(vsnprintf(buffer, NT_FORMAT_MOST, format, arguments));
}

int vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
	int length;

	if (!format || (!buffer && size))
		return -1;
	length = nt_format_bytes(buffer, size ? size - 1 : 0, format, arguments);
	if (size)
		buffer[length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1] = 0;
	return length < 0 ? -1 : length;
}

int snprintf(char *buffer, size_t size, const char *format, ...)
{
	NT_FORMAT_ARGUMENTS(vsnprintf(buffer, size, format, arguments));
}

int _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments)
{
	return nt_format_counted(buffer, count, format, arguments, false);
}

int _snprintf(char *buffer, size_t count, const char *format, ...)
{
	NT_FORMAT_ARGUMENTS(_vsnprintf(buffer, count, format, arguments));
}

int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format, va_list arguments)
{
	return nt_format_secure(buffer, size, count, format, arguments, false);
}

int _snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...)
{
	NT_FORMAT_ARGUMENTS(_vsnprintf_s(buffer, size, count, format, arguments));
}

/* A count as large as the buffer: what does not fit leaves nothing. */
int vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments)
{
	return size ? _vsnprintf_s(buffer, size, size, format, arguments) : -1;
}

int sprintf_s(char *buffer, size_t size, const char *format, ...)
{
	NT_FORMAT_ARGUMENTS(vsprintf_s(buffer, size, format, arguments));
}

int _vscprintf(const char *format, va_list arguments)
{
	return _vsnprintf(NULL, 0, format, arguments);
}

int _scprintf(const char *format, ...)
{
	NT_FORMAT_ARGUMENTS(_vscprintf(format, arguments));
}
