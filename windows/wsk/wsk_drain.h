/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Descriptors whose sockets are closed but whose last bytes the peer has not acknowledged: they
 * are asked now and then, for some seconds, and then closed.
 */
#ifndef WHITHER_WSK_DRAIN_H
#define WHITHER_WSK_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

struct wsk_drain;

struct wsk_drain_list {
	struct wsk_drain *first;
};

void wsk_drain_init(struct wsk_drain_list *list);
/* Takes the descriptor; reset: how it is closed then. time is in ms. */
void wsk_drain_add(struct wsk_drain_list *list, int fd, bool reset, uint64_t time);
/* Closes what is drained or late. When to be called again, in ms; -1: never. */
int wsk_drain_run(struct wsk_drain_list *list, uint64_t time);

#endif /* WHITHER_WSK_DRAIN_H */
