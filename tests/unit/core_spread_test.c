/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A listener that is reached at a whole range of addresses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bind_guard.h"
#include "rule_builder.h"
#include "spread_address.h"

static struct wh_spread spread_of(const char *prefix, __u32 bits)
{
	struct wh_address address = address_of(prefix);
	struct wh_spread spread;

	memset(&spread, 0x5a, sizeof(spread));
	assert_int_equal(wh_spread_set(&spread, &address, bits), 0);
	return spread;
}

static void assert_picks(const struct wh_spread *spread, __u64 number, const char *wanted)
{
	struct wh_address picked, address = address_of(wanted);

	wh_spread_pick(spread, number, &picked);
	assert_memory_equal(&picked, &address, sizeof(picked));
}

static void hosts_are_picked_in_turn_but_not_the_first_and_last_address(void **state)
{
	struct wh_spread four = spread_of("127.64.0.0", 96 + 30);
	struct wh_spread wide = spread_of("127.64.0.0", 96 + 16);

	assert_picks(&four, 0, "127.64.0.1");
	assert_picks(&four, 1, "127.64.0.2");
	assert_picks(&four, 2, "127.64.0.1");
	assert_picks(&four, ~0ULL, "127.64.0.2");
	assert_picks(&wide, 0, "127.64.0.1");
	assert_picks(&wide, 255, "127.64.1.0");
	assert_picks(&wide, 65533, "127.64.255.254");
	assert_picks(&wide, 65534, "127.64.0.1");
}

static void a_large_range_is_used_in_part_and_is_the_redirectors_as_a_whole(void **state)
{
	struct wh_spread six = spread_of("fd00:1::", 32), all = spread_of("127.0.0.0", 96 + 8);
	struct wh_address far = address_of("fd00:1:ffff::1"), out = address_of("fd00:2::1");

	assert_picks(&six, 0, "fd00:1::1");
	assert_picks(&six, (1 << 24) - 3, "fd00:1::ff:fffe");
	assert_picks(&six, (1 << 24) - 2, "fd00:1::1");
	assert_picks(&all, (1 << 24) - 3, "127.255.255.254");
	assert_true(wh_spread_has(&six, &far));
	assert_false(wh_spread_has(&six, &out));
}

static void every_pick_is_of_the_range_and_no_two_neighbours_are_one(void **state)
{
	struct wh_spread spread = spread_of("127.64.0.0", 96 + 16);
	unsigned char *seen = calloc(65536, 1);

	assert_non_null(seen);
	for (__u32 i = 0; i < 65534; i++) {
		struct wh_address picked;
		__u32 host;

		wh_spread_pick(&spread, 1000000 + i, &picked);
		assert_true(wh_spread_has(&spread, &picked));
		host = WH_HOST32(picked.word[3]) & 0xffff;
		assert_false(seen[host]);
		seen[host] = 1;
	}
	assert_false(seen[0] || seen[65535]);
	free(seen);
}

static void a_range_of_fewer_than_two_hosts_is_none(void **state)
{
	struct wh_address address = address_of("127.64.0.0");
	struct wh_spread spread, before;

	memset(&spread, 0x5a, sizeof(spread));
	before = spread;
	assert_int_equal(wh_spread_set(&spread, &address, 127), -EINVAL);
	assert_int_equal(wh_spread_set(&spread, &address, 128), -EINVAL);
	assert_memory_equal(&spread, &before, sizeof(spread));
	memset(&spread, 0, sizeof(spread));
	assert_false(wh_spread_has(&spread, &address));
}

/* Whatever a table holds, nothing is divided by zero and nothing shifted too far. */
static void a_bad_range_of_a_table_does_no_harm(void **state)
{
	struct wh_address picked;

	for (unsigned int bits = 0; bits < 65536; bits++) {
		struct wh_spread spread = {.host_bits = (__u16)bits};

		wh_spread_pick(&spread, 12345, &picked);
	}
}

static void the_redirector_is_at_all_of_its_range_with_its_port(void **state)
{
	static const struct {
		const char *address;
		__u16 port;
		int at;
	} rows[] = {
		{"127.0.0.1", 10000, 1},     {"127.64.0.0", 10000, 1},
		{"127.64.9.9", 10000, 1},    {"127.64.9.9", 10001, 0},
		{"127.65.0.1", 10000, 0},    {"127.63.255.255", 10000, 0},
		{"0.0.0.0", 10000, 1},       {"::", 10000, 1},
		{"fd00::1", 10000, 1},       {"fd00::1", 10001, 0},
		{"fd00:0:0:1::1", 10000, 0}, {"::1", 10000, 1},
		{"127.64.9.9", 0, 0},
	};
	struct wh_rules *rules = rules_create(1);
	struct wh_redirector *redirector = rules_add_redirector(rules, 5);

	redirector->spread4 = spread_of("127.64.0.0", 96 + 16);
	redirector->spread6 = spread_of("fd00::", 64);
	redirector->owner = (struct wh_owner){.flags = WH_OWNER_USER, .uid = 13};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wh_endpoint endpoint = endpoint_of(rows[i].address, rows[i].port);
		struct wh_identity who = {.uid = 1000};
		struct wh_process process = {.who = &who};
		struct wh_bind_search search = {
			.rules = rules, .process = &process, .bound = endpoint};

		assert_int_equal(!!wh_redirector_at(redirector, &endpoint), rows[i].at);
		wh_bind_find(&search);
		assert_int_equal(search.guarded, rows[i].at ? 0 : WH_NO_REDIRECTOR);
	}
	assert_ptr_equal(wh_redirector_spread(redirector, &redirector->listen4),
			 &redirector->spread4);
	assert_ptr_equal(wh_redirector_spread(redirector, &redirector->listen6),
			 &redirector->spread6);
	redirector->spread4.host_bits = 0;
	assert_null(wh_redirector_spread(redirector, &redirector->listen4));
	free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_picked_in_turn_but_not_the_first_and_last_address),
		cmocka_unit_test(a_large_range_is_used_in_part_and_is_the_redirectors_as_a_whole),
		cmocka_unit_test(every_pick_is_of_the_range_and_no_two_neighbours_are_one),
		cmocka_unit_test(a_range_of_fewer_than_two_hosts_is_none),
		cmocka_unit_test(a_bad_range_of_a_table_does_no_harm),
		cmocka_unit_test(the_redirector_is_at_all_of_its_range_with_its_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
