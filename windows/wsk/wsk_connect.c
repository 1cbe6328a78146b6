/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskConnect(), WskConnectEx(), and the connecting part of WskSocketConnect(). */

#include "wsk_connect.h"

#include "status_table.h"
#include "wsk_bytes.h"
#include "wsk_calls.h"
#include "wsk_reactor.h"
#include "wsk_stream.h"

#include <errno.h>

#define CONNECT_DATA_MAX 65535

static NTSTATUS begin(struct wsk_socket *socket, struct wsk_request *request)
{
	int error = wsk_host_connect(socket->fd, &request->address);

	if (error && error != -EINPROGRESS)
		return net_status_of_errno(-error);
	request->u.connect.started = true;
	socket->connecting = true;
	socket->writable = false;
	socket->broken = socket->hung_up = false;
	error = wsk_reactor_watch(socket);
	return error ? net_status_of_errno(-error) : STATUS_SUCCESS;
}

/* Whether the attempt has ended: STATUS_PENDING if not. */
static NTSTATUS look(struct wsk_socket *socket)
{
	int error = wsk_host_error(socket->fd);

	if (error)
		return net_status_of_errno(-error);
	error = wsk_host_name(socket->fd, true, &socket->peer);
	if (error)
		return error == -ENOTCONN && !socket->broken ? STATUS_PENDING :
							       net_status_of_errno(-error);
	return STATUS_SUCCESS;
}

/* The socket is as it was before; what epoll still has to say of the attempt is not heard. */
static void give_up(struct wsk_socket *socket)
{
	wsk_reactor_forget(socket);
	wsk_host_abort(socket->fd);
	socket->connecting = socket->connected = false;
}

static NTSTATUS advance(struct wsk_socket *socket, struct wsk_request *request)
{
	NTSTATUS status = STATUS_SUCCESS;

	if (!socket->connected) {
		if (!request->u.connect.started)
			status = begin(socket, request);
		if (status == STATUS_SUCCESS)
			status = look(socket);
		if (status == STATUS_PENDING)
			return status;
		socket->connecting = false;
		if (status != STATUS_SUCCESS) {
			give_up(socket);
			return status;
		}
		wsk_stream_begin(socket);
	}
	if (request->bytes.length) {
		status = wsk_stream_send(socket, request);
		if (status != STATUS_SUCCESS)
			return status;
	}
	request->information = request->u.connect.creates ? (ULONG_PTR)&socket->handle :
							    request->done;
	if (request->u.connect.creates)
		wsk_socket_publish(socket);
	return STATUS_SUCCESS;
}

static void abandon(struct wsk_socket *socket, struct wsk_request *request)
{
	if (request->u.connect.started)
		give_up(socket);
}

static void release(struct wsk_request *request)
{
	if (request->u.connect.creates && request->status != STATUS_SUCCESS)
		wsk_socket_discard(request->socket);
}

/* Starts it, or says why not. */
static NTSTATUS connect_to(PWSK_SOCKET handle, PSOCKADDR remote, const WSK_BUF *buffer, ULONG flags,
			   PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskConnect"), handle, irp, &socket, &request, &status))
		return status;
	request->advance = advance;
	request->abandon = abandon;
	if (flags || !wsk_address_take(&request->address, remote, socket->family) ||
	    (buffer && !wsk_bytes_take(&request->bytes, buffer)))
		return wsk_finish_now(request, STATUS_INVALID_PARAMETER, 0);
	if (request->bytes.length > CONNECT_DATA_MAX)
		return wsk_finish_now(request, STATUS_BUFFER_OVERFLOW, 0);
	wsk_lock(socket);
	if (!socket->bound || socket->listening || socket->connecting || socket->connected ||
	    socket->failure || !IsListEmpty(&socket->queue[WSK_QUEUE_CONNECT]))
		status = STATUS_INVALID_DEVICE_STATE;
	else
		status = STATUS_SUCCESS;
	wsk_unlock(socket);
	if (status != STATUS_SUCCESS)
		return wsk_finish_now(request, status, 0);
	return wsk_start(socket, request, WSK_QUEUE_CONNECT);
}

NTSTATUS wsk_connect(PWSK_SOCKET handle, PSOCKADDR remote, ULONG flags, PIRP irp)
{
	return connect_to(handle, remote, NULL, flags, irp);
}

NTSTATUS wsk_connect_ex(PWSK_SOCKET handle, PSOCKADDR remote, PWSK_BUF buffer, ULONG flags,
			PIRP irp)
{
	return connect_to(handle, remote, buffer, flags, irp);
}

NTSTATUS wsk_connect_new(struct wsk_socket *socket, struct wsk_request *request, PSOCKADDR remote)
{
	wsk_request_move(request, socket);
	request->advance = advance;
	request->abandon = abandon;
	request->release = release;
	request->u.connect.creates = true;
	if (!wsk_address_take(&request->address, remote, socket->family))
		return wsk_finish(request, STATUS_INVALID_PARAMETER, 0);
	return wsk_start(socket, request, WSK_QUEUE_CONNECT);
}
