/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Listeners. */
#include "relay_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static int check_listener(int fd)
{
	int listening = 0, flags;
	socklen_t size = sizeof(listening);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0)
		return -errno;
	if (!listening)
		return -EINVAL;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

int wh_relay_add_listener(struct wh_relay *relay, int fd)
{
	struct wh_relay_listener *listener;
	int error;

	if (fd < 0)
		return -EBADF;
	error = check_listener(fd);
	if (error) {
		close(fd);
		return error;
	}
	listener = calloc(1, sizeof(*listener));
	if (!listener) {
		close(fd);
		return -ENOMEM;
	}
	listener->watch.fd = fd;
	listener->watch.kind = WH_RELAY_WATCH_LISTENER;
	listener->watch.events = WH_RELAY_NOT_WATCHED;
	error = wh_relay_watch(relay, &listener->watch, relay->paused ? 0 : EPOLLIN);
	if (error) {
		close(fd);
		free(listener);
		return error;
	}
	listener->next = relay->listeners;
	relay->listeners = listener;
	return 0;
}

/* The listeners are in the set already: changing what is waited for needs no memory. */
static void watch_listeners(struct wh_relay *relay, uint32_t events)
{
	struct wh_relay_listener *listener;

	for (listener = relay->listeners; listener; listener = listener->next)
		if (listener->watch.fd >= 0)
			wh_relay_watch(relay, &listener->watch, events);
}

void wh_relay_pause_accepting(struct wh_relay *relay)
{
	if (relay->paused)
		return;
	relay->paused = true;
	watch_listeners(relay, 0);
	/* A connection that closes resumes it. Without one, time must. */
	if (relay->connection_count < relay->options.max_connections)
		wh_relay_arm_tick(relay);
}

void wh_relay_resume_accepting(struct wh_relay *relay)
{
	if (!relay->paused || relay->connection_count >= relay->options.max_connections)
		return;
	relay->paused = false;
	watch_listeners(relay, EPOLLIN);
}

/* Is it the one connection that failed, rather than accepting itself? */
static bool is_of_one_connection(int error)
{
	switch (error) {
	case ECONNABORTED:
	case EINTR:
	case EPROTO:
	case ENOPROTOOPT:
	case EOPNOTSUPP:
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENONET:
	case EPERM:
		return true;
	default:
		return false;
	}
}

/* Who is accepted needs a second descriptor. */
static bool have_spare(struct wh_relay *relay)
{
	if (relay->spare_fd < 0)
		relay->spare_fd = fcntl(relay->timer.fd, F_DUPFD_CLOEXEC, 0);
	return relay->spare_fd >= 0;
}

/* Descriptors or memory have run out: clients wait in the backlog meanwhile. */
static void accept_later(struct wh_relay *relay)
{
	wh_relay_pipes_free(relay);
	wh_relay_pause_accepting(relay);
}

void wh_relay_listener_event(struct wh_relay *relay, struct wh_relay_listener *listener)
{
	for (int i = 0; i < WH_RELAY_ACCEPTS_MAX; i++) {
		int fd;

		/* The one who is told of events may have stopped it. */
		if (listener->watch.fd < 0 || relay->paused)
			return;
		if (relay->connection_count >= relay->options.max_connections) {
			wh_relay_pause_accepting(relay);
			return;
		}
		if (!have_spare(relay)) {
			accept_later(relay);
			return;
		}
		fd = accept4(listener->watch.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (fd < 0 && is_of_one_connection(errno))
			continue;
		if (fd < 0) {
			accept_later(relay);
			return;
		}
		wh_relay_adopt(relay, fd);
	}
}

void wh_relay_stop_accepting(struct wh_relay *relay)
{
	struct wh_relay_listener *listener;

	for (listener = relay->listeners; listener; listener = listener->next) {
		if (listener->watch.fd < 0)
			continue;
		wh_relay_watch(relay, &listener->watch, WH_RELAY_NOT_WATCHED);
		close(listener->watch.fd);
		listener->watch.fd = -1;
	}
}

size_t wh_relay_listeners(const struct wh_relay *relay, int *fds, size_t capacity)
{
	size_t count = 0;

	for (struct wh_relay_listener *one = relay->listeners; one; one = one->next) {
		if (one->watch.fd < 0)
			continue;
		if (count < capacity)
			fds[count] = one->watch.fd;
		count++;
	}
	return count;
}
