/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The functions that are had by SIO_GET_EXTENSION_FUNCTION_POINTER. */
#ifndef WHITHER_WS_EXTENSION_H
#define WHITHER_WS_EXTENSION_H

#include <winsock2.h>

/* NULL: not offered. */
void *ws_extension(const GUID *guid);

/* WSARecvMsg, which no library of Windows exports. */
INT PASCAL ws_receive_message(SOCKET s, LPWSAMSG lpMsg, LPDWORD lpdwNumberOfBytesRecvd,
			      LPWSAOVERLAPPED lpOverlapped,
			      LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

#endif
