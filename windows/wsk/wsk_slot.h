/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Numbers for sockets, each given out once: an event that comes late finds nobody. */
#ifndef WHITHER_WSK_SLOT_H
#define WHITHER_WSK_SLOT_H

#include <stdint.h>

struct wsk_socket;

struct wsk_slots {
	struct wsk_slot *all;
	uint32_t count;
	uint32_t first_free; /* index + 1; 0: none */
};

/* 0: no memory. */
uint64_t wsk_slot_take(struct wsk_slots *slots, struct wsk_socket *socket);
void wsk_slot_give(struct wsk_slots *slots, uint64_t number);
struct wsk_socket *wsk_slot_find(const struct wsk_slots *slots, uint64_t number);

#endif /* WHITHER_WSK_SLOT_H */
