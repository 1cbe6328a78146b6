/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The active table: one slot that points at an immutable map. */
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

int wh_rules_read(int active_map, struct wh_rules *rules, struct wh_problem *problem)
{
	WH_AUTO_FD table = -1;
	__u32 zero = 0, id;
	int error = bpf_map_lookup_elem(active_map, &zero, &id);

	memset(rules, 0, sizeof(*rules));
	if (error == -ENOENT)
		return 0;
	if (!error) {
		table = bpf_map_get_fd_by_id(id);
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

int wh_rules_swap(int active_map, const struct wh_rules *rules, struct wh_problem *problem)
{
	WH_AUTO_FD table = bpf_map_create(BPF_MAP_TYPE_ARRAY, "wh_rules", sizeof(__u32),
					  sizeof(*rules), 1, NULL);
	__u32 zero = 0;
	int error = table < 0 ? table : bpf_map_update_elem(table, &zero, rules, BPF_ANY);

	if (!error)
		error = bpf_map_update_elem(active_map, &zero, &table, BPF_ANY);
	return error ? wh_problem_set(problem, error, "cannot put the rules in force: %s",
				      strerror(-error)) :
		       0;
}
