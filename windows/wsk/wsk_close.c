/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * WskCloseSocket(): the handle goes at once, the rest in the socket's own thread: cancel what is
 * queued, wait until every routine has returned, let the kernel deliver what was sent, and only
 * then complete the close.
 */

#include "wsk_calls.h"
#include "wsk_incoming.h"
#include "wsk_indication.h"
#include "wsk_reactor.h"
#include "wsk_registration_state.h"
#include "wsk_socket.h"

#include <stdlib.h>

static void begin(struct wsk_socket *socket, struct wsk_request *closer)
{
	wsk_lock(socket);
	socket->closing = true;
	socket->closer = closer;
	if (closer)
		socket->requests--; /* the others' */
	wsk_unlock(socket);
	wsk_reactor_post(socket, WSK_TASK_CLOSE);
}

NTSTATUS wsk_close(PWSK_SOCKET handle, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskCloseSocket"), handle, irp, &socket, &request, &status))
		return status;
	if (!wsk_socket_withdraw(socket)) /* somebody else has closed it meanwhile */
		return wsk_finish(request, STATUS_INVALID_HANDLE, 0);
	IoMarkIrpPending(irp);
	begin(socket, request);
	return STATUS_PENDING;
}

void wsk_socket_discard(struct wsk_socket *socket)
{
	wsk_socket_withdraw(socket);
	begin(socket, NULL);
}

/* What was sent before a close without a disconnect arrives; then the connection is aborted. */
static void dispose(struct wsk_socket *socket, int fd)
{
	if (fd < 0)
		return;
	if (!socket->connected || socket->failure)
		wsk_host_close(fd);
	else
		wsk_reactor_drain(socket->reactor, fd, !socket->finished);
}

void wsk_close_step(struct wsk_socket *socket)
{
	struct wsk_registration *registration = socket->registration;
	struct wsk_request *closer;
	LIST_ENTRY cancelled;
	int fd;

	InitializeListHead(&cancelled);
	wsk_lock(socket);
	if (!socket->emptied) {
		socket->emptied = true;
		wsk_reactor_forget(socket);
		for (int queue = 0; queue < WSK_QUEUES; queue++)
			wsk_request_cancel_queue(&socket->queue[queue], &cancelled);
		wsk_unlock(socket);
		wsk_complete_list(&cancelled);
		wsk_lock(socket);
	}
	if (socket->requests || socket->closed) {
		wsk_unlock(socket);
		return;
	}
	socket->closed = true;
	closer = socket->closer;
	fd = socket->fd;
	socket->fd = -1;
	wsk_incoming_free_all(socket);
	wsk_indication_free_all(socket);
	wsk_unlock(socket);

	dispose(socket, fd);
	if (closer) {
		wsk_lock(socket);
		socket->requests++;
		wsk_unlock(socket);
		wsk_complete(closer, STATUS_SUCCESS, 0);
	}
	wsk_registration_remove_socket(registration);
	wsk_socket_unref(socket);
}
