/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* UTF-8 and UTF-16, one character at a time. What is none becomes U+FFFD. */
#pragma once

#include <basetsd.h>
#include <stddef.h>
#include <stdint.h>

#define NT_REPLACEMENT 0xfffdu

/* Of `count` units, at least one: how many of them made *ret_code. */
size_t nt_utf8_decode(const char *bytes, size_t count, uint32_t *ret_code);
size_t nt_utf16_decode(const uint16_t *units, size_t count, uint32_t *ret_code);

/* How many units were written. */
size_t nt_utf8_encode(uint32_t code, char bytes[4]);
size_t nt_utf16_encode(uint32_t code, uint16_t units[2]);

/* The units before the terminator, of at most `most`; what lies behind these is not read. */
size_t nt_utf16_length(const uint16_t *units, size_t most);
