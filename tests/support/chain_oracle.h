/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What ought to become of a connect, decided from the lists of a case alone, in the plainest
 * way: no table, no slots, no masks. It shares no code with src/core.
 */
#ifndef WH_TEST_CHAIN_ORACLE_H
#define WH_TEST_CHAIN_ORACLE_H

#include "chain_case.h"

/* What lies behind a connect. */
struct oracle_past {
	unsigned char passed[CASE_IDENTITIES]; /* by identity of the redirector */
	unsigned int hops;
	unsigned int origin; /* the process that began the chain */
};

enum oracle_action {
	ORACLE_PASS,
	ORACLE_BLOCK,
	ORACLE_OWN_LISTENER,
	ORACLE_NINTH_HOP,
	ORACLE_NO_FAMILY,
	ORACLE_REDIRECT,
};

struct oracle_connect {
	const struct chain_case *world;
	unsigned int process;           /* who connects */
	const struct oracle_past *past; /* of the records that were set; NULL: none were */
	struct wh_endpoint destination;
	int inet6; /* the socket */
};

/* Returns what ought to happen; *ret_past is what then lies behind the connect, and *ret_index
 * the redirector that takes it, or would. */
enum oracle_action oracle_decide(const struct oracle_connect *connect, struct oracle_past *ret_past,
				 unsigned int *ret_index);

/* The last redirector in order to which process belongs, or -1. */
int oracle_last_owned(const struct chain_case *world, unsigned int process);

int oracle_rule_matches(const struct case_rule *rule, const struct case_process *origin,
			const struct wh_endpoint *destination);

#endif /* WH_TEST_CHAIN_ORACLE_H */
