/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What is said to an upstream proxy, sent and received. */
#include "relay_handshake.h"
#include "relay_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* Both may hold a password. */
static void drop_handshake(struct wh_relay_connection *connection)
{
	if (!connection->handshake)
		return;
	explicit_bzero(connection->handshake->out, sizeof(connection->handshake->out));
	free(connection->handshake);
	connection->handshake = NULL;
}

void wh_relay_handshake_failed(struct wh_relay_connection *connection, int error,
			       const char *problem)
{
	char text[WH_HANDSHAKE_PROBLEM + 32];

	snprintf(text, sizeof(text), "the upstream proxy: %s", problem ? problem : "");
	connection->relay->problem = problem ? text : "the upstream proxy";
	wh_relay_connection_end(connection, WH_RELAY_REFUSED, error, true);
	drop_handshake(connection);
}

/* The upstream lets the connection through. */
static void finish(struct wh_relay_connection *connection)
{
	struct wh_handshake *handshake = connection->handshake;
	struct wh_relay_flow *flow = &connection->ends[WH_RELAY_DESTINATION].flow;

	if (handshake->in_size && wh_relay_flow_keep(flow, handshake->in, handshake->in_size)) {
		wh_relay_handshake_failed(connection, -ENOMEM, NULL);
		return;
	}
	drop_handshake(connection);
	if (!connection->relay->options.on_event) {
		free(connection->facts);
		connection->facts = NULL;
	}
	wh_relay_connection_connected(connection);
}

/* Sends what there is to send. Returns 0 when that is done, 1: later, or a negative errno. */
static int send_out(struct wh_relay_connection *connection)
{
	struct wh_handshake *handshake = connection->handshake;
	int fd = connection->ends[WH_RELAY_DESTINATION].watch.fd;

	while (handshake->out_sent < handshake->out_size) {
		ssize_t sent = send(fd, handshake->out + handshake->out_sent,
				    handshake->out_size - handshake->out_sent, MSG_NOSIGNAL);

		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			return 1;
		if (sent < 0)
			return -errno;
		handshake->out_sent += (size_t)sent;
	}
	return 0;
}

/* The same for what there is to read. */
static int receive_in(struct wh_relay_connection *connection)
{
	struct wh_handshake *handshake = connection->handshake;
	int fd = connection->ends[WH_RELAY_DESTINATION].watch.fd;
	ssize_t size = recv(fd, handshake->in + handshake->in_size,
			    sizeof(handshake->in) - handshake->in_size, 0);

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return 1;
	if (size < 0)
		return -errno;
	if (!size)
		return wh_handshake_fail(handshake, -ECONNRESET,
					 handshake->in_size ?
						 "it closed in the middle of an answer" :
						 "it closed instead of answering");
	handshake->in_size += (size_t)size;
	return 0;
}

static void fail(struct wh_relay_connection *connection, int error)
{
	const char *problem = connection->handshake->problem;

	wh_relay_handshake_failed(connection, error, *problem ? problem : NULL);
}

/* Sends and reads by turns, until one of both has to wait. */
static void go_on(struct wh_relay_connection *connection)
{
	struct wh_handshake *handshake = connection->handshake;
	int turn = handshake->out_sent < handshake->out_size ? WH_HANDSHAKE_SEND :
							       WH_HANDSHAKE_READ;

	for (;;) {
		int wait = turn == WH_HANDSHAKE_SEND ? send_out(connection) :
						       receive_in(connection);

		if (wait < 0) {
			fail(connection, wait);
			return;
		}
		if (wait) {
			wh_relay_settle(connection);
			return;
		}
		if (turn == WH_HANDSHAKE_SEND && !wh_handshake_is_silent(handshake)) {
			turn = WH_HANDSHAKE_READ;
			continue;
		}
		turn = wh_handshake_advance(handshake, connection->relay->upstream);
		if (turn < 0) {
			fail(connection, turn);
			return;
		}
		if (turn == WH_HANDSHAKE_DONE) {
			finish(connection);
			return;
		}
	}
}

void wh_relay_handshake_start(struct wh_relay_connection *connection)
{
	const struct wh_relay_facts *facts = connection->facts;
	const struct wh_handshake_facts told = {
		.origin = &facts->origin,
		.hops = (const struct whither_hop *)(const void *)facts->tail,
		.hop_count = facts->hop_count,
		.context = facts->tail + facts->hop_count * sizeof(struct whither_hop),
		.context_size = facts->context_size,
	};
	int error;

	wh_relay_list_move(connection, WH_RELAY_HANDSHAKE);
	connection->handshake = malloc(sizeof(*connection->handshake));
	if (!connection->handshake) {
		wh_relay_handshake_failed(connection, -ENOMEM, NULL);
		return;
	}
	error = wh_handshake_begin(connection->handshake, connection->relay->upstream, &told);
	if (error < 0)
		fail(connection, error);
	else
		go_on(connection);
}

uint32_t wh_relay_handshake_wants(const struct wh_relay_connection *connection)
{
	const struct wh_handshake *handshake = connection->handshake;

	return handshake->out_sent < handshake->out_size ? EPOLLOUT : EPOLLIN;
}

void wh_relay_handshake_event(struct wh_relay_connection *connection, int side)
{
	if (side == WH_RELAY_CLIENT) {
		int error = wh_relay_pending_error(connection->ends[side].watch.fd);

		wh_relay_connection_end(connection, WH_RELAY_CLOSED, error ? error : -ECONNRESET,
					true);
		drop_handshake(connection);
	} else {
		go_on(connection);
	}
}
