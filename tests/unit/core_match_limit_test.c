/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Tables that are full, and tables that are wrong. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain_build.h"
#include "guard_page.h"
#include "random_number.h"
#include "redirect_choice.h"
#include "rule_builder.h"

static const struct wh_passed nobody = {.version = 1};

static struct wh_facts facts_for(const char *address, __u16 port)
{
	return (struct wh_facts){.destination = endpoint_of(address, port), .netns = 1};
}

/* Tells who has passed from the start, so that the machine never asks. */
static struct wh_match run(const struct wh_rules *rules, const struct wh_facts *facts,
			   const struct wh_passed *passed)
{
	struct wh_match match;

	wh_match_init(&match, rules, facts);
	match.passed = passed;
	wh_match_run(&match);
	return match;
}

static void the_last_of_all_filters_is_found_at_its_last_alternative(void **state)
{
	struct wh_rules *rules = rules_create(1);
	struct wh_facts facts = facts_for("192.0.2.7", WH_TESTS_MAX);
	struct wh_match match;
	__u16 port = 1;

	for (int filter = 0; filter < WH_FILTERS_MAX; filter++) {
		rules_add_filter(rules,
				 filter < WH_FILTERS_MAX / 2 ? WH_RULE_BLOCK : WH_RULE_PERMIT);
		for (int i = 0; i < WH_TESTS_MAX / WH_FILTERS_MAX; i++, port++)
			rules_match_port(rules, port, port);
	}
	assert_int_equal(rules->test_count, WH_TESTS_MAX);
	match = run(rules, &facts, &nobody);
	assert_int_equal(match.outcome, WH_MATCH_FILTER);
	assert_int_equal(match.rule, WH_FILTERS_MAX - 1);
	facts.destination.port = htons(WH_TESTS_MAX + 1);
	match = run(rules, &facts, &nobody);
	assert_int_equal(match.outcome, WH_MATCH_NONE);
	assert_int_equal(match.rule, WH_FILTERS_MAX);
	free(rules);
}

/* The most steps that a table can cost: every condition looked at, every redirector passed. */
static void a_full_table_of_passed_redirectors_is_walked_to_its_end(void **state)
{
	struct wh_rules *rules = rules_create(1);
	struct wh_facts facts = facts_for("192.0.2.7", 443);
	struct wh_passed passed = {.version = 1};
	struct wh_match match;
	__u32 each = WH_TESTS_MAX / WH_REDIRECTORS_MAX;

	for (__u32 i = 0; i < WH_REDIRECTORS_MAX; i++) {
		rules_add_redirector(rules, WH_SLOTS - 1 - i);
		for (__u32 n = 1; n <= each; n++)
			rules_match_port(rules, n < each ? 80 : 443, n < each ? 80 : 443);
	}
	assert_int_equal(rules->test_count, WH_TESTS_MAX);
	memset(&passed.slots, 0xff, sizeof(passed.slots));
	match = run(rules, &facts, &passed);
	assert_int_equal(match.outcome, WH_MATCH_NONE);
	assert_int_equal(match.rule, WH_REDIRECTORS_MAX);
	passed.slots.word[0] &= ~1ULL; /* slot 0 is that of the last one */
	match = run(rules, &facts, &passed);
	assert_int_equal(match.outcome, WH_MATCH_REDIRECTOR);
	assert_int_equal(match.rule, WH_REDIRECTORS_MAX - 1);
	free(rules);
}

static void every_redirector_of_a_full_table_is_reached_once_those_before_it_passed(void **state)
{
	struct wh_rules *rules = rules_create(1);
	struct wh_facts facts = facts_for("192.0.2.7", 443);
	struct wh_passed passed = {.version = 1};

	for (int i = 0; i < WH_FILTERS_MAX; i++) {
		rules_add_filter(rules, WH_RULE_PERMIT);
		rules_match_port(rules, 80, 80);
	}
	for (__u32 i = 0; i < WH_REDIRECTORS_MAX; i++)
		rules_add_redirector(rules, (i * 37 + 11) % WH_SLOTS);
	for (__u32 i = 0; i < WH_REDIRECTORS_MAX; i++) {
		struct wh_match match = run(rules, &facts, &passed);

		assert_int_equal(match.outcome, WH_MATCH_REDIRECTOR);
		assert_int_equal(match.rule, WH_FILTERS_MAX + i);
		wh_slot_set_add(&passed.slots, rules->redirector[i].slot);
	}
	assert_int_equal(run(rules, &facts, &passed).outcome, WH_MATCH_NONE);
	free(rules);
}

