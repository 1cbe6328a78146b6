/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inet_address.h"
#include "random_number.h"
#include "rule_builder.h"

/* Bit number bit of an address, 0 being the first on the wire. */
static int bit_of(const struct wh_address *address, unsigned int bit)
{
	const unsigned char *bytes = (const unsigned char *)address;

	return (bytes[bit / 8] >> (7 - bit % 8)) & 1;
}

static void flip_bit(struct wh_address *address, unsigned int bit)
{
	unsigned char *bytes = (unsigned char *)address;

	bytes[bit / 8] ^= (unsigned char)(0x80 >> (bit % 8));
}

static int in_prefix_bit_by_bit(const struct wh_address *address, const struct wh_address *prefix,
				unsigned int bits)
{
	for (unsigned int bit = 0; bit < bits && bit < 128; bit++)
		if (bit_of(address, bit) != bit_of(prefix, bit))
			return 0;
	return 1;
}

static int in_prefix(const struct wh_address *address, const struct wh_address *prefix,
		     unsigned int bits)
{
	struct wh_address mask;

	memset(&mask, 0x5a, sizeof(mask));
	wh_address_mask(&mask, bits);
	return wh_address_in_prefix(address, prefix, &mask);
}

static void byte_order_is_that_of_the_network(void **state)
{
	const unsigned char bytes[] = {0x12, 0x34, 0x56, 0x78};
	__be32 wide = WH_BE32(0x12345678);
	__be16 narrow = WH_BE16(0x1234);

	assert_memory_equal(&wide, bytes, 4);
	assert_memory_equal(&narrow, bytes, 2);
	assert_int_equal(WH_HOST32(wide), 0x12345678);
	assert_int_equal(WH_HOST16(narrow), 0x1234);
}

static void a_v4_address_is_kept_in_mapped_form(void **state)
{
	const unsigned char wanted[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7};
	struct wh_address address;

	memset(&address, 0x5a, sizeof(address));
	wh_address_from_v4(&address, inet_addr("192.0.2.7"));
	assert_memory_equal(&address, wanted, sizeof(wanted));
	assert_true(wh_address_is_v4(&address));
}

static void only_mapped_addresses_are_v4(void **state)
{
	static const char *const others[] = {"::",
					     "::1",
					     "::192.0.2.7",
					     "fe80::ffff:192.0.2.7",
					     "::fffe:192.0.2.7",
					     "2001:db8::1",
					     "64:ff9b::1.2.3.4"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct wh_address address = address_of(others[i]);

		assert_false(wh_address_is_v4(&address));
	}
	for (unsigned int bit = 0; bit < 128; bit++) {
		struct wh_address address = address_of("192.0.2.7");

		flip_bit(&address, bit);
		assert_int_equal(wh_address_is_v4(&address), bit >= WH_V4_PREFIX_BITS);
	}
}

static void addresses_are_equal_when_every_bit_is(void **state)
{
	struct random_source random = {1};
	struct wh_address a, b;

	random_fill(&random, &a, sizeof(a));
	b = a;
	assert_true(wh_address_equal(&a, &b));
	for (unsigned int bit = 0; bit < 128; bit++) {
		b = a;
		flip_bit(&b, bit);
		assert_false(wh_address_equal(&a, &b));
	}
}

static void the_wildcards_are_zero_in_either_family(void **state)
{
	static const char *const wildcards[] = {"::", "0.0.0.0"};
	struct wh_address address;

	for (int i = 0; i < 2; i++) {
		address = address_of(wildcards[i]);
		assert_true(wh_address_is_any(&address));
		for (unsigned int bit = 0; bit < 128; bit++) {
			address = address_of(wildcards[i]);
			flip_bit(&address, bit);
			assert_false(wh_address_is_any(&address));
		}
	}
}

static void loopback_is_127_slash_8_and_1(void **state)
{
	static const char *const loopbacks[] = {"127.0.0.0", "127.0.0.1", "127.255.255.255", "::1"};
	static const char *const others[] = {
		"126.255.255.255", "128.0.0.0", "0.0.0.0", "::",       "1::1",        "0:1::1",
		"0:0:1::1",        "::1:0:1",   "::2",     "::7f00:1", "::127.0.0.1", "255.0.0.1"};
	struct wh_address address;

	for (size_t i = 0; i < sizeof(loopbacks) / sizeof(loopbacks[0]); i++) {
		address = address_of(loopbacks[i]);
		assert_true(wh_address_is_loopback(&address));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		address = address_of(others[i]);
		assert_false(wh_address_is_loopback(&address));
	}
}

