/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Random worlds for the property test: redirectors with their proxies, filters, clients. A case
 * says everything in plain lists; case_compile() makes the kernel's table of it, and
 * chain_oracle.h decides from the lists alone.
 */
#ifndef WH_TEST_CHAIN_CASE_H
#define WH_TEST_CHAIN_CASE_H

#include <stdio.h>

#include "random_number.h"
#include "rule_table.h"

#define CASE_REDIRECTORS 12
#define CASE_FILTERS 3
#define CASE_CLIENTS 3
#define CASE_PROCESSES (CASE_CLIENTS + CASE_REDIRECTORS)
#define CASE_TESTS 8
#define CASE_IDENTITIES 64 /* redirectors that there ever were in a case */
#define CASE_NETNS 1

/* Alternatives of a kind stand together. */
struct case_rule {
	struct wh_test test[CASE_TESTS];
	unsigned int count;
};

struct case_redirector {
	struct case_rule rule;
	unsigned int identity; /* never used for another one */
	unsigned int process;  /* whose listener it is */
	int weight;
	char set;
	unsigned int position;
	unsigned int slot;
	__u64 since;
	struct wh_owner owner;
	int listens4, listens6;
};

struct case_filter {
	struct case_rule rule;
	__u16 kind;
};

struct case_process {
	struct wh_identity who; /* pid is its index + 1 */
	const struct wh_cgroup_path *path;
	unsigned int sets;  /* percent of its connects on which it sets records */
	unsigned int moves; /* percent on which it goes to another destination */
};

struct chain_case {
	__u64 version;
	__u64 slot_since[WH_SLOTS];
	unsigned int identities; /* given out so far */
	unsigned int redirector_count;
	struct case_redirector redirector[CASE_REDIRECTORS]; /* in chain order */
	unsigned int filter_count;
	struct case_filter filter[CASE_FILTERS]; /* blocks first */
	struct case_process process[CASE_PROCESSES];
};

/* What the proxies of a case do. */
enum case_manner {
	CASE_ALL_SET, /* every proxy sets records on every connect */
	CASE_NONE_SET,
	CASE_MIXED, /* some always, some never, some now and then */
};

void case_generate(struct chain_case *world, struct random_source *random, enum case_manner manner,
		   int moving);
/* One more version of the rules: redirectors come, go, and change their place. */
void case_change(struct chain_case *world, struct random_source *random);
void case_compile(const struct chain_case *world, struct wh_rules *rules);
void case_print(const struct chain_case *world, FILE *file);

/* Negative: a is before b in the chain. */
int case_order(const struct case_redirector *a, const struct case_redirector *b);

struct wh_endpoint case_destination(struct random_source *random);
struct wh_endpoint case_listener(const struct case_redirector *redirector, int inet6);
struct wh_guid case_guid(unsigned int identity);
const struct wh_cgroup_path *case_cgroup_path(__u64 cgroup);
/* As text, in static memory. */
const char *case_endpoint_text(const struct wh_endpoint *endpoint);

#endif /* WH_TEST_CHAIN_CASE_H */
