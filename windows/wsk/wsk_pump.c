/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * How requests make progress: within the call where that is possible at once, else in the thread
 * of the socket's reactor. Either way one thread at a time runs the client's code for a socket.
 */

#include "status_table.h"
#include "wsk_event.h"
#include "wsk_reactor.h"
#include "wsk_socket.h"
#include "wsk_verify.h"

#include <errno.h>

/* Then the other sockets of the reactor have their turn. */
#define ROUNDS_MAX 16

NTSTATUS wsk_socket_failed(struct wsk_socket *socket, int error)
{
	NTSTATUS status = net_status_of_errno(error < 0 ? -error : error);

	/* The kernel says EPIPE once it has told somebody why. */
	if (error == -EPIPE || error == EPIPE)
		status = STATUS_CONNECTION_RESET;
	if (!socket->failure)
		socket->failure = status;
	return socket->failure;
}

/* Lets go of the right to run the client's code, under the lock. */
static void release(struct wsk_socket *socket, bool more)
{
	socket->busy = false;
	if (socket->again || more)
		wsk_reactor_post(socket, WSK_TASK_PUMP);
	socket->again = false;
}

NTSTATUS wsk_start(struct wsk_socket *socket, struct wsk_request *request, enum wsk_queue queue)
{
	/* A routine may close it. */
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *held = socket;
	NTSTATUS status = STATUS_PENDING;
	bool tried, queued, mine;

	wsk_socket_ref(held);
	IoMarkIrpPending(request->irp);
	wsk_verify_lent(request);
	wsk_lock(socket);
	if (socket->closing) {
		wsk_unlock(socket);
		return wsk_finish(request, STATUS_CANCELLED, 0);
	}
	tried = wsk_may_complete_inline() && IsListEmpty(&socket->queue[queue]) &&
		(!socket->busy || wsk_inline_mode() == WSK_INLINE_ALL);
	if (tried)
		status = request->advance(socket, request);
	if (status != STATUS_PENDING) {
		mine = !socket->busy;
		socket->busy = true;
		wsk_unlock(socket);
		wsk_complete(request, status, request->information);
		if (mine) {
			wsk_lock(socket);
			release(socket, false);
			wsk_unlock(socket);
		}
		return STATUS_PENDING;
	}
	queued = wsk_request_enqueue(request, &socket->queue[queue], &socket->lock);
	if (!queued && request->abandon)
		request->abandon(socket, request);
	if (queued && !tried) {
		if (socket->busy)
			socket->again = true;
		else
			wsk_reactor_post(socket, WSK_TASK_PUMP);
	}
	wsk_unlock(socket);
	return queued ? STATUS_PENDING : wsk_finish(request, STATUS_CANCELLED, 0);
}

static void settle(struct wsk_request *request, NTSTATUS status, LIST_ENTRY *done)
{
	RemoveEntryList(&request->link);
	request->status = status;
	InsertTailList(done, &request->link);
}

static void advance(struct wsk_socket *socket, enum wsk_queue queue, LIST_ENTRY *done)
{
	LIST_ENTRY *head = &socket->queue[queue], *entry, *next;

	for (entry = head->Flink; entry != head; entry = next) {
		struct wsk_request *request = CONTAINING_RECORD(entry, struct wsk_request, link);
		NTSTATUS status;

		next = entry->Flink;
		if (!wsk_request_claim(request))
			continue;
		status = request->advance(socket, request);
		if (status != STATUS_PENDING) {
			settle(request, status, done);
		} else if (!wsk_request_unclaim(request)) {
			request->information = 0;
			if (request->abandon)
				request->abandon(socket, request);
			settle(request, STATUS_CANCELLED, done);
		} else if (queue != WSK_QUEUE_OTHER) {
			break; /* in their order */
		}
	}
}

void wsk_pump(struct wsk_socket *socket)
{
	LIST_ENTRY done;
	int round;

	wsk_lock(socket);
	if (socket->busy) {
		socket->again = true;
		wsk_unlock(socket);
		return;
	}
	socket->busy = true;
	InitializeListHead(&done);
	for (round = 0; round < ROUNDS_MAX && !socket->closing; round++) {
		socket->again = false;
		for (int queue = 0; queue < WSK_QUEUES; queue++)
			advance(socket, (enum wsk_queue)queue, &done);
		if (!IsListEmpty(&done)) {
			wsk_unlock(socket);
			wsk_complete_list(&done);
			wsk_lock(socket);
		} else if (!wsk_event_run(socket) && !socket->again) {
			break;
		}
	}
	release(socket, round == ROUNDS_MAX);
	wsk_unlock(socket);
}
