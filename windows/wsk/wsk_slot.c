/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_slot.h"

#include <stdlib.h>

/* A number is the generation, from 1 on, above the index. */
struct wsk_slot {
	struct wsk_socket *socket;
	uint32_t generation;
	uint32_t next_free;
};

uint64_t wsk_slot_take(struct wsk_slots *slots, struct wsk_socket *socket)
{
	struct wsk_slot *slot;
	uint32_t index;

	if (!slots->first_free) {
		uint32_t more = slots->count ? slots->count * 2 : 64;
		struct wsk_slot *all = reallocarray(slots->all, more, sizeof(*all));

		if (!all)
			return 0;
		for (uint32_t i = slots->count; i < more; i++)
			all[i] = (struct wsk_slot){NULL, 1, i + 1 < more ? i + 2 : 0};
		slots->first_free = slots->count + 1;
		slots->all = all;
		slots->count = more;
	}
	index = slots->first_free - 1;
	slot = &slots->all[index];
	slots->first_free = slot->next_free;
	slot->socket = socket;
	return (uint64_t)slot->generation << 32 | index;
}

void wsk_slot_give(struct wsk_slots *slots, uint64_t number)
{
	uint32_t index = (uint32_t)number;
	struct wsk_slot *slot = &slots->all[index];

	slot->socket = NULL;
	slot->generation += slot->generation == UINT32_MAX ? 2 : 1;
	slot->next_free = slots->first_free;
	slots->first_free = index + 1;
}

struct wsk_socket *wsk_slot_find(const struct wsk_slots *slots, uint64_t number)
{
	const struct wsk_slot *slot = &slots->all[(uint32_t)number];

	return slot->generation == number >> 32 ? slot->socket : NULL;
}
