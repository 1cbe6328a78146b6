/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Memory that pending requests use, while the verifier is on. */
#ifndef WHITHER_NT_LENT_BUFFER_H
#define WHITHER_NT_LENT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct nt_lent {
	const char *start;
	size_t size;
	const char *what;
	const void *place;
};

/* The first one that overlaps this block. */
bool nt_buffer_is_lent(const void *block, size_t size, struct nt_lent *ret_lent);

#endif
