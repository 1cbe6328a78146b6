/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Follows one connection through a case, from the client over all proxies to its end, as the
 * kernel does it: the core decides, makes the record, and lets the chain grow. At every connect
 * it is compared with the oracle; afterwards with what must hold for a chain as a whole.
 */
#ifndef WH_TEST_CHAIN_WALK_H
#define WH_TEST_CHAIN_WALK_H

#include <stdio.h>

#include "chain_case.h"
#include "chain_oracle.h"

struct walk_settings {
	uint64_t seed;        /* of the client, the destination, and what the proxies do */
	unsigned int changes; /* percent of the early connects before which the rules change */
	FILE *trace;          /* where every step is told; NULL: nowhere */
};

struct walk_result {
	unsigned int taken; /* how often a redirector took it */
	unsigned int by_process;
	enum oracle_action end;
};

/* rules is memory for the tables; it must hold case_compile() of world, and does so again on
 * return unless there were changes. Returns NULL or the property that does not hold. */
const char *walk_chain(const struct chain_case *world, struct wh_rules *rules,
		       const struct walk_settings *settings, struct walk_result *ret);

#endif /* WH_TEST_CHAIN_WALK_H */
