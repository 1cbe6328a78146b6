/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A relay in a thread of its own, without any redirection: its clients connect to it directly,
 * and what the kernel would have answered is made up here.
 */
#ifndef RELAY_HARNESS_H
#define RELAY_HARNESS_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay_internal.h"

#define HARNESS __attribute__((unused)) static

struct harness {
	struct wh_relay *relay;
	pthread_t thread;
	atomic_bool stop;
	atomic_ulong handled; /* events, as wh_relay_dispatch() counts them */
	atomic_ulong connections;
	atomic_ulong count[4]; /* of each kind of event */
	atomic_int error[4];   /* the newest of each kind */
	char problem[256];     /* the newest; good once its event has been counted */
	atomic_ulong sent;     /* by the newest closed connection */
	atomic_ulong received;
	int listener;
	struct sockaddr_in relay_address;
	int origin; /* the destination's listener */
	struct sockaddr_in origin_address;
};

/* What the made-up kernel answers. */
static struct {
	struct sockaddr_in destination;
	union whither_address destination_any; /* goes before it, when it is set */
	union whither_address client;
	atomic_uint uid;
	atomic_int origin_error;
	atomic_int relate_error;
	atomic_int hop_count;
	atomic_int context_size;
} answers;

static int answer_origin(int fd, struct whither_origin *origin)
{
	(void)fd;
	if (answers.origin_error)
		return answers.origin_error;
	memset(origin, 0, sizeof(*origin));
	origin->size = sizeof(*origin);
	origin->hops = 1;
	origin->destination.in = answers.destination;
	if (answers.destination_any.sa.sa_family)
		origin->destination = answers.destination_any;
	origin->client = answers.client;
	origin->uid = answers.uid;
	return 0;
}

static int answer_hops(int fd, struct whither_hop *hops, size_t capacity, size_t *count)
{
	(void)fd;
	(void)capacity;
	memset(hops, 0x11, (size_t)answers.hop_count * sizeof(*hops));
	*count = (size_t)answers.hop_count;
	return 0;
}

static int answer_context(int fd, void *buffer, size_t size, size_t *needed)
{
	(void)fd;
	(void)size;
	if (!answers.context_size)
		return -ENOENT;
	memset(buffer, 0x22, (size_t)answers.context_size);
	*needed = (size_t)answers.context_size;
	return 0;
}

static int answer_relate(int outbound, int accepted)
{
	(void)outbound;
	(void)accepted;
	return answers.relate_error;
}

static const struct wh_relay_source made_up_source = {
	.query_origin = answer_origin,
	.query_hops = answer_hops,
	.query_context = answer_context,
	.relate = answer_relate,
};

static void harness_event(const struct wh_relay_event *event, void *data)
{
	struct harness *harness = data;

	assert_true((event->origin == NULL) == (event->kind == WH_RELAY_DIRECT));
	assert_true(event->number > 0);
	if (event->origin) {
		assert_int_equal(event->hop_count, answers.hop_count);
		assert_int_equal(event->context_size, answers.context_size);
		for (size_t i = 0; i < event->hop_count; i++)
			assert_int_equal(event->hops[i].redirector.byte[15], 0x11);
		for (size_t i = 0; i < event->context_size; i++)
			assert_int_equal(((const unsigned char *)event->context)[i], 0x22);
	}
	harness->error[event->kind] = event->error;
	snprintf(harness->problem, sizeof(harness->problem), "%s",
		 event->problem ? event->problem : "");
	if (event->kind == WH_RELAY_CLOSED) {
		harness->sent = event->bytes_sent;
		harness->received = event->bytes_received;
	}
	harness->count[event->kind]++;
}

HARNESS int listen_on_loopback(struct sockaddr_in *ret_address, int backlog)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*ret_address = address;
	return fd;
}

static void *relay_thread(void *data)
{
	struct harness *harness = data;

	while (!harness->stop) {
		int handled = wh_relay_dispatch(harness->relay, 10);

		assert_true(handled >= 0);
		harness->handled += (unsigned long)handled;
		harness->connections = wh_relay_connections(harness->relay);
	}
	return NULL;
}

/* A relay that listens; its thread is not running yet. */
HARNESS void harness_make_with(struct harness *harness, struct wh_relay_options options)
{
	options.on_event = harness_event;
	options.data = harness;
	memset(harness, 0, sizeof(*harness));
	memset(&answers, 0, sizeof(answers));
	assert_int_equal(wh_relay_new(&harness->relay, &options), 0);
	wh_relay_set_source(harness->relay, &made_up_source);
	harness->listener = listen_on_loopback(&harness->relay_address, 4096);
	assert_int_equal(wh_relay_add_listener(harness->relay, harness->listener), 0);
	harness->origin = listen_on_loopback(&harness->origin_address, 4096);
	answers.destination = harness->origin_address;
}

