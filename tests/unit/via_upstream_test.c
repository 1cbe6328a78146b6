/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* --via and its credentials: what is taken, and what is refused in which words. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "via_upstream.h"

static void takes(const char *text, enum wh_relay_protocol protocol, const char *host,
		  unsigned int port)
{
	char problem[WH_VIA_PROBLEM] = "";
	struct wh_via via;

	if (wh_via_parse(text, &via, problem))
		fail_msg("%s: %s", text, problem);
	assert_int_equal(via.protocol, protocol);
	assert_string_equal(via.host, host);
	assert_int_equal(via.port, port);
}

static void refuses(const char *text, const char *words)
{
	char problem[WH_VIA_PROBLEM] = "";
	struct wh_via via;

	if (wh_via_parse(text, &via, problem) != -EINVAL)
		fail_msg("'%s' was taken", text);
	if (!strstr(problem, words))
		fail_msg("'%s': it says '%s', expected '%s' in it", text, problem, words);
}

static void forms(void **state)
{
	(void)state;
	takes("socks5://127.0.0.1:1080", WH_RELAY_SOCKS5, "127.0.0.1", 1080);
	takes("SOCKS5://proxy.example:1", WH_RELAY_SOCKS5, "proxy.example", 1);
	takes("http://[2001:db8::1]:65535", WH_RELAY_HTTP, "2001:db8::1", 65535);
	takes("http://localhost:3128/", WH_RELAY_HTTP, "localhost", 3128);
	takes("proxy-protocol://a_b-c.d:080", WH_RELAY_PROXY_HEADER, "a_b-c.d", 80);
}

static void what_it_is_not(void **state)
{
	static const char *const others[] = {
		"",
		"socks5",
		"socks5:",
		"socks5://",
		"socks5:///",
		"socks5://h",
		"socks5://h:",
		"socks5://:1",
		"socks5://h:x",
		"socks5://h:1x",
		"socks5://h:1/x",
		"socks5://h:1?x",
		"socks5://[::1]",
		"socks5://[::1:1",
		"socks5://::1:1",
		"socks5://[h]:1",
		"socks5://[::1]x:1",
		"socks5://h h:1",
		"socks5://-h:1",
		"socks5://h:-1",
		"socks5://h:123456",
		"127.0.0.1:1080",
		"ftp://h:1",
		"socks5//h:1",
		"socks5://h\n:1",
		"socks5://[fe80::1%lo]:1",
	};
	char long_host[400] = "socks5://";

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		refuses(others[i], "expected socks5://HOST:PORT");
	refuses("socks5://h:0", "1 to 65535");
	refuses("socks5://h:65536", "1 to 65535");
	memset(long_host + 9, 'h', 300);
	snprintf(long_host + 309, sizeof(long_host) - 309, ":1");
	refuses(long_host, "expected");
	refuses("socks5h://h:1", "a connect carries an address, not a name");
	refuses("SOCKS5H://h:1", "a connect carries an address, not a name");
	refuses("https://h:1", "TLS");
	refuses("socks4://h:1", "version 4");
	refuses("socks4a://h:1", "version 4");
}

static void a_password_is_refused_and_not_repeated(void **state)
{
	static const char *const with_user[] = {
		"socks5://me:secret@h:1",         "http://me@h:1", "socks5h://me:secret@h:1",
		"proxy-protocol://me:secret@h:1", "me:secret@h:1", "socks5://me:secret@",
	};
	char problem[WH_VIA_PROBLEM];
	struct wh_via via;

	(void)state;
	for (size_t i = 0; i < sizeof(with_user) / sizeof(with_user[0]); i++) {
		refuses(with_user[i], "--via-credentials FILE");
		assert_int_equal(wh_via_parse(with_user[i], &via, problem), -EINVAL);
		assert_null(strstr(problem, "secret"));
		assert_non_null(strstr(problem, "WHITHER_VIA_USER"));
	}
}

static void addresses(void **state)
{
	struct wh_relay_upstream upstream = {0};
	char problem[WH_VIA_PROBLEM], text[INET6_ADDRSTRLEN];
	struct wh_via via = {.protocol = WH_RELAY_HTTP, .host = "192.0.2.1", .port = 3128};

	(void)state;
	assert_int_equal(wh_via_resolve(&via, &upstream, problem), 0);
	assert_int_equal(upstream.address_count, 1);
	assert_int_equal(upstream.protocol, WH_RELAY_HTTP);
	assert_int_equal(upstream.addresses[0].in.sin_port, htons(3128));
	assert_string_equal(inet_ntop(AF_INET, &upstream.addresses[0].in.sin_addr, text,
				      sizeof(text)),
			    "192.0.2.1");
	snprintf(via.host, sizeof(via.host), "2001:db8::1");
	assert_int_equal(wh_via_resolve(&via, &upstream, problem), 0);
	assert_int_equal(upstream.address_count, 1);
	assert_int_equal(upstream.addresses[0].sa.sa_family, AF_INET6);
	snprintf(via.host, sizeof(via.host), "no-such-host.invalid");
	assert_int_equal(wh_via_resolve(&via, &upstream, problem), -ENOENT);
	assert_non_null(strstr(problem, "no-such-host.invalid"));
}

static void is_pair(const char *text, const char *user, const char *password)
{
	struct wh_relay_upstream upstream;
	char problem[WH_VIA_PROBLEM] = "";

	memset(&upstream, 'x', sizeof(upstream));
	if (wh_via_credentials_parse(text, strlen(text), &upstream, problem))
		fail_msg("%s: %s", text, problem);
	assert_int_equal(upstream.has_credentials, 1);
	assert_string_equal(upstream.user, user);
	assert_string_equal(upstream.password, password);
}

