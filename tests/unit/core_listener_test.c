/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Is the proxy there, and what if not? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "listener_check.h"

static struct wh_identity who;
static struct wh_process holder = {.who = &who};

static struct wh_redirector owned_by(__u32 uid)
{
	return (struct wh_redirector){.owner = {.flags = WH_OWNER_USER, .uid = uid}};
}

static void nobody_there_is_absent_whoever_owns_it(void **state)
{
	struct wh_redirector owned = owned_by(13), open = {};

	assert_int_equal(wh_listener_cause(&owned, 0, NULL), WH_CAUSE_ABSENT);
	assert_int_equal(wh_listener_cause(&owned, 0, &holder), WH_CAUSE_ABSENT);
	assert_int_equal(wh_listener_cause(&open, 0, NULL), WH_CAUSE_ABSENT);
}

static void the_owner_is_there_and_anybody_else_is_an_intruder(void **state)
{
	struct wh_redirector owned = owned_by(13);

	who.uid = 13;
	assert_int_equal(wh_listener_cause(&owned, 1, &holder), WH_CAUSE_NONE);
	who.uid = 14;
	assert_int_equal(wh_listener_cause(&owned, 1, &holder), WH_CAUSE_INTRUDER);
	assert_int_equal(wh_listener_cause(&owned, 1, NULL), WH_CAUSE_INTRUDER);
	owned.owner.flags |= WH_OWNER_LISTEN_USER;
	owned.owner.listen_uid = 14;
	assert_int_equal(wh_listener_cause(&owned, 1, &holder), WH_CAUSE_NONE);
	who.uid = 0;
	assert_int_equal(wh_listener_cause(&owned, 1, &holder), WH_CAUSE_INTRUDER);
}

static void where_no_owner_is_stated_whoever_is_there_will_do(void **state)
{
	struct wh_redirector open = {.owner = {.uid = 13}};

	who.uid = 14;
	assert_int_equal(wh_listener_cause(&open, 1, &holder), WH_CAUSE_NONE);
	assert_int_equal(wh_listener_cause(&open, 1, NULL), WH_CAUSE_NONE);
}

static void it_is_looked_at_only_where_it_matters(void **state)
{
	struct wh_redirector owned = owned_by(0), open = {};

	assert_true(wh_listener_matters(&owned));
	assert_false(wh_listener_matters(&open));
	open.flags = WH_LOCAL_ADDRESS_PROXY;
	open.owner.flags = WH_OWNER_LISTEN_USER;
	assert_false(wh_listener_matters(&open));
	open.flags = WH_WHEN_ABSENT_PERMIT;
	assert_true(wh_listener_matters(&open));
}

static void only_absence_is_permitted_and_only_where_the_rule_says_so(void **state)
{
	struct wh_redirector block = {}, permit = {.flags = WH_WHEN_ABSENT_PERMIT};

	for (__u32 cause = WH_CAUSE_NONE; cause < WH_CAUSE_SLOTS; cause++) {
		int is_absence = cause == WH_CAUSE_ABSENT || cause == WH_CAUSE_INTRUDER;

		assert_false(wh_absence_permits(&block, cause));
		assert_int_equal(!!wh_absence_permits(&permit, cause), is_absence);
	}
}

static void eight_are_passed_over_and_a_ninth_is_not(void **state)
{
	struct wh_redirector permit = {.flags = WH_WHEN_ABSENT_PERMIT}, block = {.slot = 5};
	struct wh_slot_set passed = {};

	for (__u32 tried = 0; tried < WH_ABSENT_MAX; tried++) {
		permit.slot = (__u16)(3 + 7 * tried);
		assert_true(wh_pass_over(&permit, WH_CAUSE_ABSENT, tried, &passed));
		assert_true(wh_slot_set_has(&passed, permit.slot));
	}
	permit.slot = 2;
	assert_false(wh_pass_over(&permit, WH_CAUSE_ABSENT, WH_ABSENT_MAX, &passed));
	assert_false(wh_pass_over(&permit, WH_CAUSE_BOUND, 0, &passed));
	assert_false(wh_pass_over(&permit, WH_CAUSE_NONE, 0, &passed));
	assert_false(wh_pass_over(&block, WH_CAUSE_ABSENT, 0, &passed));
	/* Who refuses a connect has not passed it. */
	assert_false(wh_slot_set_has(&passed, permit.slot));
	assert_false(wh_slot_set_has(&passed, block.slot));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_there_is_absent_whoever_owns_it),
		cmocka_unit_test(the_owner_is_there_and_anybody_else_is_an_intruder),
		cmocka_unit_test(where_no_owner_is_stated_whoever_is_there_will_do),
		cmocka_unit_test(it_is_looked_at_only_where_it_matters),
		cmocka_unit_test(only_absence_is_permitted_and_only_where_the_rule_says_so),
		cmocka_unit_test(eight_are_passed_over_and_a_ninth_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
