/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_indication.h"

#include "nt_internal.h"
#include "wsk_calls.h"
#include "wsk_event.h"
#include "wsk_reactor.h"
#include "wsk_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HELD_MAX (1u << 20)
#define INDICATION_MIN 512u
#define INDICATION_MAX (64u << 10)
#define NO_MEMORY_MS 20

struct wsk_indication *wsk_indication_new(size_t size)
{
	struct wsk_indication *indication = calloc(1, sizeof(*indication) + size);

	if (!indication)
		return NULL;
	indication->mdl =
		IoAllocateMdl(indication->bytes, (ULONG)(size ? size : 1), FALSE, FALSE, NULL);
	if (!indication->mdl) {
		free(indication);
		return NULL;
	}
	MmBuildMdlForNonPagedPool(indication->mdl);
	indication->size = size;
	InitializeListHead(&indication->link);
	return indication;
}

void wsk_indication_free(struct wsk_indication *indication)
{
	IoFreeMdl(indication->mdl);
	free(indication->control);
	free(indication);
}

void wsk_indication_hold(struct wsk_socket *socket, struct wsk_indication *indication)
{
	InsertTailList(&socket->indications, &indication->link);
	socket->indicated_bytes += indication->size;
}

bool wsk_indication_take_back(struct wsk_socket *socket, const void *view)
{
	LIST_ENTRY *entry;

	for (entry = socket->indications.Flink; entry != &socket->indications;
	     entry = entry->Flink) {
		struct wsk_indication *one = CONTAINING_RECORD(entry, struct wsk_indication, link);

		if (one != view)
			continue;
		RemoveEntryList(entry);
		socket->indicated_bytes -= one->size;
		return true;
	}
	return false;
}

void wsk_indication_free_all(struct wsk_socket *socket)
{
	while (!IsListEmpty(&socket->indications))
		wsk_indication_free(CONTAINING_RECORD(RemoveHeadList(&socket->indications),
						      struct wsk_indication, link));
	free(socket->stash);
	socket->stash = NULL;
	socket->stash_size = socket->stash_used = 0;
}

bool wsk_indication_full(const struct wsk_socket *socket)
{
	return socket->indicated_bytes >= HELD_MAX;
}

static struct wsk_indication *read_data(struct wsk_socket *socket, size_t *ret_size)
{
	size_t size = socket->stash_size - socket->stash_used;
	struct wsk_indication *indication;
	ssize_t received;

	if (!size) {
		int waiting = wsk_host_waiting(socket->fd);

		size = waiting > 0 ? (size_t)waiting : 0;
	}
	size = size < INDICATION_MIN ? INDICATION_MIN :
	       size > INDICATION_MAX ? INDICATION_MAX :
				       size;
	indication = wsk_indication_new(size);
	if (!indication) {
		wsk_reactor_post_later(socket, NO_MEMORY_MS);
		return NULL;
	}
	received = wsk_stream_read(socket, indication->bytes, size);
	if (received <= 0) {
		wsk_indication_free(indication);
		return NULL;
	}
	indication->view.data.Buffer = (WSK_BUF){indication->mdl, 0, (SIZE_T)received};
	*ret_size = (size_t)received;
	return indication;
}

bool wsk_event_receive(struct wsk_socket *socket)
{
	struct wsk_indication *indication;
	SIZE_T accepted;
	NTSTATUS status;
	size_t size;
	KIRQL old;

	if (!(socket->events & WSK_EVENT_RECEIVE) || socket->receive_stopped ||
	    (socket->ended && !socket->stash) || (!socket->readable && !socket->stash) ||
	    !IsListEmpty(&socket->queue[WSK_QUEUE_RECEIVE]) || wsk_indication_full(socket))
		return false;
	indication = read_data(socket, &size);
	if (!indication)
		return false;
	accepted = size;
	wsk_indication_hold(socket, indication);
	socket->running_events |= WSK_EVENT_RECEIVE;
	wsk_unlock(socket);
	old = nt_enter_callback();
	status = socket->on_connection->WskReceiveEvent(socket->context, WSK_FLAG_AT_DISPATCH_LEVEL,
							&indication->view.data, size, &accepted);
	nt_leave_callback(old, "WskReceiveEvent");
	wsk_lock(socket);
	socket->running_events &= ~(ULONG)WSK_EVENT_RECEIVE;
	socket->again = true;
	if (status == STATUS_PENDING || !wsk_indication_take_back(socket, indication))
		return true;
	if (status != STATUS_SUCCESS)
		accepted = 0;
	if (accepted < size) {
		socket->receive_stopped = true;
		if (!wsk_stream_put_back(socket, indication->bytes + accepted, size - accepted))
			wsk_socket_failed(socket, ENOBUFS);
	}
	wsk_indication_free(indication);
	return true;
}

static NTSTATUS release(PWSK_SOCKET handle, void *first, void *(*next_of)(void *))
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = wsk_socket_get(handle);
	NTSTATUS status = first ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
	bool was_full;

	if (!socket)
		return STATUS_INVALID_HANDLE;
	wsk_lock(socket);
	was_full = wsk_indication_full(socket);
	while (first) {
		if (!wsk_indication_take_back(socket, first)) {
			status = STATUS_INVALID_PARAMETER;
			break;
		}
		void *next = next_of(first);

		wsk_indication_free(first);
		first = next;
	}
	if (was_full && !wsk_indication_full(socket))
		wsk_reactor_post(socket, WSK_TASK_PUMP);
	wsk_unlock(socket);
	return status;
}

static void *next_data(void *indication)
{
	return ((PWSK_DATA_INDICATION)indication)->Next;
}

static void *next_datagram(void *indication)
{
	return ((PWSK_DATAGRAM_INDICATION)indication)->Next;
}

NTSTATUS wsk_release_data(PWSK_SOCKET handle, PWSK_DATA_INDICATION first)
{
	return release(handle, first, next_data);
}

NTSTATUS wsk_release_datagrams(PWSK_SOCKET handle, PWSK_DATAGRAM_INDICATION first)
{
	return release(handle, first, next_datagram);
}
