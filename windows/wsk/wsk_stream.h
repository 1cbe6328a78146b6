/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#ifndef WHITHER_WSK_STREAM_H
#define WHITHER_WSK_STREAM_H

#include "wsk_socket.h"

/* The socket is connected from here on. Under its lock. */
void wsk_stream_begin(struct wsk_socket *socket);

/* Sends the request's bytes: STATUS_PENDING until all are in the kernel. Under the lock. */
NTSTATUS wsk_stream_send(struct wsk_socket *socket, struct wsk_request *request);

/* Reads into memory for an indication: bytes, 0 for the end, or -1 for nothing now or ever.
 * Under the lock. */
ssize_t wsk_stream_read(struct wsk_socket *socket, void *buffer, size_t size);

/* Puts bytes back before everything not yet read; false: no memory, the connection is lost. */
bool wsk_stream_put_back(struct wsk_socket *socket, const void *data, size_t size);

#endif /* WHITHER_WSK_STREAM_H */
