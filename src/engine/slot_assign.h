/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Which slot each redirector and filter gets. */
#ifndef WH_SLOT_ASSIGN_H
#define WH_SLOT_ASSIGN_H

#include "rule_compile.h"

/*
 * Gives every unit of list a slot. What has one in old keeps it. What had one earlier gets it
 * back, and its counts with it, while nobody else took it; others get one that was never used,
 * or else the one that was assigned longest ago. slot_since (in: of old, out: of the new table)
 * is set to version for every slot that is assigned now, not kept. There are as many slots as
 * rules.
 */
void wh_slots_assign(struct wh_unit_list *list, const struct wh_rules *old,
		     const struct wh_slot_history *history, __u64 slot_since[WH_SLOTS],
		     __u64 version);

#endif /* WH_SLOT_ASSIGN_H */
