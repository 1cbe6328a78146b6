/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <stdlib.h>

#include "config.h"

void wh_conditions_free(struct wh_conditions *conditions)
{
	free(conditions->tests);
	free(conditions->text);
	*conditions = (struct wh_conditions){0};
}

void wh_config_free(struct wh_rule_set *set)
{
	if (!set)
		return;
	for (__u32 i = 0; i < set->redirector_count; i++) {
		free(set->redirectors[i].owner_text);
		free(set->redirectors[i].context);
		wh_conditions_free(&set->redirectors[i].conditions);
	}
	for (__u32 i = 0; i < set->filter_count; i++)
		wh_conditions_free(&set->filters[i].conditions);
	free(set->redirectors);
	free(set->filters);
	free(set->source);
	free(set);
}
