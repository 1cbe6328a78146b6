/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskReceiveFromEvent. */

#include "ancillary.h"
#include "nt_internal.h"
#include "wsk_event.h"
#include "wsk_indication.h"
#include "wsk_reactor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DATAGRAMS_AT_ONCE 16
#define NO_MEMORY_MS 20

static bool keep_control(struct wsk_indication *indication, const void *host, size_t size)
{
	size_t room = NET_ANCILLARY_MAX;

	if (!size)
		return true;
	indication->control = malloc(room);
	if (!indication->control)
		return false;
	net_ancillary_from_host(host, size, indication->control, &room);
	indication->view.datagram.ControlInfo = room ? indication->control : NULL;
	indication->view.datagram.ControlInfoLength = (ULONG)room;
	return true;
}

/* The next datagram; NULL when there is none now. */
static struct wsk_indication *read_datagram(struct wsk_socket *socket)
{
	_Alignas(16) unsigned char control[NET_ANCILLARY_MAX];
	struct wsk_host_message message = {.control = control, .control_size = sizeof(control)};
	struct wsk_indication *indication;
	struct iovec part;
	ssize_t received;

	/* Not the count of bytes that wait: it is 0 until the moment when it no longer is. */
	do
		received = wsk_host_datagram_size(socket->fd);
	while (received == -ECONNREFUSED);
	if (received < 0) {
		socket->readable = false;
		return NULL;
	}
	indication = wsk_indication_new((size_t)received);
	if (!indication) {
		wsk_reactor_post_later(socket, NO_MEMORY_MS);
		return NULL;
	}
	part = (struct iovec){indication->bytes, indication->size};
	message.parts = &part;
	message.count = 1;
	do
		received = wsk_host_receive_message(socket->fd, &message);
	while (received == -ECONNREFUSED);
	if (received < 0) {
		socket->readable = false;
		wsk_indication_free(indication);
		return NULL;
	}
	indication->remote = message.address;
	indication->view.datagram.Buffer = (WSK_BUF){indication->mdl, 0, (SIZE_T)received};
	indication->view.datagram.RemoteAddress = (PSOCKADDR)indication->remote.bytes;
	keep_control(indication, control, message.control_size);
	return indication;
}

bool wsk_event_receive_from(struct wsk_socket *socket)
{
	struct wsk_indication *all[DATAGRAMS_AT_ONCE];
	int count = 0;
	NTSTATUS status;
	KIRQL old;

	if (!(socket->events & WSK_EVENT_RECEIVE_FROM) || !socket->bound || !socket->readable ||
	    !IsListEmpty(&socket->queue[WSK_QUEUE_RECEIVE]))
		return false;
	while (count < DATAGRAMS_AT_ONCE && socket->readable && !wsk_indication_full(socket)) {
		struct wsk_indication *one = read_datagram(socket);

		if (!one)
			break;
		if (count)
			all[count - 1]->view.datagram.Next = &one->view.datagram;
		all[count++] = one;
		wsk_indication_hold(socket, one);
	}
	if (!count)
		return false;
	socket->running_events |= WSK_EVENT_RECEIVE_FROM;
	wsk_unlock(socket);
	old = nt_enter_callback();
	status = socket->on_datagram->WskReceiveFromEvent(
		socket->context, WSK_FLAG_AT_DISPATCH_LEVEL, &all[0]->view.datagram);
	nt_leave_callback(old, "WskReceiveFromEvent");
	wsk_lock(socket);
	socket->running_events &= ~(ULONG)WSK_EVENT_RECEIVE_FROM;
	socket->again = true;
	if (status == STATUS_PENDING)
		return true;
	/* The client may have written into Next: what was shown is known here. */
	for (int i = 0; i < count; i++) {
		if (wsk_indication_take_back(socket, all[i]))
			wsk_indication_free(all[i]);
	}
	return true;
}
