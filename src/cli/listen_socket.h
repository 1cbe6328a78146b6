/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Where the embedded relay listens. */
#ifndef WH_LISTEN_SOCKET_H
#define WH_LISTEN_SOCKET_H

#include <stddef.h>
#include <sys/resource.h>

#include "inet_address.h"

/* A TCP socket that listens there (port 0: any), IPv6 alone if that is the address, closed on
 * exec. Returns the descriptor or a negative errno. */
int wh_listen_open(const struct wh_endpoint *endpoint);

/* Where a socket is bound. Returns 0 or a negative errno. */
int wh_listen_address(int fd, struct wh_endpoint *ret);

/*
 * The number of sockets that were handed over by whoever started this process, as systemd's
 * socket activation does: descriptors 3 and on. They are closed on exec from here on, and the
 * environment no longer speaks of them. 0: none; -EINVAL: what it says makes no sense.
 */
int wh_listen_inherited(void);
#define WH_LISTEN_INHERITED_FIRST 3

/* Lets this process have as many descriptors as it may. *ret_before is the old limit. */
void wh_descriptors_raise(struct rlimit *ret_before);

#endif /* WH_LISTEN_SOCKET_H */
