/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#ifndef WHITHER_WSK_CONNECT_H
#define WHITHER_WSK_CONNECT_H

#include "wsk_socket.h"

/* WskSocketConnect(), from where the socket is bound: its handle is the request's result. The
 * socket ends with the attempt, or is the client's. */
NTSTATUS wsk_connect_new(struct wsk_socket *socket, struct wsk_request *request, PSOCKADDR remote);

#endif /* WHITHER_WSK_CONNECT_H */
