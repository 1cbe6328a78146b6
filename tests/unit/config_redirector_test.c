/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The keys of a redirector, right, wrong, and at their bounds. */
#include <arpa/inet.h>

#include "config_harness.h"

/* One more line in a redirector that lacks nothing else. */
static struct reading read_line(const char *line)
{
	char rules[4400];

	snprintf(rules, sizeof(rules), REDIRECTOR "%s\n", line);
	return read_good(rules);
}

/* The same, with "KEY: ..." about it on line 5. */
static void assert_line_error(const char *line, const char *error)
{
	char rules[4400], expected[512];

	snprintf(rules, sizeof(rules), REDIRECTOR "%s\n", line);
	snprintf(expected, sizeof(expected), "<stdin>:5: %s", error);
	assert_errors(rules, TEXTS(expected));
}

static void a_redirector_has_defaults(void **state)
{
	struct reading reading = read_good("[redirector r]\nlisten = 127.0.0.1:12345\n");
	const struct wh_redirector_rule *rule = &reading.set->redirectors[0];

	assert_int_equal(rule->weight, 0);
	assert_int_equal(rule->flags, 0);
	assert_int_equal(rule->owner.flags, 0);
	assert_string_equal(rule->owner_text, "");
	assert_int_equal(rule->context_kind, WH_CONTEXT_NONE);
	assert_null(rule->context);
	assert_int_equal(rule->context_size, 0);
	assert_int_equal(rule->netns, HARNESS_NETNS);
	assert_string_equal(rule->conditions.text, "");
	assert_int_equal(rule->conditions.test_count, 1);
	assert_int_equal(test_at(&rule->conditions, 0, WH_TEST_NETNS)->id, HARNESS_NETNS);
	reading_end(&reading);
}

static void assert_endpoint(const struct wh_endpoint *endpoint, const char *address, int port)
{
	char text[INET6_ADDRSTRLEN];

	assert_non_null(inet_ntop(AF_INET6, endpoint->address.word, text, sizeof(text)));
	assert_string_equal(text, address);
	assert_int_equal(WH_HOST16(endpoint->port), port);
	assert_int_equal(endpoint->reserved, 0);
}

static void it_listens_on_an_address_of_each_family(void **state)
{
	struct reading reading = read_good("[redirector r]\nlisten = [2001:db8::1]:65535\n"
					   "listen = 192.0.2.1:1\n");

	assert_endpoint(&reading.set->redirectors[0].listen4, "::ffff:192.0.2.1", 1);
	assert_endpoint(&reading.set->redirectors[0].listen6, "2001:db8::1", 65535);
	reading_end(&reading);

	reading = read_good("[redirector r]\nlisten = [::1]:80\n");
	assert_int_equal(reading.set->redirectors[0].listen4.port, 0);
	assert_endpoint(&reading.set->redirectors[0].listen6, "::1", 80);
	reading_end(&reading);

	reading = read_good("[redirector r]\nlisten = [::ffff:127.0.0.2]:80\n");
	assert_endpoint(&reading.set->redirectors[0].listen4, "::ffff:127.0.0.2", 80);
	assert_int_equal(reading.set->redirectors[0].listen6.port, 0);
	reading_end(&reading);
}

static void it_listens_somewhere_and_once_in_a_family(void **state)
{
	assert_errors("[redirector r]\nweight = 1\n",
		      TEXTS("<stdin>:1: listen: found none; expected listen = ADDRESS:PORT"));
	assert_errors(
		"[redirector r]\nlisten = 127.0.0.1:1\nlisten = 127.0.0.1:1\n"
		"listen = [::1]:1\nlisten = [::2]:1\nlisten = [::ffff:10.0.0.1]:1\n",
		TEXTS("<stdin>:3: listen: found '127.0.0.1:1'; expected one IPv4 address, and "
		      "line 2 gives it",
		      "<stdin>:5: listen: found '[::2]:1'; expected one IPv6 address, and line "
		      "4 gives it",
		      "<stdin>:6: listen: found '[::ffff:10.0.0.1]:1'; expected one IPv4 "
		      "address, and line 2 gives it"));
}

