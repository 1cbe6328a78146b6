/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The reasons of a decision: the walk that finds them never decides otherwise than the kernel's
 * own functions do, and each row says what is so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain_case.h"
#include "chain_oracle.h"
#include "choice_reason.h"
#include "rule_builder.h"

#define WORLDS 3000
#define ATTEMPTS_OF_A_WORLD 24

static struct wh_rules *rules;
static struct wh_explanation why;

static int begin(void **state)
{
	rules = rules_create(1);
	return 0;
}

static int end(void **state)
{
	free(rules);
	return 0;
}

/* ---- random worlds ---------------------------------------------------------------------- */

struct random_attempt {
	struct wh_attempt attempt;
	struct wh_chain chain;
	struct wh_passed learned;
	unsigned int origin; /* the process whom the rules are about */
};

static struct wh_passed random_passed(const struct chain_case *world, struct random_source *random)
{
	/* Of an older version of the rules, too. */
	struct wh_passed passed = {.version =
					   random_below(random, (unsigned int)world->version + 1)};

	for (unsigned int i = 0; i < world->redirector_count; i++)
		if (random_chance(random, 40))
			wh_slot_set_add(&passed.slots, world->redirector[i].slot);
	return passed;
}

static void make_attempt(const struct chain_case *world, struct random_source *random,
			 struct random_attempt *ret)
{
	unsigned int process = random_below(random, CASE_PROCESSES);

	memset(ret, 0, sizeof(*ret));
	ret->origin = process;
	ret->learned.version = world->version;
	for (unsigned int i = 0; i < world->redirector_count; i++)
		if (world->redirector[i].process == process)
			wh_slot_set_add(&ret->learned.slots, world->redirector[i].slot);
	ret->attempt = (struct wh_attempt){
		.rules = rules,
		.process = {.who = &world->process[process].who,
			    .path = world->process[process].path,
			    .learned = random_chance(random, 80) ? &ret->learned : NULL},
		.destination = case_destination(random),
		.netns = random_chance(random, 90) ? CASE_NETNS : CASE_NETNS + 1,
		.host_netns = random_chance(random, 90)};
	if (random_chance(random, 15))
		ret->attempt.destination = case_listener(
			&world->redirector[random_below(random, world->redirector_count)],
			random_chance(random, 50));
	ret->attempt.inet6 = !wh_address_is_v4(&ret->attempt.destination.address) ||
			     random_chance(random, 50);
	if (random_chance(random, 40)) {
		ret->origin = random_below(random, CASE_PROCESSES);
		ret->chain.who = world->process[ret->origin].who;
		ret->chain.passed = random_passed(world, random);
		ret->chain.hop_count = (__u8)(1 + random_below(random, WH_HOPS_MAX));
		ret->attempt.chain = &ret->chain;
	}
	ret->attempt.path = world->process[ret->origin].path;
	for (unsigned int i = 0; random_chance(random, 30) && i < world->redirector_count; i++)
		wh_slot_set_add(&ret->attempt.absent, world->redirector[i].slot);
}

/* The way of src/bpf/connect.bpf.h, written once more. */
static struct wh_verdict kernel_decides(const struct random_attempt *from)
{
	const struct wh_attempt *attempt = &from->attempt;
	struct wh_facts facts = {.destination = attempt->destination,
				 .netns = attempt->netns,
				 .host_netns = attempt->host_netns,
				 .who = attempt->chain ? &from->chain.who : attempt->process.who,
				 .path = attempt->path};
	struct wh_listener_search search = {.rules = rules,
					    .process = &attempt->process,
					    .destination = attempt->destination,
					    .netns = attempt->netns,
					    .found = WH_NO_REDIRECTOR};
	struct wh_passed passed;
	struct wh_relation relation;
	struct wh_verdict verdict;
	struct wh_choice choice;
	__u32 hops;

	if (wh_rules_listen_port(rules, WH_HOST16(attempt->destination.port)))
		wh_listener_find(&search);
	wh_choice_first(&choice, rules, &facts, search.found, search.own, attempt->inet6, &verdict);
	if (verdict.action != WH_ACTION_ASK)
		return verdict;
	if (attempt->chain) {
		passed = attempt->chain->passed;
		wh_passed_update(&passed, rules);
		hops = attempt->chain->hop_count;
	} else {
		wh_relation_find(&relation, rules, &attempt->process);
		passed = relation.passed;
		/* connect.bpf.h adds each that it passes over. */
		hops = relation.last != WH_NO_REDIRECTOR;
	}
	wh_slot_set_unite(&passed.slots, &attempt->absent);
	wh_choice_final(&choice, &passed, hops, &verdict);
	return verdict;
}

