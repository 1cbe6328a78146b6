/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The live redirected connections, for "whither show connections". */
#ifndef WH_LIVE_CONNECTIONS_H
#define WH_LIVE_CONNECTIONS_H

#include <stdio.h>

#include "engine.h"
#include "rule_names.h"

struct wh_live_connection {
	struct wh_listing listing;
	struct wh_chain *chain; /* owned; NULL: no older hops */
};

struct wh_live_connections {
	struct wh_live_connection *entries; /* oldest first */
	size_t count, capacity;
	struct wh_rule_names *names;
	uint64_t now; /* ns, CLOCK_BOOTTIME */
};

/* Asks the engine. Returns 0, or a negative errno with *problem. */
int wh_live_collect(struct wh_engine *engine, struct wh_live_connections *ret,
		    struct wh_problem *problem);
void wh_live_clear(struct wh_live_connections *connections);

/* Adds a copy; a wh_connection_visit, with a struct wh_live_connections. */
int wh_live_add(const struct wh_listing *listing, const struct wh_chain *chain, void *data);

int wh_live_print_text(const struct wh_live_connections *connections, FILE *file);
int wh_live_print_json(const struct wh_live_connections *connections, FILE *file);

#endif /* WH_LIVE_CONNECTIONS_H */