static void a_range_is_spread_over_beside_an_address_of_its_family(void **state)
{
	struct reading reading = read_good("[redirector r]\nspread = fd00::/64\n"
					   "spread = 127.64.0.0/16\nlisten = [::1]:1\n"
					   "listen = 127.0.0.1:1\n");
	const struct wh_redirector_rule *rule = &reading.set->redirectors[0];
	struct wh_endpoint prefix = {.address = rule->spread4.prefix, .port = WH_BE16(1)};

	assert_endpoint(&prefix, "::ffff:127.64.0.0", 1);
	assert_int_equal(rule->spread4.bits, 112);
	assert_int_equal(rule->spread4.host_bits, 16);
	assert_int_equal(rule->spread6.bits, 64);
	assert_int_equal(rule->spread6.host_bits, 24);
	reading_end(&reading);
	reading = read_good("[redirector r]\nlisten = 127.0.0.1:1\n");
	assert_int_equal(reading.set->redirectors[0].spread4.host_bits, 0);
	assert_int_equal(reading.set->redirectors[0].spread6.host_bits, 0);
	reading_end(&reading);
}

static void a_range_has_hosts_and_there_is_one_of_a_family(void **state)
{
	assert_errors("[redirector r]\nlisten = 127.0.0.1:1\nspread = 127.64.0.0/31\n"
		      "spread = 0.0.0.0/8\nspread = 10.0.0.1/8\n",
		      TEXTS("<stdin>:3: spread: found '127.64.0.0/31'; expected a range from /8 "
			    "to /30, such as 127.64.0.0/16",
			    "<stdin>:4: spread: found '0.0.0.0/8'; expected one IPv4 range, and "
			    "line 3 gives it",
			    "<stdin>:5: spread: found '10.0.0.1/8'; it has bits beyond its "
			    "length; expected 10.0.0.0/8"));
	assert_errors("[redirector r]\nlisten = 127.0.0.1:1\nspread = 0.0.0.0/8\n",
		      TEXTS("<stdin>:3: spread: found '0.0.0.0/8'; expected a range from /8 to "
			    "/30, such as 127.64.0.0/16"));
	assert_errors("[redirector r]\nlisten = 127.0.0.1:1\nspread = fd00::/127\n",
		      TEXTS("<stdin>:3: spread: found 'fd00::/127'; expected a range from /8 to "
			    "/126, such as fd00:1::/64",
			    "<stdin>:3: spread: found without an IPv6 address; expected listen "
			    "beside it"));
	assert_errors("[redirector r]\nlisten = [::1]:1\nspread = 127.64.0.0/16\n",
		      TEXTS("<stdin>:3: spread: found without an IPv4 address; expected listen "
			    "beside it"));
}

static void weights_are_signed_numbers_of_32_bits(void **state)
{
	static const struct {
		const char *line;
		__s32 weight;
	} good[] = {
		{"weight = 0", 0},
		{"weight = -0", 0},
		{"weight = 007", 7},
		{"weight = +10", 10},
		{"weight = -10", -10},
		{"weight = 2147483647", INT32_MAX},
		{"weight = -2147483648", INT32_MIN},
	};
	static const char *const bad[] = {
		"2147483648", "-2147483649", "+2147483648", "18446744073709551616",
		"1.5",        "1k",          "0x10",        "--1",
		"+-1",        "-",           "- 1",         "1 2",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct reading reading = read_line(good[i].line);

		assert_int_equal(reading.set->redirectors[0].weight, good[i].weight);
		reading_end(&reading);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char line[64], error[128];

		snprintf(line, sizeof(line), "weight = %s", bad[i]);
		snprintf(error, sizeof(error),
			 "weight: found '%s'; expected a whole number from -2147483648 to "
			 "2147483647",
			 bad[i]);
		assert_line_error(line, error);
	}
}

