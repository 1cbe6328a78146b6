/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One connection: its events, its end. */
#include "relay_internal.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void list_add(struct wh_relay_connection **head, struct wh_relay_connection *connection)
{
	connection->previous = NULL;
	connection->next = *head;
	if (*head)
		(*head)->previous = connection;
	*head = connection;
}

static void list_remove(struct wh_relay_connection **head, struct wh_relay_connection *connection)
{
	if (connection->previous)
		connection->previous->next = connection->next;
	else
		*head = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
}

static struct wh_relay_connection **list_of(struct wh_relay_connection *connection)
{
	struct wh_relay *relay = connection->relay;

	return connection->abort_at ? &relay->aborting : &relay->open;
}

void wh_relay_close_by_reset(int fd)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

void wh_relay_close_ends(struct wh_relay_connection *connection, bool reset)
{
	struct wh_relay *relay = connection->relay;

	for (int side = 0; side < 2; side++) {
		struct wh_relay_end *end = &connection->ends[side];

		wh_relay_flow_discard(relay, &end->flow);
		if (end->watch.fd < 0)
			continue;
		/* Closing alone does not take it out while another process shares the socket. */
		wh_relay_watch(relay, &end->watch, WH_RELAY_NOT_WATCHED);
		if (reset)
			wh_relay_close_by_reset(end->watch.fd);
		else
			close(end->watch.fd);
		end->watch.fd = -1;
	}
}

void wh_relay_connection_end(struct wh_relay_connection *connection, int kind, int error,
			     bool reset)
{
	struct wh_relay *relay = connection->relay;

	list_remove(list_of(connection), connection);
	connection->closed = true;
	wh_relay_close_ends(connection, reset);
	relay->connection_count--;
	wh_relay_report(connection, kind, error);
	connection->next = relay->closed;
	relay->closed = connection;
	wh_relay_resume_accepting(relay);
}

void wh_relay_connection_drop(struct wh_relay_connection *connection)
{
	struct wh_relay *relay = connection->relay;

	list_remove(list_of(connection), connection);
	wh_relay_close_ends(connection, true);
	relay->connection_count--;
	connection->next = relay->closed;
	relay->closed = connection;
}

void wh_relay_break(struct wh_relay_connection *connection, int side, int error)
{
	struct wh_relay *relay = connection->relay;
	struct wh_relay_flow *towards = &connection->ends[!side].flow;

	if (connection->ends[side].broken)
		return;
	connection->ends[side].broken = true;
	wh_relay_flow_discard(relay, towards);
	towards->ended = true;
	towards->finished = true;
	if (connection->abort_at)
		return;
	list_remove(list_of(connection), connection);
	connection->error = error;
	connection->abort_at = wh_relay_now() + WH_RELAY_ABORT_NS;
	list_add(&relay->aborting, connection);
}

/* What is waited for on an end. */
static uint32_t wanted_events(const struct wh_relay_connection *connection, int side)
{
	const struct wh_relay_end *end = &connection->ends[side];
	const struct wh_relay_flow *towards = &connection->ends[!side].flow;
	uint32_t events = 0;

	if (connection->connecting)
		return side == WH_RELAY_DESTINATION ? EPOLLOUT : 0;
	if (!end->flow.ended && !end->flow.pending)
		events |= EPOLLIN;
	if (towards->pending)
		events |= EPOLLOUT;
	/* With 0 a reset is still heard of. But HUP is also heard, for ever, once both directions
	 * are shut, and ERR on a broken end: then nothing may be. */
	if (!events && (towards->finished || end->broken))
		return WH_RELAY_NOT_WATCHED;
	return events;
}

static void finish_flow(struct wh_relay_connection *connection, int side)
{
	struct wh_relay_flow *flow = &connection->ends[side].flow;

	if (!flow->ended || flow->pending || flow->finished)
		return;
	flow->finished = true;
	if (!connection->ends[side].broken)
		shutdown(connection->ends[!side].watch.fd, SHUT_WR);
}

/* Is there something that was written to an end and has not been sent, and can it still be? */
static bool is_delivering(const struct wh_relay_end *end)
{
	int unsent = 0;

	if (end->broken || ioctl(end->watch.fd, SIOCOUTQNSD, &unsent) < 0 || !unsent)
		return false;
	return wh_relay_pending_error(end->watch.fd) == 0;
}

/* After anything has happened: passes ends on, closes what is done, waits for what is next. */
static void settle(struct wh_relay_connection *connection)
{
	struct wh_relay *relay = connection->relay;
	struct wh_relay_end *ends = connection->ends;
	bool broken = connection->abort_at != 0;

	finish_flow(connection, WH_RELAY_CLIENT);
	finish_flow(connection, WH_RELAY_DESTINATION);
	if (ends[0].flow.finished && ends[1].flow.finished &&
	    !(broken && (is_delivering(&ends[0]) || is_delivering(&ends[1])))) {
		wh_relay_connection_end(connection, WH_RELAY_CLOSED, connection->error, broken);
		return;
	}
	for (int side = 0; side < 2; side++) {
		int error =
			wh_relay_watch(relay, &ends[side].watch, wanted_events(connection, side));
		if (error) {
			wh_relay_connection_end(connection, WH_RELAY_CLOSED, error, true);
			return;
		}
	}
	if (broken)
		wh_relay_arm_timer(relay);
}

void wh_relay_abort_further(struct wh_relay_connection *connection, uint64_t now)
{
	if (now >= connection->abort_at)
		wh_relay_connection_end(connection, WH_RELAY_CLOSED, connection->error, true);
	else
		settle(connection);
}

int wh_relay_pending_error(int fd)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return -errno;
	return -error;
}

void wh_relay_connection_open(struct wh_relay_connection *connection)
{
	connection->relay->connection_count++;
	list_add(&connection->relay->open, connection);
	settle(connection);
}

void wh_relay_connection_connected(struct wh_relay_connection *connection)
{
	connection->connecting = false;
	wh_relay_report(connection, WH_RELAY_CONNECTED, 0);
	settle(connection);
}

void wh_relay_connection_event(struct wh_relay_connection *connection, int side, uint32_t events)
{
	struct wh_relay_end *end = &connection->ends[side];

	/* By an earlier event of the same batch. */
	if (connection->closed || end->watch.events == WH_RELAY_NOT_WATCHED)
		return;
	if (connection->connecting) {
		wh_relay_connecting_event(connection, side);
		return;
	}
	if (events & (EPOLLERR | EPOLLHUP)) {
		/* Whoever reads or writes meets the error, after what there is still to read. */
		if (!(end->watch.events & (EPOLLIN | EPOLLOUT))) {
			int error = wh_relay_pending_error(end->watch.fd);

			wh_relay_break(connection, side, error ? error : -ECONNRESET);
		}
		events |= end->watch.events;
	}
	if (events & EPOLLIN)
		wh_relay_flow_run(connection, side);
	if (events & EPOLLOUT)
		wh_relay_flow_run(connection, !side);
	settle(connection);
}
