/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Compiles the rules of all sets into the table that the kernel walks. No kernel is needed for
 * it: what a slot was used for before comes in as an argument.
 */
#ifndef WH_RULE_COMPILE_H
#define WH_RULE_COMPILE_H

#include "rule_units.h"

/* What the counters say of the slots, so that a rule that comes back finds its own. */
struct wh_slot_history {
	struct wh_guid redirector[WH_REDIRECTORS_MAX]; /* all zero: never used */
	__u64 filter[WH_FILTERS_MAX];                  /* wh_filter_identity(); 0: never used */
};

/* A redirector's GUID: UUIDv5 of "SET/NAME" in whither's namespace. */
void wh_redirector_guid(const char *set, const char *name, struct wh_guid *ret);

/* A filter's identity, never 0. */
__u64 wh_filter_identity(const char *set, const char *name);

/*
 * Makes the table of version old->version + 1. list is sorted, and its units get their slots.
 * ret must be zeroed; it is large (sizeof(struct wh_rules)). -ENOSPC: more than a table holds,
 * *problem names what.
 */
int wh_rules_compile(struct wh_unit_list *list, const struct wh_rules *old,
		     const struct wh_slot_history *history, struct wh_rules *ret,
		     struct wh_problem *problem);

#endif /* WH_RULE_COMPILE_H */