static void when_absent_is_block_or_permit(void **state)
{
	struct reading reading = read_line("when-absent = block");

	assert_int_equal(reading.set->redirectors[0].flags, 0);
	reading_end(&reading);
	reading = read_line("when-absent = permit");
	assert_int_equal(reading.set->redirectors[0].flags, WH_WHEN_ABSENT_PERMIT);
	reading_end(&reading);
	assert_line_error("when-absent = BLOCK",
			  "when-absent: found 'BLOCK'; expected block or permit");
	assert_line_error("when-absent = permit, block",
			  "when-absent: found 'permit, block'; expected block or permit");
}

static void the_local_address_is_the_original_one_or_the_proxys(void **state)
{
	struct reading reading = read_line("local-address = original");

	assert_int_equal(reading.set->redirectors[0].flags, 0);
	reading_end(&reading);
	reading = read_line("local-address = proxy");
	assert_int_equal(reading.set->redirectors[0].flags, WH_LOCAL_ADDRESS_PROXY);
	reading_end(&reading);
	assert_line_error("local-address = Proxy",
			  "local-address: found 'Proxy'; expected original or proxy");
	assert_line_error("local-address = 127.0.0.1",
			  "local-address: found '127.0.0.1'; expected original or proxy");
}

static void owners_are_stated_by_user_executable_and_cgroup(void **state)
{
	struct reading reading = read_good("[redirector r]\nlisten = 127.0.0.1:1\n"
					   "owner-exe = /bin/sh\nlisten-user = 1\n"
					   "owner-user = root\n");
	const struct wh_redirector_rule *rule = &reading.set->redirectors[0];
	uint32_t device;
	uint64_t inode;

	assert_int_equal(wh_config_resolve_executable("/bin/sh", &device, &inode), 0);
	assert_int_equal(rule->owner.flags, WH_OWNER_USER | WH_OWNER_EXE | WH_OWNER_LISTEN_USER);
	assert_int_equal(rule->owner.uid, 0);
	assert_int_equal(rule->owner.listen_uid, 1);
	assert_int_equal(rule->owner.executable_device, device);
	assert_int_equal(rule->owner.executable_inode, inode);
	assert_int_equal(rule->owner.cgroup, 0);
	assert_string_equal(rule->owner_text,
			    "owner-exe = /bin/sh; listen-user = 1; owner-user = root");
	reading_end(&reading);
}

static void owners_must_exist(void **state)
{
	assert_errors("[redirector r]\nlisten = 127.0.0.1:1\nowner-user = no such user\n"
		      "owner-exe = /no/such/file\nowner-cgroup = /no/such/cgroup\n",
		      TEXTS("<stdin>:3: owner-user: found 'no such user'; there is no such user; "
			    "expected a name or a number",
			    "<stdin>:4: owner-exe: found '/no/such/file'; there is no such file; "
			    "expected the path of a program",
			    "<stdin>:5: owner-cgroup: found '/no/such/cgroup'; there is no such "
			    "cgroup; expected a path below the cgroup root, such as /user.slice"));
	/* One value: no lists here. */
	assert_errors(
		"[redirector r]\nlisten = 127.0.0.1:1\nowner-user = 0, 1\n",
		TEXTS("<stdin>:3: owner-user: found '0, 1'; there is no such user; expected a "
		      "name or a number"));
}

static void who_else_listens_needs_an_owner(void **state)
{
	assert_errors("[redirector r]\nlisten = 127.0.0.1:1\nlisten-user = 0\n",
		      TEXTS("<stdin>:3: listen-user: found without an owner; expected owner-user, "
			    "owner-exe or owner-cgroup beside it"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_redirector_has_defaults),
		cmocka_unit_test(it_listens_on_an_address_of_each_family),
		cmocka_unit_test(it_listens_somewhere_and_once_in_a_family),
		cmocka_unit_test(a_range_is_spread_over_beside_an_address_of_its_family),
		cmocka_unit_test(a_range_has_hosts_and_there_is_one_of_a_family),
		cmocka_unit_test(weights_are_signed_numbers_of_32_bits),
		cmocka_unit_test(when_absent_is_block_or_permit),
		cmocka_unit_test(the_local_address_is_the_original_one_or_the_proxys),
		cmocka_unit_test(owners_are_stated_by_user_executable_and_cgroup),
		cmocka_unit_test(owners_must_exist),
		cmocka_unit_test(who_else_listens_needs_an_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
