/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskSocket(), WskSocketConnect(). */

#include "status_table.h"
#include "wsk_calls.h"
#include "wsk_connect.h"
#include "wsk_event.h"
#include "wsk_registration_state.h"
#include "wsk_socket.h"

static bool category_of(ULONG flags, enum wsk_category *ret_category)
{
	switch (flags) {
	case WSK_FLAG_BASIC_SOCKET:
		*ret_category = WSK_BASIC;
		return true;
	case WSK_FLAG_LISTEN_SOCKET:
		*ret_category = WSK_LISTEN;
		return true;
	case WSK_FLAG_CONNECTION_SOCKET:
		*ret_category = WSK_CONNECTION;
		return true;
	case WSK_FLAG_DATAGRAM_SOCKET:
		*ret_category = WSK_DATAGRAM;
		return true;
	case WSK_FLAG_STREAM_SOCKET:
		*ret_category = WSK_STREAM;
		return true;
	default:
		return false;
	}
}

/* A transport of this kind; the wildcards of user mode do not exist here. */
static bool reachable(int family, int type, ULONG protocol)
{
	if (family != AF_INET && family != AF_INET6)
		return false;
	switch (type) {
	case SOCK_STREAM:
		return protocol == IPPROTO_TCP;
	case SOCK_DGRAM:
		return protocol == IPPROTO_UDP;
	case SOCK_RAW:
		return protocol && protocol < 256;
	default:
		return false;
	}
}

static void give_tables(struct wsk_socket *socket, PVOID context, const VOID *dispatch)
{
	const WSK_CLIENT_STREAM_DISPATCH *stream = dispatch;

	socket->context = context;
	switch (socket->category) {
	case WSK_LISTEN:
		socket->on_listen = dispatch;
		break;
	case WSK_CONNECTION:
		socket->on_connection = dispatch;
		break;
	case WSK_DATAGRAM:
		socket->on_datagram = dispatch;
		break;
	case WSK_STREAM:
		socket->on_listen = stream ? stream->Listen : NULL;
		socket->on_connection = stream ? stream->Connect : NULL;
		break;
	default:
		break;
	}
}

/* Makes the socket; it has no handle yet. NULL: *ret_status says why not. */
static struct wsk_socket *make(struct wsk_registration *registration, enum wsk_category category,
			       int family, int type, ULONG protocol, NTSTATUS *ret_status)
{
	struct wsk_socket *socket;
	int fd, error;

	*ret_status = STATUS_PROTOCOL_UNREACHABLE;
	if (!reachable(family, type, protocol))
		return NULL;
	error = wsk_host_socket(family, type, (int)protocol, &fd);
	*ret_status = net_status_of_errno(-error);
	if (error)
		return NULL;
	socket = wsk_socket_new(registration, category, family, type, (int)protocol, fd);
	if (socket)
		return socket;
	wsk_host_close(fd);
	*ret_status = STATUS_INSUFFICIENT_RESOURCES;
	return NULL;
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are Windows'. */
NTSTATUS wsk_client_socket(PWSK_CLIENT client, ADDRESS_FAMILY family, USHORT type, ULONG protocol,
			   ULONG flags, PVOID context, const VOID *dispatch, PEPROCESS process,
			   PETHREAD thread, PSECURITY_DESCRIPTOR descriptor, PIRP irp)
{
	struct wsk_registration *registration;
	struct wsk_socket *socket;
	enum wsk_category category;
	struct wsk_request *request;
	NTSTATUS status;

	(void)process;
	(void)thread;
	(void)descriptor;
	if (!wsk_client_begin(WSK_SITE("WskSocket"), client, irp, &registration, &request, &status))
		return status;
	if (!category_of(flags, &category))
		return wsk_finish(request, STATUS_INVALID_PARAMETER, 0);
	socket = make(registration, category, family, type, protocol, &status);
	if (!socket)
		return wsk_finish(request, status, 0);
	give_tables(socket, context, dispatch);
	wsk_event_default(socket, 0);
	wsk_socket_publish(socket);
	return wsk_finish(request, STATUS_SUCCESS, (ULONG_PTR)&socket->handle);
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are Windows'. */
NTSTATUS wsk_client_socket_connect(PWSK_CLIENT client, USHORT type, ULONG protocol, PSOCKADDR local,
				   PSOCKADDR remote, ULONG flags, PVOID context,
				   const WSK_CLIENT_CONNECTION_DISPATCH *dispatch,
				   PEPROCESS process, PETHREAD thread,
				   PSECURITY_DESCRIPTOR descriptor, PIRP irp)
{
	struct wsk_registration *registration;
	struct wsk_socket *socket;
	struct wsk_address address;
	struct wsk_request *request;
	NTSTATUS status;
	int error;

	(void)process;
	(void)thread;
	(void)descriptor;
	if (!wsk_client_begin(WSK_SITE("WskSocketConnect"), client, irp, &registration, &request,
			      &status))
		return status;
	if (flags || !local || !remote || local->sa_family != remote->sa_family)
		return wsk_finish(request, STATUS_INVALID_PARAMETER, 0);
	if (type != SOCK_STREAM)
		return wsk_finish(request, STATUS_PROTOCOL_UNREACHABLE, 0);
	socket = make(registration, WSK_CONNECTION, local->sa_family, type, protocol, &status);
	if (!socket)
		return wsk_finish(request, status, 0);
	give_tables(socket, context, dispatch);
	wsk_event_default(socket, 0);
	wsk_address_take(&address, local, socket->family);
	error = wsk_host_bind_late(socket->fd, &address);
	if (error) {
		wsk_socket_discard(socket);
		return wsk_finish(request, wsk_bind_status(error), 0);
	}
	socket->bound = true;
	return wsk_connect_new(socket, request, remote);
}
