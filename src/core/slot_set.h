/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Sets of redirectors, one bit a slot.
 *
 * A redirector holds a slot (0 to 255) from the rules version in which it first appears. When
 * it is gone its slot may be given to another one, from a later version on. A set therefore
 * carries the version at which it was made, and a bit counts for a redirector only if the
 * redirector had the slot by then: see wh_passed_has(). So a set made before a change of rules
 * can never be mistaken to name a redirector that did not exist yet.
 */
#ifndef WH_SLOT_SET_H
#define WH_SLOT_SET_H

#include "base_types.h"

#define WH_SLOTS 256
#define WH_SLOT_WORDS (WH_SLOTS / 64)

struct wh_slot_set {
	__u64 word[WH_SLOT_WORDS];
};

/* The redirectors that a connection has passed, as of a rules version. */
struct wh_passed {
	struct wh_slot_set slots;
	__u64 version;
};

_Static_assert(sizeof(struct wh_slot_set) == 32, "slot set");
_Static_assert(sizeof(struct wh_passed) == 40, "passed set");

WH_RULE void wh_slot_set_add(struct wh_slot_set *set, __u32 slot)
{
	set->word[(slot / 64) % WH_SLOT_WORDS] |= 1ULL << (slot % 64);
}

WH_RULE int wh_slot_set_has(const struct wh_slot_set *set, __u32 slot)
{
	return (set->word[(slot / 64) % WH_SLOT_WORDS] >> (slot % 64)) & 1;
}

WH_RULE void wh_slot_set_unite(struct wh_slot_set *set, const struct wh_slot_set *other)
{
	for (int i = 0; i < WH_SLOT_WORDS; i++)
		set->word[i] |= other->word[i];
}

/* Whether the redirector that holds slot since version since is in the set. */
WH_RULE int wh_passed_has(const struct wh_passed *passed, __u32 slot, __u64 since)
{
	return since <= passed->version && wh_slot_set_has(&passed->slots, slot);
}

#endif /* WH_SLOT_SET_H */
