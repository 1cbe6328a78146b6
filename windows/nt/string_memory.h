/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The memory of strings that the Rtl functions allocate: the pool's, once there is one. */
#pragma once

#include <stddef.h>

typedef void *nt_string_allocator(size_t size);
typedef void nt_string_releaser(void *memory);

/* Both or neither; NULL: the heap. Before the first string is allocated. */
void nt_string_memory_set(nt_string_allocator *allocate, nt_string_releaser *release);

void *nt_string_allocate(size_t size);
void nt_string_release(void *memory);

/* A copy that free() takes, whatever the hook. */
void *nt_heap_copy(const void *from, size_t size);
