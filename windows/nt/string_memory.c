/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "string_memory.h"

#include <stdlib.h>
#include <string.h>
#include <wdm_memory.h>

#define STRING_TAG 'grtS'

void *nt_string_allocate(size_t size)
{
	return ExAllocatePoolWithTag(PagedPool, size ? size : 1, STRING_TAG);
}

void nt_string_release(void *memory)
{
	if (memory)
		ExFreePoolWithTag(memory, 0);
}

void *nt_heap_copy(const void *from, size_t size)
{
	void *copied = malloc(size);

	if (copied)
		memcpy(copied, from, size);
	return copied;
}
