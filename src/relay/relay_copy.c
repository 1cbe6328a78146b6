/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * One direction of a connection. What is read goes through the relay's one buffer or a borrowed
 * pipe straight to the other end; only what that end does not take is kept, and while it is,
 * nothing more is read. So an idle connection holds neither.
 */
#include "relay_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void wh_relay_flow_discard(struct wh_relay *relay, struct wh_relay_flow *flow)
{
	free(flow->buffer);
	flow->buffer = NULL;
	if (flow->pipe)
		wh_relay_pipe_give(relay, flow->pipe, !flow->pending);
	flow->pipe = NULL;
	flow->pending = 0;
}

static bool is_transient(int error)
{
	return error == -EAGAIN || error == -EWOULDBLOCK || error == -EINTR;
}

/* Nothing more will be read from this end: its peer said so, or reset it. */
static void end_flow(struct wh_relay_connection *connection, int side, int error)
{
	connection->ends[side].flow.ended = true;
	if (error)
		wh_relay_break(connection, side, error);
}

static ssize_t send_some(int fd, const void *bytes, size_t size)
{
	ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);

	return sent < 0 ? -errno : sent;
}

/* Writes what is pending. Returns whether nothing is left. */
static bool flush(struct wh_relay_connection *connection, int side)
{
	struct wh_relay_flow *flow = &connection->ends[side].flow;
	int out = connection->ends[!side].watch.fd;

	while (flow->pending) {
		ssize_t sent;

		if (flow->pipe)
			sent = wh_relay_splice_out(connection->relay, flow->pipe, out,
						   flow->pending);
		else
			sent = send_some(out, flow->buffer + flow->start, flow->pending);
		if (sent <= 0) {
			if (!is_transient((int)sent))
				wh_relay_break(connection, !side, (int)sent);
			return false;
		}
		flow->start += (uint32_t)sent;
		flow->pending -= (uint32_t)sent;
		flow->written += (uint64_t)sent;
	}
	wh_relay_flow_discard(connection->relay, flow);
	return true;
}

int wh_relay_flow_keep(struct wh_relay_flow *flow, const void *bytes, size_t size)
{
	flow->buffer = malloc(size);
	if (!flow->buffer)
		return -ENOMEM;
	memcpy(flow->buffer, bytes, size);
	flow->start = 0;
	flow->pending = (uint32_t)size;
	return 0;
}

/* Keeps what the other end did not take. */
static void keep(struct wh_relay_connection *connection, int side, const void *bytes, size_t size)
{
	if (!wh_relay_flow_keep(&connection->ends[side].flow, bytes, size))
		return;
	/* A stream with a gap is none: both ends are reset. */
	end_flow(connection, side, -ENOMEM);
	wh_relay_break(connection, !side, -ENOMEM);
}

/* Reads once and writes it. Returns how much was read; 0: no more for now. */
static size_t copy_once(struct wh_relay_connection *connection, int side)
{
	struct wh_relay_flow *flow = &connection->ends[side].flow;
	unsigned char *buffer = connection->relay->buffer;
	ssize_t size, sent;

	size = recv(connection->ends[side].watch.fd, buffer, WH_RELAY_COPY_SIZE, 0);
	if (size <= 0) {
		if (size == 0 || !is_transient(-errno))
			end_flow(connection, side, size == 0 ? 0 : -errno);
		return 0;
	}
	sent = send_some(connection->ends[!side].watch.fd, buffer, (size_t)size);
	if (sent < 0 && !is_transient((int)sent)) {
		wh_relay_break(connection, !side, (int)sent);
		return 0;
	}
	if (sent < 0)
		sent = 0;
	flow->written += (uint64_t)sent;
	if (sent < size)
		keep(connection, side, buffer + sent, (size_t)(size - sent));
	return (size_t)size;
}

/* The same through a pipe. Returns 0 also when splice() found nothing: recv() may know better,
 * as splice() stops before an urgent byte, and calls it the end when FIN is already there. */
static size_t splice_once(struct wh_relay_connection *connection, int side)
{
	struct wh_relay_flow *flow = &connection->ends[side].flow;
	ssize_t size;

	flow->pipe = wh_relay_pipe_take(connection->relay);
	if (!flow->pipe)
		return 0;
	size = wh_relay_splice_in(flow->pipe, connection->ends[side].watch.fd);
	if (size > 0) {
		flow->pending = (uint32_t)size;
		flush(connection, side);
		return (size_t)size;
	}
	wh_relay_flow_discard(connection->relay, flow);
	if (size == -EINVAL)
		flow->copied_only = true;
	else if (size < 0 && !is_transient((int)size))
		end_flow(connection, side, (int)size);
	return 0;
}

static bool is_bulk(const struct wh_relay_flow *flow)
{
	return flow->written >= WH_RELAY_BULK_SIZE && !flow->copied_only;
}

void wh_relay_flow_run(struct wh_relay_connection *connection, int side)
{
	struct wh_relay_flow *flow = &connection->ends[side].flow;
	size_t turn = 0;

	if (flow->pending && !flush(connection, side))
		return;
	while (!flow->ended && !flow->pending && turn < WH_RELAY_TURN_SIZE) {
		bool spliced = is_bulk(flow);
		size_t size = spliced ? splice_once(connection, side) : 0;

		if (!size) {
			if (flow->ended || (turn && spliced))
				return;
			size = copy_once(connection, side);
			/* Less than there was room for: very likely all. If not, epoll says so. */
			if (size < WH_RELAY_COPY_SIZE)
				return;
		}
		turn += size;
	}
}
