/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What is said to an upstream proxy, and every answer it may give: without a network. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "relay_handshake.h"

static struct wh_handshake talk;
static struct wh_relay_upstream upstream;
static struct whither_origin origin;

static void set_destination(const char *address, uint16_t port)
{
	union whither_address *to = &origin.destination;

	memset(&origin, 0, sizeof(origin));
	if (inet_pton(AF_INET, address, &to->in.sin_addr) == 1) {
		to->in.sin_family = AF_INET;
		to->in.sin_port = htons(port);
	} else {
		to->in6.sin6_family = AF_INET6;
		to->in6.sin6_port = htons(port);
		assert_int_equal(inet_pton(AF_INET6, address, &to->in6.sin6_addr), 1);
	}
}

static int begin(enum wh_relay_protocol protocol, const char *user, const char *password)
{
	const struct wh_handshake_facts facts = {.origin = &origin};

	memset(&upstream, 0, sizeof(upstream));
	memset(&talk, 0xa5, sizeof(talk));
	upstream.protocol = protocol;
	if (user) {
		upstream.has_credentials = 1;
		snprintf(upstream.user, sizeof(upstream.user), "%s", user);
		snprintf(upstream.password, sizeof(upstream.password), "%s", password);
	}
	return wh_handshake_begin(&talk, &upstream, &facts);
}

static void assert_said(const void *bytes, size_t size)
{
	assert_int_equal(talk.out_size, size);
	assert_memory_equal(talk.out, bytes, size);
}

#define assert_said_text(text) assert_said(text, sizeof(text) - 1)

static int hear(const void *bytes, size_t size)
{
	assert_true(size <= sizeof(talk.in) - talk.in_size);
	memcpy(talk.in + talk.in_size, bytes, size);
	talk.in_size += size;
	return wh_handshake_advance(&talk, &upstream);
}

#define hear_text(text) hear(text, sizeof(text) - 1)

static void expect_problem(int found, int error, const char *words)
{
	assert_int_equal(found, error);
	if (!strstr(talk.problem, words))
		fail_msg("the problem is '%s', expected '%s' in it", talk.problem, words);
	for (const char *c = talk.problem; *c; c++)
		assert_in_range(*c, ' ', '~');
}

static void socks_to_an_address_of_version_4(void **state)
{
	(void)state;
	set_destination("192.0.2.10", 443);
	assert_int_equal(begin(WH_RELAY_SOCKS5, NULL, NULL), WH_HANDSHAKE_SEND);
	assert_said_text("\5\1\0");
	assert_int_equal(hear_text("\5\0"), WH_HANDSHAKE_SEND);
	assert_said_text("\5\1\0\1\300\0\2\12\1\273");
	assert_int_equal(hear_text("\5\0\0\1\0\0\0\0\0\0"), WH_HANDSHAKE_DONE);
	assert_int_equal(talk.in_size, 0);
}