static void a_wildcard_destination_is_where_the_kernel_connects(void **state)
{
	static const struct {
		const char *destination, *bound, *reached;
	} rows[] = {
		{"0.0.0.0", "0.0.0.0", "127.0.0.1"},
		{"0.0.0.0", "192.0.2.10", "192.0.2.10"},
		{"0.0.0.0", "127.0.0.9", "127.0.0.9"},
		{"0.0.0.0", "::", "127.0.0.1"}, /* ::ffff:0.0.0.0 of an IPv6 socket */
		{"::", "::", "::1"},
		{"::", "2001:db8::10", "::1"},
		{"::", "192.0.2.10", "127.0.0.1"}, /* bound to a mapped address */
		{"::", "0.0.0.0", "127.0.0.1"},
		{"192.0.2.1", "192.0.2.10", "192.0.2.1"},
		{"2001:db8::1", "2001:db8::10", "2001:db8::1"},
		{"::1", "192.0.2.10", "::1"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wh_address address = address_of(rows[i].destination);
		struct wh_address bound = address_of(rows[i].bound);
		struct wh_address reached = address_of(rows[i].reached);

		wh_address_settle(&address, &bound);
		assert_memory_equal(&address, &reached, sizeof(address));
	}
}

static void a_mask_has_as_many_bits_as_its_length_from_the_first_on(void **state)
{
	struct wh_address mask;

	for (unsigned int length = 0; length <= 128; length++) {
		memset(&mask, 0x5a, sizeof(mask));
		wh_address_mask(&mask, length);
		for (unsigned int bit = 0; bit < 128; bit++)
			assert_int_equal(bit_of(&mask, bit), bit < length);
	}
}

static void one_wrong_bit_matters_exactly_to_the_prefixes_that_reach_it(void **state)
{
	struct random_source random = {2};
	struct wh_address prefix, address;

	random_fill(&random, &prefix, sizeof(prefix));
	for (unsigned int length = 0; length <= 128; length++) {
		assert_true(in_prefix(&prefix, &prefix, length));
		for (unsigned int bit = 0; bit < 128; bit++) {
			address = prefix;
			flip_bit(&address, bit);
			assert_int_equal(in_prefix(&address, &prefix, length), bit >= length);
		}
	}
}

static void prefixes_of_all_lengths_match_as_bit_by_bit(void **state)
{
	struct random_source random = {3};
	struct wh_address prefix, address;

	for (int round = 0; round < 2000; round++) {
		unsigned int shared = random_below(&random, 129);

		random_fill(&random, &prefix, sizeof(prefix));
		random_fill(&random, &address, sizeof(address));
		for (unsigned int bit = 0; bit < shared; bit++)
			if (bit_of(&address, bit) != bit_of(&prefix, bit))
				flip_bit(&address, bit);
		for (unsigned int length = 0; length <= 128; length++)
			assert_int_equal(in_prefix(&address, &prefix, length),
					 in_prefix_bit_by_bit(&address, &prefix, length));
	}
}

static void a_v4_prefix_counts_from_the_mapped_bits(void **state)
{
	struct wh_address prefix = address_of("10.1.0.0");
	struct wh_address inside = address_of("10.1.255.255"), outside = address_of("10.2.0.0");
	struct wh_address everything = address_of("0.0.0.0"), v6 = address_of("2001:db8::1");

	assert_true(in_prefix(&inside, &prefix, WH_V4_PREFIX_BITS + 16));
	assert_false(in_prefix(&outside, &prefix, WH_V4_PREFIX_BITS + 16));
	assert_true(in_prefix(&outside, &everything, WH_V4_PREFIX_BITS));
	assert_false(in_prefix(&v6, &everything, WH_V4_PREFIX_BITS));
}

static void a_bound_socket_answers_for_its_address_and_the_wildcards_of_its_family(void **state)
{
	static const struct {
		const char *bound, *wanted;
		int covers;
	} rows[] = {
		{"127.0.0.1", "127.0.0.1", 1},
		{"127.0.0.1", "127.0.0.2", 0},
		{"127.0.0.1", "::1", 0},
		{"::1", "127.0.0.1", 0},
		{"::1", "::1", 1},
		{"0.0.0.0", "127.0.0.1", 1},
		{"0.0.0.0", "0.0.0.0", 1},
		{"0.0.0.0", "::1", 0},
		{"0.0.0.0", "::", 0},
		{"::", "::1", 1},
		{"::", "2001:db8::1", 1},
		{"::", "127.0.0.1", 1}, /* dual stack, unless IPV6_V6ONLY is set */
		{"::", "::", 1},
		{"::1", "::", 0},
		{"127.0.0.1", "0.0.0.0", 0},
		{"::ffff:0.0.0.0", "127.0.0.1", 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wh_endpoint bound = endpoint_of(rows[i].bound, 80);
		struct wh_endpoint wanted = endpoint_of(rows[i].wanted, 80);

		assert_int_equal(wh_endpoint_covers(&bound, &wanted), rows[i].covers);
		bound.port = htons(81);
		assert_false(wh_endpoint_covers(&bound, &wanted));
	}
}

static void what_is_no_endpoint_is_covered_by_nothing(void **state)
{
	static const char *const addresses[] = {"::", "0.0.0.0", "127.0.0.1"};
	const struct wh_endpoint none = {};

	for (int i = 0; i < 3; i++) {
		struct wh_endpoint unbound = endpoint_of(addresses[i], 0);
		struct wh_endpoint bound = endpoint_of(addresses[i], 80);

		/* bind() to port 0 asks for any free port: it is nobody's listener. */
		assert_false(wh_endpoint_covers(&unbound, &none));
		assert_false(wh_endpoint_covers(&bound, &none));
		assert_false(wh_endpoint_covers(&none, &bound));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(byte_order_is_that_of_the_network),
		cmocka_unit_test(a_v4_address_is_kept_in_mapped_form),
		cmocka_unit_test(only_mapped_addresses_are_v4),
		cmocka_unit_test(addresses_are_equal_when_every_bit_is),
		cmocka_unit_test(the_wildcards_are_zero_in_either_family),
		cmocka_unit_test(loopback_is_127_slash_8_and_1),
		cmocka_unit_test(a_wildcard_destination_is_where_the_kernel_connects),
		cmocka_unit_test(a_mask_has_as_many_bits_as_its_length_from_the_first_on),
		cmocka_unit_test(one_wrong_bit_matters_exactly_to_the_prefixes_that_reach_it),
		cmocka_unit_test(prefixes_of_all_lengths_match_as_bit_by_bit),
		cmocka_unit_test(a_v4_prefix_counts_from_the_mapped_bits),
		cmocka_unit_test(
			a_bound_socket_answers_for_its_address_and_the_wildcards_of_its_family),
		cmocka_unit_test(what_is_no_endpoint_is_covered_by_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
