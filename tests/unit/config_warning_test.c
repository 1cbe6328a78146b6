/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What is allowed and probably not meant. */
#include "config_harness.h"

static void a_whole_redirector_gives_no_warning(void **state)
{
	assert_warnings(REDIRECTOR, NO_TEXTS);
}

static void a_filter_of_everything(void **state)
{
	assert_warnings(
		"[filter a]\naction = block\nprotocol = tcp\n[filter b]\naction = permit\n"
		"[filter c]\naction = block\nuser = 0\n",
		TEXTS("<stdin>:1: filter 'a' has no condition: every connect of this network "
		      "namespace is blocked",
		      "<stdin>:4: filter 'b' has no condition: every connect of this network "
		      "namespace is permitted, and none redirected"));
}

static void an_owner_that_is_not_stated(void **state)
{
	assert_warnings("[redirector a]\nlisten = 127.0.0.1:1\nlisten = [::1]:1\n"
			"[redirector b]\nlisten = 127.0.0.1:2\nlisten = [::1]:2\n"
			"owner-exe = /bin/sh\n",
			TEXTS("<stdin>:1: the owner of redirector 'a' is not stated (owner-user, "
			      "owner-exe, owner-cgroup): it will be who listens"));
}

static void a_family_without_a_listener(void **state)
{
	static const char only4[] =
		"<stdin>:1: redirector 'r' listens on IPv4 only: connects of IPv6 sockets with "
		"IPV6_V6ONLY that match will fail";
	static const char only6[] =
		"<stdin>:1: redirector 'r' listens on IPv6 only: connects of IPv4 sockets that "
		"match will be refused";
	static const struct {
		const char *listen, *remote, *warning;
	} cases[] = {
		{"127.0.0.1:1", "", only4},
		{"[::1]:1", "", only6},
		{"127.0.0.1:1", "remote-address = 10.0.0.0/8, 192.0.2.1\n", NULL},
		{"127.0.0.1:1", "remote-address = ::ffff:0:0/96\n", NULL},
		{"127.0.0.1:1", "remote-address = 10.0.0.0/8, 2001:db8::/32\n", only4},
		{"127.0.0.1:1", "remote-address = ::/0\n", only4},
		{"[::1]:1", "remote-address = 2001:db8::/32\n", NULL},
		{"[::1]:1", "remote-address = 2001:db8::/32, 0.0.0.0/0\n", only6},
		{"[::1]:1", "remote-address = ::/0\n", only6},
		{"[::1]:1", "remote-address = ::/80\n", only6},
		{"[::1]:1", "remote-address = ::/81, 8000::/1\n", NULL},
		{"[::1]:1", "remote-address = ::fffe:0:0/95\n", only6},
		{"127.0.0.1:1", "remote-address = ::fffe:0:0/95\n", only4},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char rules[256];

		snprintf(rules, sizeof(rules), "[redirector r]\nowner-user = 0\nlisten = %s\n%s",
			 cases[i].listen, cases[i].remote);
		assert_warnings(rules, TEXTS(cases[i].warning));
	}
}

#define PAIR(first, second)                                              \
	"[redirector a]\nlisten = 127.0.0.1:1\nlisten = [::1]:1\n" first \
	"[redirector b]\nlisten = 127.0.0.1:2\nlisten = [::1]:2\n" second

static void two_redirectors_of_one_owner(void **state)
{
	static const char line5[] =
		"<stdin>:5: redirector 'b' has the owner of 'a' of line 1: a proxy that does not "
		"set records passes both at once";

	assert_warnings(PAIR("owner-user = 0\n", "owner-user = root\n"), TEXTS(line5));
	assert_warnings(PAIR("owner-exe = /bin/sh\n", "owner-exe = /bin/../bin/sh\n"),
			TEXTS(line5));
	/* Who else listens does not tell owners apart. */
	assert_warnings("[redirector a]\nlisten = 127.0.0.1:1\nlisten = [::1]:1\nowner-user = 7\n"
			"[redirector b]\nlisten = 127.0.0.1:2\nlisten = [::1]:2\nowner-user = 7\n"
			"listen-user = 0\n",
			TEXTS(line5));
	assert_warnings(PAIR("owner-user = 0\n", "owner-user = 1\n"), NO_TEXTS);
	assert_warnings(PAIR("owner-user = 0\n", "owner-exe = /bin/sh\n"), NO_TEXTS);
	assert_warnings(PAIR("owner-exe = /bin/sh\n", "owner-exe = /bin/sh\nowner-user = 0\n"),
			NO_TEXTS);
	assert_warnings("[redirector a]\nlisten = 127.0.0.1:1\nlisten = [::1]:1\nowner-user = 0\n"
			"[redirector b]\nlisten = 127.0.0.1:2\nlisten = [::1]:2\nowner-user = 0\n"
			"owner-exe = /bin/sh\n",
			NO_TEXTS);
}

static void two_redirectors_of_one_listener(void **state)
{
	static const char expected[] =
		"<stdin>:5: redirector 'b' listens where 'a' of line 1 does: that proxy sees a "
		"connection that matches both twice";

	assert_warnings("[redirector a]\nlisten = 127.0.0.1:1\nlisten = [::1]:1\nowner-user = 0\n"
			"[redirector b]\nlisten = 127.0.0.1:2\nlisten = [::1]:1\nowner-user = 1\n",
			TEXTS(expected));
	assert_warnings("[redirector a]\nlisten = 127.0.0.1:1\nlisten = [::1]:1\nowner-user = 0\n"
			"[redirector b]\nlisten = 127.0.0.1:1\nlisten = [::1]:2\nowner-user = 0\n",
			TEXTS(expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_redirector_gives_no_warning),
		cmocka_unit_test(a_filter_of_everything),
		cmocka_unit_test(an_owner_that_is_not_stated),
		cmocka_unit_test(a_family_without_a_listener),
		cmocka_unit_test(two_redirectors_of_one_owner),
		cmocka_unit_test(two_redirectors_of_one_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
