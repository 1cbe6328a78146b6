/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Poisoned memory that ends where nobody may touch: what is written behind it ends the program. */
#ifndef WHITHER_GUARDED_MEMORY_H
#define WHITHER_GUARDED_MEMORY_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GUARDED_MAX 4096
#define GUARDED_POISON 0xa5

/* size bytes, at most GUARDED_MAX; NULL for none. */
static inline unsigned char *guarded_new(size_t size)
{
	unsigned char *pages;

	if (!size)
		return NULL;
	pages = mmap(NULL, 2 * GUARDED_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	if (size > GUARDED_MAX || pages == MAP_FAILED ||
	    mprotect(pages + GUARDED_MAX, GUARDED_MAX, PROT_NONE))
		abort();
	memset(pages, GUARDED_POISON, GUARDED_MAX);
	return pages + GUARDED_MAX - size;
}

/* Whether the bytes from `from` on, and those before the memory, are as they were made. */
static inline int guarded_untouched(const unsigned char *memory, size_t size, size_t from)
{
	const unsigned char *end = memory + size, *begin = end - GUARDED_MAX;

	for (const unsigned char *at = begin; at < end; at++)
		if (*at != GUARDED_POISON && (at < memory || at >= memory + from))
			return 0;
	return 1;
}

static inline void guarded_free(unsigned char *memory, size_t size)
{
	if (memory)
		munmap(memory + size - GUARDED_MAX, 2 * GUARDED_MAX);
}

#endif /* WHITHER_GUARDED_MEMORY_H */
