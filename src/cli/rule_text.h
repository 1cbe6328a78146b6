/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A rule as its author wrote it, in one line: "remote-port = 80, 443; owner-user = proxy". The
 * active table keeps that text, as names cannot be got back from the numbers that they stand for.
 */
#ifndef WH_RULE_TEXT_H
#define WH_RULE_TEXT_H

#include <stdbool.h>

#include "rule_set.h"

/* Has the text of each redirector's conditions say who its owner is, too. Returns 0 or -ENOMEM. */
int wh_rule_set_describe(struct wh_rule_set *set);

/* Of a rule's text, the clauses about its owner, or all others; malloc()ed. NULL: no memory. */
char *wh_rule_text_part(const char *text, bool of_owner);

/* Calls visit for each clause, of which both are NUL-terminated, until it returns something else
 * than 0, which is returned; or -ENOMEM. */
typedef int (*wh_rule_clause_visit)(const char *key, char *value, void *data);
int wh_rule_text_visit(const char *text, wh_rule_clause_visit visit, void *data);

#endif /* WH_RULE_TEXT_H */
