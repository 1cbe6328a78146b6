/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Microsoft's counted forms of printf, of either width: the C library's names are crt_stdio.c's and
 * crt_wide_stdio.c's. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* The size of what has none. */
#define NT_FORMAT_MOST ((size_t)0x7fffffff)

/* The body of a function whose last parameter is `format`; call: of `arguments`. */
#define NT_FORMAT_ARGUMENTS(call)            \
	do {                                 \
		va_list arguments;           \
		int length;                  \
                                             \
		va_start(arguments, format); \
		length = call;               \
		va_end(arguments);           \
		return length;               \
	} while (0)

/* _vsnprintf(): a terminator where there is room for it. -1: it did not fit. */
int nt_format_counted(void *buffer, size_t count, const void *format, va_list arguments, bool wide);
/* _vsnprintf_s(): always a terminator. What does not fit (-1) is cut where count or _TRUNCATE says so, and
 * leaves nothing otherwise. */
int nt_format_secure(void *buffer, size_t size, size_t count, const void *format, va_list arguments,
		     bool wide);
