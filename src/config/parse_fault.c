/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "parse_fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int wh_parse_fault(struct wh_parse_fault *fault, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(fault->text, sizeof(fault->text), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

int wh_parse_number(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t number = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		unsigned int digit = (unsigned int)(unsigned char)*text - '0';

		if (digit > 9 || number > (max - digit) / 10)
			return -EINVAL;
		number = 10 * number + digit;
	}
	*ret = number;
	return 0;
}
