/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Random redirectors, filters and proxies: no redirector takes a chain twice, every chain ends,
 * and none that should see it is skipped when all set records.
 *
 * A failure prints its seed, the smallest case that still fails, and every step of it.
 * CHAIN_SEED=N runs that one world only; CHAIN_WORLDS=N other than the usual number of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain_walk.h"
#include "rule_builder.h"

#define WORLDS 4000
#define CHAINS_OF_A_WORLD 12

struct variant {
	enum case_manner manner;
	int moving;
	unsigned int changes;
};

struct tally {
	unsigned long chains, taken, by_process, ends[ORACLE_REDIRECT + 1], longest;
};

static struct wh_rules *rules;

static const char *walk_again(const struct chain_case *world, const struct walk_settings *settings)
{
	struct walk_result result;

	case_compile(world, rules);
	return walk_chain(world, rules, settings, &result);
}

static void drop_redirector(struct chain_case *world, unsigned int index)
{
	world->redirector_count--;
	memmove(&world->redirector[index], &world->redirector[index + 1],
		(world->redirector_count - index) * sizeof(world->redirector[0]));
}

static void drop_filter(struct chain_case *world, unsigned int index)
{
	world->filter_count--;
	memmove(&world->filter[index], &world->filter[index + 1],
		(world->filter_count - index) * sizeof(world->filter[0]));
}

static void drop_test(struct case_rule *rule, unsigned int index)
{
	rule->count--;
	memmove(&rule->test[index], &rule->test[index + 1],
		(rule->count - index) * sizeof(rule->test[0]));
}

/* Makes the world's proxies plain: number counts those that are not. */
static int leave_out_manner(struct chain_case *world, unsigned int number)
{
	for (unsigned int i = 0; i < CASE_PROCESSES; i++) {
		struct case_process *process = &world->process[i];

		if (process->sets == 100 && !process->moves)
			continue;
		if (!number--) {
			process->sets = 100;
			process->moves = 0;
			return 1;
		}
	}
	return 0;
}

/* Leaves out one thing, the first numbered 0. Returns 0 when there is no thing of that number. */
static int leave_out(struct chain_case *world, unsigned int number)
{
	unsigned int redirectors = world->redirector_count > 1 ? world->redirector_count : 0;

	if (number < redirectors) {
		drop_redirector(world, number);
		return 1;
	}
	number -= redirectors;
	if (number < world->filter_count) {
		drop_filter(world, number);
		return 1;
	}
	number -= world->filter_count;
	for (unsigned int i = 0; i < world->redirector_count; i++) {
		if (number < world->redirector[i].rule.count) {
			drop_test(&world->redirector[i].rule, number);
			return 1;
		}
		number -= world->redirector[i].rule.count;
	}
	return leave_out_manner(world, number);
}

/* The smallest case found by leaving things out for as long as one can. */
static void shrink(struct chain_case *world, const struct walk_settings *settings)
{
	unsigned int number = 0;
	struct chain_case smaller = *world;

	while (leave_out(&smaller, number)) {
		if (walk_again(&smaller, settings)) {
			*world = smaller;
			number = 0;
		} else {
			number++;
		}
		smaller = *world;
	}
}

static void report(const struct chain_case *world, const struct walk_settings *settings,
		   uint64_t seed, const char *failed)
{
	static struct chain_case smallest;
	struct walk_settings told = *settings;

	smallest = *world;
	shrink(&smallest, settings);
	fprintf(stderr, "# does not hold: %s (world %llu, chain %llu). The smallest case:\n",
		failed, (unsigned long long)seed, (unsigned long long)settings->seed);
	case_print(&smallest, stderr);
	told.trace = stderr;
	failed = walk_again(&smallest, &told);
	fprintf(stderr, "# in it does not hold: %s\n", failed ? failed : "nothing");
	fail_msg("a property does not hold; see standard error");
}

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

static struct tally walk_worlds(struct variant variant)
{
	static struct chain_case world;
	unsigned long first = from_environment("CHAIN_SEED", 1);
	unsigned long count = getenv("CHAIN_SEED") ? 1 : from_environment("CHAIN_WORLDS", WORLDS);
	struct tally tally = {};

