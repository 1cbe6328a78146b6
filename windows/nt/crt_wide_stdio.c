/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#define WHITHER_WINDOWS_NAMES

#include <basetsd.h>
#include <wdm_stdio.h>

#include "format_counted.h"

/* The function itself, not the macro that tells its two forms apart. */
#undef swprintf

int vswprintf(WCHAR *buffer, size_t size, const WCHAR *format, va_list arguments)
{
	return _vsnwprintf_s(buffer, size, _TRUNCATE, format, arguments);
}

int swprintf(WCHAR *buffer, size_t size, const WCHAR *format, ...)
{
	NT_FORMAT_ARGUMENTS(vswprintf(buffer, size, format, arguments));
}

int _vswprintf(WCHAR *buffer, const WCHAR *format, va_list arguments)
{
	return vswprintf(buffer, NT_FORMAT_MOST, format, arguments);
}

int _swprintf(WCHAR *buffer, const WCHAR *format, ...)
{
	NT_FORMAT_ARGUMENTS(vswprintf(buffer, NT_FORMAT_MOST, format, arguments));
}

int _vsnwprintf(WCHAR *buffer, size_t count, const WCHAR *format, va_list arguments)
{
	return nt_format_counted(buffer, count, format, arguments, true);
}

int _snwprintf(WCHAR *buffer, size_t count, const WCHAR *format, ...)
{
	NT_FORMAT_ARGUMENTS(_vsnwprintf(buffer, count, format, arguments));
}

int _vsnwprintf_s(WCHAR *buffer, size_t size, size_t count, const WCHAR *format, va_list arguments)
{
	return nt_format_secure(buffer, size, count, format, arguments, true);
}

int _snwprintf_s(WCHAR *buffer, size_t size, size_t count, const WCHAR *format, ...)
{
	NT_FORMAT_ARGUMENTS(_vsnwprintf_s(buffer, size, count, format, arguments));
}

int vswprintf_s(WCHAR *buffer, size_t size, const WCHAR *format, va_list arguments)
{
	return size ? _vsnwprintf_s(buffer, size, size, format, arguments) : -1;
}

int swprintf_s(WCHAR *buffer, size_t size, const WCHAR *format, ...)
{
	NT_FORMAT_ARGUMENTS(vswprintf_s(buffer, size, format, arguments));
}

int _vscwprintf(const WCHAR *format, va_list arguments)
{
	return _vsnwprintf(NULL, 0, format, arguments);
}

int _scwprintf(const WCHAR *format, ...)
{
	NT_FORMAT_ARGUMENTS(_vscwprintf(format, arguments));
}
