/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Addresses, prefixes, ports and endpoints as people write them. */
#include <arpa/inet.h>

#include "address_parse.h"
#include "config_harness.h"

static void prefixes_count_in_128_bits(void **state)
{
	static const struct {
		const char *text, *address;
		int bits;
	} cases[] = {
		{"10.0.0.0/8", "::ffff:10.0.0.0", 104},
		{"0.0.0.0/0", "::ffff:0.0.0.0", 96},
		{"192.0.2.1", "::ffff:192.0.2.1", 128},
		{"192.0.2.1/32", "::ffff:192.0.2.1", 128},
		{"192.0.2.128/25", "::ffff:192.0.2.128", 121},
		{"128.0.0.0/1", "::ffff:128.0.0.0", 97},
		{"::/0", "::", 0},
		{"2001:db8::/32", "2001:db8::", 32},
		{"2001:DB8::1", "2001:db8::1", 128},
		{"8000::/1", "8000::", 1},
		{"::1/128", "::1", 128},
		{"fe80::/10", "fe80::", 10},
		{"::ffff:10.0.0.0/104", "::ffff:10.0.0.0", 104},
		{"::ffff:a00:1", "::ffff:10.0.0.1", 128},
		{"::ffff:0:0/96", "::ffff:0.0.0.0", 96},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wh_parse_fault fault;
		struct wh_address address, expected;
		uint8_t bits;

		assert_int_equal(wh_parse_prefix(cases[i].text, &address, &bits, &fault), 0);
		assert_int_equal(inet_pton(AF_INET6, cases[i].address, expected.word), 1);
		assert_memory_equal(&address, &expected, sizeof(address));
		assert_int_equal(bits, cases[i].bits);
	}
}

static void wrong_prefixes_are_told_the_right_one(void **state)
{
	static const char form[] =
		"expected an address or prefix such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32";
	static const char four[] = "expected 0 to 32 behind the slash";
	static const char six[] = "expected 0 to 128 behind the slash";
#define BEYOND "it has bits beyond its length; expected "
	static const struct {
		const char *text, *fault;
	} cases[] = {
		{"", form},
		{"/8", form},
		{"10", form},
		{"10.0.0", form},
		{"10.0.0.256", form},
		{"10.0.0.01", form},
		{"0x0a.0.0.1", form},
		{"localhost", form},
		{"*", form},
		{"any", form},
		{"[::1]", form},
		{"fe80::1%lo", form},
		{"1:2:3", form},
		{"10.0.0.1:80", form},
		{"10.0.0.0 /8", form},
		{"1111:1111:1111:1111:1111:1111:1111:1111:1111", form},
		{"1111111111111111111111111111111111111111111111111111", form},
		{"10.0.0.0/", four},
		{"10.0.0.0/33", four},
		{"10.0.0.0/-1", four},
		{"10.0.0.0/ 8", four},
		{"10.0.0.0/8/8", four},
		{"10.0.0.0/255.0.0.0", four},
		{"10.0.0.0/18446744073709551624", four},
		{"::/129", six},
		{"::/x", six},
		{"10.0.0.1/8", BEYOND "10.0.0.0/8"},
		{"10.255.0.0/9", BEYOND "10.128.0.0/9"},
		{"192.0.2.1/0", BEYOND "0.0.0.0/0"},
		{"192.0.2.3/31", BEYOND "192.0.2.2/31"},
		{"2001:db8::1/32", BEYOND "2001:db8::/32"},
		{"::1/0", BEYOND "::/0"},
		{"::ffff:10.0.0.1/104", BEYOND "::ffff:10.0.0.0/104"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wh_parse_fault fault;
		struct wh_address address;
		uint8_t bits = 77;

		assert_int_equal(wh_parse_prefix(cases[i].text, &address, &bits, &fault), -EINVAL);
		assert_string_equal(fault.text, cases[i].fault);
		assert_int_equal(bits, 77);
	}
}

static void ports_and_ranges(void **state)
{
	static const struct {
		const char *text;
		int low, high;
	} good[] = {
		{"1", 1, 1},       {"65535", 65535, 65535}, {"1-65535", 1, 65535},
		{"80-80", 80, 80}, {"0080", 80, 80},
	};
	static const char form[] = "expected a port from 1 to 65535, or a range such as 8000-8080";
	static const struct {
		const char *text, *fault;
	} bad[] = {
		{"0", form},
		{"65536", form},
		{"-1", form},
		{"1-", form},
		{"0-10", form},
		{"1-65536", form},
		{"http", form},
		{"80a", form},
		{"80 - 81", form},
		{"1-2-3", form},
		{"80:81", form},
		{"*", form},
		{"", form},
		{"00000080", form},
		{"8080-8000", "expected the lower port first: 8000-8080"},
	};
	struct wh_parse_fault fault;
	uint16_t low = 7, high = 8;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(wh_parse_port_range(good[i].text, &low, &high, &fault), 0);
		assert_int_equal(low, good[i].low);
		assert_int_equal(high, good[i].high);
	}
	low = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(wh_parse_port_range(bad[i].text, &low, &high, &fault), -EINVAL);
		assert_string_equal(fault.text, bad[i].fault);
		assert_int_equal(low, 7);
	}
}

