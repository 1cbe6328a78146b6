/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What one connection carries, and how it ends. */
#include "relay_harness.h"

#include <linux/sockios.h>

#define BULK (16u << 20)

static struct harness harness;
static int client, origin;

static int open_pair(void **state)
{
	(void)state;
	harness_start(&harness);
	client = open_client(&harness);
	origin = accept_at_origin(&harness);
	return 0;
}

static int close_relay(void **state)
{
	(void)state;
	harness_stop(&harness);
	return 0;
}

static void a_small_exchange(void **state)
{
	(void)state;
	send_pattern(client, 100, 1);
	receive_pattern(origin, 100, 1);
	send_pattern(origin, 200, 2);
	receive_pattern(client, 200, 2);
	assert_quiet(&harness);
	close(client);
	assert_end_of_stream(origin);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.count[WH_RELAY_CONNECTED], 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
	assert_int_equal(harness.sent, 100);
	assert_int_equal(harness.received, 200);
	assert_connections(&harness, 0);
}

static void the_client_may_end_first(void **state)
{
	(void)state;
	send_pattern(client, 5000, 1);
	shutdown(client, SHUT_WR);
	receive_pattern(origin, 5000, 1);
	assert_end_of_stream(origin);
	assert_quiet(&harness);
	send_pattern(origin, 3u << 20, 2);
	close(origin);
	receive_pattern(client, 3u << 20, 2);
	assert_end_of_stream(client);
	close(client);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
}

static void the_destination_may_end_first(void **state)
{
	(void)state;
	send_pattern(origin, 5000, 1);
	shutdown(origin, SHUT_WR);
	receive_pattern(client, 5000, 1);
	assert_end_of_stream(client);
	assert_quiet(&harness);
	send_pattern(client, 3u << 20, 2);
	close(client);
	receive_pattern(origin, 3u << 20, 2);
	assert_end_of_stream(origin);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
}

static void an_end_without_a_byte(void **state)
{
	(void)state;
	close(client);
	assert_end_of_stream(origin);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
}

static void a_reset_by_the_client_is_passed_on(void **state)
{
	(void)state;
	send_pattern(client, 10, 1);
	receive_pattern(origin, 10, 1);
	reset(client);
	assert_reset(origin);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], -ECONNRESET);
	assert_connections(&harness, 0);
}

static void a_reset_by_the_destination_is_passed_on(void **state)
{
	(void)state;
	send_pattern(client, 10, 1);
	receive_pattern(origin, 10, 1);
	reset(origin);
	assert_reset(client);
	close(client);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], -ECONNRESET);
}

static void a_reset_after_half_an_end_is_passed_on(void **state)
{
	struct pollfd failed = {.fd = origin};

	(void)state;
	shutdown(client, SHUT_WR);
	assert_end_of_stream(origin);
	assert_quiet(&harness);
	reset(client);
	/* Who has read the end of the stream meets a reset when writing. */
	assert_int_equal(poll(&failed, 1, 20000), 1);
	assert_true(failed.revents & POLLERR);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
}

static void what_came_before_a_reset_is_delivered(void **state)
{
	int unacknowledged = 1;

	(void)state;
	/* The destination leaves a request unread, so that its close is a reset. */
	send_pattern(client, 1000, 1);
	sleep_ms(50);
	send_pattern(origin, 1u << 20, 2);
	/* What its own kernel still has, it would throw away. */
	for (int i = 0; i < 2000 && unacknowledged; i++) {
		sleep_ms(5);
		assert_int_equal(ioctl(origin, SIOCOUTQ, &unacknowledged), 0);
	}
	assert_int_equal(unacknowledged, 0);
	close(origin);
	receive_pattern(client, 1u << 20, 2);
	assert_reset(client);
	close(client);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
}

