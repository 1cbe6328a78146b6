/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The epoll set; making and freeing a relay. */
#include "relay_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Descriptors left to the rest of the process. */
#define OTHER_DESCRIPTORS ((size_t)64)
#define EVENTS_MAX 64

#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

static const struct wh_relay_source library_source = {
	.query_origin = whither_query_origin,
	.query_hops = whither_query_hops,
	.query_context = whither_query_context,
	.relate = whither_relate,
};

uint64_t wh_relay_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

int wh_relay_watch(struct wh_relay *relay, struct wh_relay_watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};
	int operation = EPOLL_CTL_MOD;

	if (events == watch->events)
		return 0;
	if (events == WH_RELAY_NOT_WATCHED)
		operation = EPOLL_CTL_DEL;
	else if (watch->events == WH_RELAY_NOT_WATCHED)
		operation = EPOLL_CTL_ADD;
	if (epoll_ctl(relay->epoll_fd, operation, watch->fd, &event) < 0)
		return -errno;
	watch->events = events;
	return 0;
}

void wh_relay_set_source(struct wh_relay *relay, const struct wh_relay_source *source)
{
	relay->source = source;
}

/* Shares the process's descriptors out: a few to pipes, two to each connection. */
static void set_limits(struct wh_relay *relay)
{
	struct rlimit limit = {.rlim_cur = 1024};
	size_t descriptors;

	getrlimit(RLIMIT_NOFILE, &limit);
	descriptors = limit.rlim_cur > (1u << 30) ? 1u << 30 : limit.rlim_cur;
	descriptors = descriptors > 2 * OTHER_DESCRIPTORS ? descriptors - OTHER_DESCRIPTORS :
							    OTHER_DESCRIPTORS;
	relay->pipe_limit = descriptors / 16;
	if (relay->pipe_limit > WH_RELAY_PIPES_MAX)
		relay->pipe_limit = WH_RELAY_PIPES_MAX;
	if (!relay->options.max_connections)
		relay->options.max_connections = (descriptors - 2 * relay->pipe_limit) / 2;
}

int wh_relay_new(struct wh_relay **ret_relay, const struct wh_relay_options *options)
{
	struct wh_relay *relay;
	int error;

	relay = calloc(1, sizeof(*relay));
	if (!relay)
		return -ENOMEM;
	if (options)
		relay->options = *options;
	relay->source = &library_source;
	set_limits(relay);
	wh_relay_set_patience(relay);
	relay->timer.kind = WH_RELAY_WATCH_TIMER;
	relay->timer.events = WH_RELAY_NOT_WATCHED;
	relay->timer.fd = -1;
	relay->spare_fd = -1;
	relay->wakeup = (struct wh_relay_watch){.fd = -1, .kind = WH_RELAY_WATCH_WAKEUP};
	relay->wakeup.events = WH_RELAY_NOT_WATCHED;
	relay->now = wh_relay_now();
	relay->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (relay->epoll_fd >= 0)
		relay->timer.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (relay->timer.fd < 0) {
		error = -errno;
		wh_relay_free(relay);
		return error;
	}
	error = wh_relay_watch(relay, &relay->timer, EPOLLIN);
	if (error) {
		wh_relay_free(relay);
		return error;
	}
	*ret_relay = relay;
	return 0;
}

int wh_relay_set_upstream(struct wh_relay *relay, const struct wh_relay_upstream *upstream)
{
	if (!upstream->address_count || upstream->address_count > WH_RELAY_UPSTREAM_ADDRESSES)
		return -EINVAL;
	if (!relay->upstream)
		relay->upstream = malloc(sizeof(*relay->upstream));
	if (!relay->upstream)
		return -ENOMEM;
	*relay->upstream = *upstream;
	return 0;
}

int wh_relay_fd(const struct wh_relay *relay)
{
	return relay->epoll_fd;
}

int wh_relay_wake_for(struct wh_relay *relay, int fd)
{
	if (relay->wakeup.fd >= 0)
		wh_relay_watch(relay, &relay->wakeup, WH_RELAY_NOT_WATCHED);
	relay->wakeup.fd = fd;
	return fd < 0 ? 0 : wh_relay_watch(relay, &relay->wakeup, EPOLLIN);
}

int wh_relay_woken(const struct wh_relay *relay)
{
	return relay->woken;
}

size_t wh_relay_connections(const struct wh_relay *relay)
{
	return relay->connection_count;
}

static void free_closed(struct wh_relay *relay)
{
	struct wh_relay_connection *connection;

	while ((connection = relay->closed)) {
		relay->closed = connection->next;
		free(connection->handshake);
		free(connection->facts);
		free(connection);
	}
}

static void handle(struct wh_relay *relay, struct wh_relay_watch *watch, uint32_t events)
{
	struct wh_relay_connection *connection;

	switch (watch->kind) {
	case WH_RELAY_WATCH_TIMER:
		wh_relay_timer_event(relay);
		break;
	case WH_RELAY_WATCH_WAKEUP:
		relay->woken = true;
		break;
	case WH_RELAY_WATCH_LISTENER:
		wh_relay_listener_event(relay,
					container_of(watch, struct wh_relay_listener, watch));
		break;
	case WH_RELAY_WATCH_CLIENT:
		connection = container_of(watch, struct wh_relay_connection,
					  ends[WH_RELAY_CLIENT].watch);
		wh_relay_connection_event(connection, WH_RELAY_CLIENT, events);
		break;
	case WH_RELAY_WATCH_DESTINATION:
		connection = container_of(watch, struct wh_relay_connection,
					  ends[WH_RELAY_DESTINATION].watch);
		wh_relay_connection_event(connection, WH_RELAY_DESTINATION, events);
		break;
	}
}

int wh_relay_dispatch(struct wh_relay *relay, int timeout_ms)
{
	struct epoll_event events[EVENTS_MAX];
	int count;

	relay->woken = false;
	count = epoll_wait(relay->epoll_fd, events, EVENTS_MAX, timeout_ms);
	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	relay->now = wh_relay_now();
	for (int i = 0; i < count; i++)
		handle(relay, events[i].data.ptr, events[i].events);
	wh_relay_pipe_signal_restore(relay);
	free_closed(relay);
	return count;
}

void wh_relay_free(struct wh_relay *relay)
{
	struct wh_relay_listener *listener;

	if (!relay)
		return;
	wh_relay_stop_accepting(relay);
	while ((listener = relay->listeners)) {
		relay->listeners = listener->next;
		free(listener);
	}
	for (int stage = 0; stage < WH_RELAY_STAGES; stage++)
		while (relay->lists[stage].head)
			wh_relay_connection_drop(relay->lists[stage].head);
	free_closed(relay);
	wh_relay_pipes_free(relay);
	if (relay->spare_fd >= 0)
		close(relay->spare_fd);
	if (relay->timer.fd >= 0)
		close(relay->timer.fd);
	if (relay->epoll_fd >= 0)
		close(relay->epoll_fd);
	if (relay->upstream)
		explicit_bzero(relay->upstream, sizeof(*relay->upstream));
	free(relay->upstream);
	free(relay);
}
