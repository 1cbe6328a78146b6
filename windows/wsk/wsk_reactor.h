/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The provider's threads. A reactor waits for its sockets, runs what is posted for them, completes
 * what others may not complete themselves, and watches descriptors drain. Started when first
 * needed; never stopped.
 */
#ifndef WHITHER_WSK_REACTOR_H
#define WHITHER_WSK_REACTOR_H

#include "wsk_socket.h"

struct wsk_reactor;

/* One of the reactors, in turn. NULL when no thread could be started. */
struct wsk_reactor *wsk_reactor_choose(void);

/* Watches the socket's descriptor, edge-triggered. Under the socket's lock. 0 or a negative errno. */
int wsk_reactor_watch(struct wsk_socket *socket);
/* Forgets it. No event is delivered after that, not even one that epoll_wait() has returned. */
void wsk_reactor_forget(struct wsk_socket *socket);

/* Has the socket's thread do these tasks: WSK_TASK_*. From anywhere. */
void wsk_reactor_post(struct wsk_socket *socket, unsigned int tasks);
/* The same after some milliseconds; only once at a time per socket. */
void wsk_reactor_post_later(struct wsk_socket *socket, unsigned int milliseconds);

/* Completes the request, whose outcome is in it, from a thread of the provider. */
void wsk_reactor_complete(struct wsk_request *request);

/* Takes the descriptor: waits, within bounds, until the peer has acknowledged everything, then
 * closes it, with a reset or without. */
void wsk_reactor_drain(struct wsk_reactor *reactor, int fd, bool reset);

#endif /* WHITHER_WSK_REACTOR_H */
