/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Internet addresses as text: both ways, either width, what stops the reading. */
#include <ip2string.h>
#include <ntstatus.h>
#include <string.h>

#include "cmocka_once.h"

#define assert_bytes(address, text) assert_memory_equal(&(address), text, sizeof(text) - 1)

static void addresses_become_text(void **state)
{
	IN_ADDR four;
	IN6_ADDR six = {.u.Byte = {0xfe, 0x80, [15] = 1}};
	char narrow[65];
	WCHAR wide[65];
	ULONG size = 65;

	memcpy(&four, "\x01\x02\x03\xff", 4);
	assert_ptr_equal(RtlIpv4AddressToStringA(&four, narrow), narrow + 9);
	assert_string_equal(narrow, "1.2.3.255");
	assert_ptr_equal(RtlIpv4AddressToStringW(&four, wide), wide + 9);
	assert_memory_equal(wide, u"1.2.3.255", 20);
	assert_ptr_equal(RtlIpv6AddressToStringA(&six, narrow), narrow + 7);
	assert_string_equal(narrow, "fe80::1");
	assert_ptr_equal(RtlIpv6AddressToStringW(&six, wide), wide + 7);
	assert_int_equal(RtlIpv4AddressToStringExA(&four, 0x5000, narrow, &size), STATUS_SUCCESS);
	assert_string_equal(narrow, "1.2.3.255:80");
	assert_int_equal(size, 13);
	size = 65;
	assert_int_equal(RtlIpv6AddressToStringExA(&six, 7, 0x5000, narrow, &size), STATUS_SUCCESS);
	assert_string_equal(narrow, "[fe80::1%7]:80");
	assert_int_equal(RtlIpv6AddressToStringExW(&six, 7, 0, wide, &size), STATUS_SUCCESS);
	assert_memory_equal(wide, u"fe80::1%7", 20);
	assert_int_equal(size, 10);
}

static void too_little_room_says_how_much(void **state)
{
	IN_ADDR four = {0};
	char narrow[8] = "kept";
	ULONG size = 7;

	assert_int_equal(RtlIpv4AddressToStringExA(&four, 0, narrow, &size),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(size, 8);
	assert_string_equal(narrow, "kept");
	assert_int_equal(RtlIpv4AddressToStringExA(&four, 0, narrow, &size), STATUS_SUCCESS);
	assert_int_equal(RtlIpv4AddressToStringExA(NULL, 0, narrow, &size),
			 STATUS_INVALID_PARAMETER);
}

static void reading_stops_behind_the_address(void **state)
{
	PCSTR text = "10.0.0.1/8", end;
	PCWSTR wide = u"10.0.0.2 x", wide_end;
	IN_ADDR four;
	IN6_ADDR six;

	assert_int_equal(RtlIpv4StringToAddressA(text, TRUE, &end, &four), STATUS_SUCCESS);
	assert_ptr_equal(end, text + 8);
	assert_bytes(four, "\x0a\0\0\x01");
	assert_int_equal(RtlIpv4StringToAddressW(wide, TRUE, &wide_end, &four), STATUS_SUCCESS);
	assert_ptr_equal(wide_end, wide + 8);
	text = "fe80::1%2";
	assert_int_equal(RtlIpv6StringToAddressA(text, &end, &six), STATUS_SUCCESS);
	assert_ptr_equal(end, text + 7);
	assert_int_equal(RtlIpv6StringToAddressW(u"::ffff:1.2.3.4", &wide_end, &six),
			 STATUS_SUCCESS);
	assert_bytes(six, "\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4");
}

static void strict_is_four_decimal_numbers(void **state)
{
	static const char *const bad[] = {"1.2.3",     "1.2.3.256", "1.2.3.4.5",
					  "0x1.2.3.4", "1.2.3.04",  "",
					  "1..2.3",    "x",         "1.2.3."};
	IN_ADDR four;
	PCSTR end;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(RtlIpv4StringToAddressA(bad[i], TRUE, &end, &four),
				 STATUS_INVALID_PARAMETER);
}

static void otherwise_the_last_number_fills_up(void **state)
{
	IN_ADDR four;
	PCSTR end;

	assert_int_equal(RtlIpv4StringToAddressA("127.1", FALSE, &end, &four), STATUS_SUCCESS);
	assert_bytes(four, "\x7f\0\0\1");
	assert_int_equal(RtlIpv4StringToAddressA("0x7f000002", FALSE, &end, &four), STATUS_SUCCESS);
	assert_bytes(four, "\x7f\0\0\2");
	assert_int_equal(RtlIpv4StringToAddressA("010.1.65535", FALSE, &end, &four),
			 STATUS_SUCCESS);
	assert_bytes(four, "\x08\1\xff\xff");
	assert_int_equal(RtlIpv4StringToAddressA("1.2.65536", FALSE, &end, &four),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlIpv4StringToAddressA("256.1", FALSE, &end, &four),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlIpv4StringToAddressA("4294967296", FALSE, &end, &four),
			 STATUS_INVALID_PARAMETER);
}

static void whole_texts_carry_ports_and_scopes(void **state)
{
	static const char *const bad[] = {"fe80::1]",    "[fe80::1",         "[::1]:0",
					  "[::1]:65536", "[::1]:80x",        "::1%",
					  "::1 ",        "[::1]80",          "::1%1234567890123",
					  ":::",         "1:2:3:4:5:6:7:8:9"};
	IN6_ADDR six;
	IN_ADDR four;
	ULONG scope = 77;
	USHORT port = 77;

	assert_int_equal(RtlIpv6StringToAddressExA("[fe80::1%7]:80", &six, &scope, &port),
			 STATUS_SUCCESS);
	assert_true(scope == 7 && port == 0x5000);
	assert_int_equal(RtlIpv6StringToAddressExW(u"::1", &six, &scope, &port), STATUS_SUCCESS);
	assert_true(scope == 0 && port == 0);
	assert_int_equal(RtlIpv4StringToAddressExA("1.2.3.4:80", TRUE, &four, &port),
			 STATUS_SUCCESS);
	assert_int_equal(port, 0x5000);
	assert_int_equal(RtlIpv4StringToAddressExW(u"1.2.3.4", TRUE, &four, &port), STATUS_SUCCESS);
	assert_int_equal(port, 0);
	assert_int_equal(RtlIpv4StringToAddressExW(u"1.2.3.4\u0130", TRUE, &four, &port),
			 STATUS_INVALID_PARAMETER);
	port = 77;
	memset(&six, 0x55, sizeof(six));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(RtlIpv6StringToAddressExA(bad[i], &six, &scope, &port),
				 STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlIpv4StringToAddressExA("1.2.3.4:", TRUE, &four, &port),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(six.u.Byte[0], 0x55);
	assert_int_equal(port, 77);
	assert_int_equal(RtlIpv6StringToAddressExA("::1", &six, NULL, &port),
			 STATUS_INVALID_PARAMETER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_become_text),
		cmocka_unit_test(too_little_room_says_how_much),
		cmocka_unit_test(reading_stops_behind_the_address),
		cmocka_unit_test(strict_is_four_decimal_numbers),
		cmocka_unit_test(otherwise_the_last_number_fills_up),
		cmocka_unit_test(whole_texts_carry_ports_and_scopes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
