/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What is remembered of a process that was seen to be a redirector's: which redirectors, why,
 * and since when.
 */
#ifndef WH_LEARNED_PROCESS_H
#define WH_LEARNED_PROCESS_H

#include "chain_build.h"

struct wh_learned {
	struct wh_passed passed;     /* its redirectors; first: it is looked at as one */
	struct wh_slot_set listened; /* of these, for which it called listen(); else it asked */
	__u64 since;                 /* ns, CLOCK_BOOTTIME, when the first was learned */
};

_Static_assert(sizeof(struct wh_learned) == 80, "learned process");

/* The process belongs to the redirectors that hold slots now. learned may be all zero. */
WH_RULE void wh_learned_add(struct wh_learned *learned, const struct wh_rules *rules,
			    const struct wh_slot_set *slots, __u32 listened, __u64 now)
{
	wh_passed_update(&learned->passed, rules);
	learned->passed.version = rules->version;
	for (int i = 0; i < WH_SLOT_WORDS; i++)
		learned->listened.word[i] &= learned->passed.slots.word[i];
	wh_slot_set_unite(&learned->passed.slots, slots);
	if (listened)
		wh_slot_set_unite(&learned->listened, slots);
	if (!learned->since)
		learned->since = now;
}

#endif /* WH_LEARNED_PROCESS_H */
