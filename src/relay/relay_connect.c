/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* From an accepted client to a connected destination. */
#include "relay_internal.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

/* What each of both sockets is told: forward at once, lose no urgent byte, notice dead peers. */
static void set_socket_options(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

/* A descriptor was kept for this: who was accepted is not turned away for want of one. */
static int make_socket(struct wh_relay *relay, int family)
{
	int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd = socket(family, type, IPPROTO_TCP);

	if (fd < 0 && (errno == EMFILE || errno == ENFILE) && relay->spare_fd >= 0) {
		close(relay->spare_fd);
		relay->spare_fd = -1;
		fd = socket(family, type, IPPROTO_TCP);
	}
	return fd < 0 ? -errno : fd;
}

/* Where this connection goes now. */
static const union whither_address *next_stop(const struct wh_relay_connection *connection)
{
	const struct wh_relay_upstream *upstream = connection->relay->upstream;

	if (!upstream)
		return &connection->facts->origin.destination;
	/* Another upstream may have fewer addresses. */
	return &upstream->addresses[connection->address % upstream->address_count];
}

/* Makes the outbound socket. Returns 0 (connected), -EINPROGRESS, or another error. */
static int connect_on(struct wh_relay *relay, struct wh_relay_connection *connection)
{
	const union whither_address *address = next_stop(connection);
	struct wh_relay_end *end = &connection->ends[WH_RELAY_DESTINATION];
	int error;

	end->watch.fd = make_socket(relay, address->sa.sa_family);
	if (end->watch.fd < 0)
		return end->watch.fd;
	error = relay->source->relate(end->watch.fd, connection->ends[WH_RELAY_CLIENT].watch.fd);
	if (error)
		return error;
	set_socket_options(end->watch.fd);
	if (connect(end->watch.fd, &address->sa, whither_address_size(address)) < 0)
		return -errno;
	return 0;
}

/* The same, with the upstream's next addresses when one fails at once. */
static int connect_somewhere(struct wh_relay *relay, struct wh_relay_connection *connection)
{
	struct wh_relay_watch *watch = &connection->ends[WH_RELAY_DESTINATION].watch;
	int error = connect_on(relay, connection);

	while (error && error != -EINPROGRESS && relay->upstream &&
	       connection->address + 1u < relay->upstream->address_count) {
		if (watch->fd >= 0)
			close(watch->fd);
		watch->fd = -1;
		connection->address++;
		error = connect_on(relay, connection);
	}
	return error;
}

/* An error of the upstream proxy's would pass for one of the destination's. */
static const char *connect_problem(const struct wh_relay *relay)
{
	return relay->upstream ? "the upstream proxy cannot be reached" : NULL;
}

static void turn_away(struct wh_relay_connection *connection, int kind, int error)
{
	wh_relay_close_ends(connection, true);
	wh_relay_user_leave(connection);
	wh_relay_report(connection, kind, error);
	free(connection->facts);
	free(connection);
}

int wh_relay_adopt(struct wh_relay *relay, int fd)
{
	struct wh_relay_connection *connection;
	int error;

	connection = calloc(1, sizeof(*connection));
	if (!connection) {
		wh_relay_close_by_reset(fd);
		return -ENOMEM;
	}
	connection->relay = relay;
	connection->number = ++relay->accepted_count;
	connection->accepted_at = wh_relay_now();
	connection->ends[0].watch.fd = fd;
	connection->ends[0].watch.kind = WH_RELAY_WATCH_CLIENT;
	connection->ends[0].watch.events = WH_RELAY_NOT_WATCHED;
	connection->ends[1].watch.fd = -1;
	connection->ends[1].watch.kind = WH_RELAY_WATCH_DESTINATION;
	connection->ends[1].watch.events = WH_RELAY_NOT_WATCHED;
	error = wh_relay_ask(relay, fd, &connection->facts);
	if (error) {
		turn_away(connection, WH_RELAY_DIRECT, error);
		return error;
	}
	error = wh_relay_user_enter(connection, connection->facts->origin.uid);
	if (error) {
		relay->problem = "this user has as many connections as one may have";
		turn_away(connection, WH_RELAY_REFUSED, error);
		return error;
	}
	set_socket_options(fd);
	error = connect_somewhere(relay, connection);
	if (error && error != -EINPROGRESS) {
		relay->problem = connect_problem(relay);
		turn_away(connection, WH_RELAY_REFUSED, error);
		return error;
	}
	/* An upstream proxy will have to be told. */
	if (!relay->options.on_event && !relay->upstream) {
		free(connection->facts);
		connection->facts = NULL;
	}
	wh_relay_connection_open(connection);
	return 0;
}

void wh_relay_connecting_event(struct wh_relay_connection *connection, int side)
{
	int error = wh_relay_pending_error(connection->ends[side].watch.fd);

	if (side == WH_RELAY_CLIENT) {
		wh_relay_connection_end(connection, WH_RELAY_CLOSED, error ? error : -ECONNRESET,
					true);
		return;
	}
	if (error)
		wh_relay_connect_failed(connection, error);
	else if (connection->relay->upstream)
		wh_relay_handshake_start(connection);
	else
		wh_relay_connection_connected(connection);
}

void wh_relay_connect_failed(struct wh_relay_connection *connection, int error)
{
	struct wh_relay_watch *watch = &connection->ends[WH_RELAY_DESTINATION].watch;
	struct wh_relay *relay = connection->relay;
	int next;

	if (relay->upstream && connection->address + 1u < relay->upstream->address_count) {
		wh_relay_watch(relay, watch, WH_RELAY_NOT_WATCHED);
		close(watch->fd);
		watch->fd = -1;
		connection->address++;
		next = connect_somewhere(relay, connection);
		if (!next || next == -EINPROGRESS) {
			wh_relay_list_move(connection, WH_RELAY_CONNECTING);
			wh_relay_settle(connection);
			return;
		}
		error = next;
	}
	relay->problem = connect_problem(relay);
	wh_relay_connection_end(connection, WH_RELAY_REFUSED, error, true);
}