static void a_reset_does_not_wait_for_a_reader_who_does_not_read(void **state)
{
	char bytes[65536];
	int on = 1;

	(void)state;
	/* Until nobody takes any more. */
	assert_int_equal(ioctl(client, FIONBIO, &on), 0);
	memset(bytes, 1, sizeof(bytes));
	for (int idle = 0; idle < 20;) {
		if (send(client, bytes, sizeof(bytes), MSG_NOSIGNAL) > 0)
			idle = 0;
		else
			idle++, sleep_ms(5);
	}
	assert_quiet(&harness);
	reset(client);
	/* Looked at now and then, but not for ever. */
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	while (recv(origin, bytes, sizeof(bytes), 0) > 0)
		;
	assert_int_equal(errno, ECONNRESET);
	close(origin);
}

struct bulk {
	int from, to;
	uint64_t seed;
};

static void *send_bulk(void *data)
{
	struct bulk *bulk = data;

	send_pattern(bulk->from, BULK, bulk->seed);
	shutdown(bulk->from, SHUT_WR);
	return NULL;
}

static void *receive_bulk(void *data)
{
	struct bulk *bulk = data;

	receive_pattern(bulk->to, BULK, bulk->seed);
	assert_end_of_stream(bulk->to);
	return NULL;
}

static void carry_bulk(void)
{
	struct bulk there = {client, origin, 1}, back = {origin, client, 2};
	pthread_t threads[4];

	pthread_create(&threads[0], NULL, send_bulk, &there);
	pthread_create(&threads[1], NULL, receive_bulk, &there);
	pthread_create(&threads[2], NULL, send_bulk, &back);
	pthread_create(&threads[3], NULL, receive_bulk, &back);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	close(client);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.sent, BULK);
	assert_int_equal(harness.received, BULK);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
}

static void much_both_ways_at_once(void **state)
{
	(void)state;
	carry_bulk();
	/* Idle connections hold no pipe; the pipes that were used wait for the next. */
	harness_halt(&harness);
	assert_in_range(harness.relay->pipe_count, 1, 2);
	assert_non_null(harness.relay->idle_pipes);
	harness_run(&harness);
}

static void much_without_pipes(void **state)
{
	(void)state;
	harness_halt(&harness);
	harness.relay->pipe_limit = 0;
	harness_run(&harness);
	carry_bulk();
}

/* An urgent byte is one of the stream, before and after splicing has begun. */
static void urgent_bytes_are_not_lost(void **state)
{
	int on = 1;

	(void)state;
	setsockopt(origin, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	for (int i = 0; i < 40; i++) {
		char urgent = (char)i, got;

		send_pattern(client, 30000, i);
		assert_int_equal(send(client, &urgent, 1, MSG_OOB), 1);
		if (i % 2)
			send_pattern(client, 10, 99);
		receive_pattern(origin, 30000, i);
		assert_int_equal(recv(origin, &got, 1, 0), 1);
		assert_int_equal(got, urgent);
		if (i % 2)
			receive_pattern(origin, 10, 99);
		if (i % 8 == 0)
			assert_quiet(&harness);
	}
	/* And with the end right behind it. */
	assert_int_equal(send(client, "u", 1, MSG_OOB), 1);
	close(client);
	receive_pattern(origin, 0, 0);
	{
		char got;

		assert_int_equal(recv(origin, &got, 1, 0), 1);
		assert_int_equal(got, 'u');
	}
	assert_end_of_stream(origin);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
}

#define stream_test(name) cmocka_unit_test_setup_teardown(name, open_pair, close_relay)

int main(void)
{
	const struct CMUnitTest tests[] = {
		stream_test(a_small_exchange),
		stream_test(the_client_may_end_first),
		stream_test(the_destination_may_end_first),
		stream_test(an_end_without_a_byte),
		stream_test(a_reset_by_the_client_is_passed_on),
		stream_test(a_reset_by_the_destination_is_passed_on),
		stream_test(a_reset_after_half_an_end_is_passed_on),
		stream_test(what_came_before_a_reset_is_delivered),
		stream_test(a_reset_does_not_wait_for_a_reader_who_does_not_read),
		stream_test(much_both_ways_at_once),
		stream_test(much_without_pipes),
		stream_test(urgent_bytes_are_not_lost),
	};

	return cmocka_run_group_tests_name("relay_stream", tests, NULL, NULL);
}
