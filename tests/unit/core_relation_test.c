/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Whose process is it? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_state.h"
#include "process_relation.h"
#include "rule_builder.h"

static struct wh_rules *rules;
static struct wh_identity who;
static struct wh_cgroup_path path;
static struct wh_passed learned;
static struct wh_process process;

/* User 13 runs executable 8:77 in cgroup 1/22/333 and listens nowhere. */
static int begin(void **state)
{
	rules = rules_create(5);
	who = (struct wh_identity){.uid = 13, .executable_device = 8, .executable_inode = 77};
	path = (struct wh_cgroup_path){{1, 22, 333}};
	learned = (struct wh_passed){.version = 5};
	process = (struct wh_process){.who = &who, .path = &path, .learned = &learned};
	return 0;
}

static int end(void **state)
{
	free(rules);
	return 0;
}

static struct wh_owner owner_of_the_process(__u32 flags)
{
	return (struct wh_owner){.flags = flags,
				 .uid = 13,
				 .executable_device = 8,
				 .executable_inode = 77,
				 .cgroup = 22,
				 .cgroup_level = 1};
}

static void an_owner_that_states_nothing_matches_nobody(void **state)
{
	struct wh_owner owner = owner_of_the_process(0);

	assert_false(wh_owner_matches(&owner, &process));
	owner.flags = WH_OWNER_LISTEN_USER;
	owner.listen_uid = 13;
	assert_false(wh_owner_matches(&owner, &process));
}

/* The parts in wrong are another's. */
static void an_owner_matches_when_all_that_it_states_does(void **state)
{
	for (__u32 stated = 1; stated <= WH_OWNER_STATED; stated++)
		for (__u32 wrong = 0; wrong <= WH_OWNER_STATED; wrong++) {
			struct wh_owner owner = owner_of_the_process(stated);

			if (wrong & WH_OWNER_USER)
				owner.uid = 14;
			if (wrong & WH_OWNER_EXE)
				owner.executable_inode = 78;
			if (wrong & WH_OWNER_CGROUP)
				owner.cgroup = 23;
			assert_int_equal(wh_owner_matches(&owner, &process), !(stated & wrong));
		}
}

static void an_executable_owns_by_device_and_inode(void **state)
{
	struct wh_owner owner = owner_of_the_process(WH_OWNER_EXE);

	owner.executable_device = 9;
	assert_false(wh_owner_matches(&owner, &process));
	owner = owner_of_the_process(WH_OWNER_EXE);
	owner.executable_inode |= 1ULL << 32;
	assert_false(wh_owner_matches(&owner, &process));
}

static void a_cgroup_owns_what_is_below_it_at_its_own_level(void **state)
{
	struct wh_owner owner = owner_of_the_process(WH_OWNER_CGROUP);
	const __u64 ids[] = {1, 22, 333};

	for (__u32 i = 0; i < 3; i++)
		for (__u32 level = 0; level < 40; level++) {
			owner.cgroup = ids[i];
			owner.cgroup_level = level;
			assert_int_equal(wh_owner_matches(&owner, &process), i == level);
		}
	process.path = NULL;
	owner.cgroup = owner.cgroup_level = 0;
	assert_false(wh_owner_matches(&owner, &process));
}

static void a_process_that_listens_belongs_where_no_owner_is_stated(void **state)
{
	struct wh_redirector *redirector = rules_add_redirector(rules, 200);

	assert_false(wh_process_belongs(redirector, &process));
	wh_slot_set_add(&learned.slots, 200);
	assert_true(wh_process_belongs(redirector, &process));
	/* It listened before the redirector came, on the slot of another one. */
	redirector->since = 6;
	assert_false(wh_process_belongs(redirector, &process));
	process.learned = NULL;
	assert_false(wh_process_belongs(redirector, &process));
}

static void nothing_is_learned_where_an_owner_is_stated(void **state)
{
	struct wh_redirector *redirector = rules_add_redirector(rules, 200);

	wh_slot_set_add(&learned.slots, 200);
	redirector->owner = owner_of_the_process(WH_OWNER_USER);
	assert_true(wh_process_belongs(redirector, &process));
	redirector->owner.uid = 14;
	assert_false(wh_process_belongs(redirector, &process));
}

static void the_listen_user_may_listen_but_does_not_belong(void **state)
{
	struct wh_redirector *redirector = rules_add_redirector(rules, 1);

	redirector->owner = owner_of_the_process(WH_OWNER_EXE | WH_OWNER_LISTEN_USER);
	redirector->owner.executable_inode = 78;
	redirector->owner.listen_uid = 13;
	assert_true(wh_process_may_listen(redirector, &process));
	assert_false(wh_process_belongs(redirector, &process));
	redirector->owner.listen_uid = 0;
	assert_false(wh_process_may_listen(redirector, &process));
	/* listen_uid counts only when it is stated. */
	redirector->owner.listen_uid = 13;
	redirector->owner.flags = WH_OWNER_EXE;
	assert_false(wh_process_may_listen(redirector, &process));
}

