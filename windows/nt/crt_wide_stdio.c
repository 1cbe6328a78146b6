/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#define WHITHER_WINDOWS_NAMES

#include <basetsd.h>
#include <wdm_stdio.h>

#include "format_arguments.h"
#include "format_engine.h"

/* The function itself, not the macro that tells its two forms apart. */
#undef swprintf

int vswprintf(WCHAR *buffer, size_t size, const WCHAR *format, va_list arguments)
{
	return _vsnwprintf_s(buffer, size, _TRUNCATE, format, arguments);
}

int swprintf(WCHAR *buffer, size_t size, const WCHAR *format, ...)
{
	FORMAT(vswprintf(buffer, size, format, arguments));
}

int _vswprintf(WCHAR *buffer, const WCHAR *format, va_list arguments)
{
	return vswprintf(buffer, MOST, format, arguments);
}

int _swprintf(WCHAR *buffer, const WCHAR *format, ...)
{
	FORMAT(vswprintf(buffer, MOST, format, arguments));
}

int _vsnwprintf(WCHAR *buffer, size_t count, const WCHAR *format, va_list arguments)
{
	int length;

	if (!format || (!buffer && count))
		return -1;
	length = nt_format_units(buffer, count, format, arguments);
	if (length < 0)
		return -1;
	if (!buffer)
		return length;
	if ((size_t)length < count)
		buffer[length] = 0;
	return (size_t)length > count ? -1 : length;
}

int _snwprintf(WCHAR *buffer, size_t count, const WCHAR *format, ...)
{
	FORMAT(_vsnwprintf(buffer, count, format, arguments));
}

int _vsnwprintf_s(WCHAR *buffer, size_t size, size_t count, const WCHAR *format, va_list arguments)
{
	size_t room;
	int length;

	if (!buffer && !size && !count)
		return format ? 0 : -1;
	if (!buffer || !size || !format)
		return -1;
	room = count < size - 1 ? count : size - 1;
	length = nt_format_units(buffer, room, format, arguments);
	if (length >= 0 && (size_t)length <= room) {
		buffer[length] = 0;
		return length;
	}
	buffer[length >= 0 && (count < size || count == _TRUNCATE) ? room : 0] = 0;
	return -1;
}

int _snwprintf_s(WCHAR *buffer, size_t size, size_t count, const WCHAR *format, ...)
{
	FORMAT(_vsnwprintf_s(buffer, size, count, format, arguments));
}

int vswprintf_s(WCHAR *buffer, size_t size, const WCHAR *format, va_list arguments)
{
	return size ? _vsnwprintf_s(buffer, size, size, format, arguments) : -1;
}

int swprintf_s(WCHAR *buffer, size_t size, const WCHAR *format, ...)
{
	FORMAT(vswprintf_s(buffer, size, format, arguments));
}

int _vscwprintf(const WCHAR *format, va_list arguments)
{
	return _vsnwprintf(NULL, 0, format, arguments);
}

int _scwprintf(const WCHAR *format, ...)
{
	FORMAT(_vscwprintf(format, arguments));
}
