/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Event callbacks: which are enabled, and the next that is due. */
#ifndef WHITHER_WSK_EVENT_H
#define WHITHER_WSK_EVENT_H

#include "wsk_socket.h"

#define WSK_CONNECTION_EVENTS (WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_SEND_BACKLOG)
#define WSK_ALL_EVENTS (WSK_CONNECTION_EVENTS | WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE_FROM)

/* Enables what the client made static, and what the listener passes on. Under the lock. */
void wsk_event_default(struct wsk_socket *socket, ULONG inherited);

/* SO_WSK_EVENT_CALLBACK. STATUS_EVENT_PENDING: the callback is in progress. */
NTSTATUS wsk_event_control(struct wsk_socket *socket, const WSK_EVENT_CALLBACK_CONTROL *control);

/* Makes the next callback that is due; false if none is. Under the lock, which it drops
 * meanwhile; with busy; in the reactor's thread. */
bool wsk_event_run(struct wsk_socket *socket);

/* Its parts. */
bool wsk_event_accept(struct wsk_socket *listener);
bool wsk_event_receive(struct wsk_socket *socket);
bool wsk_event_receive_from(struct wsk_socket *socket);

#endif /* WHITHER_WSK_EVENT_H */
