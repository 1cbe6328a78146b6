/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WSAEventSelect: what happened to a socket is recorded once, until a call makes room for it again. */
#include "status_table.h"
#include "ws_call.h"
#include "ws_engine.h"
#include "ws_track.h"

#include <string.h>

static bool flag_of(int fd, int option)
{
	int value = 0;
	int size = sizeof(value);

	return getsockopt((SOCKET)fd, SOL_SOCKET, option, (char *)&value, &size) == 0 && value;
}

static bool is_connected(int fd)
{
	unsigned char name[NET_ADDRESS_MAX];
	unsigned int size = sizeof(name);

	return net_host_name(fd, true, name, &size) == 0;
}

static void record(struct ws_socket *socket, int bit, int error)
{
	socket->armed &= ~(1 << bit);
	if (!(socket->asked & 1 << bit))
		return;
	socket->recorded.lNetworkEvents |= 1 << bit;
	socket->recorded.iErrorCode[bit] = error ? net_wsa_of_errno(error) : 0;
	ws_object_signal(socket->event, 1);
}

unsigned int ws_network_wants(const struct ws_socket *socket)
{
	LONG armed = socket->armed;
	bool reads = (armed & (FD_READ | FD_ACCEPT)) != 0;
	/* The end comes behind what is to be read, and shows itself where that is. */
	bool ends = armed & FD_CLOSE && (reads || !(socket->asked & FD_READ));

	if (!socket->event)
		return 0;
	return (reads ? NET_IN : 0) | (armed & (FD_WRITE | FD_CONNECT) ? NET_OUT : 0) |
	       (armed & FD_OOB ? NET_PRIORITY : 0) | (ends ? NET_HUNG_UP : 0);
}

static void found_connection(int fd, struct ws_socket *socket)
{
	int error = net_host_take_error(fd);

	if (!error && !is_connected(fd))
		return;
	record(socket, FD_CONNECT_BIT, error);
	if (error)
		return;
	socket->armed |= socket->asked & (FD_READ | FD_WRITE | FD_OOB | FD_CLOSE);
	if (socket->armed & FD_WRITE)
		record(socket, FD_WRITE_BIT, 0);
}

void ws_network_found(int fd, struct ws_socket *socket, unsigned int found)
{
	size_t readable = 0;

	if (socket->armed & FD_CONNECT) {
		if (found & (NET_OUT | NET_FAILED | NET_HUNG_UP))
			found_connection(fd, socket);
		return;
	}
	if (socket->armed & FD_ACCEPT && found & NET_IN)
		record(socket, FD_ACCEPT_BIT, 0);
	net_host_readable(fd, &readable);
	if (socket->armed & FD_READ && found & NET_IN &&
	    (readable || net_host_type(fd) != SOCK_STREAM))
		record(socket, FD_READ_BIT, 0);
	if (socket->armed & FD_OOB && found & NET_PRIORITY)
		record(socket, FD_OOB_BIT, 0);
	if (socket->armed & FD_WRITE && found & NET_OUT)
		record(socket, FD_WRITE_BIT, 0);
	if (socket->armed & FD_CLOSE && found & (NET_HUNG_UP | NET_FAILED) && !readable) {
		record(socket, FD_CLOSE_BIT, net_host_take_error(fd));
		socket->armed &= ~FD_READ;
	}
}

static LONG armed_at_first(int fd, LONG asked)
{
	if (net_host_type(fd) != SOCK_STREAM)
		return asked & (FD_READ | FD_WRITE);
	if (flag_of(fd, SO_ACCEPTCONN))
		return asked & FD_ACCEPT;
	return is_connected(fd) ? asked & (FD_READ | FD_WRITE | FD_OOB | FD_CLOSE) : 0;
}

static int select_events(int fd, HANDLE handle, LONG asked)
{
	struct ws_socket *socket = asked ? ws_engine_make(fd) : ws_engine_find(fd);
	struct ws_object *event = asked ? ws_object_find(handle, WS_EVENT) : NULL;

	if (asked && !event)
		return WSAEINVAL;
	if (asked && !socket)
		return WSAENOBUFS;
	if (!socket)
		return 0;
	if (event)
		event->references++;
	if (socket->event)
		ws_object_release(socket->event);
	socket->event = event;
	socket->asked = asked;
	socket->armed = asked ? armed_at_first(fd, asked) : 0;
	memset(&socket->recorded, 0, sizeof(socket->recorded));
	return ws_engine_watch(fd, socket) ? 0 : WSAENOBUFS;
}

int WSAAPI WSAEventSelect(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents)
{
	int fd = ws_fd(s);
	int error = net_host_type(fd);

	if (error < 0)
		return ws_result(error);
	if (lNetworkEvents & ~FD_ALL_EVENTS)
		return ws_fail(WSAEINVAL);
	if (lNetworkEvents)
		net_host_set_blocking(fd, false);
	ws_lock();
	error = select_events(fd, hEventObject, lNetworkEvents);
	ws_unlock();
	return error ? ws_fail(error) : 0;
}

int WSAAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS lpNetworkEvents)
{
	int fd = ws_fd(s);
	int error = net_host_type(fd);
	struct ws_socket *socket;
	struct ws_object *event;

	if (error < 0)
		return ws_result(error);
	if (!lpNetworkEvents)
		return ws_fail(WSAEFAULT);
	ws_lock();
	event = hEventObject ? ws_object_find(hEventObject, WS_EVENT) : NULL;
	if (event)
		ws_object_signal(event, 0);
	memset(lpNetworkEvents, 0, sizeof(*lpNetworkEvents));
	socket = ws_engine_find(fd);
	if (socket && (event || !hEventObject)) {
		*lpNetworkEvents = socket->recorded;
		memset(&socket->recorded, 0, sizeof(socket->recorded));
	}
	ws_unlock();
	return hEventObject && !event ? ws_fail(WSAEINVAL) : 0;
}

void ws_renew(int fd, enum ws_renewal what)
{
	static const LONG again[] = {FD_READ, FD_ACCEPT, FD_WRITE, FD_CONNECT, 0};
	struct ws_socket *socket;

	ws_lock();
	socket = ws_engine_find(fd);
	if (socket && socket->event) {
		/* What has been recorded and not fetched stays one. */
		socket->armed |= socket->asked & again[what] & ~socket->recorded.lNetworkEvents;
		if (what == WS_CONNECTED)
			found_connection(fd, socket);
		else
			ws_engine_watch(fd, socket);
	}
	ws_unlock();
}
