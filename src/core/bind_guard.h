/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Who may bind and listen where. While a redirector with a stated owner is up, its address is
 * its owner's: whoever else bound it would be handed the connections of others.
 */
#ifndef WH_BIND_GUARD_H
#define WH_BIND_GUARD_H

#include "process_relation.h"
#include "spread_address.h"

struct wh_bind_search {
	const struct wh_rules *rules;
	const struct wh_process *process;
	struct wh_endpoint bound;
	__u32 guarded;         /* out: index of a redirector that does not allow it, or none */
	__u64 netns;           /* of the binding socket */
	struct wh_slot_set at; /* out: redirectors without a stated owner that listen there */
};

static long wh_bind_step(__u64 index, void *context)
{
	struct wh_bind_search *search = context;
	const struct wh_redirector *redirector;

	if (index >= search->rules->redirector_count || index >= WH_REDIRECTORS_MAX)
		return 1;
	redirector = &search->rules->redirector[index % WH_REDIRECTORS_MAX];
	if (redirector->netns != search->netns)
		return 0;
	if (!wh_redirector_at(redirector, &search->bound))
		return 0;
	if (!(redirector->owner.flags & WH_OWNER_STATED))
		wh_slot_set_add(&search->at, redirector->slot);
	else if (!wh_process_may_listen(redirector, search->process))
		search->guarded = (__u32)index;
	return 0;
}

/* Looks at every redirector for which a socket bound to search->bound would answer. */
WH_RULE void wh_bind_find(struct wh_bind_search *search)
{
	search->guarded = WH_NO_REDIRECTOR;
	search->at = (struct wh_slot_set){};
	wh_loop(WH_REDIRECTORS_MAX, wh_bind_step, search, 0);
}

#endif /* WH_BIND_GUARD_H */
