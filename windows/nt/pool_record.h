/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the verifier knows of each block of pool. Called while nt_tracks() only. */
#ifndef WHITHER_NT_POOL_RECORD_H
#define WHITHER_NT_POOL_RECORD_H

#include <stdbool.h>

#include <ntdef.h>

void nt_pool_born(void *block, SIZE_T size, ULONG tag, ULONG flags, const void *place);
/* Frees the block, unless it is a violation to do so. */
void nt_pool_died(void *block, ULONG tag, bool check_tag, const char *function, const void *place);

#endif
