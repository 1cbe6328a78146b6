/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Who may bind where? */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bind_guard.h"
#include "rule_builder.h"

static struct wh_rules *rules;
static struct wh_identity who;
static struct wh_process process = {.who = &who};

/* Redirector 0 states user 13 as its owner, redirector 1 none; 127.0.0.1 and ::1, 10000 + i. */
static int begin(void **state)
{
	rules = rules_create(1);
	rules_add_redirector(rules, 70)->owner =
		(struct wh_owner){.flags = WH_OWNER_USER, .uid = 13};
	rules_add_redirector(rules, 71);
	who = (struct wh_identity){.uid = 1000};
	return 0;
}

static int end(void **state)
{
	free(rules);
	return 0;
}

static struct wh_bind_search bind_to(const char *address, __u16 port, __u64 netns)
{
	struct wh_bind_search search;

	memset(&search, 0x5a, sizeof(search));
	search.rules = rules;
	search.process = &process;
	search.bound = endpoint_of(address, port);
	search.netns = netns;
	wh_bind_find(&search);
	return search;
}

static void an_address_with_a_stated_owner_is_guarded_wildcards_included(void **state)
{
	static const struct {
		const char *address;
		__u16 port;
		int guarded;
	} rows[] = {
		{"127.0.0.1", 10000, 1},
		{"::1", 10000, 1},
		{"0.0.0.0", 10000, 1},
		{"::", 10000, 1},
		{"127.0.0.2", 10000, 0},
		{"::2", 10000, 0},
		{"127.0.0.1", 9999, 0},
		{"127.0.0.1", 10001, 0},
		{"0.0.0.0", 80, 0},
		{"0.0.0.0", 0, 0},
		{"::", 0, 0},
		{"127.0.0.1", 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		__u32 wanted = rows[i].guarded ? 0 : WH_NO_REDIRECTOR;

		assert_int_equal(bind_to(rows[i].address, rows[i].port, 0).guarded, wanted);
	}
}

static void any_free_port_may_be_bound_where_a_redirector_lacks_a_family(void **state)
{
	struct wh_endpoint listen = rules->redirector[0].listen4;

	rules_listen(rules, &rules->redirector[0], &listen, NULL);
	assert_int_equal(bind_to("::", 0, 0).guarded, WH_NO_REDIRECTOR);
	assert_int_equal(bind_to("0.0.0.0", 0, 0).guarded, WH_NO_REDIRECTOR);
	assert_int_equal(bind_to("127.0.0.1", 10000, 0).guarded, 0);
	assert_int_equal(bind_to("::1", 10000, 0).guarded, WH_NO_REDIRECTOR);
}

static void the_owner_may_bind_its_address(void **state)
{
	who.uid = 13;
	assert_int_equal(bind_to("127.0.0.1", 10000, 0).guarded, WH_NO_REDIRECTOR);
	assert_int_equal(bind_to("::", 10000, 0).guarded, WH_NO_REDIRECTOR);
}

static void the_address_of_another_namespace_is_free(void **state)
{
	rules->redirector[0].netns = 5;
	assert_int_equal(bind_to("127.0.0.1", 10000, 6).guarded, WH_NO_REDIRECTOR);
	assert_int_equal(bind_to("127.0.0.1", 10000, 5).guarded, 0);
}

static void where_no_owner_is_stated_the_listener_is_told_the_slot(void **state)
{
	struct wh_bind_search search = bind_to("0.0.0.0", 10001, 0);

	assert_int_equal(search.guarded, WH_NO_REDIRECTOR);
	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		assert_int_equal(wh_slot_set_has(&search.at, slot), slot == 71);
	search = bind_to("127.0.0.1", 10000, 0);
	assert_false(wh_slot_set_has(&search.at, 70));
	assert_false(wh_slot_set_has(&search.at, 71));
}

static void several_redirectors_at_one_address_are_all_told(void **state)
{
	struct wh_endpoint listen = endpoint_of("127.0.0.1", 10001);
	struct wh_bind_search search;

	rules_listen(rules, rules_add_redirector(rules, 255), &listen, NULL);
	search = bind_to("127.0.0.1", 10001, 0);
	assert_true(wh_slot_set_has(&search.at, 71));
	assert_true(wh_slot_set_has(&search.at, 255));
	/* One of them that is owned guards the address, whatever comes after it. */
	rules->redirector[1].owner = (struct wh_owner){.flags = WH_OWNER_USER, .uid = 13};
	search = bind_to("127.0.0.1", 10001, 0);
	assert_int_equal(search.guarded, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_address_with_a_stated_owner_is_guarded_wildcards_included),
		TEST(any_free_port_may_be_bound_where_a_redirector_lacks_a_family),
		TEST(the_owner_may_bind_its_address),
		TEST(the_address_of_another_namespace_is_free),
		TEST(where_no_owner_is_stated_the_listener_is_told_the_slot),
		TEST(several_redirectors_at_one_address_are_all_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
