/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_event.h"

#include "nt_internal.h"
#include "wsk_incoming.h"
#include "wsk_indication.h"
#include "wsk_reactor.h"
#include "wsk_registration_state.h"

#include <errno.h>
#include <string.h>

/* The events that this socket's tables have a callback for. */
static ULONG possible(const struct wsk_socket *socket)
{
	ULONG events = 0;

	if (socket->on_listen && socket->on_listen->WskAcceptEvent)
		events |= WSK_EVENT_ACCEPT;
	if (socket->on_connection && socket->on_connection->WskReceiveEvent)
		events |= WSK_EVENT_RECEIVE;
	if (socket->on_connection && socket->on_connection->WskDisconnectEvent)
		events |= WSK_EVENT_DISCONNECT;
	if (socket->on_connection && socket->on_connection->WskSendBacklogEvent)
		events |= WSK_EVENT_SEND_BACKLOG;
	if (socket->on_datagram && socket->on_datagram->WskReceiveFromEvent)
		events |= WSK_EVENT_RECEIVE_FROM;
	/* A listener keeps those of connections for the sockets it accepts. */
	if (socket->category == WSK_LISTEN || socket->listening)
		events |= WSK_CONNECTION_EVENTS;
	return events;
}

static ULONG of_category(const struct wsk_socket *socket)
{
	switch (socket->category) {
	case WSK_LISTEN:
		return WSK_EVENT_ACCEPT | WSK_CONNECTION_EVENTS;
	case WSK_CONNECTION:
		return WSK_CONNECTION_EVENTS;
	case WSK_DATAGRAM:
		return WSK_EVENT_RECEIVE_FROM;
	case WSK_STREAM:
		return WSK_EVENT_ACCEPT | WSK_CONNECTION_EVENTS;
	default:
		return 0;
	}
}

void wsk_event_default(struct wsk_socket *socket, ULONG inherited)
{
	ULONG fixed;

	pthread_mutex_lock(&wsk_registration_lock);
	fixed = socket->registration->static_events;
	pthread_mutex_unlock(&wsk_registration_lock);
	fixed &= of_category(socket);
	socket->static_events |= fixed;
	socket->events |= (fixed | inherited) & possible(socket);
}

static bool ready(const struct wsk_socket *socket)
{
	switch (socket->category) {
	case WSK_CONNECTION:
		return socket->connected;
	case WSK_STREAM:
		return socket->connected || socket->listening;
	default:
		return socket->bound;
	}
}

NTSTATUS wsk_event_control(struct wsk_socket *socket, const WSK_EVENT_CALLBACK_CONTROL *control)
{
	ULONG events = control->EventMask & ~(ULONG)WSK_EVENT_DISABLE;

	if (!control->NpiId || memcmp(control->NpiId, &NPI_WSK_INTERFACE_ID, sizeof(NPIID)))
		return STATUS_INVALID_PARAMETER;
	if (!events || (events & ~of_category(socket)))
		return STATUS_INVALID_PARAMETER;
	if (control->EventMask & WSK_EVENT_DISABLE) {
		if (events & (events - 1)) /* one at a time */
			return STATUS_INVALID_PARAMETER;
		if ((events & socket->static_events) ||
		    (socket->listening && (events & WSK_CONNECTION_EVENTS)))
			return STATUS_INVALID_DEVICE_REQUEST;
		socket->events &= ~events;
		return socket->running_events & events ? STATUS_EVENT_PENDING : STATUS_SUCCESS;
	}
	if (!ready(socket))
		return STATUS_INVALID_DEVICE_STATE;
	if (events & ~possible(socket))
		return STATUS_INVALID_PARAMETER;
	socket->events |= events;
	wsk_reactor_post(socket, WSK_TASK_PUMP);
	return STATUS_SUCCESS;
}

/* Whether the end of the peer's stream is all that is left to be read. */
static bool only_end_left(struct wsk_socket *socket)
{
	int found;

	if (socket->ended)
		return true;
	if (!socket->hung_up || socket->stash || (socket->events & WSK_EVENT_RECEIVE) ||
	    !IsListEmpty(&socket->queue[WSK_QUEUE_RECEIVE]))
		return false;
	found = wsk_host_peek(socket->fd);
	if (found < 0 && found != -EAGAIN)
		wsk_socket_failed(socket, found);
	return found == 0;
}

static bool say_disconnected(struct wsk_socket *socket)
{
	ULONG flags = WSK_FLAG_AT_DISPATCH_LEVEL;
	bool ended;
	KIRQL old;

	if (!(socket->events & WSK_EVENT_DISCONNECT) || socket->disconnect_said ||
	    !socket->connected)
		return false;
	ended = only_end_left(socket);
	if (socket->failure)
		flags |= WSK_FLAG_ABORTIVE;
	else if (!ended)
		return false;
	socket->disconnect_said = true;
	socket->running_events |= WSK_EVENT_DISCONNECT;
	wsk_unlock(socket);
	old = nt_enter_callback();
	socket->on_connection->WskDisconnectEvent(socket->context, flags);
	nt_leave_callback(old, "WskDisconnectEvent");
	wsk_lock(socket);
	socket->running_events &= ~(ULONG)WSK_EVENT_DISCONNECT;
	socket->again = true;
	return true;
}

/* A receive event without data: the socket is dead. For clients that enable no other. */
static bool say_dead(struct wsk_socket *socket)
{
	KIRQL old;

	if (!socket->failure || socket->dead_said || !(socket->events & WSK_EVENT_RECEIVE) ||
	    (socket->events & WSK_EVENT_DISCONNECT))
		return false;
	socket->dead_said = true;
	socket->running_events |= WSK_EVENT_RECEIVE;
	wsk_unlock(socket);
	old = nt_enter_callback();
	socket->on_connection->WskReceiveEvent(socket->context, WSK_FLAG_AT_DISPATCH_LEVEL, NULL, 0,
					       NULL);
	nt_leave_callback(old, "WskReceiveEvent");
	wsk_lock(socket);
	socket->running_events &= ~(ULONG)WSK_EVENT_RECEIVE;
	socket->again = true;
	return true;
}

bool wsk_event_run(struct wsk_socket *socket)
{
	if (socket->closing)
		return false;
	if (socket->listening)
		return wsk_incoming_inspect(socket) || wsk_event_accept(socket);
	if (socket->connected)
		return wsk_event_receive(socket) || say_disconnected(socket) || say_dead(socket);
	return wsk_event_receive_from(socket);
}
