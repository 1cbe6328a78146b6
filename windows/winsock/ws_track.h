/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the rest of Winsock must know of a socket beside what the host knows. */
#ifndef WHITHER_WS_TRACK_H
#define WHITHER_WS_TRACK_H

#include <stdbool.h>

/* A call on this socket has made room for its event to be recorded again (WSAEventSelect). */
enum ws_renewal {
	WS_RECEIVED,
	WS_ACCEPTED,
	WS_SEND_BLOCKED,
	WS_CONNECTING,
	WS_CONNECTED,
};
void ws_renew(int fd, enum ws_renewal what);

/* Cancels what is pending on the socket, forgets it, closes it. 0 or a negative errno. */
int ws_close(int fd);

#endif
