/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * One rule set as its author wrote it, names resolved: what the configuration reader hands to
 * the engine, which compiles all active sets into a struct wh_rules. Plain data; who makes it
 * frees it. Strings are never NULL unless said.
 */
#ifndef WH_RULE_SET_H
#define WH_RULE_SET_H

#include "rule_table.h"

/* The conditions of a redirector or filter. */
struct wh_conditions {
	/* Grouped by kind, in the order of enum wh_test_kind; .last and .next need not
	 * be set, and of an address neither need .mask: .bits will do. */
	struct wh_test *tests;
	__u32 test_count;
	/* For people: "remote-port = 80, 443; user = backup". Empty when there are none. */
	char *text;
};

struct wh_redirector_rule {
	char name[WH_NAME_SIZE];
	__s32 weight;
	struct wh_endpoint listen4; /* port 0: none; one of the two is there */
	struct wh_endpoint listen6;
	struct wh_spread spread4; /* over which listen4 is spread */
	struct wh_spread spread6;
	struct wh_owner owner;
	char *owner_text;   /* "owner-user = proxy"; empty when not stated */
	__u32 flags;        /* enum wh_redirector_flags */
	__u32 context_kind; /* WH_CONTEXT_* */
	__u8 *context;      /* of WH_CONTEXT_BYTES; else NULL */
	__u32 context_size; /* 0 to WH_CONTEXT_MAX */
	__u64 netns;        /* cookie of the namespace in which it listens */
	struct wh_conditions conditions;
	int line; /* in its file, for messages */
};

struct wh_filter_rule {
	char name[WH_NAME_SIZE];
	__u32 kind; /* WH_RULE_BLOCK or WH_RULE_PERMIT */
	struct wh_conditions conditions;
	int line;
};

struct wh_rule_set {
	char name[WH_NAME_SIZE];
	char *source; /* the file it came from, for people */
	/* A set that ends with a process ("whither run"); 0 for all others. */
	__u32 process_pid;
	__u64 process_start;                    /* ns, CLOCK_BOOTTIME */
	struct wh_redirector_rule *redirectors; /* in file order */
	__u32 redirector_count;
	struct wh_filter_rule *filters;
	__u32 filter_count;
};

#endif /* WH_RULE_SET_H */
