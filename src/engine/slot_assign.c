/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "slot_assign.h"

#include <stdio.h>
#include <string.h>

#include <uuid/uuid.h>

/* whither's namespace for UUIDv5, made once by uuidgen. */
static const uuid_t guid_namespace = {0x5c, 0x1e, 0x6f, 0x0a, 0x93, 0x4b, 0x4d, 0x67,
				      0xb1, 0x2f, 0x57, 0x46, 0x0e, 0x8d, 0x21, 0x90};

void wh_redirector_guid(const char *set, const char *name, struct wh_guid *ret)
{
	char text[2 * WH_NAME_SIZE + 1];
	int length = snprintf(text, sizeof(text), "%s/%s", set, name);

	uuid_generate_sha1(ret->byte, guid_namespace, text, (size_t)length);
}

__u64 wh_filter_identity(const char *set, const char *name)
{
	char text[2 * WH_NAME_SIZE + 1];
	int length = snprintf(text, sizeof(text), "%s/%s", set, name);
	uuid_t guid;
	__u64 identity;

	uuid_generate_sha1(guid, guid_namespace, text, (size_t)length);
	memcpy(&identity, guid, sizeof(identity));
	return identity | 1;
}

enum slot_state {
	SLOT_FREE = 0,
	SLOT_OLD, /* in the old table: its counters may still be moving */
	SLOT_TAKEN,
};

/* One kind of slots: redirectors' or filters'. */
struct slots {
	__u32 count;
	unsigned char state[WH_FILTERS_MAX];
	const __u64 *since; /* version of the latest assignment; NULL: not kept */
};

static int never_used(const struct wh_slot_history *history, const struct slots *slots, __u32 slot)
{
	static const struct wh_guid none;

	if (slots->since)
		return wh_guid_equal(&history->redirector[slot], &none);
	return !history->filter[slot];
}

/* A slot that is not taken: never used, else free the longest, else of a rule that goes. */
static __u32 pick(const struct slots *slots, const struct wh_slot_history *history)
{
	__u32 best = slots->count;

	for (__u32 slot = 0; slot < slots->count; slot++)
		if (slots->state[slot] == SLOT_FREE && never_used(history, slots, slot))
			return slot;
	for (int state = SLOT_FREE; state <= SLOT_OLD; state++) {
		for (__u32 slot = 0; slot < slots->count; slot++)
			if (slots->state[slot] == state &&
			    (best == slots->count ||
			     (slots->since && slots->since[slot] < slots->since[best])))
				best = slot;
		if (best != slots->count)
			break;
	}
	return best;
}

/* The slot that the unit holds in the old table, or count. */
static __u32 kept_slot(const struct wh_unit_list *list, const struct wh_unit *unit,
		       const struct wh_rules *old, __u32 count)
{
	const char *set = list->sets[unit->set].set.name;

	if (unit->kind == WH_RULE_REDIRECT) {
		for (__u32 i = 0; i < old->redirector_count; i++)
			if (!strcmp(old->redirector[i].name, unit->name) &&
			    !strcmp(old->set[old->redirector[i].set].name, set))
				return old->redirector[i].slot;
		return count;
	}
	for (__u32 i = 0; i < old->filter_count; i++)
		if (!strcmp(old->filter[i].name, unit->name) &&
		    !strcmp(old->set[old->filter[i].set].name, set))
			return old->filter[i].slot;
	return count;
}

/* A free slot whose counters are the unit's, or count. */
static __u32 earlier_slot(const struct wh_unit_list *list, const struct wh_unit *unit,
			  const struct wh_slot_history *history, const struct slots *slots)
{
	const char *set = list->sets[unit->set].set.name;
	__u64 identity = wh_filter_identity(set, unit->name);
	struct wh_guid guid;

	wh_redirector_guid(set, unit->name, &guid);
	for (__u32 slot = 0; slot < slots->count; slot++) {
		if (slots->state[slot] != SLOT_FREE)
			continue;
		if (unit->kind == WH_RULE_REDIRECT ?
			    wh_guid_equal(&history->redirector[slot], &guid) :
			    history->filter[slot] == identity)
			return slot;
	}
	return slots->count;
}

static void assign_kind(struct wh_unit_list *list, struct slots *slots, const struct wh_rules *old,
			const struct wh_slot_history *history, int redirects, __u64 *slot_since,
			__u64 version)
{
	/* In three rounds, so that nobody takes what is another's. */
	for (int round = 0; round < 3; round++)
		for (__u32 i = 0; i < list->unit_count; i++) {
			struct wh_unit *unit = &list->units[i];

			if ((unit->kind == WH_RULE_REDIRECT) != redirects)
				continue;
			if (round == 0)
				unit->slot = kept_slot(list, unit, old, slots->count);
			else if (unit->slot != slots->count)
				continue;
			else if (round == 1)
				unit->slot = earlier_slot(list, unit, history, slots);
			else
				unit->slot = pick(slots, history);
			if (unit->slot == slots->count)
				continue;
			slots->state[unit->slot] = SLOT_TAKEN;
			unit->fresh = round == 2;
			if (round && slot_since)
				slot_since[unit->slot] = version;
		}
}

void wh_slots_assign(struct wh_unit_list *list, const struct wh_rules *old,
		     const struct wh_slot_history *history, __u64 slot_since[WH_SLOTS],
		     __u64 version)
{
	struct slots redirectors = {.count = WH_REDIRECTORS_MAX, .since = slot_since};
	struct slots filters = {.count = WH_FILTERS_MAX};

	for (__u32 i = 0; i < old->redirector_count; i++)
		redirectors.state[old->redirector[i].slot] = SLOT_OLD;
	for (__u32 i = 0; i < old->filter_count; i++)
		filters.state[old->filter[i].slot] = SLOT_OLD;
	assign_kind(list, &redirectors, old, history, 1, slot_since, version);
	assign_kind(list, &filters, old, history, 0, NULL, version);
}
