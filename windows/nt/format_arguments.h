/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* How the functions of either width that have arguments call those that have a list of them. */
#pragma once

#include <stdarg.h>

/* The size of what has none. */
#define MOST ((size_t)0x7fffffff)

/* The body of a function whose last parameter is `format`; call: of `arguments`. */
#define FORMAT(call)                         \
	do {                                 \
		va_list arguments;           \
		int length;                  \
                                             \
		va_start(arguments, format); \
		length = call;               \
		va_end(arguments);           \
		return length;               \
	} while (0)
