/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Tables of rules for tests, written one rule after the other in the order in which they are
 * looked at: blocking filters, permitting ones, redirectors. A condition is added to the rule
 * that was begun last; the same kind several times in a row makes a list.
 *
 *	struct wh_rules *rules = rules_create(1);
 *
 *	rules_add_filter(rules, WH_RULE_PERMIT);
 *	rules_match_user(rules, 1000);
 *	rules_add_redirector(rules, 0);
 *	rules_match_port(rules, 80, 80);
 *	rules_match_port(rules, 443, 443);
 */
#ifndef WH_TEST_RULE_BUILDER_H
#define WH_TEST_RULE_BUILDER_H

#include "rule_table.h"

/* An address or endpoint from its usual text. A bad text ends the test. */
struct wh_address address_of(const char *text);
struct wh_endpoint endpoint_of(const char *text, __u16 port);

/* Zeroed memory for an empty table; free() it. */
struct wh_rules *rules_create(__u64 version);
/* Makes memory that held a table of this builder, or zeroes, an empty table. */
void rules_clear(struct wh_rules *rules, __u64 version);

struct wh_rule *rules_add_filter(struct wh_rules *rules, __u16 kind);
/*
 * A redirector that holds slot since version 1. It listens on 127.0.0.1 and ::1, both at port
 * 10000 + its index. Its guid begins with the slot.
 */
struct wh_redirector *rules_add_redirector(struct wh_rules *rules, unsigned int slot);
/* Changes where it listens; NULL: nowhere. Ports of listeners are noted in the table. */
void rules_listen(struct wh_rules *rules, struct wh_redirector *redirector,
		  const struct wh_endpoint *listen4, const struct wh_endpoint *listen6);

/* test needs no .next, .last and .mask. */
void rules_add_test(struct wh_rules *rules, const struct wh_test *test);
void rules_match_netns(struct wh_rules *rules, __u64 netns);
void rules_match_port(struct wh_rules *rules, unsigned int low, unsigned int high);
void rules_match_address(struct wh_rules *rules, const char *text, __u8 bits);
void rules_match_user(struct wh_rules *rules, __u32 uid);
void rules_match_executable(struct wh_rules *rules, __u32 device, __u64 inode);
void rules_match_cgroup(struct wh_rules *rules, __u32 level, __u64 id);

#endif /* WH_TEST_RULE_BUILDER_H */
