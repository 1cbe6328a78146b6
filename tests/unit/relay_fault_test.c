/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Everything that can fail does, once: the linker puts the functions below before libc's. Here
 * the relay has no thread, so that what happens in which order is known.
 */
#include "relay_harness.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>

#define SIZE (600u << 10) /* enough to be spliced */

static struct harness harness;
static bool armed;
static unsigned long calls, failing_call; /* counted from 1 while armed */

static bool fails(void)
{
	return armed && ++calls == failing_call;
}

/* first: what happens before the call fails. */
#define FAULTY(result, name, parameters, arguments, error, failure, first) \
	result __real_##name parameters;                                   \
	result __wrap_##name parameters;                                   \
	result __wrap_##name parameters                                    \
	{                                                                  \
		if (!fails())                                              \
			return __real_##name arguments;                    \
		first;                                                     \
		errno = error;                                             \
		return failure;                                            \
	}

FAULTY(void *, malloc, (size_t size), (size), ENOMEM, NULL, )
FAULTY(void *, calloc, (size_t count, size_t size), (count, size), ENOMEM, NULL, )
FAULTY(int, socket, (int family, int type, int protocol), (family, type, protocol), EMFILE, -1, )
FAULTY(int, accept4, (int fd, struct sockaddr *address, socklen_t *size, int flags),
       (fd, address, size, flags), ENFILE, -1, )
FAULTY(int, epoll_create1, (int flags), (flags), EMFILE, -1, )
FAULTY(int, timerfd_create, (int clock, int flags), (clock, flags), EMFILE, -1, )
FAULTY(int, pipe2, (int *fds, int flags), (fds, flags), EMFILE, -1, )
FAULTY(int, connect, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size),
       ENETUNREACH, -1, )
FAULTY(ssize_t, recv, (int fd, void *buffer, size_t size, int flags), (fd, buffer, size, flags),
       ECONNRESET, -1, )
/* A socket that refuses to be written to has nothing more to be read either. */
FAULTY(ssize_t, send, (int fd, const void *buffer, size_t size, int flags),
       (fd, buffer, size, flags), EPIPE, -1, shutdown(fd, SHUT_RD))
FAULTY(ssize_t, splice,
       (int in, loff_t *in_offset, int out, loff_t *out_offset, size_t size, unsigned int flags),
       (in, in_offset, out, out_offset, size, flags), EINVAL, -1, shutdown(out, SHUT_RD))

int __real_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);

/* Only adding can fail. */
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	if (operation == EPOLL_CTL_ADD && fails()) {
		errno = ENOMEM;
		return -1;
	}
	return __real_epoll_ctl(epoll, operation, fd, event);
}

static int step(int timeout_ms)
{
	int handled;

	armed = true;
	handled = wh_relay_dispatch(harness.relay, timeout_ms);
	armed = false;
	assert_true(handled >= 0);
	return handled;
}

static void step_until_quiet(void)
{
	while (step(25))
		;
}

static size_t open_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static void set_nonblocking(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
}

