/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#define WHITHER_WINDOWS_NAMES

#include <wdm_stdio.h>

#include "format_arguments.h"
#include "format_engine.h"

int vsprintf(char *buffer, const char *format, va_list arguments)
{
	return vsnprintf(buffer, MOST, format, arguments);
}

int sprintf(char *buffer, const char *format, ...)
{
	FORMAT(vsnprintf(buffer, MOST, format, arguments));
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
	FORMAT(vsnprintf(buffer, size, format, arguments));
}

int _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments)
{
	int length;

	if (!format || (!buffer && count))
		return -1;
	length = nt_format_bytes(buffer, count, format, arguments);
	if (length < 0)
		return -1;
	if (!buffer)
		return length;
	if ((size_t)length < count)
		buffer[length] = 0;
	return (size_t)length > count ? -1 : length;
}

int _snprintf(char *buffer, size_t count, const char *format, ...)
{
	FORMAT(_vsnprintf(buffer, count, format, arguments));
}

int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format, va_list arguments)
{
	size_t room;
	int length;

	if (!buffer && !size && !count)
		return format ? 0 : -1;
	if (!buffer || !size || !format)
		return -1;
	room = count < size - 1 ? count : size - 1;
	length = nt_format_bytes(buffer, room, format, arguments);
	if (length >= 0 && (size_t)length <= room) {
		buffer[length] = 0;
		return length;
	}
	buffer[length >= 0 && (count < size || count == _TRUNCATE) ? room : 0] = 0;
	return -1;
}

int _snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...)
{
	FORMAT(_vsnprintf_s(buffer, size, count, format, arguments));
}

/* A count as large as the buffer: what does not fit leaves nothing. */
int vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments)
{
	return size ? _vsnprintf_s(buffer, size, size, format, arguments) : -1;
}

int sprintf_s(char *buffer, size_t size, const char *format, ...)
{
	FORMAT(vsprintf_s(buffer, size, format, arguments));
}

int _vscprintf(const char *format, va_list arguments)
{
	return _vsnprintf(NULL, 0, format, arguments);
}

int _scprintf(const char *format, ...)
{
	FORMAT(_vscprintf(format, arguments));
}
