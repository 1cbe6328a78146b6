/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What the verbs ask for: a set is added, replaced or removed, beside the other sets that are
 * active, and those of processes that have died go. How it is done: engine_install.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "engine_internal.h"
#include "engine_problem.h"
#include "hook_attach.h"
#include "rule_units.h"
#include "scope_exit.h"

/* Removes everything of whither, with the lock held. */
static int remove_all(struct wh_engine *engine, struct wh_problem *problem)
{
	__u32 zero = 0;

	/* First the rules: from here on nothing is diverted. */
	if (engine->have_maps) {
		bpf_map_delete_elem(engine->maps.active, &zero);
		wh_maps_close(&engine->maps);
		engine->have_maps = 0;
	}
	memset(engine->rules, 0, sizeof(*engine->rules));
	return wh_pins_remove_all(&engine->pins, problem);
}

static int has_name(const struct wh_set *set, void *data)
{
	return !strcmp(set->name, data);
}

static int is_dead(const struct wh_set *set, void *data)
{
	uint64_t start;

	(void)data;
	if (!set->process_pid)
		return 0;
	return wh_process_start(set->process_pid, &start, NULL) ||
	       start / WH_TICK_NS != set->process_start / WH_TICK_NS;
}

/* The active rules with set among them. */
static int join(const struct wh_engine *engine, const struct wh_rule_set *set,
		struct wh_unit_list *list, struct wh_problem *problem)
{
	int error = wh_units_add_table(list, engine->rules, has_name, (void *)set->name);

	if (!error)
		error = wh_units_add_set(list, set);
	return error ? wh_problem_set(problem, error, "out of memory") : 0;
}

int wh_engine_apply(struct wh_engine *engine, const struct wh_rule_set *set,
		    struct wh_problem *problem)
{
	struct wh_unit_list list = {};
	int error = join(engine, set, &list, problem);

	if (!error)
		error = wh_engine_install(engine, &list, problem);
	wh_units_free(&list);
	return error;
}

int wh_engine_check(struct wh_engine *engine, const struct wh_rule_set *set,
		    struct wh_problem *problem)
{
	WH_AUTO_FREE struct wh_rules *table = NULL;
	struct wh_unit_list list = {};
	int error = join(engine, set, &list, problem);

	if (!error)
		error = wh_engine_compile(engine, &list, &table, problem);
	wh_units_free(&list);
	return error;
}

/* Removes the sets that leave_out() names; the last one takes everything along. */
static int leave_out_sets(struct wh_engine *engine,
			  int (*leave_out)(const struct wh_set *set, void *data), void *data,
			  struct wh_problem *problem)
{
	struct wh_unit_list list = {};
	int error = wh_units_add_table(&list, engine->rules, leave_out, data);

	if (error)
		wh_problem_set(problem, error, "out of memory");
	else if (!list.set_count)
		error = remove_all(engine, problem);
	else
		error = wh_engine_install(engine, &list, problem);
	wh_units_free(&list);
	return error;
}

int wh_engine_remove(struct wh_engine *engine, const char *name, struct wh_problem *problem)
{
	for (__u32 i = 0; i < engine->rules->set_count; i++)
		if (!strcmp(engine->rules->set[i].name, name))
			return leave_out_sets(engine, has_name, (void *)name, problem);
	return wh_problem_set(problem, -ENOENT, "no rule set '%s' is active", name);
}

int wh_engine_collect(struct wh_engine *engine, struct wh_problem *problem)
{
	int error = 0;

	for (__u32 i = 0; i < engine->rules->set_count; i++)
		if (is_dead(&engine->rules->set[i], NULL)) {
			error = leave_out_sets(engine, is_dead, NULL, problem);
			break;
		}
	if (error || engine->pins.fd >= 0)
		return error;
	/* That was the last one. */
	return engine->mode == WH_ENGINE_CHANGE ?
		       wh_pins_open(&engine->pins, 1, problem) :
		       wh_problem_set(problem, -ENOENT, "whither is not active");
}

int wh_engine_remove_all(unsigned int *ret_removed, struct wh_problem *problem)
{
	struct wh_engine engine = {.pins = {.fd = -1}};
	WH_AUTO_FREE struct wh_rules *rules = calloc(1, sizeof(*rules));
	unsigned int removed;
	int error;

	if (!rules)
		return wh_problem_set(problem, -ENOMEM, "out of memory");
	engine.rules = rules;
	error = wh_pins_open(&engine.pins, 0, problem);
	if (!error) {
		if (wh_engine_refresh(&engine, NULL)) /* whatever state it is in */
			memset(rules, 0, sizeof(*rules));
		removed = rules->set_count;
		error = remove_all(&engine, problem);
	} else if (error == -ENOENT) {
		removed = 0;
		error = 0;
	}
	wh_pins_close(&engine.pins);
	if (!error) {
		error = wh_hooks_detach_strays();
		if (error)
			return wh_problem_set(problem, error, "cannot detach: %s",
					      strerror(-error));
		if (ret_removed)
			*ret_removed = removed;
	}
	return error;
}
