/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Putting rules in force: compile, attach what is missing, teach what listens already, swap, and
 * detach what is no longer needed. Killed anywhere, the old table or the new one is in force.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "connection_list.h"
#include "context_store.h"
#include "engine_internal.h"
#include "engine_problem.h"
#include "hook_attach.h"
#include "listener_abroad.h"
#include "listener_scan.h"
#include "rule_compile.h"
#include "scope_exit.h"
#include "spread_address.h"

static void read_history(const struct wh_engine *engine, struct wh_slot_history *ret)
{
	struct wh_redirector_counters redirector;
	struct wh_filter_counters filter;

	memset(ret, 0, sizeof(*ret));
	if (!engine->have_maps)
		return;
	for (__u32 slot = 0; slot < WH_REDIRECTORS_MAX; slot++)
		if (!bpf_map_lookup_elem(engine->maps.redirectors, &slot, &redirector))
			ret->redirector[slot] = redirector.guid;
	for (__u32 slot = 0; slot < WH_FILTERS_MAX; slot++)
		if (!bpf_map_lookup_elem(engine->maps.filters, &slot, &filter))
			ret->filter[slot] = filter.identity;
}

static int store_contexts(const struct wh_engine *engine, struct wh_unit_list *list,
			  struct wh_problem *problem)
{
	char path[WH_PIN_PATH_SIZE];
	int error = 0;

	wh_pins_name(&engine->pins, WH_LIST_PIN, path);
	for (__u32 i = 0; !error && i < list->unit_count; i++) {
		struct wh_unit *unit = &list->units[i];

		if (unit->kind == WH_RULE_REDIRECT && unit->line && unit->context)
			error = wh_context_store(&engine->maps, path, engine->rules, unit->context,
						 unit->redirector.context_size,
						 &unit->redirector.context, problem);
	}
	return error;
}

/* The counters of slots that change hands start anew. */
static int reset_counters(const struct wh_engine *engine, const struct wh_unit_list *list)
{
	int error = 0;

	for (__u32 i = 0; !error && i < list->unit_count; i++) {
		const struct wh_unit *unit = &list->units[i];
		const char *set = list->sets[unit->set].set.name;
		struct wh_redirector_counters redirector = {};
		struct wh_filter_counters filter = {};

		if (!unit->fresh)
			continue;
		if (unit->kind == WH_RULE_REDIRECT) {
			wh_redirector_guid(set, unit->name, &redirector.guid);
			error = bpf_map_update_elem(engine->maps.redirectors, &unit->slot,
						    &redirector, BPF_ANY);
		} else {
			filter.identity = wh_filter_identity(set, unit->name);
			error = bpf_map_update_elem(engine->maps.filters, &unit->slot, &filter,
						    BPF_ANY);
		}
	}
	return error;
}

static int teach_listeners(const struct wh_engine *engine, const struct wh_rules *rules,
			   struct wh_problem *problem)
{
	struct wh_listener_scan scan = {};
	int error = wh_listeners_scan(rules, &scan);

	if (!error && (error = wh_listeners_check_abroad(rules, &scan, problem))) {
		wh_listeners_free(&scan);
		return error;
	}
	if (!error)
		error = wh_listeners_teach(&engine->maps, rules, &scan);
	wh_listeners_free(&scan);
	return error ? wh_problem_set(problem, error, "cannot find out who listens: %s",
				      strerror(-error)) :
		       0;
}

/* Whether an address of one range is of the other's: ranges are prefixes. */
static int range_meets(const struct wh_spread *a, __be16 a_port, const struct wh_spread *b,
		       __be16 b_port)
{
	return a->host_bits && b->host_bits && a_port == b_port &&
	       (wh_spread_has(a, &b->prefix) || wh_spread_has(b, &a->prefix));
}

static int ranges_meet(const struct wh_redirector *a, const struct wh_redirector *b)
{
	return range_meets(&a->spread4, a->listen4.port, &b->spread4, b->listen4.port) ||
	       range_meets(&a->spread6, a->listen6.port, &b->spread6, b->listen6.port);
}

