/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Who cannot be served hears it at once; and the relay outlives every want. */
#include "relay_harness.h"

#include <fcntl.h>
#include <sys/epoll.h>

static struct harness harness;

static int start_relay(void **state)
{
	(void)state;
	harness_start(&harness);
	return 0;
}

static int stop_relay(void **state)
{
	(void)state;
	harness_stop(&harness);
	return 0;
}

static void expect_refusal(int kind, int error)
{
	unsigned long before = harness.count[kind];
	int client = open_client(&harness);

	assert_reset(client);
	close(client);
	assert_count(&harness, kind, before + 1);
	assert_int_equal(harness.error[kind], error);
	assert_connections(&harness, 0);
	assert_int_equal(harness.count[WH_RELAY_CONNECTED], 0);
	assert_int_equal(harness.count[WH_RELAY_CLOSED], 0);
}

static void nobody_listens_at_the_destination(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int bound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	/* Bound, so that nobody else gets this port and listens. */
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(bound, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(bound, (struct sockaddr *)&address, &size), 0);
	answers.destination = address;
	expect_refusal(WH_RELAY_REFUSED, -ECONNREFUSED);
	answers.hop_count = 8;
	answers.context_size = 1000;
	expect_refusal(WH_RELAY_REFUSED, -ECONNREFUSED);
	close(bound);
}

static void the_destination_is_no_address(void **state)
{
	(void)state;
	memset(&answers.destination, 0, sizeof(answers.destination));
	expect_refusal(WH_RELAY_REFUSED, -EAFNOSUPPORT);
}

static void a_client_that_was_not_redirected(void **state)
{
	(void)state;
	answers.origin_error = -ENOENT;
	expect_refusal(WH_RELAY_DIRECT, -ENOENT);
	answers.origin_error = -EOPNOTSUPP;
	expect_refusal(WH_RELAY_DIRECT, -EOPNOTSUPP);
}

static void a_socket_that_cannot_be_related(void **state)
{
	struct pollfd nobody = {.fd = harness.origin, .events = POLLIN};

	(void)state;
	answers.relate_error = -EACCES;
	expect_refusal(WH_RELAY_REFUSED, -EACCES);
	assert_int_equal(poll(&nobody, 1, 50), 0);
}

static void a_client_that_leaves_while_connecting(void **state)
{
	struct sockaddr_in full;
	int listener = listen_on_loopback(&full, 0), filler, client;

	(void)state;
	/* One waits in the backlog; the second's SYN is not answered. */
	filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(filler, (struct sockaddr *)&full, sizeof(full)), 0);
	answers.destination = full;
	client = open_client(&harness);
	assert_true(wait_for(&harness.connections, 1, false));
	send_pattern(client, 1000, 1);
	assert_quiet(&harness);
	reset(client);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], -ECONNRESET);
	assert_int_equal(harness.count[WH_RELAY_CONNECTED], 0);
	assert_connections(&harness, 0);
	close(filler);
	close(listener);
}

static void early_data_and_end_wait_for_the_destination(void **state)
{
	struct sockaddr_in full;
	int listener = listen_on_loopback(&full, 0), filler, client, origin;

	(void)state;
	filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(filler, (struct sockaddr *)&full, sizeof(full)), 0);
	answers.destination = full;
	client = open_client(&harness);
	send_pattern(client, 1000, 1);
	shutdown(client, SHUT_WR);
	assert_true(wait_for(&harness.connections, 1, false));
	assert_quiet(&harness);
	/* The next SYN is answered, a second later. */
	close(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
	origin = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	receive_pattern(origin, 1000, 1);
	assert_end_of_stream(origin);
	send_pattern(origin, 1000, 2);
	close(origin);
	receive_pattern(client, 1000, 2);
	assert_end_of_stream(client);
	close(client);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
	close(filler);
	close(listener);
}

/* Takes every descriptor but so many. Returns how many it holds. */
static size_t take_descriptors(int *held, size_t capacity, size_t left)
{
	size_t count = 0;

	while (count < capacity && (held[count] = dup(STDERR_FILENO)) >= 0)
		count++;
	assert_true(count < capacity && count >= left);
	for (size_t i = 0; i < left; i++)
		close(held[--count]);
	return count;
}

/* valgrind plays EMFILE itself: it closes the connection that the kernel has just accepted. */
static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

static void descriptors_run_out(void **state)
{
	static int held[2048];
	struct rlimit before, small = {.rlim_cur = 200};
	int clients[10], origin;
	unsigned long handled;
	char byte;

	(void)state;
	if (under_valgrind())
		return;
	getrlimit(RLIMIT_NOFILE, &before);
	small.rlim_max = before.rlim_max;
	for (size_t left = 0; left < 4; left++) {
		size_t count;

		for (int i = 0; i < 10; i++)
			clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
		count = take_descriptors(held, 2048, left);
		for (int i = 0; i < 10; i++)
			assert_int_equal(connect(clients[i],
						 (const struct sockaddr *)&harness.relay_address,
						 sizeof(harness.relay_address)),
					 0);
		/* Nobody is turned away, and no time is burnt. */
		sleep_ms(100);
		handled = harness.handled;
		sleep_ms(300);
		assert_in_range(harness.handled - handled, 0, 100);
		assert_int_equal(harness.count[WH_RELAY_REFUSED], 0);
		/* There is room again, and all are served. */
		while (count)
			close(held[--count]);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		for (int i = 0; i < 10; i++) {
			origin = accept_at_origin(&harness);
			assert_int_equal(send(origin, "x", 1, 0), 1);
			close(origin);
		}
		for (int i = 0; i < 10; i++) {
			assert_int_equal(recv(clients[i], &byte, 1, 0), 1);
			close(clients[i]);
		}
		assert_connections(&harness, 0);
	}
}

