/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A WSK_BUF: its header copied, its MDL chain the client's. */
#ifndef WHITHER_WSK_BYTES_H
#define WHITHER_WSK_BYTES_H

#include "wsk_request.h"

#define WSK_PARTS_MAX 64

/* Copies the header; false when it describes more than the chain has. */
bool wsk_bytes_take(struct wsk_bytes *ret_bytes, const WSK_BUF *buffer);

/* The memory from byte skip on, at most WSK_PARTS_MAX pieces; how many there are, 0 when no byte
 * is left, -1 when a piece cannot be mapped. */
int wsk_bytes_parts(const struct wsk_bytes *bytes, size_t skip, struct iovec parts[WSK_PARTS_MAX]);

/* Copies from memory into the bytes, from byte skip on; how many. */
size_t wsk_bytes_fill(const struct wsk_bytes *bytes, size_t skip, const void *source, size_t size);

#endif /* WHITHER_WSK_BYTES_H */
