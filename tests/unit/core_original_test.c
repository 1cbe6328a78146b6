/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What proxies are told that know nothing of whither. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "original_destination.h"
#include "rule_builder.h"

static struct wh_record record_to(const char *destination)
{
	struct wh_record record;

	memset(&record, 0x5a, sizeof(record));
	record.flags = 0;
	record.destination = address_of(destination);
	record.destination_port = htons(8080);
	return record;
}

/* Each level, each family of socket and of destination: netfilter's answers. */
static void each_level_answers_for_its_own_family(void **state)
{
	static const struct {
		const char *destination;
		int level, inet6, answer;
	} rows[] = {
		{"192.0.2.1", SOL_IP, 0, 16},
		{"192.0.2.1", SOL_IP, 1, 16},
		{"192.0.2.1", SOL_IPV6, 0, 0},
		{"192.0.2.1", SOL_IPV6, 1, -ENOENT},
		{"2001:db8::1", SOL_IP, 0, -ENOENT},
		{"2001:db8::1", SOL_IP, 1, -ENOENT},
		{"2001:db8::1", SOL_IPV6, 0, 0},
		{"2001:db8::1", SOL_IPV6, 1, 28},
		{"::ffff:192.0.2.1", SOL_IP, 1, 16},
		{"::ffff:192.0.2.1", SOL_IPV6, 1, -ENOENT},
		{"2001:db8::1", SOL_SOCKET, 1, 0},
		{"192.0.2.1", SOL_SOCKET, 0, 0},
		{"192.0.2.1", IPPROTO_TCP, 1, 0},
		{"192.0.2.1", 0x5746, 1, 0},
		{"2001:db8::1", -1, 1, 0},
		{"::1", SOL_IPV6, 1, 28},
		{"::fffe:192.0.2.1", SOL_IPV6, 1, 28},
		{"::192.0.2.1", SOL_IP, 1, -ENOENT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wh_record record = record_to(rows[i].destination);

		assert_int_equal(wh_original_answer(&record, (__u32)rows[i].level,
						    (__u32)rows[i].inet6, 4096),
				 rows[i].answer);
	}
}

static void a_short_buffer_is_refused_before_anything_else(void **state)
{
	struct wh_record v4 = record_to("192.0.2.1"), v6 = record_to("2001:db8::1");

	for (__u32 room = 0; room < 64; room++) {
		assert_int_equal(wh_original_answer(&v4, SOL_IP, 0, room),
				 room < 16 ? -EINVAL : 16);
		assert_int_equal(wh_original_answer(&v6, SOL_IP, 1, room),
				 room < 16 ? -EINVAL : -ENOENT);
		assert_int_equal(wh_original_answer(&v6, SOL_IPV6, 1, room),
				 room < 28 ? -EINVAL : 28);
		assert_int_equal(wh_original_answer(&v4, SOL_IPV6, 1, room),
				 room < 28 ? -EINVAL : -ENOENT);
		assert_int_equal(wh_original_answer(&v4, SOL_IPV6, 0, room), 0);
	}
}

static void the_bytes_are_those_of_the_systems_structures(void **state)
{
	struct wh_record v4 = record_to("192.0.2.1"), v6 = record_to("2001:db8::1");
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(8080)};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(8080)};
	struct wh_sockaddr_in6 found6;
	struct wh_sockaddr_in found;

	memset(&found, 0x5a, sizeof(found));
	memset(&found6, 0x5a, sizeof(found6));
	inet_pton(AF_INET, "192.0.2.1", &in.sin_addr);
	inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr);
	wh_original_fill4(&found, &v4);
	wh_original_fill6(&found6, &v6);
	assert_memory_equal(&found, &in, sizeof(in));
	assert_memory_equal(&found6, &in6, sizeof(in6));
	assert_int_equal(sizeof(found), sizeof(in));
	assert_int_equal(sizeof(found6), sizeof(in6));
	assert_int_equal(WH_SOL_IP, SOL_IP);
	assert_int_equal(WH_SOL_IPV6, SOL_IPV6);
}

static void the_own_address_is_the_destination_unless_switched_off_or_untellable(void **state)
{
	struct wh_record v4 = record_to("192.0.2.1"), v6 = record_to("2001:db8::1");

	assert_true(wh_original_is_local(&v4, 0));
	assert_true(wh_original_is_local(&v4, 1));
	assert_true(wh_original_is_local(&v6, 1));
	assert_false(wh_original_is_local(&v6, 0));
	v4.flags = v6.flags = WH_RECORD_CHAINED | WH_RECORD_ISSUED | WH_RECORD_SENT;
	assert_true(wh_original_is_local(&v4, 0));
	assert_true(wh_original_is_local(&v6, 1));
	v4.flags = v6.flags = WH_RECORD_LOCAL_PROXY;
	assert_false(wh_original_is_local(&v4, 0));
	assert_false(wh_original_is_local(&v4, 1));
	assert_false(wh_original_is_local(&v6, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_level_answers_for_its_own_family),
		cmocka_unit_test(a_short_buffer_is_refused_before_anything_else),
		cmocka_unit_test(the_bytes_are_those_of_the_systems_structures),
		cmocka_unit_test(
			the_own_address_is_the_destination_unless_switched_off_or_untellable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
