/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Connections by way of an upstream proxy, which may be anything. The origin of the harness plays
 * it: what comes to it, comes from the relay. */
#include "relay_harness.h"

#include <fcntl.h>

static struct harness harness;
static struct wh_relay_upstream upstream;
static unsigned long failures; /* that are expected so far */

static int start(enum wh_relay_protocol protocol, const char *user)
{
	harness_make_with(&harness, (struct wh_relay_options){.handshake_ms = 300});
	failures = 0;
	memset(&upstream, 0, sizeof(upstream));
	upstream.protocol = protocol;
	upstream.address_count = 1;
	upstream.addresses[0].in = harness.origin_address;
	if (user) {
		upstream.has_credentials = 1;
		snprintf(upstream.user, sizeof(upstream.user), "%s", user);
		snprintf(upstream.password, sizeof(upstream.password), "secret");
	}
	assert_int_equal(wh_relay_set_upstream(harness.relay, &upstream), 0);
	answers.destination.sin_addr.s_addr = htonl(0xc0000207);
	answers.destination.sin_port = htons(4711);
	harness_run(&harness);
	return 0;
}

static int start_socks(void **state)
{
	(void)state;
	return start(WH_RELAY_SOCKS5, NULL);
}

static int start_http(void **state)
{
	(void)state;
	return start(WH_RELAY_HTTP, NULL);
}

static int start_proxy_header(void **state)
{
	(void)state;
	return start(WH_RELAY_PROXY_HEADER, NULL);
}

static int stop(void **state)
{
	(void)state;
	harness_stop(&harness);
	return 0;
}

static void receive(int fd, const void *expected, size_t size)
{
	unsigned char bytes[4096];

	assert_true(size <= sizeof(bytes));
	assert_int_equal(recv(fd, bytes, size, MSG_WAITALL), size);
	assert_memory_equal(bytes, expected, size);
}

static void say(int fd, const void *bytes, size_t size)
{
	assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
}

#define receive_text(fd, text) receive(fd, text, sizeof(text) - 1)
#define say_text(fd, text) say(fd, text, sizeof(text) - 1)

static void exchange(int client, int proxy)
{
	send_pattern(client, 700000, 1);
	receive_pattern(proxy, 700000, 1);
	send_pattern(proxy, 700000, 2);
	receive_pattern(client, 700000, 2);
	shutdown(client, SHUT_WR);
	assert_end_of_stream(proxy);
	send_pattern(proxy, 100, 3);
	close(proxy);
	receive_pattern(client, 100, 3);
	assert_end_of_stream(client);
	close(client);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
	assert_int_equal(harness.count[WH_RELAY_CONNECTED], 1);
	assert_connections(&harness, 0);
}

static void through_socks(void **state)
{
	int client = open_client(&harness), proxy;

	(void)state;
	/* What the client says early, waits. */
	send_pattern(client, 1000, 9);
	proxy = accept_at_origin(&harness);
	receive_text(proxy, "\5\1\0");
	say_text(proxy, "\5\0");
	receive_text(proxy, "\5\1\0\1\300\0\2\7\22\147");
	assert_int_equal(harness.count[WH_RELAY_CONNECTED], 0);
	say_text(proxy, "\5\0\0\1\0\0\0\0\0\0");
	receive_pattern(proxy, 1000, 9);
	exchange(client, proxy);
}

/* The destination may speak first, and its words come along with the proxy's own. */
static void the_destination_speaks_at_once(void **state)
{
	int client = open_client(&harness), proxy = accept_at_origin(&harness);

	(void)state;
	receive_text(proxy, "CONNECT 192.0.2.7:4711 HTTP/1.1\r\nHost: 192.0.2.7:4711\r\n\r\n");
	say_text(proxy, "HTTP/1.1 200 OK\r\n\r\nSSH-2.0-x\r\n");
	receive_text(client, "SSH-2.0-x\r\n");
	exchange(client, proxy);
}

static void the_destination_speaks_and_ends(void **state)
{
	int client = open_client(&harness), proxy = accept_at_origin(&harness);

	(void)state;
	say_text(proxy, "HTTP/1.1 200 OK\r\n\r\nbye");
	shutdown(proxy, SHUT_WR);
	receive_text(client, "bye");
	assert_end_of_stream(client);
	close(client);
	while (recv(proxy, (char[4096]){0}, 4096, 0) > 0)
		;
	close(proxy);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
	assert_int_equal(harness.received, 3);
}

