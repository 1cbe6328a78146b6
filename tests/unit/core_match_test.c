/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Which rule does a connect meet first? */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rule_builder.h"
#include "rule_match.h"

static struct wh_rules *rules;
static struct wh_identity who;
static struct wh_cgroup_path path;
static struct wh_facts facts;

/* User 1000 runs executable 8:77 in cgroup 1/22/333 of namespace 5, and wants 192.0.2.7:443. */
static int begin(void **state)
{
	rules = rules_create(1);
	who = (struct wh_identity){.uid = 1000, .executable_device = 8, .executable_inode = 77};
	path = (struct wh_cgroup_path){{1, 22, 333}};
	facts = (struct wh_facts){.destination = endpoint_of("192.0.2.7", 443),
				  .netns = 5,
				  .who = &who,
				  .path = &path};
	return 0;
}

static int end(void **state)
{
	free(rules);
	return 0;
}

/* Does the machine see a redirector's conditions match? The rule that decides is *ret_rule. */
static __u32 outcome_of(__u32 *ret_rule)
{
	struct wh_match match;

	wh_match_init(&match, rules, &facts);
	wh_match_run(&match);
	if (ret_rule)
		*ret_rule = match.rule;
	return match.outcome;
}

static int matches(void)
{
	__u32 outcome = outcome_of(NULL);

	assert_true(outcome == WH_MATCH_ASK || outcome == WH_MATCH_NONE);
	return outcome == WH_MATCH_ASK;
}

static void a_table_without_rules_matches_nothing(void **state)
{
	assert_int_equal(outcome_of(NULL), WH_MATCH_NONE);
	/* Also when there is something behind the last rule. */
	rules_add_redirector(rules, 0);
	rules->rule_count = 0;
	assert_int_equal(outcome_of(NULL), WH_MATCH_NONE);
}

static void a_rule_without_conditions_matches_everything(void **state)
{
	rules_add_redirector(rules, 0);
	assert_true(matches());
	facts = (struct wh_facts){.destination = endpoint_of("::1", 1)};
	assert_true(matches());
}

