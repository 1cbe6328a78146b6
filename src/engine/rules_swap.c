/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The active table: one slot that points at an immutable map. The slot says the map's id; to
 * open a map by its id takes CAP_SYS_ADMIN, so each is pinned by it too, before it is active.
 */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "engine_internal.h"
#include "engine_problem.h"
#include "scope_exit.h"

static int is_sane(const struct wh_rules *rules)
{
	if (rules->set_count > WH_SETS_MAX || rules->redirector_count > WH_REDIRECTORS_MAX ||
	    rules->filter_count > WH_FILTERS_MAX || rules->rule_count > WH_RULES_MAX ||
	    rules->test_count > WH_TESTS_MAX || rules->text_size > WH_TEXT_SIZE ||
	    rules->text[WH_TEXT_SIZE - 1])
		return 0;
	for (__u32 i = 0; i < rules->rule_count; i++) {
		const struct wh_rule *rule = &rules->rule[i];

		if (rule->first > rule->end || rule->end > rules->test_count ||
		    rule->index >= (rule->kind == WH_RULE_REDIRECT ? rules->redirector_count :
								     rules->filter_count))
			return 0;
	}
	for (__u32 i = 0; i < rules->redirector_count; i++)
		if (rules->redirector[i].set >= rules->set_count ||
		    rules->redirector[i].slot >= WH_SLOTS ||
		    rules->redirector[i].text >= WH_TEXT_SIZE)
			return 0;
	for (__u32 i = 0; i < rules->filter_count; i++)
		if (rules->filter[i].set >= rules->set_count ||
		    rules->filter[i].slot >= WH_FILTERS_MAX ||
		    rules->filter[i].text >= WH_TEXT_SIZE)
			return 0;
	for (__u32 i = 0; i < rules->set_count; i++)
		if (rules->set[i].text >= WH_TEXT_SIZE)
			return 0;
	return 1;
}

#define TABLE_PREFIX "rules_"

static int table_open(const struct wh_pins *pins, __u32 id)
{
	char name[32], path[WH_PIN_PATH_SIZE];
	int fd;

	snprintf(name, sizeof(name), TABLE_PREFIX "%u", id);
	wh_pins_name(pins, name, path);
	fd = bpf_obj_get(path);
	return fd == -ENOENT ? bpf_map_get_fd_by_id(id) : fd;
}

static int table_pin(const struct wh_pins *pins, int table, char ret_name[32])
{
	char path[WH_PIN_PATH_SIZE];
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(table, &info, &size))
		return -errno;
	snprintf(ret_name, 32, TABLE_PREFIX "%u", info.id);
	wh_pins_name(pins, ret_name, path);
	unlink(path); /* of a map that has gone and left its number */
	return bpf_obj_pin(table, path);
}

int wh_rules_read(const struct wh_pins *pins, int active_map, struct wh_rules *rules,
		  struct wh_problem *problem)
{
	WH_AUTO_FD table = -1;
	__u32 zero = 0, id;
	int error = bpf_map_lookup_elem(active_map, &zero, &id);

	memset(rules, 0, sizeof(*rules));
	if (error == -ENOENT)
		return 0;
	if (!error) {
		table = table_open(pins, id);
		error = table < 0 ? table : bpf_map_lookup_elem(table, &zero, rules);
	}
	if (error)
		return wh_problem_set(problem, error, "cannot read the active rules: %s",
				      strerror(-error));
	if (rules->layout != WH_LAYOUT_VERSION)
		return wh_problem_set(problem, -EPROTO,
				      "the active rules have layout %u, this whither knows %u: run "
				      "'whither down --all', then 'up' again",
				      rules->layout, WH_LAYOUT_VERSION);
	if (!is_sane(rules))
		return wh_problem_set(problem, -EPROTO,
				      "the active rules make no sense: run 'whither down --all', "
				      "then 'up' again");
	return 0;
}

int wh_rules_swap(const struct wh_pins *pins, int active_map, const struct wh_rules *rules,
		  struct wh_problem *problem)
{
	WH_AUTO_FD table = bpf_map_create(BPF_MAP_TYPE_ARRAY, "wh_rules", sizeof(__u32),
					  sizeof(*rules), 1, NULL);
	__u32 zero = 0;
	char name[32];
	int error = table < 0 ? table : bpf_map_update_elem(table, &zero, rules, BPF_ANY);

	if (!error)
		error = table_pin(pins, table, name);
	if (!error)
		error = bpf_map_update_elem(active_map, &zero, &table, BPF_ANY);
	if (error)
		return wh_problem_set(problem, error, "cannot put the rules in force: %s",
				      strerror(-error));
	wh_pins_remove_others(pins, TABLE_PREFIX, name);
	return 0;
}
