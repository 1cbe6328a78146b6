/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The names of redirectors, by identity: a copy of what the active table says, so that nothing
 * need be held open to use it. */
#ifndef WH_RULE_NAMES_H
#define WH_RULE_NAMES_H

#include <stdbool.h>

#include "rule_table.h"

#define WH_RULE_NAME_TEXT (2ul * WH_NAME_SIZE)
#define WH_CHAIN_TEXT (1ul * WH_HOPS_MAX * (WH_RULE_NAME_TEXT + 2))

struct wh_rule_names;

/* NULL rules: no names. Returns 0 or -ENOMEM. */
int wh_rule_names_new(struct wh_rule_names **ret_names, const struct wh_rules *rules);
void wh_rule_names_free(struct wh_rule_names *names);

/* "web/inspect", or the beginning of the identity of one that is not in the table: "9f3a0b52".
 * names may be NULL, and guid any 16 bytes. Returns ret. */
char *wh_rule_name(const struct wh_rule_names *names, const void *guid,
		   char ret[WH_RULE_NAME_TEXT]);

/* Whether the table has it. */
bool wh_rule_is_known(const struct wh_rule_names *names, const void *guid);

/* Appends a hop to a chain's text, oldest first: "web/inspect*,web/audit". The star says that the
 * proxy of that hop set no records and was recognised by its process. */
void wh_chain_text_add(const struct wh_rule_names *names, const void *guid, bool by_process,
		       char text[WH_CHAIN_TEXT]);

#endif /* WH_RULE_NAMES_H */