static void an_owner_may_listen_and_so_may_anybody_where_none_is_stated(void **state)
{
	struct wh_redirector *redirector = rules_add_redirector(rules, 1);

	assert_true(wh_process_may_listen(redirector, &process));
	redirector->owner = owner_of_the_process(WH_OWNER_USER | WH_OWNER_CGROUP);
	assert_true(wh_process_may_listen(redirector, &process));
	redirector->owner.cgroup = 23;
	assert_false(wh_process_may_listen(redirector, &process));
}

static void a_process_of_nobody_has_passed_nobody(void **state)
{
	struct wh_relation relation;

	memset(&relation, 0x5a, sizeof(relation));
	rules_add_redirector(rules, 0);
	rules_add_redirector(rules, 1)->owner = owner_of_the_process(WH_OWNER_USER);
	who.uid = 14;
	wh_relation_find(&relation, rules, &process);
	assert_int_equal(relation.last, WH_NO_REDIRECTOR);
	assert_int_equal(relation.passed.version, 5);
	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		assert_false(wh_slot_set_has(&relation.passed.slots, slot));
}

/* Slots run against the order, so that neither can be taken for the other. */
static void a_process_has_passed_all_up_to_the_last_that_it_belongs_to(void **state)
{
	struct wh_relation relation;

	for (unsigned int owned = 0; owned < 64; owned++) {
		__u32 last = WH_NO_REDIRECTOR;

		rules_clear(rules, 5);
		learned.slots = (struct wh_slot_set){};
		for (__u32 i = 0; i < 6; i++) {
			struct wh_redirector *added = rules_add_redirector(rules, 255 - i * 51);

			if (!(owned & 1u << i))
				continue;
			last = i;
			if (i % 2)
				added->owner = owner_of_the_process(WH_OWNER_USER);
			else
				wh_slot_set_add(&learned.slots, added->slot);
		}
		wh_relation_find(&relation, rules, &process);
		assert_int_equal(relation.last, last);
		assert_int_equal(relation.passed.version, 5);
		for (__u32 i = 0; i < 6; i++)
			assert_int_equal(wh_slot_set_has(&relation.passed.slots, 255 - i * 51),
					 last != WH_NO_REDIRECTOR && i <= last);
	}
}

static void redirectors_behind_the_count_do_not_exist(void **state)
{
	struct wh_relation relation;

	rules_add_redirector(rules, 0)->owner = owner_of_the_process(WH_OWNER_USER);
	rules->redirector_count = 0;
	wh_relation_find(&relation, rules, &process);
	assert_int_equal(relation.last, WH_NO_REDIRECTOR);
}

static void the_last_of_a_full_table_is_found(void **state)
{
	struct wh_relation relation;

	for (__u32 i = 0; i < WH_REDIRECTORS_MAX; i++)
		rules_add_redirector(rules, i);
	rules->redirector[255].owner = owner_of_the_process(WH_OWNER_USER);
	rules->redirector_count = 0xffffffffu;
	wh_relation_find(&relation, rules, &process);
	assert_int_equal(relation.last, 255);
	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		assert_true(wh_slot_set_has(&relation.passed.slots, slot));
}

static void a_record_finds_its_redirector_by_slot_and_guid_together(void **state)
{
	struct wh_record record = {};

	for (unsigned int slot = 5; slot < 9; slot++)
		rules_add_redirector(rules, slot);
	for (__u32 i = 0; i < 4; i++) {
		record.slot = rules->redirector[i].slot;
		record.redirector = rules->redirector[i].guid;
		assert_int_equal(wh_redirector_find(rules, &record), i);
		/* Gone, and its slot given to another; or back, on another slot. */
		record.slot++;
		assert_int_equal(wh_redirector_find(rules, &record), WH_NO_REDIRECTOR);
		record.slot--;
		record.redirector.byte[15]++;
		assert_int_equal(wh_redirector_find(rules, &record), WH_NO_REDIRECTOR);
	}
	record.slot = rules->redirector[3].slot;
	record.redirector = rules->redirector[3].guid;
	rules->redirector_count = 3;
	assert_int_equal(wh_redirector_find(rules, &record), WH_NO_REDIRECTOR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_owner_that_states_nothing_matches_nobody),
		TEST(an_owner_matches_when_all_that_it_states_does),
		TEST(an_executable_owns_by_device_and_inode),
		TEST(a_cgroup_owns_what_is_below_it_at_its_own_level),
		TEST(a_process_that_listens_belongs_where_no_owner_is_stated),
		TEST(nothing_is_learned_where_an_owner_is_stated),
		TEST(the_listen_user_may_listen_but_does_not_belong),
		TEST(an_owner_may_listen_and_so_may_anybody_where_none_is_stated),
		TEST(a_process_of_nobody_has_passed_nobody),
		TEST(a_process_has_passed_all_up_to_the_last_that_it_belongs_to),
		TEST(redirectors_behind_the_count_do_not_exist),
		TEST(the_last_of_a_full_table_is_found),
		TEST(a_record_finds_its_redirector_by_slot_and_guid_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