/* Two redirectors can share an address only if they agree on whose it is. */
static int check_listeners(const struct wh_rules *rules, struct wh_problem *problem)
{
	for (__u32 i = 0; i < rules->redirector_count; i++)
		for (__u32 j = 0; j < i; j++) {
			const struct wh_redirector *a = &rules->redirector[j];
			const struct wh_redirector *b = &rules->redirector[i];

			if (a->netns != b->netns || a->set == b->set ||
			    (!wh_redirector_at(a, &b->listen4) &&
			     !wh_redirector_at(a, &b->listen6) &&
			     !wh_redirector_at(b, &a->listen4) &&
			     !wh_redirector_at(b, &a->listen6) && !ranges_meet(a, b)) ||
			    !memcmp(&a->owner, &b->owner, sizeof(a->owner)))
				continue;
			return wh_problem_set(problem, -EEXIST,
					      "redirector %s of set %s listens where redirector %s "
					      "of set %s does, and states another owner",
					      b->name, rules->set[b->set].name, a->name,
					      rules->set[a->set].name);
		}
	return 0;
}

int wh_engine_compile(const struct wh_engine *engine, struct wh_unit_list *list,
		      struct wh_rules **ret_table, struct wh_problem *problem)
{
	WH_AUTO_FREE struct wh_slot_history *history = malloc(sizeof(*history));
	WH_AUTO_FREE struct wh_rules *table = calloc(1, sizeof(*table));
	int error;

	if (!history || !table)
		return wh_problem_set(problem, -ENOMEM, "out of memory");
	read_history(engine, history);
	error = wh_rules_compile(list, engine->rules, history, table, problem);
	if (!error)
		error = check_listeners(table, problem);
	if (error)
		return error;
	*ret_table = table;
	table = NULL;
	return 0;
}

/*
 * Without rules in force, what is pinned is what a verb left that was killed: some maps, and
 * counts of connections that nobody followed to their end. The maps are made anew; links that
 * live follow to them. (With rules in force, pins that somebody else took away come back:
 * pin_repair.c.)
 */
static int forget_remains(struct wh_engine *engine, struct wh_problem *problem)
{
	int error;

	if (engine->have_maps && engine->rules->set_count)
		return 0;
	if (engine->have_maps)
		wh_maps_close(&engine->maps);
	engine->have_maps = 0;
	error = wh_pins_remove_maps(&engine->pins);
	return error ? wh_problem_set(problem, error, "cannot clear %s: %s", engine->pins.path,
				      strerror(-error)) :
		       0;
}

int wh_engine_install(struct wh_engine *engine, struct wh_unit_list *list,
		      struct wh_problem *problem)
{
	WH_AUTO_FREE struct wh_rules *table = NULL;
	struct wh_rules *before = engine->rules;
	int error = forget_remains(engine, problem);

	if (!error)
		error = wh_engine_compile(engine, list, &table, problem);
	if (error)
		return error;
	error = wh_hooks_attach(&engine->pins, table, problem);
	if (!error && !engine->have_maps)
		error = wh_engine_refresh(engine, problem);
	if (!error && !engine->have_maps)
		error = wh_problem_set(problem, -EIO, "the maps in %s vanished", engine->pins.path);
	if (!error)
		error = store_contexts(engine, list, problem);
	if (error)
		return error;
	for (__u32 i = 0; i < table->redirector_count; i++) /* compiled before they were stored */
		table->redirector[i].context = 0;
	for (__u32 i = 0, redirector = 0; i < list->unit_count; i++)
		if (list->units[i].kind == WH_RULE_REDIRECT)
			table->redirector[redirector++].context = list->units[i].redirector.context;
	error = reset_counters(engine, list);
	if (error)
		return wh_problem_set(problem, error, "cannot reset counters: %s",
				      strerror(-error));
	error = teach_listeners(engine, table, problem);
	if (!error)
		error = wh_rules_swap(&engine->pins, engine->maps.active, table, problem);
	if (error)
		return error;
	engine->rules = table;
	table = before; /* freed on return */
	/* In force. What listened between the look and the swap is found now. */
	error = teach_listeners(engine, engine->rules, problem);
	if (!error)
		error = wh_hooks_detach_unneeded(&engine->pins, engine->rules, problem);
	return error;
}
