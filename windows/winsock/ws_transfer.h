/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What sending and receiving in all their forms have in common. */
#ifndef WHITHER_WS_TRANSFER_H
#define WHITHER_WS_TRANSFER_H

#include "ws_overlapped.h"

/* A socket, buffers that can be, flags that exist: 0 or an error of Winsock. */
int ws_transfer_check(int fd, const WSABUF *buffers, DWORD count, DWORD flags);
/* From the heap, with the parts filled in; NULL without memory. */
struct ws_operation *ws_transfer_operation(int fd, const WSABUF *buffers, DWORD count);
/* NET_* of MSG_*. */
unsigned int ws_transfer_flags(DWORD flags);
/* The negative errno that stands for what the host answered. */
int ws_transfer_failure(int fd, ssize_t error);

#endif