/* The proxy has said something, or nothing, and the connection is over. */
static void expect_failure(int client, int proxy, int error, const char *words)
{
	assert_reset(client);
	close(client);
	assert_count(&harness, WH_RELAY_REFUSED, ++failures);
	assert_int_equal(harness.error[WH_RELAY_REFUSED], error);
	if (!strstr(harness.problem, "the upstream proxy") || !strstr(harness.problem, words))
		fail_msg("the problem is '%s', expected '%s' in it", harness.problem, words);
	assert_connections(&harness, 0);
	assert_int_equal(harness.count[WH_RELAY_CONNECTED], 0);
	close(proxy);
}

static void malformed_answers(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *words;
	} answers_of_others[] = {
		{"HTTP/1.1 400 Bad Request\r\n\r\n", 28, "malformed SOCKS"},
		{"\0", 1, "0x00"},
		{"\5\1", 2, "not offered"},
		{"\5\0\5\0", 4, "2 bytes more"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers_of_others) / sizeof(answers_of_others[0]); i++) {
		int client = open_client(&harness), proxy = accept_at_origin(&harness);

		say(proxy, answers_of_others[i].bytes, answers_of_others[i].size);
		expect_failure(client, proxy, -EPROTO, answers_of_others[i].words);
	}
}

static void an_answer_without_end(void **state)
{
	int client = open_client(&harness), proxy = accept_at_origin(&harness);
	char bytes[65536];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	say_text(proxy, "HTTP/1.1 200 ");
	send(proxy, bytes, sizeof(bytes), MSG_NOSIGNAL);
	expect_failure(client, proxy, -EPROTO, "longer than 8192");
}

static void a_proxy_that_says_no(void **state)
{
	int client = open_client(&harness), proxy = accept_at_origin(&harness);

	(void)state;
	say_text(proxy, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops");
	expect_failure(client, proxy, -ECONNREFUSED, "502 Bad Gateway");
}

static void a_proxy_that_closes(void **state)
{
	int client = open_client(&harness), proxy = accept_at_origin(&harness);

	(void)state;
	receive_text(proxy, "\5\1\0");
	shutdown(proxy, SHUT_WR);
	expect_failure(client, proxy, -ECONNRESET, "closed instead of answering");
	client = open_client(&harness);
	proxy = accept_at_origin(&harness);
	say_text(proxy, "\5");
	shutdown(proxy, SHUT_WR);
	expect_failure(client, proxy, -ECONNRESET, "middle of an answer");
	client = open_client(&harness);
	proxy = accept_at_origin(&harness);
	reset(proxy);
	expect_failure(client, -1, -ECONNRESET, "");
}

static void a_proxy_that_never_answers(void **state)
{
	int client = open_client(&harness), proxy = accept_at_origin(&harness);

	(void)state;
	expect_failure(client, proxy, -ETIMEDOUT, "did not answer in time");
	/* Nor does it help to say a byte now and then. */
	client = open_client(&harness);
	proxy = accept_at_origin(&harness);
	say_text(proxy, "\5\0");
	sleep_ms(100);
	say_text(proxy, "\5");
	sleep_ms(100);
	say_text(proxy, "\0");
	expect_failure(client, proxy, -ETIMEDOUT, "did not answer in time");
	assert_quiet(&harness);
}

static void a_client_that_leaves_meanwhile(void **state)
{
	int client = open_client(&harness), proxy = accept_at_origin(&harness);

	(void)state;
	receive_text(proxy, "\5\1\0");
	reset(client);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], -ECONNRESET);
	assert_int_equal(harness.count[WH_RELAY_CONNECTED], 0);
	assert_connections(&harness, 0);
	close(proxy);
}

static void a_proxy_that_is_not_there(void **state)
{
	int client;

	(void)state;
	harness_halt(&harness);
	/* Port 1 of an address nobody has. */
	upstream.addresses[0].in.sin_port = htons(1);
	assert_int_equal(wh_relay_set_upstream(harness.relay, &upstream), 0);
	harness_run(&harness);
	client = open_client(&harness);
	expect_failure(client, -1, -ECONNREFUSED, "cannot be reached");
	/* The next of its addresses is tried. */
	harness_halt(&harness);
	upstream.addresses[1] = upstream.addresses[0];
	upstream.addresses[2].in = harness.origin_address;
	upstream.address_count = 3;
	assert_int_equal(wh_relay_set_upstream(harness.relay, &upstream), 0);
	harness_run(&harness);
	client = open_client(&harness);
	{
		int proxy = accept_at_origin(&harness);

		receive_text(proxy, "\5\1\0");
		say_text(proxy, "\5\0");
		receive_text(proxy, "\5\1\0\1\300\0\2\7\22\147");
		say_text(proxy, "\5\0\0\1\0\0\0\0\0\0");
		exchange(client, proxy);
	}
}