static void socks_to_an_address_of_version_6_with_a_password(void **state)
{
	(void)state;
	set_destination("2001:db8::10", 80);
	assert_int_equal(begin(WH_RELAY_SOCKS5, "me", "secret"), WH_HANDSHAKE_SEND);
	assert_said_text("\5\2\0\2");
	assert_int_equal(hear_text("\5\2"), WH_HANDSHAKE_SEND);
	assert_said_text("\1\2me\6secret");
	assert_int_equal(hear_text("\1\0"), WH_HANDSHAKE_SEND);
	assert_said_text("\5\1\0\4\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x10\0\x50");
	assert_int_equal(hear_text("\5\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
			 WH_HANDSHAKE_DONE);
}

/* The longest user and password fit. */
static void socks_with_the_longest_password(void **state)
{
	char longest[WH_RELAY_CREDENTIAL_MAX + 1];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	set_destination("192.0.2.10", 443);
	begin(WH_RELAY_SOCKS5, longest, longest);
	assert_int_equal(hear_text("\5\2"), WH_HANDSHAKE_SEND);
	assert_int_equal(talk.out_size, 3 + 2 * WH_RELAY_CREDENTIAL_MAX);
	assert_int_equal(talk.out[1], 255);
	assert_int_equal(begin(WH_RELAY_HTTP, longest, longest), WH_HANDSHAKE_SEND);
	assert_in_range(talk.out_size, 680, sizeof(talk.out));
}

/* Whatever arrives in how many parts: the same; and what follows is kept. */
static void socks_by_single_bytes(void **state)
{
	static const char reply[] = "\5\0\0\3\4name\0\120";

	(void)state;
	set_destination("192.0.2.10", 443);
	begin(WH_RELAY_SOCKS5, "me", "secret");
	assert_int_equal(hear("\5", 1), WH_HANDSHAKE_READ);
	assert_int_equal(hear("\2", 1), WH_HANDSHAKE_SEND);
	assert_int_equal(hear("\1", 1), WH_HANDSHAKE_READ);
	assert_int_equal(hear("\0", 1), WH_HANDSHAKE_SEND);
	for (size_t i = 0; i < sizeof(reply) - 2; i++)
		assert_int_equal(hear(reply + i, 1), WH_HANDSHAKE_READ);
	assert_int_equal(hear(reply + sizeof(reply) - 2, 1), WH_HANDSHAKE_DONE);
	assert_int_equal(talk.in_size, 0);

	begin(WH_RELAY_SOCKS5, NULL, NULL);
	hear_text("\5\0");
	assert_int_equal(hear_text("\5\0\0\1\0\0\0\0\0\0SSH-2.0"), WH_HANDSHAKE_DONE);
	assert_int_equal(talk.in_size, 7);
	assert_memory_equal(talk.in, "SSH-2.0", 7);
}

static void socks_refuses(void **state)
{
	static const struct {
		unsigned char code;
		int error;
		const char *words;
	} refusals[] = {
		{1, -ECONNREFUSED, "general failure"},
		{2, -EACCES, "not allowed"},
		{3, -ENETUNREACH, "network unreachable"},
		{4, -EHOSTUNREACH, "host unreachable"},
		{5, -ECONNREFUSED, "refused"},
		{6, -ETIMEDOUT, "time to live"},
		{7, -EOPNOTSUPP, "command"},
		{8, -EAFNOSUPPORT, "address type"},
		{9, -ECONNREFUSED, "reply 9"},
		{255, -ECONNREFUSED, "reply 255"},
	};

	(void)state;
	set_destination("192.0.2.10", 443);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const unsigned char reply[] = {5, refusals[i].code};

		begin(WH_RELAY_SOCKS5, NULL, NULL);
		hear_text("\5\0");
		/* Some close without the rest. */
		expect_problem(hear(reply, 2), refusals[i].error, refusals[i].words);
	}
	begin(WH_RELAY_SOCKS5, NULL, NULL);
	expect_problem(hear_text("\5\xff"), -EACCES, "no user was given");
	begin(WH_RELAY_SOCKS5, "me", "secret");
	expect_problem(hear_text("\5\xff"), -EACCES, "neither");
	begin(WH_RELAY_SOCKS5, "me", "secret");
	hear_text("\5\2");
	expect_problem(hear_text("\1\1"), -EACCES, "does not accept this user");
	assert_null(strstr(talk.problem, "secret"));
}

static void socks_that_is_none(void **state)
{
	(void)state;
	set_destination("192.0.2.10", 443);
	begin(WH_RELAY_SOCKS5, NULL, NULL);
	expect_problem(hear_text("H"), -EPROTO, "begins with byte 0x48");
	begin(WH_RELAY_SOCKS5, NULL, NULL);
	expect_problem(hear_text("\4\0"), -EPROTO, "0x04");
	begin(WH_RELAY_SOCKS5, NULL, NULL);
	expect_problem(hear_text("\5\2"), -EPROTO, "method 2, which was not offered");
	begin(WH_RELAY_SOCKS5, "me", "secret");
	expect_problem(hear_text("\5\1"), -EPROTO, "method 1, which was not offered");
	begin(WH_RELAY_SOCKS5, "me", "secret");
	hear_text("\5\2");
	expect_problem(hear_text("\5\0"), -EPROTO, "0x05, not 0x01");
	begin(WH_RELAY_SOCKS5, NULL, NULL);
	hear_text("\5\0");
	expect_problem(hear_text("\5\0\0\2"), -EPROTO, "address type 2");
	/* Answers before there is a question. */
	begin(WH_RELAY_SOCKS5, NULL, NULL);
	expect_problem(hear_text("\5\0\5\0\0\1\0\0\0\0\0\0"), -EPROTO, "10 bytes more");
}

static void http_connect(void **state)
{
	(void)state;
	set_destination("192.0.2.10", 443);
	begin(WH_RELAY_HTTP, NULL, NULL);
	assert_said_text("CONNECT 192.0.2.10:443 HTTP/1.1\r\nHost: 192.0.2.10:443\r\n\r\n");
	assert_int_equal(hear_text("HTTP/1.0 200 Connection established\r\n\r\n"),
			 WH_HANDSHAKE_DONE);
	set_destination("2001:db8::10", 80);
	begin(WH_RELAY_HTTP, "Aladdin", "open sesame");
	assert_said_text("CONNECT [2001:db8::10]:80 HTTP/1.1\r\nHost: [2001:db8::10]:80\r\n"
			 "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
	/* A body's length means nothing here, and what follows is the destination's. */
	assert_int_equal(hear_text("HTTP/1.1 200\nContent-Length: 5\nVia: x\n\nSSH-2.0"),
			 WH_HANDSHAKE_DONE);
	assert_memory_equal(talk.in, "SSH-2.0", talk.in_size);
	assert_int_equal(talk.in_size, 7);
	begin(WH_RELAY_HTTP, "a", "b");
	assert_non_null(strstr((char *)talk.out, "Basic YTpi\r\n"));
	begin(WH_RELAY_HTTP, "a", "bc");
	assert_non_null(strstr((char *)talk.out, "Basic YTpiYw==\r\n"));
}

static void http_by_single_bytes(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n",
		"HTTP/1.1 200 OK\n\n",
		"HTTP/1.1 204\r\n\r\n",
	};

	(void)state;
	set_destination("192.0.2.10", 443);
	for (size_t i = 0; i < 3; i++) {
		size_t size = strlen(answers[i]);

		begin(WH_RELAY_HTTP, NULL, NULL);
		for (size_t k = 0; k + 1 < size; k++)
			assert_int_equal(hear(answers[i] + k, 1), WH_HANDSHAKE_READ);
		assert_int_equal(hear(answers[i] + size - 1, 1), WH_HANDSHAKE_DONE);
		assert_int_equal(talk.in_size, 0);
	}
}

