/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * How a chain grows, and what its state is for a redirector.
 */
#ifndef WH_CHAIN_BUILD_H
#define WH_CHAIN_BUILD_H

#include "plain_loop.h"
#include "record_layout.h"
#include "rule_table.h"

/* As WFP's FWPS_CONNECTION_REDIRECT_STATE, same order and numbers. */
enum wh_redirect_state {
	WH_NOT_REDIRECTED = 0,
	WH_REDIRECTED_BY_SELF = 1,
	WH_REDIRECTED_BY_OTHER = 2,
	WH_PREVIOUSLY_REDIRECTED_BY_SELF = 3,
};

/* What chain (NULL: none) means to the redirector that holds slot since version since. */
WH_RULE __u32 wh_redirect_state(const struct wh_chain *chain, const struct wh_guid *redirector,
				__u32 slot, __u64 since)
{
	__u32 count;

	if (!chain || !chain->hop_count)
		return WH_NOT_REDIRECTED;
	count = chain->hop_count <= WH_HOPS_MAX ? chain->hop_count : WH_HOPS_MAX;
	if (wh_guid_equal(&chain->hop[count - 1].redirector, redirector))
		return WH_REDIRECTED_BY_SELF;
	for (__u32 i = 0; i < WH_HOPS_MAX; i++)
		if (i < count && wh_guid_equal(&chain->hop[i].redirector, redirector))
			return WH_PREVIOUSLY_REDIRECTED_BY_SELF;
	if (wh_passed_has(&chain->passed, slot, since))
		return WH_PREVIOUSLY_REDIRECTED_BY_SELF;
	return WH_REDIRECTED_BY_OTHER;
}

/* Adds the redirection that record describes. Returns 0, or -ELOOP when the chain is full. */
WH_RULE int wh_chain_append(struct wh_chain *chain, const struct wh_record *record)
{
	struct wh_hop *hop;
	__u32 count = chain->hop_count;

	if (count >= WH_HOPS_MAX)
		return -WH_ELOOP;
	if (count == 0)
		chain->who = record->who;
	if (!chain->client_port) { /* a chain by process begins before its socket has an address */
		chain->client = record->client;
		chain->client_port = record->client_port;
	}
	hop = &chain->hop[count % WH_HOPS_MAX];
	hop->redirector = record->redirector;
	hop->destination = record->destination;
	hop->destination_port = record->destination_port;
	hop->slot = record->slot;
	hop->flags = 0;
	hop->time = record->time;
	chain->hop_count = (__u8)(count + 1);
	wh_slot_set_add(&chain->passed.slots, record->slot);
	chain->passed.version = record->version;
	return 0;
}

/*
 * Begins a chain, all zero before, for a connect by a process of redirector that set no
 * records: one hop, marked so. passed is what wh_relation_find() found.
 */
WH_RULE void wh_chain_by_process(struct wh_chain *chain, const struct wh_redirector *redirector,
				 const struct wh_passed *passed, const struct wh_identity *who,
				 const struct wh_endpoint *destination, __u64 time)
{
	chain->source = WH_CHAIN_BY_PROCESS;
	chain->who = *who;
	chain->passed = *passed;
	chain->hop_count = 1;
	chain->hop[0].redirector = redirector->guid;
	chain->hop[0].destination = destination->address;
	chain->hop[0].destination_port = destination->port;
	chain->hop[0].slot = redirector->slot;
	chain->hop[0].flags = WH_HOP_BY_PROCESS;
	chain->hop[0].time = time;
}

struct wh_passed_refresh {
	struct wh_passed *passed;
	const struct wh_rules *rules;
};

static long wh_passed_refresh_step(__u64 slot, void *context)
{
	struct wh_passed_refresh *refresh = context;
	struct wh_passed *passed = refresh->passed;

	if (slot >= WH_SLOTS)
		return 1;
	if (refresh->rules->slot_since[slot % WH_SLOTS] > passed->version)
		passed->slots.word[(slot / 64) % WH_SLOT_WORDS] &= ~(1ULL << (slot % 64));
	return 0;
}

/* Brings a passed set to the version of rules: drops the bits of slots that were given to
 * another redirector since the set was made. */
WH_RULE void wh_passed_update(struct wh_passed *passed, const struct wh_rules *rules)
{
	struct wh_passed_refresh refresh = {.passed = passed, .rules = rules};

	if (passed->version >= rules->version)
		return;
	wh_loop(WH_SLOTS, wh_passed_refresh_step, &refresh, 0);
	passed->version = rules->version;
}

#endif /* WH_CHAIN_BUILD_H */
