/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Rule sets compiled for the supervisor of "whither run". */
#ifndef WH_RUN_TABLE_H
#define WH_RUN_TABLE_H

#include "engine.h"

struct wh_run_table {
	struct wh_rules *rules;
	struct wh_context *contexts; /* the key of a context is its index here and one */
	size_t context_count;
};

/* Compiles sets; *table holds what was in force before, or is zeroed. Its contexts stay, as records
 * may name them. Returns 0, or a negative errno with *problem, nothing changed. */
int wh_run_table_compile(struct wh_run_table *table, struct wh_rule_set *const sets[], size_t count,
			 struct wh_problem *problem);

/* The same for rule files: each of words is as for "whither up", or a directory of which all
 * "*.conf" are read. What is wrong with a file has been said on stderr; then *problem is empty. */
int wh_run_table_read(struct wh_run_table *table, char *const words[], size_t count,
		      struct wh_problem *problem);

void wh_run_table_free(struct wh_run_table *table);

#endif /* WH_RUN_TABLE_H */
