/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain_build.h"
#include "random_number.h"
#include "rule_builder.h"
#include "slot_set.h"

static const __u32 corners[] = {0, 1, 63, 64, 65, 127, 128, 191, 192, 254, 255};
#define CORNERS (sizeof(corners) / sizeof(corners[0]))

static void a_new_set_has_no_slot(void **state)
{
	const struct wh_slot_set set = {};

	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		assert_false(wh_slot_set_has(&set, slot));
}

static void adding_a_slot_adds_it_and_no_other(void **state)
{
	for (__u32 added = 0; added < WH_SLOTS; added++) {
		struct wh_slot_set set = {};

		wh_slot_set_add(&set, added);
		for (__u32 slot = 0; slot < WH_SLOTS; slot++)
			assert_int_equal(wh_slot_set_has(&set, slot), slot == added);
		wh_slot_set_add(&set, added);
		assert_true(wh_slot_set_has(&set, added));
	}
}

static void a_set_keeps_its_slots_when_more_are_added(void **state)
{
	struct wh_slot_set set = {};

	for (size_t i = 0; i < CORNERS; i++)
		wh_slot_set_add(&set, corners[i]);
	for (__u32 slot = 0, next = 0; slot < WH_SLOTS; slot++) {
		int wanted = next < CORNERS && corners[next] == slot;

		assert_int_equal(wh_slot_set_has(&set, slot), wanted);
		next += (__u32)wanted;
	}
}

static void a_slot_out_of_range_stays_inside_the_set(void **state)
{
	struct {
		struct wh_slot_set set;
		__u64 behind;
	} memory = {.behind = 0};

	for (__u32 slot = WH_SLOTS; slot < 65536; slot++) {
		wh_slot_set_add(&memory.set, slot);
		assert_true(wh_slot_set_has(&memory.set, slot));
	}
	wh_slot_set_add(&memory.set, 0xffffffffu);
	assert_int_equal(memory.behind, 0);
}

static void a_union_has_the_slots_of_both(void **state)
{
	struct random_source random = {1};
	struct wh_slot_set a, b, both;

	random_fill(&random, &a, sizeof(a));
	random_fill(&random, &b, sizeof(b));
	both = a;
	wh_slot_set_unite(&both, &b);
	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		assert_int_equal(wh_slot_set_has(&both, slot),
				 wh_slot_set_has(&a, slot) || wh_slot_set_has(&b, slot));
}

static void a_bit_counts_for_who_held_the_slot_by_then(void **state)
{
	for (size_t i = 0; i < CORNERS; i++) {
		struct wh_passed passed = {.version = 7};

		wh_slot_set_add(&passed.slots, corners[i]);
		assert_true(wh_passed_has(&passed, corners[i], 1));
		assert_true(wh_passed_has(&passed, corners[i], 7));
		/* A redirector that got the slot later was never passed. */
		assert_false(wh_passed_has(&passed, corners[i], 8));
		assert_false(wh_passed_has(&passed, corners[i] ^ 1, 1));
	}
}

static void an_update_drops_exactly_the_slots_that_were_given_away(void **state)
{
	struct wh_rules *rules = rules_create(20);
	struct random_source random = {2};

	for (int round = 0; round < 200; round++) {
		struct wh_passed passed = {.version = 10}, before;

		random_fill(&random, &passed.slots, sizeof(passed.slots));
		for (__u32 slot = 0; slot < WH_SLOTS; slot++)
			rules->slot_since[slot] = 8 + random_below(&random, 5);
		before = passed;
		wh_passed_update(&passed, rules);
		assert_int_equal(passed.version, 20);
		for (__u32 slot = 0; slot < WH_SLOTS; slot++)
			assert_int_equal(wh_slot_set_has(&passed.slots, slot),
					 wh_slot_set_has(&before.slots, slot) &&
						 rules->slot_since[slot] <= 10);
	}
	free(rules);
}

static void an_update_changes_who_is_in_the_set_for_no_redirector(void **state)
{
	struct wh_rules *rules = rules_create(20);
	struct wh_passed passed = {.version = 10}, before;

	memset(&passed.slots, 0xff, sizeof(passed.slots));
	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		rules->slot_since[slot] = 1 + slot % 20;
	before = passed;
	wh_passed_update(&passed, rules);
	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		assert_int_equal(wh_passed_has(&passed, slot, rules->slot_since[slot]),
				 wh_passed_has(&before, slot, rules->slot_since[slot]));
	free(rules);
}

static void a_set_of_the_same_or_a_later_version_is_left_alone(void **state)
{
	struct wh_rules *rules = rules_create(10);

	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		rules->slot_since[slot] = 1000;
	for (__u64 version = 10; version <= 11; version++) {
		struct wh_passed passed = {.version = version}, before;

		memset(&passed.slots, 0xff, sizeof(passed.slots));
		before = passed;
		wh_passed_update(&passed, rules);
		assert_memory_equal(&passed, &before, sizeof(passed));
	}
	free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_set_has_no_slot),
		cmocka_unit_test(adding_a_slot_adds_it_and_no_other),
		cmocka_unit_test(a_set_keeps_its_slots_when_more_are_added),
		cmocka_unit_test(a_slot_out_of_range_stays_inside_the_set),
		cmocka_unit_test(a_union_has_the_slots_of_both),
		cmocka_unit_test(a_bit_counts_for_who_held_the_slot_by_then),
		cmocka_unit_test(an_update_drops_exactly_the_slots_that_were_given_away),
		cmocka_unit_test(an_update_changes_who_is_in_the_set_for_no_redirector),
		cmocka_unit_test(a_set_of_the_same_or_a_later_version_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
