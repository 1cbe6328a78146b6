/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_incoming.h"

#include "nt_internal.h"
#include "status_table.h"
#include "wsk_calls.h"
#include "wsk_event.h"
#include "wsk_reactor.h"
#include "wsk_stream.h"

#include <errno.h>
#include <stdlib.h>

#define OUT_OF_DESCRIPTORS_MS 20
#define PENDED_POLL_MS 50

/* 0 and a connection; -EAGAIN; or an error of the listener. */
static int accept_one(struct wsk_socket *listener, int *ret_fd, struct wsk_address *ret_remote)
{
	for (;;) {
		int error = wsk_host_accept(listener->fd, ret_fd, ret_remote);

		switch (error) {
		case -EAGAIN:
			listener->readable = false;
			return error;
		case -EMFILE:
		case -ENFILE:
		case -ENOBUFS:
		case -ENOMEM:
			/* They wait in the kernel until something is closed. */
			wsk_reactor_post_later(listener, OUT_OF_DESCRIPTORS_MS);
			return -EAGAIN;
		case 0:
		case -EBADF:
		case -EINVAL:
		case -ENOTSOCK:
			return error;
		default:
			break; /* of that connection alone */
		}
	}
}

static struct wsk_incoming *first_ready(struct wsk_socket *listener)
{
	LIST_ENTRY *entry;

	for (entry = listener->incoming.Flink; entry != &listener->incoming; entry = entry->Flink) {
		struct wsk_incoming *one = CONTAINING_RECORD(entry, struct wsk_incoming, link);

		if (!one->pended)
			return one;
	}
	return NULL;
}

