/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskBind(), WskListen(), WskGetLocalAddress(), WskGetRemoteAddress(). */

#include "status_table.h"
#include "wsk_calls.h"
#include "wsk_reactor.h"
#include "wsk_socket.h"

#include <errno.h>
#include <string.h>

#define BACKLOG 4096 /* the kernel takes what it allows */

static NTSTATUS listen_now(struct wsk_socket *socket)
{
	int error = wsk_host_listen(socket->fd, BACKLOG);

	if (!error)
		error = wsk_reactor_watch(socket);
	if (error)
		return net_status_of_errno(-error);
	socket->listening = true;
	socket->readable = true;
	return STATUS_SUCCESS;
}

static bool suits(const struct wsk_socket *socket)
{
	switch (socket->category) {
	case WSK_DATAGRAM:
		return socket->type != SOCK_STREAM;
	case WSK_BASIC:
		return false;
	default:
		return socket->type == SOCK_STREAM;
	}
}

static bool may_connect(const struct wsk_socket *socket)
{
	return socket->category == WSK_CONNECTION || socket->category == WSK_STREAM;
}

NTSTATUS wsk_bind_status(int error)
{
	return error == -EADDRINUSE ? STATUS_ADDRESS_ALREADY_ASSOCIATED :
				      net_status_of_errno(-error);
}

static NTSTATUS bind_now(struct wsk_socket *socket, PSOCKADDR local, ULONG flags)
{
	struct wsk_address address;
	int error;

	if (flags || !wsk_address_take(&address, local, socket->family))
		return STATUS_INVALID_PARAMETER;
	if (!suits(socket))
		return STATUS_NOT_IMPLEMENTED;
	if (socket->bound || socket->closing)
		return STATUS_INVALID_DEVICE_STATE;
	if (may_connect(socket))
		error = wsk_host_bind_late(socket->fd, &address);
	else
		error = wsk_host_bind(socket->fd, &address, socket->category == WSK_LISTEN);
	if (error)
		return wsk_bind_status(error);
	socket->bound = true;
	if (socket->category == WSK_LISTEN)
		return listen_now(socket);
	if (socket->category == WSK_DATAGRAM) {
		socket->readable = socket->writable = true;
		error = wsk_reactor_watch(socket);
		return error ? net_status_of_errno(-error) : STATUS_SUCCESS;
	}
	return STATUS_SUCCESS;
}

NTSTATUS wsk_bind(PWSK_SOCKET handle, PSOCKADDR local, ULONG flags, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskBind"), handle, irp, &socket, &request, &status))
		return status;
	wsk_lock(socket);
	status = bind_now(socket, local, flags);
	if (status == STATUS_SUCCESS && socket->events)
		wsk_reactor_post(socket, WSK_TASK_PUMP);
	wsk_unlock(socket);
	return wsk_finish(request, status, 0);
}

NTSTATUS wsk_listen(PWSK_SOCKET handle, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskListen"), handle, irp, &socket, &request, &status))
		return status;
	wsk_lock(socket);
	if (!socket->bound || socket->listening || socket->connecting || socket->connected ||
	    socket->closing)
		status = STATUS_INVALID_DEVICE_STATE;
	else
		status = listen_now(socket);
	if (status == STATUS_SUCCESS && socket->events)
		wsk_reactor_post(socket, WSK_TASK_PUMP);
	wsk_unlock(socket);
	return wsk_finish(request, status, 0);
}

static NTSTATUS get_address(PWSK_SOCKET handle, PSOCKADDR out, bool remote, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	struct wsk_address address = {0};
	NTSTATUS status;
	int error = 0;

	if (!wsk_begin(WSK_SITE(remote ? "WskGetRemoteAddress" : "WskGetLocalAddress"), handle, irp,
		       &socket, &request, &status))
		return status;
	wsk_lock(socket);
	if (!out)
		status = STATUS_INVALID_PARAMETER;
	else if (socket->closing || (remote ? !socket->connected : !socket->bound))
		status = STATUS_INVALID_DEVICE_STATE;
	else if (remote)
		address = socket->peer;
	else if (may_connect(socket) && !socket->connected)
		error = wsk_host_take_port(socket->fd, &address);
	else
		error = wsk_host_name(socket->fd, false, &address);
	wsk_unlock(socket);
	if (error)
		status = wsk_bind_status(error);
	else if (address.size) {
		memcpy(out, address.bytes, address.size);
		status = STATUS_SUCCESS;
	}
	return wsk_finish_now(request, status, 0);
}

NTSTATUS wsk_get_local_address(PWSK_SOCKET handle, PSOCKADDR out, PIRP irp)
{
	return get_address(handle, out, false, irp);
}

NTSTATUS wsk_get_remote_address(PWSK_SOCKET handle, PSOCKADDR out, PIRP irp)
{
	return get_address(handle, out, true, irp);
}
