/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Many connections at once, and what they hold. */
#include "relay_harness.h"

#include <malloc.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include "random_number.h"

#define FEW 500
#define MANY 5000
#define RESETS 97 /* each so manyth client leaves by a reset, halfway */
#define IDLE 4000
#define SLOW (64u << 20)

static struct harness harness;

/* More descriptors, as many as may be. Returns how many connections they are good for. */
static size_t raise_limit(size_t wanted, size_t each)
{
	struct rlimit limit;
	size_t possible;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	/* Three each: client, accepted, outbound; or four with the destination's; and the rest. */
	possible = (limit.rlim_cur - 400) / each;
	return possible < wanted ? possible : wanted;
}

static int start_relay(void **state)
{
	(void)state;
	raise_limit(0, 4);
	harness_start(&harness);
	return 0;
}

static int stop_relay(void **state)
{
	(void)state;
	harness_stop(&harness);
	return 0;
}

/* Sends back what it receives, to all at once, and ends when each of them has ended. */
static void echo_server(size_t expected)
{
	size_t ended = 0;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = {.events = EPOLLIN, .data.fd = harness.origin};
	static char bytes[1 << 16];

	epoll_ctl(epoll, EPOLL_CTL_ADD, harness.origin, &event);
	while (ended < expected) {
		ssize_t size;
		int fd;

		assert_int_equal(epoll_wait(epoll, &event, 1, 20000), 1);
		fd = event.data.fd;
		if (fd == harness.origin) {
			event.data.fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
			assert_true(event.data.fd >= 0);
			epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
			continue;
		}
		size = recv(fd, bytes, sizeof(bytes), 0);
		for (ssize_t done = 0; done < size;) {
			ssize_t sent = send(fd, bytes + done, (size_t)(size - done), MSG_NOSIGNAL);

			if (sent < 0)
				size = -1;
			done += sent;
		}
		/* 0, or the reset that a client's became. */
		if (size <= 0) {
			close(fd);
			ended++;
		}
	}
	close(epoll);
}

struct echo {
	size_t size, sent, received;
	uint64_t seed;
	int fd;
	bool resets;
};

