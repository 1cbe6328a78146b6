/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Overlapped operations: how one is begun, completed, cancelled. */
#ifndef WHITHER_WS_OVERLAPPED_H
#define WHITHER_WS_OVERLAPPED_H

#include "host_socket.h"
#include "ws_object.h"

#include <ntstatus.h>
#include <stdbool.h>
#include <winsock2.h>

/* An operation that the socket was not ready for. The engine owns it until it is completed. */
struct ws_operation {
	struct ws_operation *next;
	int fd;
	bool sends;
	OVERLAPPED *overlapped;
	LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
	struct ws_thread *thread; /* of the routine, with a reference */
	/* 0 when it is done, -EAGAIN when it must wait, -EXDEV when it must wait for the socket that is now
	 * in fd, another negative errno. Never blocks. */
	int (*attempt)(struct ws_operation *operation);
	size_t bytes; /* so far */
	unsigned int flags;
	DWORD *ret_flags; /* of one that is done at once */
	DWORD found_flags;
	struct sockaddr *from;
	int *from_size;
	unsigned char to[NET_ADDRESS_MAX];
	unsigned int to_size;
	bool stream;
	/* AcceptEx: who is to become the accepted socket, and where its addresses go. */
	int accepted;
	void *output;
	DWORD receive_size;
	DWORD local_size;
	DWORD remote_size;
	/* What else it owns, and who ends that; NULL: nothing. */
	void *owned;
	void (*release)(void *owned);
	LPWSAMSG message; /* WSARecvMsg: the caller's */
	size_t at;        /* the first part that is not done */
	size_t count;
	struct iovec parts[];
};

void ws_operation_free(struct ws_operation *operation);
/* Marks it as pending; its event is reset. */
void ws_overlapped_begin(OVERLAPPED *overlapped);
/* The end of an operation that did not wait: of a failure only the status is kept. */
void ws_overlapped_inline(int fd, OVERLAPPED *overlapped,
			  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, NTSTATUS status, DWORD bytes);
/* Under the lock: writes the block, sets the event, queues the routine or a packet. */
void ws_overlapped_complete(int fd, OVERLAPPED *overlapped,
			    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, struct ws_thread *thread,
			    NTSTATUS status, DWORD bytes);
/* The status that stands for an errno, also one that the table of statuses gives back otherwise. */
NTSTATUS ws_overlapped_status(int error);

/*
 * Tries it and, when the socket is not ready, keeps it. 0 when it is done, -EINPROGRESS when it is
 * kept, otherwise a negative errno. But for -EINPROGRESS the operation stays the caller's.
 */
int ws_engine_start(struct ws_operation *operation);
/* The same with everything around it, for one from the heap: what the call answers (ws_fail()). */
int ws_overlapped_run(struct ws_operation *operation, OVERLAPPED *overlapped,
		      LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, DWORD *ret_bytes);
/* Cancels those of this socket, of this block if it is not NULL; how many. */
size_t ws_engine_cancel(int fd, const OVERLAPPED *overlapped);

/* Of a port that the socket belongs to. Under the lock; NULL: none. */
struct ws_object *ws_engine_port(int fd, ULONG_PTR *ret_key);

#endif