static void a_port_matches_from_the_first_to_the_last_of_its_range(void **state)
{
	static const struct {
		__u16 low, high, port;
		int matches;
	} rows[] = {
		{443, 443, 443, 1}, {443, 443, 442, 0},       {443, 443, 444, 0},
		{80, 443, 80, 1},   {80, 443, 443, 1},        {80, 443, 79, 0},
		{80, 443, 444, 0},  {0, 65535, 0, 1},         {0, 65535, 65535, 1},
		{1, 65535, 0, 0},   {65535, 65535, 65535, 1}, {65535, 65535, 65534, 0},
		{256, 256, 1, 0},   {1, 1, 256, 0},           {443, 80, 100, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rules_clear(rules, 1);
		rules_add_redirector(rules, 0);
		rules_match_port(rules, rows[i].low, rows[i].high);
		facts.destination.port = htons(rows[i].port);
		assert_int_equal(matches(), rows[i].matches);
	}
}

static void an_address_matches_its_prefix(void **state)
{
	static const struct {
		const char *prefix, *destination;
		__u8 bits;
		int matches;
	} rows[] = {
		{"192.0.2.7", "192.0.2.7", 128, 1},
		{"192.0.2.7", "192.0.2.6", 128, 0},
		{"192.0.2.0", "192.0.2.255", 120, 1},
		{"192.0.2.0", "192.0.3.0", 120, 0},
		{"0.0.0.0", "255.255.255.255", 96, 1},
		{"0.0.0.0", "2001:db8::1", 96, 0},
		{"::", "2001:db8::1", 0, 1},
		{"::", "192.0.2.7", 0, 1},
		{"2001:db8::", "2001:db8:ffff::1", 32, 1},
		{"2001:db8::", "2001:db9::", 32, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rules_clear(rules, 1);
		rules_add_redirector(rules, 0);
		rules_match_address(rules, rows[i].prefix, rows[i].bits);
		facts.destination = endpoint_of(rows[i].destination, 443);
		assert_int_equal(matches(), rows[i].matches);
	}
}

static void a_namespace_matches_its_cookie(void **state)
{
	rules_add_redirector(rules, 0);
	rules_match_netns(rules, 0x100000005ULL);
	assert_false(matches());
	facts.netns = 0x100000005ULL;
	assert_true(matches());
}

static void a_user_matches_by_number(void **state)
{
	rules_add_redirector(rules, 0);
	rules_match_user(rules, 1000);
	assert_true(matches());
	who.uid = 1001;
	assert_false(matches());
	/* The group and the process are something else. */
	who.gid = who.pid = 1000;
	assert_false(matches());
}

static void an_executable_matches_in_device_and_inode(void **state)
{
	rules_add_redirector(rules, 0);
	rules_match_executable(rules, 8, 77);
	assert_true(matches());
	who.executable_device = 9;
	assert_false(matches());
	who.executable_device = 8;
	who.executable_inode = 77 | 1ULL << 32;
	assert_false(matches());
}

static void a_cgroup_matches_itself_and_what_is_below_it(void **state)
{
	for (__u32 level = 0; level < 3; level++) {
		rules_clear(rules, 1);
		rules_add_redirector(rules, 0);
		rules_match_cgroup(rules, level, path.id[level]);
		assert_true(matches());
	}
}

static void a_cgroup_does_not_match_elsewhere(void **state)
{
	static const struct {
		__u32 level;
		__u64 id;
	} rows[] = {{1, 333}, {2, 22}, {1, 23}, {3, 333}, {2, 333 | 1ULL << 40}, {15, 333}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rules_clear(rules, 1);
		rules_add_redirector(rules, 0);
		rules_match_cgroup(rules, rows[i].level, rows[i].id);
		assert_false(matches());
	}
}

static void a_cgroup_of_an_impossible_level_does_not_match(void **state)
{
	static const __u32 levels[] = {16, 17, 18, 32, 256, 0x80000002u, 0xffffffffu};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		rules_clear(rules, 1);
		rules_add_redirector(rules, 0);
		rules_match_cgroup(rules, levels[i], path.id[levels[i] % WH_CGROUP_LEVELS]);
		assert_false(matches());
	}
}

static void what_is_not_known_of_a_client_matches_no_condition_about_it(void **state)
{
	facts.who = NULL;
	facts.path = NULL;
	rules_add_redirector(rules, 0);
	rules_match_user(rules, 0);
	assert_false(matches());
	rules_clear(rules, 1);
	rules_add_redirector(rules, 0);
	rules_match_executable(rules, 0, 0);
	assert_false(matches());
	rules_clear(rules, 1);
	rules_add_redirector(rules, 0);
	rules_match_cgroup(rules, 0, 0);
	assert_false(matches());
}

static void a_condition_of_unknown_kind_never_matches(void **state)
{
	for (unsigned int kind = 0; kind < 256; kind++) {
		if (kind >= WH_TEST_NETNS && kind <= WH_TEST_CGROUP)
			continue;
		rules_clear(rules, 1);
		rules_add_redirector(rules, 0);
		rules_add_test(rules, &(struct wh_test){.kind = (__u8)kind, .high = 65535});
		assert_false(matches());
	}
}

static void any_alternative_of_a_list_is_enough(void **state)
{
	rules_add_redirector(rules, 0);
	for (unsigned int i = 0; i < WH_LIST_MAX; i++)
		rules_match_port(rules, 1000 + 2 * i, 1000 + 2 * i);
	for (unsigned int port = 998; port < 1002 + 2 * WH_LIST_MAX; port++) {
		facts.destination.port = htons((__u16)port);
		assert_int_equal(matches(),
				 port % 2 == 0 && port >= 1000 && port < 1000 + 2 * WH_LIST_MAX);
	}
}

/* One condition of each kind; those in right are met, the others are not. */
static void add_one_of_each(unsigned int right)
{
	rules_match_netns(rules, right & 1 ? 5 : 6);
	rules_match_port(rules, right & 2 ? 443 : 80, right & 2 ? 443 : 80);
	rules_match_address(rules, right & 4 ? "192.0.2.0" : "198.51.100.0", 120);
	rules_match_user(rules, right & 8 ? 1000 : 1001);
	rules_match_executable(rules, 8, right & 16 ? 77 : 78);
	rules_match_cgroup(rules, 1, right & 32 ? 22 : 23);
}

static void conditions_of_several_kinds_must_all_match(void **state)
{
	for (unsigned int right = 0; right < 64; right++) {
		rules_clear(rules, 1);
		rules_add_redirector(rules, 0);
		add_one_of_each(right);
		assert_int_equal(matches(), right == 63);
	}
}

static void in_lists_of_several_kinds_one_of_each_must_match(void **state)
{
	/* Each digit in base 4: the alternative of that kind that is met; 3: none. */
	for (int met = 0; met < 64; met++) {
		int port = met % 4, user = met / 4 % 4, cgroup = met / 16;

		rules_clear(rules, 1);
		rules_add_redirector(rules, 0);
		for (int i = 0; i < 3; i++)
			rules_match_port(rules, i == port ? 443 : 80, i == port ? 443 : 80);
		for (int i = 0; i < 3; i++)
			rules_match_user(rules, i == user ? 1000 : 1);
		for (int i = 0; i < 3; i++)
			rules_match_cgroup(rules, 2, i == cgroup ? 333 : 334);
		assert_int_equal(matches(), port < 3 && user < 3 && cgroup < 3);
	}
}

static void the_first_rule_that_matches_decides(void **state)
{
	__u32 rule;

	for (unsigned int right = 0; right < 16; right++) {
		unsigned int first = 0;

		rules_clear(rules, 1);
		rules_add_filter(rules, WH_RULE_BLOCK);
		rules_match_port(rules, right & 1 ? 443 : 1, 443 * (right & 1) + 1);
		rules_add_filter(rules, WH_RULE_PERMIT);
		rules_match_user(rules, right & 2 ? 1000 : 1);
		rules_add_redirector(rules, 0);
		rules_match_netns(rules, right & 4 ? 5 : 1);
		rules_add_redirector(rules, 1);
		rules_match_cgroup(rules, 0, right & 8 ? 1 : 2);
		while (first < 4 && !(right & 1u << first))
			first++;
		assert_int_equal(outcome_of(&rule), first == 4 ? WH_MATCH_NONE :
						    first < 2  ? WH_MATCH_FILTER :
								 WH_MATCH_ASK);
		assert_int_equal(rule, first);
	}
}

/* The state of the machine, step by step, must be what a run at once comes to. */
static void a_machine_that_is_driven_by_single_steps_decides_the_same(void **state)
{
	struct wh_match stepped, run;
	int steps = 0;

	rules_add_filter(rules, WH_RULE_BLOCK);
	add_one_of_each(31);
	rules_add_redirector(rules, 0);
	add_one_of_each(63);
	wh_match_init(&run, rules, &facts);
	wh_match_init(&stepped, rules, &facts);
	wh_match_run(&run);
	while (!wh_match_step(&stepped))
		steps++;
	assert_memory_equal(&run, &stepped, sizeof(run));
	assert_int_equal(steps, 12);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_table_without_rules_matches_nothing),
		TEST(a_rule_without_conditions_matches_everything),
		TEST(a_port_matches_from_the_first_to_the_last_of_its_range),
		TEST(an_address_matches_its_prefix),
		TEST(a_namespace_matches_its_cookie),
		TEST(a_user_matches_by_number),
		TEST(an_executable_matches_in_device_and_inode),
		TEST(a_cgroup_matches_itself_and_what_is_below_it),
		TEST(a_cgroup_does_not_match_elsewhere),
		TEST(a_cgroup_of_an_impossible_level_does_not_match),
		TEST(what_is_not_known_of_a_client_matches_no_condition_about_it),
		TEST(a_condition_of_unknown_kind_never_matches),
		TEST(any_alternative_of_a_list_is_enough),
		TEST(conditions_of_several_kinds_must_all_match),
		TEST(in_lists_of_several_kinds_one_of_each_must_match),
		TEST(the_first_rule_that_matches_decides),
		TEST(a_machine_that_is_driven_by_single_steps_decides_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
