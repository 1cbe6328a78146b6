/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The conditions of one rule while it is being read: the lists of each key, then all together. */
#ifndef WH_CONDITION_DRAFT_H
#define WH_CONDITION_DRAFT_H

#include "condition_parse.h"
#include "report_writer.h"
#include "rule_set.h"

struct wh_condition_list {
	struct wh_test tests[WH_LIST_MAX];
	__u32 count; /* of alternatives, also of those that need no test or were too many */
	char *text;  /* "80, 443" */
};

struct wh_condition_draft {
	const struct wh_clients *clients; /* NULL or without a line: none */
	uint64_t netns;
	struct wh_condition_list lists[WH_KEY_COUNT];
	enum wh_config_key order[WH_KEY_COUNT]; /* as they were written */
	size_t order_count;
};

/* Takes in "key = value", a comma-separated list. Errors are reported. */
void wh_draft_add(struct wh_condition_draft *draft, enum wh_config_key key, const char *value,
		  int line, struct wh_report_writer *writer);

/* Makes the conditions, together with those that *conditions already holds. Returns 0 or
 * -ENOMEM, and then leaves *conditions as it was. */
int wh_draft_finish(const struct wh_condition_draft *draft, struct wh_conditions *conditions);

void wh_draft_free(struct wh_condition_draft *draft);

#endif /* WH_CONDITION_DRAFT_H */