/* One step of a client: what it can send, and what there is to compare. Returns whether it is done. */
static bool echo_step(struct echo *echo, uint32_t events, struct random_source *random)
{
	unsigned char bytes[32768], expected[32768];

	if ((events & EPOLLOUT) && echo->sent < echo->size) {
		size_t part = 1 + random_below(random, sizeof(bytes));
		ssize_t sent;

		if (part > echo->size - echo->sent)
			part = echo->size - echo->sent;
		fill_pattern(bytes, part, echo->seed, echo->sent);
		sent = send(echo->fd, bytes, part, MSG_NOSIGNAL | MSG_DONTWAIT);
		assert_true(sent > 0 || errno == EAGAIN);
		echo->sent += sent > 0 ? (size_t)sent : 0;
		if (echo->resets && echo->sent > echo->size / 2) {
			struct linger now = {.l_onoff = 1};

			setsockopt(echo->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
			return true;
		}
		if (echo->sent == echo->size)
			shutdown(echo->fd, SHUT_WR);
	}
	if (events & EPOLLIN) {
		ssize_t size = recv(echo->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (size < 0 && errno == EAGAIN)
			return false;
		assert_true(size >= 0);
		if (size == 0)
			assert_int_equal(echo->received, echo->size);
		fill_pattern(expected, (size_t)size, echo->seed, echo->received);
		assert_memory_equal(bytes, expected, (size_t)size);
		echo->received += (size_t)size;
		return size == 0;
	}
	return false;
}

/* The relay's own memory; a sanitizer's allocator counts nothing here. */
static void note_peak(size_t before, size_t *peak)
{
	size_t used = mallinfo2().uordblks;

	if (used > before && used - before > *peak)
		*peak = used - before;
}

static void open_echoes(struct echo *echoes, size_t count, int epoll, unsigned int large,
			struct random_source *random)
{
	for (size_t i = 0; i < count; i++) {
		struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = &echoes[i]};

		/* Mostly small, some large enough to be spliced. */
		echoes[i] = (struct echo){.seed = i, .resets = i % RESETS == 1};
		echoes[i].size = 1 + (random_chance(random, 100 - large) ?
					      random_below(random, 20000) :
					      random_below(random, 2000000));
		echoes[i].fd = open_client(&harness);
		epoll_ctl(epoll, EPOLL_CTL_ADD, echoes[i].fd, &event);
	}
}

/* All are open before the first says anything. Every byte is compared. */
static void at_once(struct echo *echoes, size_t wanted, unsigned int large)
{
	struct random_source random = {.state = 7};
	size_t count = raise_limit(wanted, 3), open = count, peak = 0, before, turns = 0;
	int epoll = epoll_create1(EPOLL_CLOEXEC), status;
	pid_t server = fork();

	/* A process of its own has descriptors of its own. */
	if (!server) {
		echo_server(count);
		_exit(0);
	}
	assert_true(server > 0);
	before = mallinfo2().uordblks;
	open_echoes(echoes, count, epoll, large, &random);
	assert_true(wait_for(&harness.connections, count, false));
	note_peak(before, &peak);
	while (open) {
		struct epoll_event events[64];
		int ready = epoll_wait(epoll, events, 64, 20000);

		assert_true(ready > 0);
		if (++turns % 100 == 0)
			note_peak(before, &peak);
		for (int i = 0; i < ready; i++) {
			struct echo *echo = events[i].data.ptr;
			struct epoll_event receive = {.events = EPOLLIN, .data.ptr = echo};
			bool was_sending = echo->sent < echo->size;

			if (echo_step(echo, events[i].events, &random)) {
				close(echo->fd);
				open--;
			} else if (was_sending && echo->sent == echo->size) {
				epoll_ctl(epoll, EPOLL_CTL_MOD, echo->fd, &receive);
			}
		}
	}
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_int_equal(status, 0);
	close(epoll);
	assert_connections(&harness, 0);
	assert_int_equal(harness.count[WH_RELAY_CLOSED], count);
	if (count < wanted)
		print_message("# no more than %zu: the limit on descriptors is low\n", count);
	print_message("# %zu connections, at most %zu bytes of memory\n", count, peak);
	/* What whither-relay(8) promises, for each direction. */
	assert_in_range(peak, 0, count * (600 + 2 * WH_RELAY_COPY_SIZE));
}

static void five_hundred_at_once(void **state)
{
	static struct echo echoes[FEW];

	(void)state;
	at_once(echoes, FEW, 10);
}

static void five_thousand_at_once(void **state)
{
	static struct echo echoes[MANY];

	(void)state;
	at_once(echoes, MANY, getenv("RELAY_LOAD_FULL") ? 20 : 1);
}

static void thousands_idle(void **state)
{
	static int clients[IDLE], origins[IDLE];
	size_t count = raise_limit(IDLE, 4), before, used;

	(void)state;
	assert_true(count > 0);
	answers.hop_count = 1;
	before = mallinfo2().uordblks;
	for (size_t i = 0; i < count; i++) {
		clients[i] = open_client(&harness);
		origins[i] = accept_at_origin(&harness);
		send_pattern(clients[i], 1000, i);
		receive_pattern(origins[i], 1000, i);
	}
	assert_quiet(&harness);
	used = mallinfo2().uordblks - before;
	print_message("# %zu idle connections hold %zu bytes\n", count, used);
	/* A sanitizer's allocator counts nothing here. */
	assert_in_range(used, 0, 600 * count);
	/* All are still alive. */
	for (size_t i = 0; i < count; i++) {
		send_pattern(origins[i], 10, i);
		receive_pattern(clients[i], 10, i);
	}
	for (size_t i = 0; i < count; i++) {
		if (i % 3 == 0)
			shutdown(clients[i], SHUT_WR);
		else if (i % 3 == 1)
			shutdown(origins[i], SHUT_WR);
	}
	assert_quiet(&harness);
	for (size_t i = 0; i < count; i++) {
		close(clients[i]);
		close(origins[i]);
	}
	assert_connections(&harness, 0);
	assert_int_equal(harness.count[WH_RELAY_CLOSED], count);
}

/* A stalled reader costs one buffer or one pipe, however much is sent. */
static void a_slow_reader(void **state)
{
	int client = open_client(&harness), origin = accept_at_origin(&harness);
	size_t before = mallinfo2().uordblks, sent = 0, used;
	unsigned char bytes[65536];

	(void)state;
	for (int idle = 0; idle < 20;) {
		size_t part = SLOW - sent < sizeof(bytes) ? SLOW - sent : sizeof(bytes);
		ssize_t size;

		fill_pattern(bytes, part, 1, sent);
		size = send(client, bytes, part, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (size > 0) {
			sent += (size_t)size;
			idle = 0;
		} else {
			idle++;
			sleep_ms(10);
		}
	}
	used = mallinfo2().uordblks - before;
	print_message("# %zu bytes were taken for one who reads nothing; the relay allocated %zu\n",
		      sent, used);
	assert_true(sent < SLOW);
	assert_in_range(used, 0, WH_RELAY_COPY_SIZE + 1024);
	assert_quiet(&harness);
	/* The other direction is not held up. */
	send_pattern(origin, 100000, 2);
	receive_pattern(client, 100000, 2);
	/* Nothing is lost, and the rest comes through as it is read. */
	{
		size_t got = 0;
		unsigned char expected[65536];

		while (got < SLOW) {
			ssize_t size = recv(origin, bytes, sizeof(bytes), MSG_DONTWAIT);

			if (size > 0) {
				fill_pattern(expected, (size_t)size, 1, got);
				assert_memory_equal(bytes, expected, (size_t)size);
				got += (size_t)size;
			}
			if (sent < SLOW) {
				size_t part = SLOW - sent < sizeof(bytes) ? SLOW - sent :
									    sizeof(bytes);

				fill_pattern(bytes, part, 1, sent);
				size = send(client, bytes, part, MSG_NOSIGNAL | MSG_DONTWAIT);
				sent += size > 0 ? (size_t)size : 0;
			}
		}
	}
	close(client);
	assert_end_of_stream(origin);
	close(origin);
	assert_count(&harness, WH_RELAY_CLOSED, 1);
	assert_int_equal(harness.sent, SLOW);
	assert_int_equal(harness.error[WH_RELAY_CLOSED], 0);
}

#define load_test(name) cmocka_unit_test_setup_teardown(name, start_relay, stop_relay)

int main(void)
{
	const struct CMUnitTest tests[] = {
		load_test(five_hundred_at_once),
		load_test(five_thousand_at_once),
		load_test(thousands_idle),
		load_test(a_slow_reader),
	};

	return cmocka_run_group_tests_name("relay_load", tests, NULL, NULL);
}
