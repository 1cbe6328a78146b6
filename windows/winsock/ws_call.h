/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What all of Winsock uses: the thread's last error, sockets as descriptors. */
#ifndef WHITHER_WS_CALL_H
#define WHITHER_WS_CALL_H

#include <limits.h>
#include <stdbool.h>
#include <winsock2.h>

/* Sets the thread's last error; SOCKET_ERROR. */
int ws_fail(int wsa_error);
/* Of a host's result: itself, or ws_fail() with what its negative errno means. */
int ws_result(int host_result);
/* Whether WSAStartup() has been called; the last error is set when it has not. */
bool ws_started(void);

/* -1, which is no descriptor, for what cannot be one. */
static inline int ws_fd(SOCKET socket)
{
	return socket > INT_MAX ? -1 : (int)socket;
}

#endif
