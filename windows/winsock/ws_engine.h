/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The one thread that waits for sockets, and what it keeps of each. */
#ifndef WHITHER_WS_ENGINE_H
#define WHITHER_WS_ENGINE_H

#include "ws_overlapped.h"

/* What is known of a descriptor that something waits for. */
struct ws_socket {
	struct ws_operation *first[2]; /* receiving, sending */
	bool in_epoll;
	/* WSAEventSelect: what is asked for, what may be recorded, what has been. */
	struct ws_object *event; /* a reference */
	LONG asked;
	LONG armed;
	WSANETWORKEVENTS recorded;
	struct ws_object *port; /* a reference */
	ULONG_PTR key;
};

/* All under the lock. NULL: not known, or no memory. */
struct ws_socket *ws_engine_find(int fd);
struct ws_socket *ws_engine_make(int fd);
/* Asks the host for what is waited for now. false: no thread, or no descriptor of this kind. */
bool ws_engine_watch(int fd, struct ws_socket *socket);

/* Of ws_network_event.c: what is to be watched for (NET_*), and what has been found. */
unsigned int ws_network_wants(const struct ws_socket *socket);
void ws_network_found(int fd, struct ws_socket *socket, unsigned int found);

#endif
