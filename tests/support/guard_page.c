/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "guard_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct guarded guarded_create(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t inside = (size + page - 1) / page * page;
	struct guarded guarded = {.size = size, .mapping_size = inside + 2 * page};
	unsigned char *mapping;

	mapping = mmap(NULL, guarded.mapping_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mapping == MAP_FAILED ||
	    (inside && mprotect(mapping + page, inside, PROT_READ | PROT_WRITE))) {
		perror("guarded_create");
		abort();
	}
	guarded.mapping = mapping;
	guarded.start = mapping + page + inside - size;
	return guarded;
}

void guarded_destroy(struct guarded *guarded)
{
	if (guarded->mapping)
		munmap(guarded->mapping, guarded->mapping_size);
	*guarded = (struct guarded){};
}