	for (unsigned long seed = first; seed < first + count; seed++) {
		struct random_source random = {seed};

		case_generate(&world, &random, variant.manner, variant.moving);
		case_compile(&world, rules);
		for (int i = 0; i < CHAINS_OF_A_WORLD; i++) {
			struct walk_settings settings = {.seed = random_word(&random),
							 .changes = variant.changes};
			struct walk_result result;
			const char *failed = walk_chain(&world, rules, &settings, &result);

			if (failed)
				report(&world, &settings, seed, failed);
			if (variant.changes)
				case_compile(&world, rules);
			tally.chains++;
			tally.taken += result.taken;
			tally.by_process += result.by_process;
			tally.ends[result.end]++;
			if (result.taken > tally.longest)
				tally.longest = result.taken;
		}
	}
	return tally;
}

/* That the worlds are worth something: all ends occur, and chains are long. */
static void assert_worth(const struct tally *tally, unsigned long longest)
{
	print_message("# %lu chains, taken %lu times, %lu by process, the longest %lu times\n",
		      tally->chains, tally->taken, tally->by_process, tally->longest);
	if (getenv("CHAIN_SEED") || getenv("CHAIN_WORLDS"))
		return;
	for (int end = ORACLE_PASS; end < ORACLE_REDIRECT; end++)
		if (end != ORACLE_NINTH_HOP || longest == 8)
			assert_true(tally->ends[end] > 20);
	assert_true(tally->taken > tally->chains);
	assert_true(tally->longest >= longest);
}

static void when_all_set_records_each_that_should_sees_a_chain_once_in_order(void **state)
{
	struct tally tally = walk_worlds((struct variant){.manner = CASE_ALL_SET});

	assert_worth(&tally, 8);
	assert_int_equal(tally.longest, 8);
}

static void when_all_set_records_a_changing_destination_makes_no_loop(void **state)
{
	struct tally tally = walk_worlds((struct variant){.manner = CASE_ALL_SET, .moving = 1});

	assert_worth(&tally, 8);
	assert_int_equal(tally.longest, 8);
}

static void when_all_set_records_changing_rules_make_no_loop(void **state)
{
	struct tally tally = walk_worlds((struct variant){.manner = CASE_ALL_SET, .changes = 40});

	assert_worth(&tally, 8);
	assert_int_equal(tally.longest, 8);
}

static void when_none_sets_records_a_chain_goes_in_order_and_ends(void **state)
{
	struct tally tally = walk_worlds((struct variant){.manner = CASE_NONE_SET});

	assert_worth(&tally, 7);
	assert_true(tally.by_process > tally.chains / 2);
}

static void when_some_set_records_a_chain_goes_in_order_and_ends(void **state)
{
	struct tally tally = walk_worlds((struct variant){.manner = CASE_MIXED});

	assert_worth(&tally, 9);
	assert_true(tally.by_process > tally.chains / 5);
}

static void when_some_set_records_a_changing_destination_ends_too(void **state)
{
	struct tally tally = walk_worlds((struct variant){.manner = CASE_MIXED, .moving = 1});

	assert_worth(&tally, 9);
}

static void when_some_set_records_changing_rules_and_destinations_end_too(void **state)
{
	struct tally tally =
		walk_worlds((struct variant){.manner = CASE_MIXED, .moving = 1, .changes = 40});

	assert_worth(&tally, 9);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_all_set_records_each_that_should_sees_a_chain_once_in_order),
		cmocka_unit_test(when_all_set_records_a_changing_destination_makes_no_loop),
		cmocka_unit_test(when_all_set_records_changing_rules_make_no_loop),
		cmocka_unit_test(when_none_sets_records_a_chain_goes_in_order_and_ends),
		cmocka_unit_test(when_some_set_records_a_chain_goes_in_order_and_ends),
		cmocka_unit_test(when_some_set_records_a_changing_destination_ends_too),
		cmocka_unit_test(when_some_set_records_changing_rules_and_destinations_end_too),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
