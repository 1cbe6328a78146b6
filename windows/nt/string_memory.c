/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "string_memory.h"

#include <stdlib.h>
#include <string.h>

static struct {
	nt_string_allocator *allocate;
	nt_string_releaser *release;
} memory_hook = {malloc, free};

void nt_string_memory_set(nt_string_allocator *allocate, nt_string_releaser *release)
{
	memory_hook.allocate = allocate ? allocate : malloc;
	memory_hook.release = release ? release : free;
}

void *nt_string_allocate(size_t size)
{
	return memory_hook.allocate(size ? size : 1);
}

void nt_string_release(void *memory)
{
	if (memory)
		memory_hook.release(memory);
}

void *nt_heap_copy(const void *from, size_t size)
{
	void *copied = malloc(size);

	if (copied)
		memcpy(copied, from, size);
	return copied;
}