/* The header's fixed part, then its TLVs, decoded as the receiver would. */
static void the_proxy_header(void **state)
{
	static const unsigned char signature[] = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
						  0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
	unsigned char head[16], body[2048];
	size_t length, seen = 0;
	int client, proxy;

	(void)state;
	answers.hop_count = 2;
	answers.context_size = 1000;
	answers.uid = 0x01020304;
	answers.client.in.sin_family = AF_INET;
	answers.client.in.sin_addr.s_addr = htonl(0xc6336401);
	answers.client.in.sin_port = htons(1234);
	client = open_client(&harness);
	proxy = accept_at_origin(&harness);
	assert_int_equal(recv(proxy, head, sizeof(head), MSG_WAITALL), sizeof(head));
	assert_memory_equal(head, signature, sizeof(signature));
	assert_int_equal(head[12], 0x21);
	assert_int_equal(head[13], 0x11);
	length = head[14] << 8 | head[15];
	assert_in_range(length, 12, sizeof(body));
	assert_int_equal(recv(proxy, body, length, MSG_WAITALL), length);
	assert_memory_equal(body, "\306\63\144\1\300\0\2\7\4\322\22\147", 12);
	for (size_t at = 12; at < length;) {
		unsigned int type = body[at];
		size_t size = body[at + 1] << 8 | body[at + 2];
		const unsigned char *value = body + at + 3;

		assert_true(at + 3 + size <= length);
		seen |= 1u << (type - 0xe0);
		if (type == 0xe0) {
			assert_int_equal(size, 1000);
			assert_int_equal(value[999], 0x22);
		} else if (type == 0xe1) {
			assert_int_equal(size, 40);
			assert_memory_equal(value + 4, "\1\2\3\4", 4);
		} else if (type == 0xe4) {
			assert_int_equal(size, 32);
			assert_int_equal(value[31], 0x11);
		}
		at += 3 + size;
	}
	assert_int_equal(seen & 023, 023);
	exchange(client, proxy);
}

static void the_proxy_header_of_both_families(void **state)
{
	unsigned char head[16 + 36];
	int client, proxy;

	(void)state;
	/* A client of unknown address, a destination of version 6. */
	answers.destination_any.in6.sin6_family = AF_INET6;
	answers.destination_any.in6.sin6_addr = in6addr_loopback;
	answers.destination_any.in6.sin6_port = htons(80);
	client = open_client(&harness);
	proxy = accept_at_origin(&harness);
	assert_int_equal(recv(proxy, head, sizeof(head), MSG_WAITALL), sizeof(head));
	assert_int_equal(head[13], 0x21);
	assert_memory_equal(head + 16, &in6addr_any, 16);
	assert_memory_equal(head + 32, &in6addr_loopback, 16);
	assert_memory_equal(head + 48, "\0\0\0\120", 4);
	reset(client);
	reset(proxy);
	/* A client of version 6 that goes to one of version 4. */
	answers.client = answers.destination_any;
	memset(&answers.destination_any, 0, sizeof(answers.destination_any));
	client = open_client(&harness);
	proxy = accept_at_origin(&harness);
	assert_int_equal(recv(proxy, head, sizeof(head), MSG_WAITALL), sizeof(head));
	assert_int_equal(head[13], 0x21);
	assert_memory_equal(head + 16, &in6addr_loopback, 16);
	assert_memory_equal(head + 32, "\0\0\0\0\0\0\0\0\0\0\xff\xff\300\0\2\7", 16);
	reset(client);
	reset(proxy);
	assert_connections(&harness, 0);
}

#define socks_test(name) cmocka_unit_test_setup_teardown(name, start_socks, stop)
#define http_test(name) cmocka_unit_test_setup_teardown(name, start_http, stop)
#define proxy_header_test(name) cmocka_unit_test_setup_teardown(name, start_proxy_header, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		socks_test(through_socks),
		http_test(the_destination_speaks_at_once),
		http_test(the_destination_speaks_and_ends),
		socks_test(malformed_answers),
		http_test(an_answer_without_end),
		http_test(a_proxy_that_says_no),
		socks_test(a_proxy_that_closes),
		socks_test(a_proxy_that_never_answers),
		socks_test(a_client_that_leaves_meanwhile),
		socks_test(a_proxy_that_is_not_there),
		proxy_header_test(the_proxy_header),
		proxy_header_test(the_proxy_header_of_both_families),
	};

	return cmocka_run_group_tests_name("relay_upstream", tests, NULL, NULL);
}