static void more_clients_than_are_allowed(void **state)
{
	int clients[6], origins[3];

	(void)state;
	harness_make(&harness, 3);
	harness_run(&harness);
	for (int i = 0; i < 6; i++) {
		clients[i] = open_client(&harness);
		send_pattern(clients[i], 10, 1);
	}
	for (int i = 0; i < 3; i++)
		origins[i] = accept_at_origin(&harness);
	assert_quiet(&harness);
	assert_int_equal(harness.connections, 3);
	/* As one goes, the next comes. */
	for (int i = 0; i < 3; i++) {
		int next;

		close(clients[i]);
		receive_pattern(origins[i], 10, 1);
		close(origins[i]);
		next = accept_at_origin(&harness);
		receive_pattern(next, 10, 1);
		close(next);
		assert_end_of_stream(clients[3 + i]);
		close(clients[3 + i]);
	}
	assert_connections(&harness, 0);
}

static void accepting_may_stop(void **state)
{
	int client = open_client(&harness), origin = accept_at_origin(&harness), late;

	(void)state;
	harness_halt(&harness);
	wh_relay_stop_accepting(harness.relay);
	wh_relay_stop_accepting(harness.relay);
	harness_run(&harness);
	late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(late, (struct sockaddr *)&harness.relay_address,
				 sizeof(harness.relay_address)),
			 -1);
	assert_int_equal(errno, ECONNREFUSED);
	close(late);
	/* Who is there is served further. */
	send_pattern(client, 100, 1);
	receive_pattern(origin, 100, 1);
	close(client);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
}

static void freeing_resets_who_is_there(void **state)
{
	int client, origin;

	(void)state;
	harness_start(&harness);
	client = open_client(&harness);
	origin = accept_at_origin(&harness);
	harness_stop(&harness);
	assert_reset(client);
	assert_reset(origin);
	close(client);
	close(origin);
}

static void what_is_no_listener(void **state)
{
	struct sockaddr_in address;
	struct wh_relay *relay;
	int fd;

	(void)state;
	assert_int_equal(wh_relay_new(&relay, NULL), 0);
	assert_int_equal(wh_relay_add_listener(relay, -1), -EBADF);
	/* Taken, and closed, also on failure. */
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(wh_relay_add_listener(relay, fd), -EINVAL);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_int_equal(wh_relay_add_listener(relay, fd), -ENOTSOCK);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	fd = listen_on_loopback(&address, 1);
	assert_int_equal(wh_relay_add_listener(relay, fd), 0);
	assert_int_equal(wh_relay_connections(relay), 0);
	assert_int_equal(wh_relay_dispatch(relay, 0), 0);
	wh_relay_free(relay);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	wh_relay_free(NULL);
}

/* Where nobody answers, as on a machine without whither, the library itself says so. */
static void the_library_is_asked(void **state)
{
	int client;

	(void)state;
	harness_make(&harness, 0);
	harness.relay->options.on_event = NULL;
	wh_relay_free(harness.relay);
	assert_int_equal(wh_relay_new(&harness.relay, NULL), 0);
	harness.listener = listen_on_loopback(&harness.relay_address, 10);
	assert_int_equal(wh_relay_add_listener(harness.relay, harness.listener), 0);
	harness_run(&harness);
	client = open_client(&harness);
	assert_reset(client);
	close(client);
	harness_stop(&harness);
}

/* Its epoll set can stand in another. */
static void another_epoll_wakes_for_it(void **state)
{
	struct epoll_event event = {.events = EPOLLIN};
	int outer = epoll_create1(EPOLL_CLOEXEC), client;

	(void)state;
	harness_make(&harness, 0);
	answers.origin_error = -ENOENT;
	assert_int_equal(epoll_ctl(outer, EPOLL_CTL_ADD, wh_relay_fd(harness.relay), &event), 0);
	assert_int_equal(epoll_wait(outer, &event, 1, 0), 0);
	client = open_client(&harness);
	assert_int_equal(epoll_wait(outer, &event, 1, 1000), 1);
	assert_int_equal(wh_relay_dispatch(harness.relay, 0), 1);
	assert_int_equal(epoll_wait(outer, &event, 1, 0), 0);
	assert_reset(client);
	close(client);
	close(outer);
	wh_relay_free(harness.relay);
	close(harness.origin);
}

#define refusal_test(name) cmocka_unit_test_setup_teardown(name, start_relay, stop_relay)

int main(void)
{
	const struct CMUnitTest tests[] = {
		refusal_test(nobody_listens_at_the_destination),
		refusal_test(the_destination_is_no_address),
		refusal_test(a_client_that_was_not_redirected),
		refusal_test(a_socket_that_cannot_be_related),
		refusal_test(a_client_that_leaves_while_connecting),
		refusal_test(early_data_and_end_wait_for_the_destination),
		refusal_test(descriptors_run_out),
		cmocka_unit_test_teardown(more_clients_than_are_allowed, stop_relay),
		refusal_test(accepting_may_stop),
		cmocka_unit_test(freeing_resets_who_is_there),
		cmocka_unit_test(what_is_no_listener),
		cmocka_unit_test(the_library_is_asked),
		cmocka_unit_test(another_epoll_wakes_for_it),
	};

	return cmocka_run_group_tests_name("relay_refusal", tests, NULL, NULL);
}