static void assert_same(const struct wh_verdict *found, const struct wh_verdict *wanted)
{
	assert_int_equal(found->action, wanted->action);
	assert_int_equal(found->cause, wanted->cause);
	assert_int_equal(found->error, wanted->error);
	assert_int_equal(found->rule, wanted->rule);
	assert_int_equal(found->redirector, wanted->redirector);
	assert_memory_equal(&found->target, &wanted->target, sizeof(found->target));
}

static const struct case_rule *rule_of(const struct chain_case *world, unsigned int index)
{
	const struct wh_rule *rule = &rules->rule[index];

	if (rule->kind == WH_RULE_REDIRECT)
		return &world->redirector[rule->index].rule;
	return &world->filter[rule->index].rule;
}

static int has_kind(const struct case_rule *rule, __u8 kind)
{
	for (unsigned int i = 0; i < rule->count; i++)
		if (rule->test[i].kind == kind)
			return 1;
	return 0;
}

/* Each row by the plain lists of the world. */
static void check_rows(const struct chain_case *world, const struct random_attempt *from,
		       unsigned long counts[WH_REASON_ABSENT + 1])
{
	const struct case_process *origin = &world->process[from->origin];
	unsigned int deciding = 0;

	assert_int_equal(why.row_count, rules->rule_count);
	for (unsigned int i = 0; i < why.row_count; i++) {
		const struct wh_reason_row *row = &why.row[i];
		const struct case_rule *rule = rule_of(world, i);

		assert_int_equal(row->rule, i);
		counts[row->reason]++;
		if (row->reason == WH_REASON_DECIDES) {
			assert_int_equal(why.verdict.rule, i);
			deciding++;
		}
		if (from->attempt.netns != CASE_NETNS)
			continue; /* the oracle knows one namespace only */
		if (row->reason == WH_REASON_CONDITION) {
			assert_true(has_kind(rule, row->kind));
			assert_false(oracle_rule_matches(rule, origin, &from->attempt.destination));
		} else if (row->reason < WH_REASON_LATER || row->reason == WH_REASON_ABSENT) {
			assert_true(oracle_rule_matches(rule, origin, &from->attempt.destination));
		}
	}
	assert_int_equal(deciding, why.verdict.rule != WH_RULES_MAX);
}

static void the_reasons_never_decide_otherwise_than_the_kernel(void **state)
{
	static struct random_attempt from;
	static struct chain_case world;
	unsigned long actions[WH_ACTION_ASK] = {}, causes[WH_CAUSES] = {};
	unsigned long reasons[WH_REASON_ABSENT + 1] = {};

	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct random_source random = {seed};

		case_generate(&world, &random, CASE_MIXED, 1);
		for (unsigned int changes = random_below(&random, 3); changes > 0; changes--)
			case_change(&world, &random);
		case_compile(&world, rules);
		for (int i = 0; i < ATTEMPTS_OF_A_WORLD; i++) {
			struct wh_verdict wanted;

			make_attempt(&world, &random, &from);
			wanted = kernel_decides(&from);
			wh_attempt_decide(&from.attempt);
			assert_same(&from.attempt.verdict, &wanted);
			wh_attempt_explain(&from.attempt, &why);
			assert_same(&why.verdict, &wanted);
			check_rows(&world, &from, reasons);
			actions[wanted.action]++;
			causes[wanted.cause]++;
		}
	}
	/* That the worlds are worth something: everything occurs. */
	for (int action = 0; action < WH_ACTION_ASK; action++)
		assert_true(actions[action] > 100);
	for (int cause = WH_CAUSE_FILTER; cause <= WH_CAUSE_HOPS; cause++)
		assert_true(causes[cause] > 20);
	for (int reason = 0; reason <= WH_REASON_ABSENT; reason++)
		if (reason != WH_REASON_OPEN)
			assert_true(reasons[reason] > 100);
}

/* ---- one by one ------------------------------------------------------------------------- */

static struct wh_identity who;

static void explain(const char *address, __u16 port, const struct wh_passed *learned)
{
	struct wh_attempt attempt = {.rules = rules, .process = {.who = &who, .learned = learned}};

	if (address)
		attempt.destination = endpoint_of(address, port);
	attempt.inet6 = address && strchr(address, ':');
	wh_attempt_decide(&attempt);
	wh_attempt_explain(&attempt, &why);
}