static void endpoints(void **state)
{
	static const struct {
		const char *text, *address;
		int port;
	} cases[] = {
		{"127.0.0.1:80", "::ffff:127.0.0.1", 80},
		{"[::1]:65535", "::1", 65535},
		{"[2001:db8::1]:1", "2001:db8::1", 1},
		{"[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1", 80},
		{"[fec0::1]:80", "fec0::1", 80},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wh_endpoint endpoint;
		struct wh_address expected;

		assert_int_equal(wh_config_parse_endpoint(cases[i].text, &endpoint), 0);
		assert_int_equal(inet_pton(AF_INET6, cases[i].address, expected.word), 1);
		assert_memory_equal(&endpoint.address, &expected, sizeof(expected));
		assert_int_equal(WH_HOST16(endpoint.port), cases[i].port);
		assert_int_equal(endpoint.reserved, 0);
	}
}

static void endpoints_that_no_proxy_has(void **state)
{
	static const char form[] = "expected ADDRESS:PORT such as 127.0.0.1:12345 or [::1]:12345";
	static const char port[] = "expected a port from 1 to 65535 behind the address";
	static const char link[] =
		"expected an address that is complete without an interface; link-local ones are not";
	static const char many[] = "expected the address of one host, not of many";
	static const char any4[] =
		"expected one address: a proxy bound to 0.0.0.0 is reached at 127.0.0.1";
	static const char any6[] = "expected one address: a proxy bound to :: is reached at ::1";
	static const struct {
		const char *text, *fault;
	} cases[] = {
		{"", form},
		{"127.0.0.1", form},
		{"80", form},
		{":80", form},
		{"*:80", form},
		{"localhost:80", form},
		{"::1:80", form},
		{"[::1]", form},
		{"[]:80", form},
		{"[127.0.0.1]:80", form},
		{"[::1:80", form},
		{"127.0.0.1 :80", form},
		{"127.0.0.1:", port},
		{"127.0.0.1:0", port},
		{"127.0.0.1:65536", port},
		{"127.0.0.1: 80", port},
		{"127.0.0.1:http", port},
		{"[::1]:-1", port},
		{"0.0.0.0:80", any4},
		{"[::]:80", any6},
		{"[::ffff:0.0.0.0]:80", any4},
		{"[fe80::1]:80", link},
		{"[febf::1]:80", link},
		{"[fe80::1%lo]:80", "expected an address without an interface"},
		{"224.0.0.1:80", many},
		{"255.255.255.255:80", many},
		{"[ff02::1]:80", many},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wh_parse_fault fault;
		struct wh_endpoint endpoint = {.port = 7};

		assert_int_equal(wh_parse_listen(cases[i].text, &endpoint, &fault), -EINVAL);
		assert_string_equal(fault.text, cases[i].fault);
		assert_int_equal(wh_config_parse_endpoint(cases[i].text, &endpoint), -EINVAL);
		assert_int_equal(endpoint.port, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_count_in_128_bits),
		cmocka_unit_test(wrong_prefixes_are_told_the_right_one),
		cmocka_unit_test(ports_and_ranges),
		cmocka_unit_test(endpoints),
		cmocka_unit_test(endpoints_that_no_proxy_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
