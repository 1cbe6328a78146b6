/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One connection: its events, its end. */
#include "relay_internal.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

	wh_relay_list_remove(connection);
	wh_relay_user_leave(connection);
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

	wh_relay_list_remove(connection);
	wh_relay_user_leave(connection);
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
	if (connection->stage == WH_RELAY_ABORTING)
		return;
	connection->error = error;
	wh_relay_list_move(connection, WH_RELAY_ABORTING);
}

/* What is waited for on an end. */
static uint32_t wanted_events(const struct wh_relay_connection *connection, int side)
{
	const struct wh_relay_end *end = &connection->ends[side];
	const struct wh_relay_flow *towards = &connection->ends[!side].flow;
	uint32_t events = 0;

	/* Of the client nothing is read yet, but a reset is heard. */
	if (connection->stage < WH_RELAY_OPEN && side == WH_RELAY_CLIENT)
		return 0;
	if (connection->stage == WH_RELAY_CONNECTING)
		return EPOLLOUT;
	if (connection->stage == WH_RELAY_HANDSHAKE)
		return wh_relay_handshake_wants(connection);
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

void wh_relay_settle(struct wh_relay_connection *connection)
{
	struct wh_relay *relay = connection->relay;
	struct wh_relay_end *ends = connection->ends;
	bool broken = connection->stage == WH_RELAY_ABORTING;

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
		wh_relay_arm_tick(relay);
}

void wh_relay_expire(struct wh_relay_connection *connection)
{
	switch ((enum wh_relay_stage)connection->stage) {
	case WH_RELAY_CONNECTING:
		wh_relay_connect_failed(connection, -ETIMEDOUT);
		break;
	case WH_RELAY_HANDSHAKE:
		wh_relay_handshake_failed(connection, -ETIMEDOUT, "it did not answer in time");
		break;
	case WH_RELAY_ABORTING:
		wh_relay_connection_end(connection, WH_RELAY_CLOSED, connection->error, true);
		break;
	default:
		connection->relay->problem = "nothing was sent either way for too long";
		wh_relay_connection_end(connection, WH_RELAY_CLOSED, -ETIMEDOUT, true);
		break;
	}
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
	/* Connected at once is a connecting that ends with the first event. */
	wh_relay_list_add(connection, WH_RELAY_CONNECTING);
	wh_relay_settle(connection);
}

void wh_relay_connection_connected(struct wh_relay_connection *connection)
{
	wh_relay_list_move(connection, WH_RELAY_OPEN);
	wh_relay_report(connection, WH_RELAY_CONNECTED, 0);
	/* What an upstream proxy sent along with its answer. */
	if (connection->ends[WH_RELAY_DESTINATION].flow.pending)
		wh_relay_flow_run(connection, WH_RELAY_DESTINATION);
	wh_relay_settle(connection);
}

void wh_relay_connection_event(struct wh_relay_connection *connection, int side, uint32_t events)
{
	struct wh_relay_end *end = &connection->ends[side];

	/* By an earlier event of the same batch. */
	if (connection->closed || end->watch.events == WH_RELAY_NOT_WATCHED)
		return;
	if (connection->stage == WH_RELAY_CONNECTING) {
		wh_relay_connecting_event(connection, side);
		return;
	}
	if (connection->stage == WH_RELAY_HANDSHAKE) {
		wh_relay_handshake_event(connection, side);
		return;
	}
	wh_relay_touch(connection);
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
	wh_relay_settle(connection);
}
