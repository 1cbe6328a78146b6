/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * printf as a compiler for Windows means it: `l` is 32 bits, `I` sizes, %S, %ws, %wZ, %p. Wide text is
 * UTF-16 and narrow text UTF-8; either is turned into what the sink takes.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nt_format_sink {
	/* `units` are char, or uint16_t where `wide`. False: wants no more, and is not called again. */
	bool (*put)(void *context, const void *units, size_t count);
	void *context;
	bool wide;
};

/* At %n: nothing of the format behind it is looked at. */
#define NT_FORMAT_REFUSED (-1)
/* The text would have more than INT_MAX units. */
#define NT_FORMAT_TOO_LONG (-2)

/* How many units the whole text has, however few the sink took, or one of these. */
int nt_format(const struct nt_format_sink *sink, const char *format, va_list arguments);
int nt_format_wide(const struct nt_format_sink *sink, const uint16_t *format, va_list arguments);

/* The same into memory: at most `size` units are written, no terminator. NULL with 0 counts only. */
int nt_format_bytes(char *buffer, size_t size, const char *format, va_list arguments);
int nt_format_units(uint16_t *buffer, size_t size, const uint16_t *format, va_list arguments);