HARNESS void harness_make(struct harness *harness, size_t max_connections)
{
	harness_make_with(harness, (struct wh_relay_options){.max_connections = max_connections});
}

HARNESS void harness_run(struct harness *harness)
{
	harness->stop = false;
	assert_int_equal(pthread_create(&harness->thread, NULL, relay_thread, harness), 0);
}

HARNESS void harness_start(struct harness *harness)
{
	harness_make(harness, 0);
	harness_run(harness);
}

HARNESS void harness_halt(struct harness *harness)
{
	harness->stop = true;
	assert_int_equal(pthread_join(harness->thread, NULL), 0);
}

HARNESS void harness_stop(struct harness *harness)
{
	harness_halt(harness);
	wh_relay_free(harness->relay);
	close(harness->origin);
}

/* A blocking client; nothing in a test waits longer than 20 seconds. */
HARNESS int open_client(const struct harness *harness)
{
	struct timeval patience = {.tv_sec = 20};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (const struct sockaddr *)&harness->relay_address,
				 sizeof(harness->relay_address)),
			 0);
	return fd;
}

/* The destination's end of the newest connection. */
HARNESS int accept_at_origin(const struct harness *harness)
{
	struct timeval patience = {.tv_sec = 20};
	struct pollfd ready = {.fd = harness->origin, .events = POLLIN};
	int fd;

	assert_int_equal(poll(&ready, 1, 20000), 1);
	fd = accept4(harness->origin, NULL, NULL, SOCK_CLOEXEC);
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return fd;
}

HARNESS void reset(int fd)
{
	struct linger now = {.l_onoff = 1};

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
	close(fd);
}

HARNESS void sleep_ms(long ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&time, NULL);
}

/* Waits until *counter is at least (or, if at_most, no more than) value. */
HARNESS bool wait_for(const atomic_ulong *counter, unsigned long value, bool at_most)
{
	for (int i = 0; i < 4000; i++) {
		if (at_most ? *counter <= value : *counter >= value)
			return true;
		sleep_ms(5);
	}
	return false;
}

#define assert_count(harness, kind, value) \
	assert_true(wait_for(&(harness)->count[kind], value, false))
#define assert_connections(harness, value) \
	assert_true(wait_for(&(harness)->connections, value, true))

/* Nothing happens at the relay, soon: no event comes again and again. */
HARNESS void assert_quiet(struct harness *harness)
{
	for (int i = 0; i < 50; i++) {
		unsigned long before = harness->handled;

		sleep_ms(150);
		if (harness->handled == before)
			return;
	}
	fail_msg("the relay does not come to rest");
}

/* Bytes that differ wherever one looks: those of a stream at an offset. */
HARNESS void fill_pattern(unsigned char *bytes, size_t size, uint64_t seed, uint64_t offset)
{
	for (size_t i = 0; i < size; i++) {
		uint64_t x = (seed << 32) + offset + i;

		x ^= x >> 15;
		x *= 0x9e3779b97f4a7c15ULL;
		bytes[i] = (unsigned char)(x >> 56);
	}
}

HARNESS void send_pattern(int fd, size_t size, uint64_t seed)
{
	unsigned char bytes[65536];

	for (size_t offset = 0; offset < size;) {
		size_t part = size - offset < sizeof(bytes) ? size - offset : sizeof(bytes);

		fill_pattern(bytes, part, seed, offset);
		for (size_t done = 0; done < part;) {
			ssize_t sent = send(fd, bytes + done, part - done, MSG_NOSIGNAL);

			assert_true(sent > 0);
			done += (size_t)sent;
		}
		offset += part;
	}
}

/* Reads size bytes and compares. */
HARNESS void receive_pattern(int fd, size_t size, uint64_t seed)
{
	unsigned char bytes[65536], expected[65536];

	for (size_t offset = 0; offset < size;) {
		size_t part = size - offset < sizeof(bytes) ? size - offset : sizeof(bytes);
		ssize_t got = recv(fd, bytes, part, 0);

		assert_true(got > 0);
		fill_pattern(expected, (size_t)got, seed, offset);
		assert_memory_equal(bytes, expected, (size_t)got);
		offset += (size_t)got;
	}
}

HARNESS void assert_end_of_stream(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, 0), 0);
}

HARNESS void assert_reset(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	assert_int_equal(errno, ECONNRESET);
}

#endif /* RELAY_HARNESS_H */