static void assert_row(unsigned int index, __u8 reason, __u8 kind)
{
	assert_int_equal(why.row[index].reason, reason);
	assert_int_equal(why.row[index].kind, kind);
}

static int begin_small(void **state)
{
	rules_clear(rules, 1);
	who = (struct wh_identity){.uid = 1000};
	rules_add_filter(rules, WH_RULE_BLOCK);
	rules_match_port(rules, 23, 23);
	rules_match_user(rules, 1000);
	rules_add_filter(rules, WH_RULE_PERMIT);
	rules_match_user(rules, 7);
	rules_add_redirector(rules, 3);
	rules_match_port(rules, 80, 80);
	rules_match_port(rules, 443, 443);
	rules_add_redirector(rules, 4);
	return 0;
}

static void each_rule_before_the_deciding_one_names_its_condition(void **state)
{
	explain("192.0.2.1", 443, NULL);
	assert_int_equal(why.row_count, 4);
	assert_row(0, WH_REASON_CONDITION, WH_TEST_REMOTE_PORT);
	assert_row(1, WH_REASON_CONDITION, WH_TEST_USER);
	assert_row(2, WH_REASON_DECIDES, 0);
	assert_row(3, WH_REASON_LATER, 0);
}

static void of_several_conditions_the_first_that_fails_is_named(void **state)
{
	who.uid = 8;
	explain("192.0.2.1", 23, NULL);
	assert_row(0, WH_REASON_CONDITION, WH_TEST_USER);
	assert_row(2, WH_REASON_CONDITION, WH_TEST_REMOTE_PORT);
	assert_row(3, WH_REASON_DECIDES, 0);
}

static void a_passed_redirector_is_told_from_one_that_does_not_match(void **state)
{
	struct wh_passed learned = {.version = 1};

	rules->redirector[0].upto = (struct wh_slot_set){};
	wh_slot_set_add(&rules->redirector[0].upto, 3);
	wh_slot_set_add(&learned.slots, 3);
	explain("192.0.2.1", 80, &learned);
	assert_row(2, WH_REASON_PASSED, 0);
	assert_row(3, WH_REASON_DECIDES, 0);
	explain("192.0.2.1", 81, &learned);
	assert_row(2, WH_REASON_CONDITION, WH_TEST_REMOTE_PORT);
}

static void on_the_way_to_a_listener_filters_decide_and_redirectors_do_not(void **state)
{
	explain("127.0.0.1", 10001, NULL); /* the second one's, which takes all */
	assert_row(2, WH_REASON_CONDITION, WH_TEST_REMOTE_PORT);
	assert_row(3, WH_REASON_LISTENER, 0);
	assert_int_equal(why.verdict.action, WH_ACTION_PASS);
	who.uid = 7;
	explain("127.0.0.1", 10001, NULL);
	assert_row(1, WH_REASON_DECIDES, 0);
	assert_row(3, WH_REASON_LATER, 0);
}

static void a_call_to_oneself_is_refused_before_any_rule(void **state)
{
	struct wh_passed learned = {.version = 1};

	wh_slot_set_add(&learned.slots, 4);
	explain("127.0.0.1", 10001, &learned);
	for (unsigned int i = 0; i < why.row_count; i++)
		assert_row(i, WH_REASON_UNSEEN, 0);
	assert_int_equal(why.verdict.cause, WH_CAUSE_OWN_LISTENER);
}

static void without_a_destination_its_conditions_are_left_open(void **state)
{
	explain(NULL, 0, NULL);
	assert_row(0, WH_REASON_OPEN, 0);
	assert_row(1, WH_REASON_CONDITION, WH_TEST_USER);
	assert_row(2, WH_REASON_OPEN, 0);
	assert_row(3, WH_REASON_DECIDES, 0);
	who.uid = 8;
	explain(NULL, 0, NULL);
	assert_row(0, WH_REASON_CONDITION, WH_TEST_USER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reasons_never_decide_otherwise_than_the_kernel),
		cmocka_unit_test_setup(each_rule_before_the_deciding_one_names_its_condition,
				       begin_small),
		cmocka_unit_test_setup(of_several_conditions_the_first_that_fails_is_named,
				       begin_small),
		cmocka_unit_test_setup(a_passed_redirector_is_told_from_one_that_does_not_match,
				       begin_small),
		cmocka_unit_test_setup(
			on_the_way_to_a_listener_filters_decide_and_redirectors_do_not,
			begin_small),
		cmocka_unit_test_setup(a_call_to_oneself_is_refused_before_any_rule, begin_small),
		cmocka_unit_test_setup(without_a_destination_its_conditions_are_left_open,
				       begin_small),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
