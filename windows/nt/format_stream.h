/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Formatted text to a stream of the C library: stdout where it is NULL. */
#pragma once

#include <basetsd.h>
#include <stdarg.h>
#include <stdint.h>

int nt_print_bytes(void *stream, const char *format, va_list arguments);
int nt_print_units(void *stream, const uint16_t *format, va_list arguments);
