/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_request.h"

#include "nt_internal.h"
#include "wsk_reactor.h"
#include "wsk_registration_state.h"
#include "wsk_socket.h"
#include "wsk_verify.h"

#include <stdlib.h>
#include <string.h>

/* Routines that begin requests that complete inline: how deep they may nest. */
#define WSK_DEPTH_MAX 8

static _Thread_local unsigned int depth;

static enum wsk_inline inline_mode;
static pthread_once_t inline_once = PTHREAD_ONCE_INIT;

static void read_inline_mode(void)
{
	const char *value = getenv("WHITHER_WSK_INLINE");

	if (value && !strcmp(value, "none"))
		inline_mode = WSK_INLINE_NONE;
	else if (value && !strcmp(value, "all"))
		inline_mode = WSK_INLINE_ALL;
}

enum wsk_inline wsk_inline_mode(void)
{
	pthread_once(&inline_once, read_inline_mode);
	return inline_mode;
}

bool wsk_may_complete_inline(void)
{
	return wsk_inline_mode() != WSK_INLINE_NONE && depth < WSK_DEPTH_MAX;
}

static void complete_irp(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	KIRQL old;

	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	depth++;
	old = nt_enter_callback();
	IoCompleteRequest(irp, IO_NETWORK_INCREMENT);
	nt_leave_callback(old, "the completion routine of a Winsock Kernel request");
	depth--;
}

struct wsk_request *wsk_request_accept(struct wsk_site site, struct wsk_socket *socket,
				       struct wsk_registration *registration, PIRP irp,
				       NTSTATUS *ret_status)
{
	struct wsk_request *request;

	*ret_status = STATUS_INVALID_PARAMETER;
	if (!irp || !wsk_verify_irp(site, irp))
		return NULL;
	request = calloc(1, sizeof(*request));
	IoSetNextIrpStackLocation(irp);
	if (!request) {
		*ret_status = STATUS_INSUFFICIENT_RESOURCES;
		complete_irp(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
		return NULL;
	}
	request->irp = irp;
	request->site = site;
	request->registration = registration;
	irp->Tail.Overlay.DriverContext[0] = request;
	if (socket)
		wsk_request_move(request, socket);
	return request;
}

void wsk_request_move(struct wsk_request *request, struct wsk_socket *socket)
{
	wsk_socket_ref(socket);
	request->socket = socket;
	wsk_lock(socket);
	socket->requests++;
	wsk_unlock(socket);
}

static void leave(struct wsk_socket *socket)
{
	bool last;

	wsk_lock(socket);
	last = --socket->requests == 0 && socket->closing;
	wsk_unlock(socket);
	if (last)
		wsk_reactor_post(socket, WSK_TASK_CLOSE);
}

void wsk_complete(struct wsk_request *request, NTSTATUS status, ULONG_PTR information)
{
	request->status = status;
	request->information = information;
	if (request->irp) {
		if (request->size_returned)
			*request->size_returned = information;
		if (request->lent)
			wsk_verify_returned(request);
		request->irp->Tail.Overlay.DriverContext[0] = NULL;
		complete_irp(request->irp, status, information);
	}
	if (request->socket)
		leave(request->socket);
	if (request->release)
		request->release(request);
	if (request->registration)
		wsk_registration_leave(request->registration);
	if (request->socket)
		wsk_socket_unref(request->socket);
	free(request);
}

void wsk_complete_list(LIST_ENTRY *list)
{
	while (!IsListEmpty(list)) {
		struct wsk_request *request =
			CONTAINING_RECORD(RemoveHeadList(list), struct wsk_request, link);

		wsk_complete(request, request->status, request->information);
	}
}

NTSTATUS wsk_finish(struct wsk_request *request, NTSTATUS status, ULONG_PTR information)
{
	IoMarkIrpPending(request->irp);
	if (wsk_may_complete_inline()) {
		wsk_complete(request, status, information);
	} else {
		request->status = status;
		request->information = information;
		wsk_reactor_complete(request);
	}
	return STATUS_PENDING;
}

NTSTATUS wsk_finish_now(struct wsk_request *request, NTSTATUS status, ULONG_PTR information)
{
	wsk_complete(request, status, information);
	return status;
}

/* IoCancelIrp() has taken this routine out of the IRP: the request is ours alone. */
static VOID cancel(PDEVICE_OBJECT device, PIRP irp)
{
	struct wsk_request *request = irp->Tail.Overlay.DriverContext[0];

	(void)device;
	IoReleaseCancelSpinLock(irp->CancelIrql);
	pthread_mutex_lock(request->lock);
	RemoveEntryList(&request->link);
	request->status = STATUS_CANCELLED;
	request->information = 0;
	if (request->abandon)
		request->abandon(request->socket, request);
	pthread_mutex_unlock(request->lock);
	wsk_finish(request, request->status, request->information);
}

bool wsk_request_unclaim(struct wsk_request *request)
{
	IoSetCancelRoutine(request->irp, cancel);
	return !(__atomic_load_n(&request->irp->Cancel, __ATOMIC_SEQ_CST) &&
		 IoSetCancelRoutine(request->irp, NULL));
}

bool wsk_request_enqueue(struct wsk_request *request, LIST_ENTRY *queue, pthread_mutex_t *lock)
{
	request->lock = lock;
	InsertTailList(queue, &request->link);
	if (wsk_request_unclaim(request))
		return true;
	RemoveEntryList(&request->link);
	return false;
}

bool wsk_request_claim(struct wsk_request *request)
{
	return IoSetCancelRoutine(request->irp, NULL) != NULL;
}

void wsk_request_cancel_queue(LIST_ENTRY *queue, LIST_ENTRY *list)
{
	LIST_ENTRY *entry, *next;

	for (entry = queue->Flink; entry != queue; entry = next) {
		struct wsk_request *request = CONTAINING_RECORD(entry, struct wsk_request, link);

		next = entry->Flink;
		if (!wsk_request_claim(request))
			continue;
		RemoveEntryList(entry);
		if (request->abandon)
			request->abandon(request->socket, request);
		request->status = STATUS_CANCELLED;
		request->information = 0;
		InsertTailList(list, entry);
	}
}
