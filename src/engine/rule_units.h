/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The rules of all sets as one list, whether they come from a file or out of the active table.
 * The compiler makes a table of it.
 */
#ifndef WH_RULE_UNITS_H
#define WH_RULE_UNITS_H

#include "engine.h"

/* One redirector or filter. Pointers borrow from the set or table that it came from. */
struct wh_unit {
	__u32 kind; /* WH_RULE_* */
	__u32 set;  /* index into the list's sets */
	__u32 position;
	char name[WH_NAME_SIZE];
	struct wh_redirector redirector; /* of WH_RULE_REDIRECT: all but slot, since, upto, text */
	const __u8 *context;             /* new bytes for the context store; NULL: none, or kept */
	const struct wh_test *tests;
	__u32 test_count;
	const char *text;
	int line; /* in its file; 0: from the table */
	__u32 slot;
	int fresh; /* the compiler gave it a slot of which the counters start anew */
};

struct wh_unit_set {
	struct wh_set set; /* all but text */
	const char *source;
};

struct wh_unit_list {
	struct wh_unit *units;
	__u32 unit_count;
	struct wh_unit_set *sets;
	__u32 set_count;
};

/* Appends the sets of a table but those for which leave_out() says so; NULL: all. */
int wh_units_add_table(struct wh_unit_list *list, const struct wh_rules *rules,
		       int (*leave_out)(const struct wh_set *set, void *data), void *data);

/* Appends a set that was read from a file. */
int wh_units_add_set(struct wh_unit_list *list, const struct wh_rule_set *set);

void wh_units_free(struct wh_unit_list *list);

#endif /* WH_RULE_UNITS_H */
