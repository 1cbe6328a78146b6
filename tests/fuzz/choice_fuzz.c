/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Decisions over a table that nobody compiled: any count, any index, any order. Nothing may be
 * read outside it, and every walk must end. The input is a list of writes into the table,
 * followed by what connects.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "abi_answer.h"
#include "bind_guard.h"
#include "chain_build.h"
#include "kernel_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Only what the kernel reads: what lies behind it is not there. */
#define TABLE_SIZE offsetof(struct wh_rules, filter)

struct input {
	const uint8_t *next;
	size_t left;
};

static void require(int condition)
{
	if (!condition)
		abort();
}

/* Zeroes where the input has ended. */
static void take(struct input *input, void *to, size_t size)
{
	size_t taken = size < input->left ? size : input->left;

	memset(to, 0, size);
	if (taken)
		memcpy(to, input->next, taken);
	input->next += taken;
	input->left -= taken;
}

static unsigned int take_number(struct input *input)
{
	uint16_t number;

	take(input, &number, sizeof(number));
	return number;
}

/* Returns 0 when the input wants no further write. */
static int write_table(struct input *input, struct wh_rules *rules)
{
	unsigned int what = take_number(input);
	unsigned int index = what >> 3;

	switch (input->left ? what & 7 : 0) {
	case 1:
		take(input, &rules->rule[index % WH_RULES_MAX], sizeof(struct wh_rule));
		return 1;
	case 2:
		take(input, &rules->test[index % WH_TESTS_MAX], sizeof(struct wh_test));
		return 1;
	case 3:
		take(input, &rules->redirector[index % WH_REDIRECTORS_MAX],
		     offsetof(struct wh_redirector, weight));
		return 1;
	case 4:
		take(input, rules, offsetof(struct wh_rules, slot_since));
		return 1;
	case 5:
		take(input, &rules->slot_since[index % WH_SLOTS], sizeof(__u64));
		return 1;
	case 6:
		take(input, &rules->listen_port[index % 1024], sizeof(__u64));
		return 1;
	default:
		return 0;
	}
}

static void check_verdict(const struct wh_verdict *verdict)
{
	require(verdict->action <= WH_ACTION_REFUSE);
	require(verdict->redirector < WH_REDIRECTORS_MAX ||
		verdict->redirector == WH_NO_REDIRECTOR);
	if (verdict->action == WH_ACTION_REDIRECT)
		require(verdict->target.port != 0 && verdict->redirector != WH_NO_REDIRECTOR);
	if (verdict->action == WH_ACTION_REFUSE)
		require(verdict->cause < WH_CAUSES &&
			verdict->error == wh_cause_error(verdict->cause) && verdict->error);
	else
		require(!verdict->error);
}

static void decide(struct input *input, const struct wh_rules *rules)
{
	struct wh_cgroup_path path;
	struct wh_identity who;
	struct wh_passed passed;
	struct wh_facts facts = {.who = &who, .path = &path};
	struct wh_process process = {.who = &who, .path = &path, .learned = &passed};
	struct wh_listener_search search = {.rules = rules, .process = &process};
	struct wh_bind_search bind = {.rules = rules, .process = &process};
	struct wh_relation relation;
	struct wh_choice choice;
	struct wh_verdict verdict;
	unsigned int flags = take_number(input);

	take(input, &facts.destination, sizeof(facts.destination));
	take(input, &facts.netns, sizeof(facts.netns));
	take(input, &who, sizeof(who));
	take(input, &path, sizeof(path));
	take(input, &passed, sizeof(passed));
	search.destination = bind.bound = facts.destination;
	search.netns = bind.netns = facts.netns;

	wh_relation_find(&relation, rules, &process);
	require(relation.last < WH_REDIRECTORS_MAX || relation.last == WH_NO_REDIRECTOR);
	wh_bind_find(&bind);
	require(bind.guarded < WH_REDIRECTORS_MAX || bind.guarded == WH_NO_REDIRECTOR);
	search.found = WH_NO_REDIRECTOR;
	if (wh_rules_listen_port(rules, WH_HOST16(facts.destination.port)))
		wh_listener_find(&search);
	wh_passed_update(&passed, rules);
	wh_choice_first(&choice, rules, &facts, search.found, search.own, flags & 1, &verdict);
	if (verdict.action == WH_ACTION_ASK)
		wh_choice_final(&choice, flags & 2 ? &passed : &relation.passed, flags >> 12,
				&verdict);
	check_verdict(&verdict);
}

/* A chain and a record with any content. */
static void grow(struct input *input, const struct wh_rules *rules)
{
	struct wh_record record;
	struct wh_chain chain;
	struct wh_abi_origin origin;
	struct wh_abi_hop hop;

	take(input, &record, sizeof(record));
	take(input, &chain, sizeof(chain));
	require(wh_redirect_state(&chain, &record.redirector, record.slot, record.version) <=
		WH_PREVIOUSLY_REDIRECTED_BY_SELF);
	wh_passed_update(&chain.passed, rules);
	wh_abi_origin_fill(&origin, &record, &chain);
	require(origin.size == sizeof(origin));
	if (!wh_chain_append(&chain, &record)) {
		require(chain.hop_count <= WH_HOPS_MAX);
		wh_abi_hop_fill(&hop, &chain.hop[chain.hop_count - 1]);
		require(hop.time == record.time);
		require(wh_passed_has(&chain.passed, record.slot, record.version));
	}
	require(wh_redirector_find(rules, &record) < WH_REDIRECTORS_MAX ||
		wh_redirector_find(rules, &record) == WH_NO_REDIRECTOR);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct wh_rules *rules;
	struct input input = {.next = data, .left = size};

	if (!rules)
		rules = malloc(TABLE_SIZE);
	require(rules != NULL);
	memset(rules, 0, TABLE_SIZE);
	while (write_table(&input, rules))
		;
	decide(&input, rules);
	grow(&input, rules);
	return 0;
}
