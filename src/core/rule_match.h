/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Finds the first rule that matches a connect. A small machine that makes one step a test, so
 * that the kernel can drive it by bpf_loop and stop it half-way: who has passed already is
 * found out only when a redirector's conditions have matched.
 */
#ifndef WH_RULE_MATCH_H
#define WH_RULE_MATCH_H

#include "plain_loop.h"
#include "rule_table.h"

/* What the rules look at. */
struct wh_facts {
	struct wh_endpoint destination;
	__u32 host_netns; /* 1: netns is owned by the initial user namespace */
	__u64 netns;      /* of the connecting socket */
	/* Of the chain's first process, or of the connecting one. NULL: no identity test matches. */
	const struct wh_identity *who;
	const struct wh_cgroup_path *path; /* of its socket. NULL: no cgroup test matches */
};

enum wh_match_outcome {
	WH_MATCH_NONE = 0,       /* no rule matched */
	WH_MATCH_FILTER = 1,     /* rule is a filter */
	WH_MATCH_REDIRECTOR = 2, /* rule is a redirector that may take the connect */
	WH_MATCH_ASK = 3,        /* rule is a redirector; tell who has passed, then go on */
};

struct wh_match {
	const struct wh_rules *rules;
	const struct wh_facts *facts;
	const struct wh_passed *passed; /* NULL: not known yet */
	__u32 rule;                     /* index of the rule being looked at */
	__u32 test;                     /* index of its next test */
	__u32 outcome;
};

WH_RULE int wh_test_matches(const struct wh_test *test, const struct wh_facts *facts)
{
	__u16 port = WH_HOST16(facts->destination.port);

	switch (test->kind) {
	case WH_TEST_NETNS:
		return test->id ? test->id == facts->netns : facts->host_netns == 1;
	case WH_TEST_REMOTE_PORT:
		return port >= test->low && port <= test->high;
	case WH_TEST_REMOTE_ADDRESS:
		return wh_address_in_prefix(&facts->destination.address, &test->address,
					    &test->mask);
	case WH_TEST_USER:
		return facts->who && test->number == facts->who->uid;
	case WH_TEST_EXE:
		return facts->who && test->id == facts->who->executable_inode &&
		       test->number == facts->who->executable_device;
	case WH_TEST_CGROUP:
		return facts->path && test->number < WH_CGROUP_LEVELS &&
		       facts->path->id[test->number % WH_CGROUP_LEVELS] == test->id;
	default:
		return 0;
	}
}

WH_RULE void wh_match_next_rule(struct wh_match *match)
{
	match->rule = wh_index(match->rules, match->rule + 1);
	match->test = match->rules->rule[match->rule % WH_RULES_MAX].first;
}

/* One step. Returns 1 when outcome is decided. */
WH_RULE int wh_match_step(struct wh_match *match)
{
	const struct wh_rules *rules = match->rules;
	const struct wh_rule *rule;
	const struct wh_test *test;

	if (match->rule >= rules->rule_count) {
		match->outcome = WH_MATCH_NONE;
		return 1;
	}
	rule = &rules->rule[match->rule % WH_RULES_MAX];

	if (match->test >= rule->end) {
		const struct wh_redirector *redirector;

		if (rule->kind != WH_RULE_REDIRECT) {
			match->outcome = WH_MATCH_FILTER;
			return 1;
		}
		if (!match->passed) {
			match->outcome = WH_MATCH_ASK;
			return 1;
		}
		redirector = &rules->redirector[rule->index % WH_REDIRECTORS_MAX];
		if (!wh_passed_has(match->passed, redirector->slot, redirector->since)) {
			match->outcome = WH_MATCH_REDIRECTOR;
			return 1;
		}
		wh_match_next_rule(match);
		return 0;
	}

	test = &rules->test[match->test % WH_TESTS_MAX];
	if (wh_test_matches(test, match->facts))
		match->test = test->next;
	else if (test->last)
		wh_match_next_rule(match);
	else
		match->test = wh_index(rules, match->test + 1);
	return 0;
}

static long wh_match_loop_step(__u64 index, void *context)
{
	(void)index;
	return wh_match_step(context);
}

WH_RULE void wh_match_init(struct wh_match *match, const struct wh_rules *rules,
			   const struct wh_facts *facts)
{
	*match = (struct wh_match){.rules = rules,
				   .facts = facts,
				   .rule = wh_index(rules, 0),
				   .test = rules->rule[0].first};
}

/* Runs until the outcome is decided, from where the machine stands. */
WH_RULE void wh_match_run(struct wh_match *match)
{
	match->outcome = WH_MATCH_NONE;
	wh_loop(WH_TESTS_MAX + WH_RULES_MAX, wh_match_loop_step, match, 0);
}

#endif /* WH_RULE_MATCH_H */