static void is_no_pair(const char *text, size_t size, const char *words)
{
	struct wh_relay_upstream upstream = {0};
	char problem[WH_VIA_PROBLEM] = "";

	assert_int_equal(wh_via_credentials_parse(text, size, &upstream, problem), -EINVAL);
	assert_int_equal(upstream.has_credentials, 0);
	if (!strstr(problem, words))
		fail_msg("'%.*s': it says '%s', expected '%s'", (int)size, text, problem, words);
	assert_null(strstr(problem, "secret"));
}

static void pairs(void **state)
{
	char longest[600];

	(void)state;
	is_pair("me:secret", "me", "secret");
	is_pair("me:secret\n", "me", "secret");
	is_pair("me:secret\r\n", "me", "secret");
	is_pair("me: with:colons ", "me", " with:colons ");
	is_no_pair("", 0, "no colon");
	is_no_pair("\n", 1, "no colon");
	is_no_pair("secret", 6, "no colon");
	is_no_pair(":secret", 7, "the user must");
	is_no_pair("me:", 3, "the password must");
	is_no_pair("me:secret\n\n", 11, "found more");
	is_no_pair("me:secret\nx:y\n", 14, "found more");
	is_no_pair("me:sec\0ret", 10, "control");
	is_no_pair("m\re:secret", 10, "control");
	memset(longest, 'a', sizeof(longest));
	longest[256] = ':';
	is_no_pair(longest, 260, "the user must");
	longest[255] = ':';
	is_no_pair(longest, 256 + 256, "the password must");
	longest[256 + 255] = '\0';
	{
		char user[256] = "";

		memcpy(user, longest, 255);
		is_pair(longest, user, longest + 256);
	}
}

static void files(void **state)
{
	char path[] = "/tmp/whither-via-XXXXXX", problem[WH_VIA_PROBLEM] = "";
	struct wh_relay_upstream upstream = {0};
	int fd = mkstemp(path);
	const mode_t open_modes[] = {0640, 0604, 0620, 0602, 0610, 0644};
	char big[2048];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "me:secret\n", 10), 10);
	for (size_t i = 0; i < sizeof(open_modes) / sizeof(open_modes[0]); i++) {
		assert_int_equal(fchmod(fd, open_modes[i]), 0);
		assert_int_equal(wh_via_credentials_read(path, &upstream, problem), -EPERM);
		assert_non_null(strstr(problem, "chmod 600"));
		assert_non_null(strstr(problem, path));
		assert_int_equal(upstream.has_credentials, 0);
	}
	assert_int_equal(fchmod(fd, 0600), 0);
	assert_int_equal(wh_via_credentials_read(path, &upstream, problem), 0);
	assert_string_equal(upstream.password, "secret");
	assert_int_equal(fchmod(fd, 0400), 0);
	assert_int_equal(wh_via_credentials_read(path, &upstream, problem), 0);
	memset(big, 'x', sizeof(big));
	big[3] = ':';
	assert_int_equal(pwrite(fd, big, sizeof(big), 0), sizeof(big));
	assert_int_equal(wh_via_credentials_read(path, &upstream, problem), -EINVAL);
	assert_non_null(strstr(problem, "too long"));
	close(fd);
	unlink(path);
	assert_int_equal(wh_via_credentials_read(path, &upstream, problem), -ENOENT);
	/* Nobody waits at a pipe for a writer. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(wh_via_credentials_read(path, &upstream, problem), -EINVAL);
	assert_non_null(strstr(problem, "regular"));
	unlink(path);
	assert_int_equal(wh_via_credentials_read("/", &upstream, problem), -EINVAL);
}

static void the_environment(void **state)
{
	struct wh_relay_upstream upstream = {.has_credentials = 1};
	char problem[WH_VIA_PROBLEM] = "";

	(void)state;
	wh_via_credentials_hide();
	assert_int_equal(wh_via_credentials_read(NULL, &upstream, problem), 0);
	assert_int_equal(upstream.has_credentials, 0);
	setenv("WHITHER_VIA_USER", "me", 1);
	assert_int_equal(wh_via_credentials_read(NULL, &upstream, problem), -EINVAL);
	assert_non_null(strstr(problem, "no WHITHER_VIA_PASSWORD"));
	setenv("WHITHER_VIA_PASSWORD", "sec:ret", 1);
	assert_int_equal(wh_via_credentials_read(NULL, &upstream, problem), 0);
	assert_string_equal(upstream.user, "me");
	assert_string_equal(upstream.password, "sec:ret");
	setenv("WHITHER_VIA_USER", "m:e", 1);
	assert_int_equal(wh_via_credentials_read(NULL, &upstream, problem), -EINVAL);
	assert_non_null(strstr(problem, "colon"));
	unsetenv("WHITHER_VIA_USER");
	assert_int_equal(wh_via_credentials_read(NULL, &upstream, problem), -EINVAL);
	setenv("WHITHER_VIA_USER", "me", 1);
	wh_via_credentials_hide();
	assert_null(getenv("WHITHER_VIA_USER"));
	assert_null(getenv("WHITHER_VIA_PASSWORD"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(what_it_is_not),
		cmocka_unit_test(a_password_is_refused_and_not_repeated),
		cmocka_unit_test(addresses),
		cmocka_unit_test(pairs),
		cmocka_unit_test(files),
		cmocka_unit_test(the_environment),
	};

	return cmocka_run_group_tests_name("via_upstream", tests, NULL, NULL);
}