NTSTATUS wsk_incoming_take(struct wsk_socket *listener, struct wsk_socket **ret_socket)
{
	struct wsk_address remote = {0};
	struct wsk_incoming *waiting = NULL;
	struct wsk_socket *socket;
	int fd, error;

	if (listener->conditional) {
		waiting = first_ready(listener);
		if (!waiting)
			return STATUS_PENDING;
		fd = waiting->fd;
		remote = waiting->remote;
	} else {
		if (!listener->readable)
			return STATUS_PENDING;
		error = accept_one(listener, &fd, &remote);
		if (error)
			return error == -EAGAIN ? STATUS_PENDING : net_status_of_errno(-error);
	}
	socket = wsk_socket_new(listener->registration, WSK_CONNECTION, listener->family,
				listener->type, listener->protocol, fd);
	if (socket && waiting) {
		socket->inspected = true;
		socket->inspect_id = waiting->id;
	}
	if (waiting) {
		RemoveEntryList(&waiting->link);
		free(waiting);
	}
	if (!socket) {
		wsk_host_close_reset(fd);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	socket->bound = true;
	socket->busy = true;
	socket->peer = remote;
	wsk_stream_begin(socket);
	error = wsk_reactor_watch(socket);
	if (error) {
		wsk_socket_discard(socket);
		return net_status_of_errno(-error);
	}
	*ret_socket = socket;
	return STATUS_SUCCESS;
}

void wsk_incoming_released(struct wsk_socket *socket)
{
	wsk_lock(socket);
	socket->busy = false;
	if (socket->again || socket->events)
		wsk_reactor_post(socket, WSK_TASK_PUMP);
	socket->again = false;
	wsk_unlock(socket);
}

/* Tells the client of a connection that ended before it had decided; true if there was one. */
static bool say_aborted(struct wsk_socket *listener)
{
	LIST_ENTRY *entry;
	bool pended = false;

	for (entry = listener->incoming.Flink; entry != &listener->incoming; entry = entry->Flink) {
		struct wsk_incoming *one = CONTAINING_RECORD(entry, struct wsk_incoming, link);
		PFN_WSK_ABORT_EVENT event =
			listener->on_listen ? listener->on_listen->WskAbortEvent : NULL;
		KIRQL old;
		int found;

		if (!one->pended)
			continue;
		pended = true;
		found = wsk_host_peek(one->fd);
		if (found >= 0 || found == -EAGAIN)
			continue;
		RemoveEntryList(entry);
		wsk_unlock(listener);
		wsk_host_close(one->fd);
		if (event) {
			old = nt_enter_callback();
			event(listener->context, &one->id);
			nt_leave_callback(old, "WskAbortEvent");
		}
		free(one);
		wsk_lock(listener);
		return true;
	}
	if (pended)
		wsk_reactor_post_later(listener, PENDED_POLL_MS);
	return false;
}

static void decide(struct wsk_incoming *one, WSK_INSPECT_ACTION action)
{
	switch (action) {
	case WskInspectAccept:
		one->pended = false;
		break;
	case WskInspectPend:
		one->pended = true;
		break;
	default:
		RemoveEntryList(&one->link);
		wsk_host_close_reset(one->fd);
		free(one);
	}
}

/* The connection of this id that is still undecided. */
static struct wsk_incoming *find(struct wsk_socket *listener, const WSK_INSPECT_ID *id)
{
	LIST_ENTRY *entry;

	for (entry = listener->incoming.Flink; entry != &listener->incoming; entry = entry->Flink) {
		struct wsk_incoming *one = CONTAINING_RECORD(entry, struct wsk_incoming, link);

		if (one->pended && one->id.Key == id->Key &&
		    one->id.SerialNumber == id->SerialNumber)
			return one;
	}
	return NULL;
}

bool wsk_incoming_inspect(struct wsk_socket *listener)
{
	PFN_WSK_INSPECT_EVENT event = listener->on_listen ? listener->on_listen->WskInspectEvent :
							    NULL;
	struct wsk_address local = {0};
	struct wsk_incoming *one;
	WSK_INSPECT_ACTION action = WskInspectAccept;
	WSK_INSPECT_ID id;
	KIRQL old;

	if (!listener->conditional || !listener->listening || listener->closing)
		return false;
	if (say_aborted(listener))
		return true;
	if (!listener->readable)
		return false;
	one = calloc(1, sizeof(*one));
	if (!one) {
		wsk_reactor_post_later(listener, OUT_OF_DESCRIPTORS_MS);
		return false;
	}
	if (accept_one(listener, &one->fd, &one->remote)) {
		free(one);
		return false;
	}
	id = (WSK_INSPECT_ID){(ULONG_PTR)one, ++listener->inspect_serial};
	one->id = id;
	one->pended = true; /* WskInspectComplete() may come before the callback returns */
	InsertTailList(&listener->incoming, &one->link);
	wsk_host_name(one->fd, false, &local);
	if (event) {
		struct wsk_address remote = one->remote;

		wsk_unlock(listener);
		old = nt_enter_callback();
		action = event(listener->context, (PSOCKADDR)local.bytes, (PSOCKADDR)remote.bytes,
			       &id);
		nt_leave_callback(old, "WskInspectEvent");
		wsk_lock(listener);
		one = find(listener, &(WSK_INSPECT_ID){(ULONG_PTR)one, listener->inspect_serial});
	}
	if (one)
		decide(one, action);
	return true;
}

NTSTATUS wsk_inspect_complete(PWSK_SOCKET handle, PWSK_INSPECT_ID id, WSK_INSPECT_ACTION action,
			      PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *listener = NULL;
	struct wsk_request *request;
	struct wsk_incoming *one;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskInspectComplete"), handle, irp, &listener, &request, &status))
		return status;
	if (!id || (action != WskInspectAccept && action != WskInspectReject))
		return wsk_finish(request, STATUS_INVALID_PARAMETER, 0);
	wsk_lock(listener);
	one = find(listener, id);
	status = one ? STATUS_SUCCESS : STATUS_NOT_FOUND;
	if (one) {
		decide(one, action);
		wsk_reactor_post(listener, WSK_TASK_PUMP);
	}
	wsk_unlock(listener);
	return wsk_finish(request, status, 0);
}

void wsk_incoming_free_all(struct wsk_socket *listener)
{
	while (!IsListEmpty(&listener->incoming)) {
		struct wsk_incoming *one = CONTAINING_RECORD(RemoveHeadList(&listener->incoming),
							     struct wsk_incoming, link);

		wsk_host_close_reset(one->fd);
		free(one);
	}
}
