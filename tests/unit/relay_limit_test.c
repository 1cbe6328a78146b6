/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* How long, and how many: what a relay gives up on, and whom it turns away. */
#include "relay_harness.h"

#include <fcntl.h>

static struct harness harness;

static void start(struct wh_relay_options options)
{
	harness_make_with(&harness, options);
	harness_run(&harness);
}

static int stop(void **state)
{
	(void)state;
	harness_stop(&harness);
	return 0;
}

static void a_destination_that_does_not_answer(void **state)
{
	struct sockaddr_in full;
	int listener, filler, client;

	(void)state;
	start((struct wh_relay_options){.connect_ms = 200});
	/* One waits in the backlog; the second's SYN is not answered. */
	listener = listen_on_loopback(&full, 0);
	filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(filler, (struct sockaddr *)&full, sizeof(full)), 0);
	answers.destination = full;
	client = open_client(&harness);
	assert_reset(client);
	close(client);
	assert_count(&harness, WH_RELAY_REFUSED, 1);
	assert_int_equal(harness.error[WH_RELAY_REFUSED], -ETIMEDOUT);
	assert_connections(&harness, 0);
	assert_quiet(&harness);
	close(filler);
	close(listener);
}

static void an_idle_connection_is_reset(void **state)
{
	int idle, busy, idle_origin, busy_origin;

	(void)state;
	start((struct wh_relay_options){.idle_ms = 400});
	idle = open_client(&harness);
	idle_origin = accept_at_origin(&harness);
	busy = open_client(&harness);
	busy_origin = accept_at_origin(&harness);
	/* Either direction counts. */
	for (int i = 0; i < 12; i++) {
		sleep_ms(100);
		send_pattern(i % 2 ? busy : busy_origin, 10, 1);
		receive_pattern(i % 2 ? busy_origin : busy, 10, 1);
	}
	assert_int_equal(harness.count[WH_RELAY_CLOSED], 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], -ETIMEDOUT);
	assert_reset(idle);
	assert_reset(idle_origin);
	assert_connections(&harness, 1);
	/* One that has ended halfway is no exception. */
	shutdown(busy, SHUT_WR);
	assert_end_of_stream(busy_origin);
	assert_count(&harness, WH_RELAY_CLOSED, 2);
	assert_reset(busy);
	close(idle), close(idle_origin), close(busy), close(busy_origin);
	assert_connections(&harness, 0);
	assert_quiet(&harness);
}

static void without_a_limit_idle_ones_stay(void **state)
{
	int client, origin;

	(void)state;
	start((struct wh_relay_options){.connect_ms = 100, .handshake_ms = 100});
	client = open_client(&harness);
	origin = accept_at_origin(&harness);
	sleep_ms(500);
	send_pattern(client, 10, 1);
	receive_pattern(origin, 10, 1);
	close(client);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
}

static void a_user_has_so_many_and_no_more(void **state)
{
	int clients[3], origins[3], other, other_origin, refused;

	(void)state;
	start((struct wh_relay_options){.max_per_user = 3});
	answers.uid = 1000;
	for (int i = 0; i < 3; i++) {
		clients[i] = open_client(&harness);
		origins[i] = accept_at_origin(&harness);
	}
	assert_count(&harness, WH_RELAY_CONNECTED, 3);
	for (unsigned long i = 1; i <= 2; i++) {
		refused = open_client(&harness);
		assert_reset(refused);
		close(refused);
		assert_count(&harness, WH_RELAY_REFUSED, i);
		assert_int_equal(harness.error[WH_RELAY_REFUSED], -EBUSY);
		assert_non_null(strstr(harness.problem, "user"));
	}
	/* Another user is none of that. */
	answers.uid = 1001;
	other = open_client(&harness);
	other_origin = accept_at_origin(&harness);
	assert_count(&harness, WH_RELAY_CONNECTED, 4);
	/* Where one has gone, there is room for one; also when it could not be connected. */
	answers.uid = 1000;
	reset(clients[0]);
	close(origins[0]);
	assert_connections(&harness, 3);
	answers.relate_error = -EACCES;
	refused = open_client(&harness);
	assert_reset(refused);
	close(refused);
	assert_count(&harness, WH_RELAY_REFUSED, 3);
	assert_int_equal(harness.error[WH_RELAY_REFUSED], -EACCES);
	answers.relate_error = 0;
	clients[0] = open_client(&harness);
	origins[0] = accept_at_origin(&harness);
	send_pattern(clients[0], 10, 1);
	receive_pattern(origins[0], 10, 1);
	for (int i = 0; i < 3; i++) {
		close(clients[i]);
		close(origins[i]);
	}
	close(other);
	close(other_origin);
	assert_connections(&harness, 0);
	harness_halt(&harness);
	assert_null(harness.relay->users);
	harness_run(&harness);
}

static void listeners_can_be_counted(void **state)
{
	struct sockaddr_in address;
	int fds[4] = {-1, -1, -1, -1}, second;

	(void)state;
	start((struct wh_relay_options){0});
	harness_halt(&harness);
	second = listen_on_loopback(&address, 1);
	assert_int_equal(wh_relay_add_listener(harness.relay, second), 0);
	assert_int_equal(wh_relay_listeners(harness.relay, fds, 1), 2);
	assert_int_equal(fds[1], -1);
	assert_int_equal(wh_relay_listeners(harness.relay, fds, 4), 2);
	assert_true((fds[0] == second) != (fds[1] == second));
	wh_relay_stop_accepting(harness.relay);
	assert_int_equal(wh_relay_listeners(harness.relay, fds, 4), 0);
	harness_run(&harness);
}

static void another_descriptor_wakes_it(void **state)
{
	int ends[2];

	(void)state;
	harness_make_with(&harness, (struct wh_relay_options){0});
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(wh_relay_wake_for(harness.relay, ends[0]), 0);
	assert_int_equal(wh_relay_dispatch(harness.relay, 0), 0);
	assert_false(wh_relay_woken(harness.relay));
	assert_int_equal(write(ends[1], "x", 1), 1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(wh_relay_dispatch(harness.relay, 20000), 1);
		assert_true(wh_relay_woken(harness.relay));
	}
	assert_int_equal(wh_relay_wake_for(harness.relay, -1), 0);
	assert_int_equal(wh_relay_dispatch(harness.relay, 0), 0);
	assert_false(wh_relay_woken(harness.relay));
	close(ends[0]);
	close(ends[1]);
	harness_run(&harness);
}

#define limit_test(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		limit_test(a_destination_that_does_not_answer),
		limit_test(an_idle_connection_is_reset),
		limit_test(without_a_limit_idle_ones_stay),
		limit_test(a_user_has_so_many_and_no_more),
		limit_test(listeners_can_be_counted),
		limit_test(another_descriptor_wakes_it),
	};

	return cmocka_run_group_tests_name("relay_limit", tests, NULL, NULL);
}
