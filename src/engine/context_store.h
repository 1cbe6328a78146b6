/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The bytes of contexts, stored once and found by a key that records carry. */
#ifndef WH_CONTEXT_STORE_H
#define WH_CONTEXT_STORE_H

#include "engine.h"
#include "program_load.h"

/*
 * Finds or stores size bytes and tells their key, never 0. When the store is full, contexts
 * that neither rules nor a live connection mention are dropped first; list_fd reads the live
 * connections (-1: there are none). -ENOSPC: all are in use.
 */
int wh_context_store(const struct wh_maps *maps, const char *list_path,
		     const struct wh_rules *rules, const void *bytes, __u32 size, __u32 *ret_key,
		     struct wh_problem *problem);

#endif /* WH_CONTEXT_STORE_H */
