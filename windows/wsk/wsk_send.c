/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskSend(), WskDisconnect(), and the functions that Windows reserves. */

#include "wsk_bytes.h"
#include "wsk_calls.h"
#include "wsk_reactor.h"
#include "wsk_stream.h"

#include <errno.h>

#define FINISH_POLL_MS 2

NTSTATUS wsk_stream_send(struct wsk_socket *socket, struct wsk_request *request)
{
	struct iovec parts[WSK_PARTS_MAX];

	while (request->done < request->bytes.length) {
		ssize_t sent;
		int count;

		if (!socket->writable)
			return STATUS_PENDING;
		count = wsk_bytes_parts(&request->bytes, request->done, parts);
		if (count <= 0)
			return STATUS_INSUFFICIENT_RESOURCES;
		sent = wsk_host_send(socket->fd, parts, count);
		if (sent == -EAGAIN)
			socket->writable = false;
		else if (sent < 0)
			return wsk_socket_failed(socket, (int)sent);
		else
			request->done += (size_t)sent;
	}
	request->information = request->done;
	return STATUS_SUCCESS;
}

static NTSTATUS send_advance(struct wsk_socket *socket, struct wsk_request *request)
{
	if (socket->failure)
		return socket->failure;
	return wsk_stream_send(socket, request);
}

static NTSTATUS may_send(struct wsk_socket *socket, bool at_once)
{
	NTSTATUS status = STATUS_SUCCESS;

	wsk_lock(socket);
	if (!socket->connected || socket->finishing || socket->closing)
		status = STATUS_INVALID_DEVICE_STATE;
	else if (at_once)
		wsk_host_no_delay(socket->fd);
	wsk_unlock(socket);
	return status;
}

NTSTATUS wsk_send(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskSend"), handle, irp, &socket, &request, &status))
		return status;
	request->advance = send_advance;
	status = may_send(socket, flags & WSK_FLAG_NODELAY);
	if (flags & ~(ULONG)WSK_FLAG_NODELAY)
		status = STATUS_NOT_SUPPORTED;
	else if (!wsk_bytes_take(&request->bytes, buffer))
		status = STATUS_INVALID_PARAMETER;
	if (status != STATUS_SUCCESS)
		return wsk_finish(request, status, 0);
	return wsk_start(socket, request, WSK_QUEUE_SEND);
}

/* What a dead connection died of. */
static NTSTATUS died(struct wsk_socket *socket)
{
	int error = wsk_host_error(socket->fd);

	return wsk_socket_failed(socket, error ? error : -ECONNRESET);
}

/* The end of our stream is on its way. What the peer has acknowledged is a success, even when it has
 * reset the connection since. */
static NTSTATUS await_end(struct wsk_socket *socket, struct wsk_request *request)
{
	bool dead;
	int count = wsk_host_unacknowledged(socket->fd, &dead);

	request->information = 0;
	if (socket->failure && (count || socket->failure != STATUS_CONNECTION_RESET))
		return socket->failure;
	if (dead)
		return died(socket);
	if (count <= 0)
		return STATUS_SUCCESS;
	/* No event says that it has. */
	wsk_reactor_post_later(socket, FINISH_POLL_MS);
	return STATUS_PENDING;
}

static NTSTATUS disconnect_advance(struct wsk_socket *socket, struct wsk_request *request)
{
	if (!request->u.disconnect.finished) {
		NTSTATUS status = send_advance(socket, request);
		int error;

		if (status != STATUS_SUCCESS)
			return status;
		error = wsk_host_finish(socket->fd);
		if (error)
			return error == -ENOTCONN ? died(socket) : wsk_socket_failed(socket, error);
		request->u.disconnect.finished = socket->finished = true;
	}
	return await_end(socket, request);
}

static NTSTATUS abort_now(struct wsk_socket *socket, struct wsk_request *request)
{
	NTSTATUS status = STATUS_INVALID_DEVICE_STATE;

	wsk_lock(socket);
	if (!socket->closing && socket->connected) {
		status = STATUS_SUCCESS;
		wsk_host_abort(socket->fd);
		wsk_socket_failed(socket, ECONNABORTED);
		socket->readable = socket->writable = true;
		socket->disconnect_said = true;
		wsk_reactor_post(socket, WSK_TASK_PUMP);
	}
	wsk_unlock(socket);
	return wsk_finish(request, status, 0);
}

NTSTATUS wsk_disconnect(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskDisconnect"), handle, irp, &socket, &request, &status))
		return status;
	request->advance = disconnect_advance;
	status = flags ? STATUS_SUCCESS : may_send(socket, false);
	if ((flags & ~(ULONG)WSK_FLAG_ABORTIVE) || (flags && buffer) ||
	    (buffer && !wsk_bytes_take(&request->bytes, buffer)))
		status = STATUS_INVALID_PARAMETER;
	if (status != STATUS_SUCCESS)
		return wsk_finish(request, status, 0);
	if (flags)
		return abort_now(socket, request);
	wsk_lock(socket);
	socket->finishing = true;
	wsk_unlock(socket);
	return wsk_start(socket, request, WSK_QUEUE_SEND);
}

static NTSTATUS reserved(PWSK_SOCKET handle, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskSendEx, WskReceiveEx"), handle, irp, &socket, &request,
		       &status))
		return status;
	return wsk_finish_now(request, STATUS_NOT_SUPPORTED, 0);
}

NTSTATUS wsk_send_ex(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, ULONG control_size,
		     PCMSGHDR control, PIRP irp)
{
	(void)buffer;
	(void)flags;
	(void)control_size;
	(void)control;
	return reserved(handle, irp);
}

/* NOLINTBEGIN(readability-non-const-parameter): the prototype is Windows'. */
NTSTATUS wsk_receive_ex(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PULONG control_size,
			PCMSGHDR control, PULONG control_flags, PIRP irp)
{
	(void)buffer;
	(void)flags;
	(void)control_size;
	(void)control;
	(void)control_flags;
	return reserved(handle, irp);
}
/* NOLINTEND(readability-non-const-parameter) */
