/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#ifndef WHITHER_WS_PROTOCOL_H
#define WHITHER_WS_PROTOCOL_H

#include <winsock2.h>

/* Another descriptor of the socket that WSADuplicateSocket() described, or INVALID_SOCKET. */
SOCKET ws_socket_of_info(const void *info);

#endif
