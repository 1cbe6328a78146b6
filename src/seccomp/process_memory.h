/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What is remembered of processes and of sockets that are not connected yet: whose process it is,
 * and what lies behind a socket. The oldest is forgotten when there is no room: then a proxy is
 * recognised by its process, or not at all, but never taken for another. Not thread-safe.
 */
#ifndef WH_PROCESS_MEMORY_H
#define WH_PROCESS_MEMORY_H

#include "kernel_state.h"

struct wh_memory;

int wh_memory_new(struct wh_memory **ret);
void wh_memory_free(struct wh_memory *memory);

/* The redirectors to which a process was found to belong; NULL: none. */
const struct wh_passed *wh_memory_learned(const struct wh_memory *memory,
					  const struct wh_identity *who);

/* It belongs to those that hold slots. */
void wh_memory_learn(struct wh_memory *memory, const struct wh_rules *rules,
		     const struct wh_identity *who, const struct wh_slot_set *slots);

/* The chain of a socket, by its cookie; NULL: none. */
struct wh_chain *wh_memory_chain(struct wh_memory *memory, __u64 cookie);

/* One for it, to be filled: of zeros, or what it has. NULL: no memory. */
struct wh_chain *wh_memory_chain_make(struct wh_memory *memory, __u64 cookie);

#endif /* WH_PROCESS_MEMORY_H */
