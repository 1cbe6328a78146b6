/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A lock of one word for many readers or one writer, without an owner. */
#ifndef WHITHER_NT_SHARED_LOCK_H
#define WHITHER_NT_SHARED_LOCK_H

#include <stdbool.h>
#include <stdint.h>

void nt_shared_acquire(volatile void *word);
void nt_exclusive_acquire(volatile void *word);
bool nt_shared_try(volatile void *word);
bool nt_exclusive_try(volatile void *word);
/* False: it is not held so. */
bool nt_shared_release(volatile void *word);
bool nt_exclusive_release(volatile void *word);
/* From shared to exclusive, if nobody else shares it. */
bool nt_shared_upgrade(volatile void *word);

#endif
