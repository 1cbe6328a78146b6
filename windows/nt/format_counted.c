/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "format_counted.h"

#include <wdm_stdio.h>

#include "either_width.h"
#include "format_engine.h"

static int format_text(void *buffer, size_t size, const void *format, va_list arguments, bool wide)
{
	return wide ? nt_format_units(buffer, size, format, arguments) :
		      nt_format_bytes(buffer, size, format, arguments);
}

int nt_format_counted(void *buffer, size_t count, const void *format, va_list arguments, bool wide)
{
	int length;

	if (!format || (!buffer && count))
		return -1;
	length = format_text(buffer, count, format, arguments, wide);
	if (length < 0)
		return -1;
	if (!buffer)
		return length;
	if ((size_t)length < count)
		nt_unit_put(buffer, (size_t)length, 0, wide);
	return (size_t)length > count ? -1 : length;
}

int nt_format_secure(void *buffer, size_t size, size_t count, const void *format, va_list arguments,
		     bool wide)
{
	size_t room;
	int length;

	if (!buffer && !size && !count)
		return format ? 0 : -1;
	if (!buffer || !size || !format)
		return -1;
	room = count < size - 1 ? count : size - 1;
	length = format_text(buffer, room, format, arguments, wide);
	if (length >= 0 && (size_t)length <= room) {
		nt_unit_put(buffer, (size_t)length, 0, wide);
		return length;
	}
	nt_unit_put(buffer, length >= 0 && (count < size || count == _TRUNCATE) ? room : 0, 0,
		    wide);
	return -1;
}