static void http_refuses(void **state)
{
	(void)state;
	set_destination("192.0.2.10", 443);
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear_text("HTTP/1.1 403 Forbidden\r\nX: y\r\n\r\n<html>"), -ECONNREFUSED,
		       "it says: 'HTTP/1.1 403 Forbidden'");
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear_text("HTTP/1.1 504 Gateway Timeout\r\n\r\n"), -ETIMEDOUT, "504");
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear_text("HTTP/1.1 407 Who\r\n\r\n"), -EACCES, "no user was given");
	begin(WH_RELAY_HTTP, "me", "secret");
	expect_problem(hear_text("HTTP/1.1 407 Who\r\n\r\n"), -EACCES, "does not accept");
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear_text("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"), -ECONNREFUSED,
		       "302");
	/* What it says is shown, but nothing a terminal would obey. */
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear_text("HTTP/1.1 500 \33[2J\x80\r\n\r\n"), -ECONNREFUSED, "500 ?[2J?");
}

static void http_that_is_none(void **state)
{
	static const char *const others[] = {
		"SSH-2.0-OpenSSH\r\n",     "\5\0",
		"HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
		"HTTP/1.1 20 OK\r\n\r\n",  "HTTP/1.1 2000 OK\r\n\r\n",
		"http/1.1 200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1\r\n\r\n",        "HTTP/1.1 2\r\n\r\n",
		"HTTP/1.1 \n\n",           "\n\n",
	};
	char big[WH_HANDSHAKE_IN_SIZE];

	(void)state;
	set_destination("192.0.2.10", 443);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		begin(WH_RELAY_HTTP, NULL, NULL);
		expect_problem(hear(others[i], strlen(others[i])), -EPROTO, "malformed HTTP");
	}
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear("HTTP/1.1 200\0\r\n\r\n", 17), -EPROTO, "malformed");
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear("HTTP/1.1 200 \0\r\n\r\n", 18), -EPROTO, "NUL");
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear_text("HTTP/1.1 101 Switching\r\n\r\n"), -EPROTO, "101");
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear_text("HTTP/1.1 999 Beyond\r\n\r\n"), -EPROTO, "999");
	begin(WH_RELAY_HTTP, NULL, NULL);
	expect_problem(hear_text("HTTP/1.1 000 Nought\r\n\r\n"), -EPROTO, "status 0");
	begin(WH_RELAY_HTTP, NULL, NULL);
	snprintf(big, sizeof(big), "HTTP/1.1 200 ");
	memset(big + 13, 'x', sizeof(big) - 13);
	expect_problem(hear(big, sizeof(big)), -EPROTO, "longer than 8192");
	begin(WH_RELAY_HTTP, NULL, NULL);
	for (int i = 0; i < 8; i++)
		assert_int_equal(hear_text("HTTP/1.1 100 Continue\r\n\r\n"), WH_HANDSHAKE_READ);
	expect_problem(hear_text("HTTP/1.1 100 Continue\r\n\r\n"), -EPROTO, "interim");
}

static void no_destination(void **state)
{
	(void)state;
	memset(&origin, 0, sizeof(origin));
	expect_problem(begin(WH_RELAY_SOCKS5, NULL, NULL), -EAFNOSUPPORT, "no address");
	expect_problem(begin(WH_RELAY_HTTP, NULL, NULL), -EAFNOSUPPORT, "no address");
	expect_problem(begin(WH_RELAY_PROXY_HEADER, NULL, NULL), -EAFNOSUPPORT, "no address");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(socks_to_an_address_of_version_4),
		cmocka_unit_test(socks_to_an_address_of_version_6_with_a_password),
		cmocka_unit_test(socks_with_the_longest_password),
		cmocka_unit_test(socks_by_single_bytes),
		cmocka_unit_test(socks_refuses),
		cmocka_unit_test(socks_that_is_none),
		cmocka_unit_test(http_connect),
		cmocka_unit_test(http_by_single_bytes),
		cmocka_unit_test(http_refuses),
		cmocka_unit_test(http_that_is_none),
		cmocka_unit_test(no_destination),
	};

	return cmocka_run_group_tests_name("relay_handshake", tests, NULL, NULL);
}
