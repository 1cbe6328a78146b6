/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One alternative of a condition, "80" or "backup", into a test. */
#ifndef WH_CONDITION_PARSE_H
#define WH_CONDITION_PARSE_H

#include "config_key.h"
#include "parse_fault.h"
#include "resolve.h"
#include "rule_table.h"

/* The cgroup that a whole file is about: "clients = ...". */
struct wh_clients {
	int line; /* 0: not given */
	const char *written;
	struct wh_cgroup_identity cgroup;
};

/* The test that a condition consists of, or 0: it is checked and needs none. */
unsigned int wh_condition_kind(enum wh_config_key key);

/*
 * Reads one alternative of the condition key; a cgroup is narrowed to clients (may be NULL),
 * and netns is the cookie of "current".
 * Returns 0, or a negative errno with what was expected in fault.
 */
int wh_condition_parse(enum wh_config_key key, const char *item, const struct wh_clients *clients,
		       uint64_t netns, struct wh_test *ret, struct wh_parse_fault *fault);

#endif /* WH_CONDITION_PARSE_H */
