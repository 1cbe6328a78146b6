/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What is remembered of a process that listens or asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "learned_process.h"
#include "rule_builder.h"

static struct wh_slot_set slots_of(__u32 slot)
{
	struct wh_slot_set slots = {};

	wh_slot_set_add(&slots, slot);
	return slots;
}

static void it_says_for_which_redirector_why_and_since_when(void **state)
{
	struct wh_slot_set first = slots_of(3), second = slots_of(200);
	struct wh_rules *rules = rules_create(7);
	struct wh_learned learned = {};

	wh_learned_add(&learned, rules, &first, 1, 1000);
	wh_learned_add(&learned, rules, &second, 0, 2000);
	assert_true(wh_passed_has(&learned.passed, 3, 7));
	assert_true(wh_passed_has(&learned.passed, 200, 7));
	assert_false(wh_passed_has(&learned.passed, 4, 7));
	assert_true(wh_slot_set_has(&learned.listened, 3));
	assert_false(wh_slot_set_has(&learned.listened, 200));
	assert_int_equal(learned.since, 1000);
	/* Having asked, it may listen as well; not the other way round. */
	wh_learned_add(&learned, rules, &second, 1, 3000);
	assert_true(wh_slot_set_has(&learned.listened, 200));
	wh_learned_add(&learned, rules, &first, 0, 4000);
	assert_true(wh_slot_set_has(&learned.listened, 3));
	assert_int_equal(learned.since, 1000);
	free(rules);
}

static void a_slot_that_changed_hands_is_forgotten_also_as_listened(void **state)
{
	struct wh_slot_set old = slots_of(3), other = slots_of(9);
	struct wh_rules *rules = rules_create(7);
	struct wh_learned learned = {};

	wh_learned_add(&learned, rules, &old, 1, 1000);
	rules->version = 8;
	rules->slot_since[3] = 8;
	assert_false(wh_passed_has(&learned.passed, 3, 8));
	wh_learned_add(&learned, rules, &other, 0, 2000);
	assert_int_equal(learned.passed.version, 8);
	assert_false(wh_passed_has(&learned.passed, 3, 8));
	assert_false(wh_slot_set_has(&learned.listened, 3));
	wh_learned_add(&learned, rules, &old, 0, 3000);
	assert_true(wh_passed_has(&learned.passed, 3, 8));
	assert_false(wh_slot_set_has(&learned.listened, 3));
	free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_for_which_redirector_why_and_since_when),
		cmocka_unit_test(a_slot_that_changed_hands_is_forgotten_also_as_listened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
