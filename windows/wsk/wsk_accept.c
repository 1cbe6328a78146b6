/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskAccept() and WskAcceptEvent. A pending WskAccept() has the first connection. */

#include "nt_internal.h"
#include "wsk_calls.h"
#include "wsk_event.h"
#include "wsk_incoming.h"
#include "wsk_socket.h"

#include <string.h>

static void give_address(PSOCKADDR out, const struct wsk_address *address)
{
	if (out && address->size)
		memcpy(out, address->bytes, address->size);
}

static NTSTATUS advance(struct wsk_socket *listener, struct wsk_request *request)
{
	struct wsk_address local = {0};
	struct wsk_socket *socket;
	NTSTATUS status = wsk_incoming_take(listener, &socket);

	if (status != STATUS_SUCCESS)
		return status;
	socket->context = request->u.accept.context;
	socket->on_connection = request->u.accept.dispatch;
	wsk_event_default(socket, 0);
	wsk_host_name(socket->fd, false, &local);
	give_address(request->u.accept.local, &local);
	give_address(request->u.accept.remote, &socket->peer);
	wsk_socket_ref(socket);
	request->u.accept.socket = socket;
	wsk_socket_publish(socket);
	request->information = (ULONG_PTR)&socket->handle;
	return STATUS_SUCCESS;
}

/* Events of the new socket come after the routine of its accept. */
static void release(struct wsk_request *request)
{
	struct wsk_socket *socket = request->u.accept.socket;

	if (!socket)
		return;
	wsk_incoming_released(socket);
	wsk_socket_unref(socket);
}

NTSTATUS wsk_accept(PWSK_SOCKET handle, ULONG flags, PVOID context,
		    const WSK_CLIENT_CONNECTION_DISPATCH *dispatch, PSOCKADDR local,
		    PSOCKADDR remote, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *listener = NULL;
	struct wsk_request *request;
	NTSTATUS status = STATUS_SUCCESS;

	if (!wsk_begin(WSK_SITE("WskAccept"), handle, irp, &listener, &request, &status))
		return status;
	request->advance = advance;
	request->release = release;
	request->u.accept.context = context;
	request->u.accept.dispatch = dispatch;
	request->u.accept.local = local;
	request->u.accept.remote = remote;
	wsk_lock(listener);
	if (flags)
		status = STATUS_INVALID_PARAMETER;
	else if (!listener->listening)
		status = STATUS_INVALID_DEVICE_STATE;
	else
		status = STATUS_SUCCESS;
	wsk_unlock(listener);
	if (status != STATUS_SUCCESS)
		return wsk_finish(request, status, 0);
	return wsk_start(listener, request, WSK_QUEUE_ACCEPT);
}

/* The listener itself has failed: said once. */
static bool say_dead(struct wsk_socket *listener)
{
	PVOID context = NULL;
	const WSK_CLIENT_CONNECTION_DISPATCH *dispatch = NULL;
	KIRQL old;

	if (listener->dead_said)
		return false;
	listener->dead_said = true;
	wsk_unlock(listener);
	old = nt_enter_callback();
	listener->on_listen->WskAcceptEvent(listener->context, WSK_FLAG_AT_DISPATCH_LEVEL, NULL,
					    NULL, NULL, &context, &dispatch);
	nt_leave_callback(old, "WskAcceptEvent");
	wsk_lock(listener);
	return true;
}

bool wsk_event_accept(struct wsk_socket *listener)
{
	const WSK_CLIENT_CONNECTION_DISPATCH *dispatch = NULL;
	struct wsk_address local = {0}, remote;
	struct wsk_socket *socket;
	PVOID context = NULL;
	ULONG inherited;
	NTSTATUS status;
	KIRQL old;

	if (!(listener->events & WSK_EVENT_ACCEPT) || !listener->listening ||
	    !IsListEmpty(&listener->queue[WSK_QUEUE_ACCEPT]) || listener->dead_said)
		return false;
	status = wsk_incoming_take(listener, &socket);
	if (status == STATUS_PENDING || status == STATUS_INSUFFICIENT_RESOURCES)
		return false;
	if (status != STATUS_SUCCESS)
		return say_dead(listener);
	inherited = listener->events & WSK_CONNECTION_EVENTS;
	wsk_host_name(socket->fd, false, &local);
	remote = socket->peer;
	wsk_socket_ref(socket);
	wsk_socket_publish(socket);
	listener->running_events |= WSK_EVENT_ACCEPT;
	wsk_unlock(listener);
	old = nt_enter_callback();
	status = listener->on_listen->WskAcceptEvent(listener->context, WSK_FLAG_AT_DISPATCH_LEVEL,
						     (PSOCKADDR)local.bytes,
						     (PSOCKADDR)remote.bytes, &socket->handle,
						     &context, &dispatch);
	nt_leave_callback(old, "WskAcceptEvent");
	if (status == STATUS_SUCCESS) {
		wsk_lock(socket);
		socket->context = context;
		socket->on_connection = dispatch;
		wsk_event_default(socket, inherited);
		wsk_unlock(socket);
		wsk_incoming_released(socket);
	} else {
		wsk_incoming_released(socket);
		wsk_socket_discard(socket);
	}
	wsk_socket_unref(socket);
	wsk_lock(listener);
	listener->running_events &= ~(ULONG)WSK_EVENT_ACCEPT;
	listener->again = true; /* who waits for the callback to have returned */
	return true;
}
