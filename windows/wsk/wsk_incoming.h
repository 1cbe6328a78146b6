/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Connections on their way from the kernel to the client. Without conditional accept they wait in
 * the kernel. With it they are taken at once, shown to the client, and wait here for its decision
 * or for an accept. Linux has completed their handshake by then: a rejection is a reset.
 */
#ifndef WHITHER_WSK_INCOMING_H
#define WHITHER_WSK_INCOMING_H

#include "wsk_socket.h"

struct wsk_incoming {
	LIST_ENTRY link;
	int fd;
	struct wsk_address remote;
	WSK_INSPECT_ID id;
	bool pended; /* waits for WskInspectComplete() */
};

/* Takes the next connection that may be given out: its socket, connected, not published, and busy
 * until wsk_incoming_released(). STATUS_PENDING when there is none. Under the listener's lock. */
NTSTATUS wsk_incoming_take(struct wsk_socket *listener, struct wsk_socket **ret_socket);
/* The client knows the socket: its requests and events may run. */
void wsk_incoming_released(struct wsk_socket *socket);

/* Shows one connection to the client, or tells it of one that is gone; true if there was one.
 * Under the lock, which is dropped meanwhile; in the reactor's thread. */
bool wsk_incoming_inspect(struct wsk_socket *listener);

/* Resets what is left. */
void wsk_incoming_free_all(struct wsk_socket *listener);

#endif /* WHITHER_WSK_INCOMING_H */
