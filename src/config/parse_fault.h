/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What is wrong with a value, in words: "found 'VALUE'; " goes before it. */
#ifndef WH_PARSE_FAULT_H
#define WH_PARSE_FAULT_H

#include <stdint.h>

struct wh_parse_fault {
	char text[320];
};

/* Writes the words and returns -EINVAL. */
int wh_parse_fault(struct wh_parse_fault *fault, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Decimal digits and nothing else, at most max. Returns 0 or -EINVAL, without words. */
int wh_parse_number(const char *text, uint64_t max, uint64_t *ret);

#endif /* WH_PARSE_FAULT_H */
