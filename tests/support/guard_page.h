/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Memory between two unreadable pages: one byte read past its end, or far before its start,
 * ends the program, with or without a sanitizer.
 */
#ifndef WH_TEST_GUARD_PAGE_H
#define WH_TEST_GUARD_PAGE_H

#include <stddef.h>

struct guarded {
	unsigned char *start; /* size bytes, zero; start + size is the first unreadable byte */
	size_t size;
	void *mapping;
	size_t mapping_size;
};

/* Never fails: a test that has no memory ends. */
struct guarded guarded_create(size_t size);
void guarded_destroy(struct guarded *guarded);

#endif /* WH_TEST_GUARD_PAGE_H */