static void a_slot_given_anew_does_not_count_as_passed(void **state)
{
	struct wh_rules *rules = rules_create(9);
	struct wh_facts facts = facts_for("192.0.2.7", 443);
	struct wh_passed passed = {.version = 8};

	rules_add_redirector(rules, 3)->since = 9;
	wh_slot_set_add(&passed.slots, 3);
	assert_int_equal(run(rules, &facts, &passed).outcome, WH_MATCH_REDIRECTOR);
	passed.version = 9;
	assert_int_equal(run(rules, &facts, &passed).outcome, WH_MATCH_NONE);
	free(rules);
}

/* Only what the kernel reads, flush against an unreadable page. */
static const size_t kernel_part = offsetof(struct wh_rules, filter);

static void decide(const struct wh_rules *rules, struct random_source *random)
{
	struct wh_cgroup_path path;
	struct wh_identity who;
	struct wh_passed passed;
	struct wh_process process = {.who = &who, .path = &path, .learned = &passed};
	struct wh_facts facts = {.who = &who, .path = &path};
	struct wh_relation relation;
	struct wh_choice choice;
	struct wh_verdict verdict;

	random_fill(random, &path, sizeof(path));
	random_fill(random, &who, sizeof(who));
	random_fill(random, &passed, sizeof(passed));
	random_fill(random, &facts.destination, sizeof(facts.destination));
	wh_relation_find(&relation, rules, &process);
	wh_passed_update(&passed, rules);
	wh_choice_first(&choice, rules, &facts, WH_NO_REDIRECTOR, 0, 1, &verdict);
	if (verdict.action == WH_ACTION_ASK)
		wh_choice_final(&choice, &passed, 0, &verdict);
	assert_true(verdict.action <= WH_ACTION_REFUSE);
	assert_true(verdict.redirector < WH_REDIRECTORS_MAX ||
		    verdict.redirector == WH_NO_REDIRECTOR);
}

/* Indices are random, kinds mostly real, so that the machine gets around. */
static void a_table_of_random_bytes_is_not_left(void **state)
{
	struct guarded memory = guarded_create(kernel_part);
	struct wh_rules *rules = (struct wh_rules *)memory.start;
	struct random_source random = {1};

	for (int round = 0; round < 150; round++) {
		random_fill(&random, memory.start, kernel_part);
		rules->zero &= round % 7 ? 0 : ~0u;
		for (int i = 0; i < WH_TESTS_MAX; i++) {
			rules->test[i].kind = (__u8)random_below(&random, 8);
			rules->test[i].last &= (__u8)(round % 2);
			if (rules->test[i].kind == WH_TEST_REMOTE_PORT && round % 3)
				rules->test[i].low = 0;
		}
		for (int i = 0; i < WH_RULES_MAX && round % 5; i++)
			rules->rule[i].kind = WH_RULE_REDIRECT;
		for (int i = 0; i < 20; i++)
			decide(rules, &random);
	}
	guarded_destroy(&memory);
}

static void indices_beyond_the_end_are_masked(void **state)
{
	struct guarded memory = guarded_create(kernel_part);
	struct wh_rules *rules = (struct wh_rules *)memory.start;
	struct random_source random = {2};

	/* Every index as large as it can be, conditions that match, and that do not. */
	for (int round = 0; round < 8; round++) {
		memset(rules, 0xff, kernel_part);
		for (int i = 0; i < WH_TESTS_MAX; i++) {
			rules->test[i].kind = WH_TEST_REMOTE_PORT;
			rules->test[i].low = 0;
			rules->test[i].high = round & 1 ? 0 : 65535;
			rules->test[i].last = round & 2 ? 1 : 0;
		}
		for (int i = 0; i < WH_RULES_MAX; i++) {
			rules->rule[i].kind = WH_RULE_REDIRECT;
			rules->rule[i].end = round & 4 ? 0 : 65535;
		}
		decide(rules, &random);
	}
	guarded_destroy(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_of_all_filters_is_found_at_its_last_alternative),
		cmocka_unit_test(a_full_table_of_passed_redirectors_is_walked_to_its_end),
		cmocka_unit_test(
			every_redirector_of_a_full_table_is_reached_once_those_before_it_passed),
		cmocka_unit_test(a_slot_given_anew_does_not_count_as_passed),
		cmocka_unit_test(a_table_of_random_bytes_is_not_left),
		cmocka_unit_test(indices_beyond_the_end_are_masked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
