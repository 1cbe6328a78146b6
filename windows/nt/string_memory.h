/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The memory of strings that the Rtl functions allocate: pool, so that ExFreePool takes it too. */
#pragma once

#include <stddef.h>

void *nt_string_allocate(size_t size);
void nt_string_release(void *memory);

/* A copy that the C library's free() takes. */
void *nt_heap_copy(const void *from, size_t size);