/* The destination echoes. Returns whether it has ended. */
static bool echo_step(int *fd, unsigned char *bytes, size_t *held, size_t *sent)
{
	ssize_t size;

	if (*fd < 0) {
		*fd = accept4(harness.origin, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		return false;
	}
	size = recv(*fd, bytes + *held, SIZE - *held, 0);
	if (size > 0)
		*held += (size_t)size;
	if (*sent < *held) {
		size = send(*fd, bytes + *sent, *held - *sent, MSG_NOSIGNAL);
		*sent += size > 0 ? (size_t)size : 0;
	}
	return *sent == SIZE;
}

/* A whole connection: it is served in full, or the client sees a reset. Returns true if served. */
static bool serve_one(void)
{
	static unsigned char out[SIZE], back[SIZE + 1], echoed[SIZE];
	size_t sent = 0, received = 0, held = 0, echo_sent = 0;
	int client = open_client(&harness), origin = -1;
	bool ended = false, served = false;
	ssize_t size;

	fill_pattern(out, SIZE, 1, 0);
	set_nonblocking(client);
	for (int i = 0; i < 20000; i++) {
		step(1);
		if (sent < SIZE) {
			size = send(client, out + sent, SIZE - sent, MSG_NOSIGNAL);
			if (size < 0 && errno != EAGAIN)
				break;
			sent += size > 0 ? (size_t)size : 0;
			if (sent == SIZE)
				shutdown(client, SHUT_WR);
		}
		if (!ended && echo_step(&origin, echoed, &held, &echo_sent)) {
			close(origin);
			ended = true;
		}
		size = recv(client, back + received, SIZE - received + 1, 0);
		if (size > 0)
			received += (size_t)size;
		if (size == 0 || (size < 0 && errno != EAGAIN)) {
			served = size == 0;
			break;
		}
	}
	if (served) {
		assert_int_equal(received, SIZE);
		assert_memory_equal(back, out, SIZE);
	} else {
		assert_true(errno == ECONNRESET || errno == EPIPE);
	}
	close(client);
	if (origin >= 0 && !ended)
		close(origin);
	for (int i = 0; i < 100 && wh_relay_connections(harness.relay); i++)
		step(50);
	assert_int_equal(wh_relay_connections(harness.relay), 0);
	/* Whoever waits in the destination's backlog has been reset. */
	while ((origin = accept4(harness.origin, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		close(origin);
	return served;
}

/* A relay of which the failing_call-th call fails. Returns whether it came to that. */
static bool serve_with_fault(unsigned long number)
{
	struct wh_relay_options options = {.on_event = harness_event, .data = &harness};
	int listener;

	memset(&harness, 0, sizeof(harness));
	memset(&answers, 0, sizeof(answers));
	answers.hop_count = 2;
	answers.context_size = 10;
	harness.origin = listen_on_loopback(&harness.origin_address, 100);
	set_nonblocking(harness.origin);
	answers.destination = harness.origin_address;
	listener = listen_on_loopback(&harness.relay_address, 100);
	calls = 0;
	failing_call = number;
	armed = true;
	if (wh_relay_new(&harness.relay, &options)) {
		armed = false;
		assert_null(harness.relay);
		close(listener);
		close(harness.origin);
		return true;
	}
	wh_relay_set_source(harness.relay, &made_up_source);
	if (wh_relay_add_listener(harness.relay, listener) == 0) {
		armed = false;
		serve_one();
		/* One fault, and it is as good as new. */
		assert_true(calls < number || serve_one());
	}
	armed = false;
	wh_relay_free(harness.relay);
	close(harness.origin);
	return calls >= number;
}

static void each_call_fails_once(void **state)
{
	unsigned long number = 1;
	size_t before;

	(void)state;
	before = open_descriptors();
	while (serve_with_fault(number)) {
		assert_int_equal(open_descriptors(), before);
		number++;
	}
	assert_int_equal(open_descriptors(), before);
	print_message("# %lu calls failed, one after the other\n", number - 1);
	assert_true(number > 30);
}

/* A pair whose client has sent so much already. */
static void open_pair(int *client, int *origin, size_t already)
{
	failing_call = 0;
	harness_make(&harness, 0);
	*client = open_client(&harness);
	step_until_quiet();
	*origin = accept_at_origin(&harness);
	for (size_t done = 0; done < already; done += 20000) {
		send_pattern(*client, 20000, done);
		step_until_quiet();
		receive_pattern(*origin, 20000, done);
	}
}

static void finish_pair(int client)
{
	close(client);
	step_until_quiet();
	assert_int_equal(wh_relay_connections(harness.relay), 0);
	assert_int_equal(harness.count[WH_RELAY_CLOSED], 1);
	wh_relay_free(harness.relay);
	close(harness.origin);
}

/* The relay has a byte for a destination that has just reset: it meets the error by writing. */
static void write_to_a_reset_destination(size_t already, bool half_ended)
{
	int client, origin;
	char bytes[1000];

	open_pair(&client, &origin, already);
	if (half_ended) {
		shutdown(origin, SHUT_WR);
		step_until_quiet();
		assert_end_of_stream(client);
	} else {
		/* What the destination had sent before is still delivered. */
		send_pattern(origin, 1000, 7);
	}
	memset(bytes, 1, sizeof(bytes));
	assert_int_equal(send(client, bytes, sizeof(bytes), 0), sizeof(bytes));
	reset(origin);
	step_until_quiet();
	if (!half_ended) {
		receive_pattern(client, 1000, 7);
		assert_reset(client);
	}
	assert_int_equal(harness.count[WH_RELAY_CLOSED], 1);
	assert_true(harness.error[WH_RELAY_CLOSED] < 0);
	finish_pair(client);
}

static void writing_to_a_reset_destination(void **state)
{
	(void)state;
	write_to_a_reset_destination(0, false);
	write_to_a_reset_destination(0, true);
}

/* splice() has no flag against SIGPIPE; nobody hears of it, whatever the process thinks of it. */
static void splicing_to_a_reset_destination(void **state)
{
	struct sigaction action;
	sigset_t waiting;

	(void)state;
	write_to_a_reset_destination(WH_RELAY_BULK_SIZE + 1000, false);
	write_to_a_reset_destination(WH_RELAY_BULK_SIZE + 1000, true);
	sigpending(&waiting);
	assert_false(sigismember(&waiting, SIGPIPE));
	sigaction(SIGPIPE, NULL, &action);
	assert_ptr_equal(action.sa_handler, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_fails_once),
		cmocka_unit_test(writing_to_a_reset_destination),
		cmocka_unit_test(splicing_to_a_reset_destination),
	};

	return cmocka_run_group_tests_name("relay_fault", tests, NULL, NULL);
}
