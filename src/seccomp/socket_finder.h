/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Is there still a TCP socket with these two ends, and which one is it? Asked of the kernel. */
#ifndef WH_SOCKET_FINDER_H
#define WH_SOCKET_FINDER_H

#include "inet_address.h"

/* Returns the descriptor to ask on, or a negative errno: -ENOENT the kernel does not tell. Of the
 * caller's network namespace. */
int wh_socket_finder_open(void);

/* The cookie of the connected socket with these ends, *ret_state its state. Returns 0, -ENOENT
 * there is none, or another negative errno. */
int wh_socket_find(int finder, const struct wh_endpoint *local, const struct wh_endpoint *remote,
		   __u64 *ret_cookie, int *ret_state);

/* Whether somebody listens who would get a connection to this address of the finder's namespace:
 * 0 and the user whose socket it is, -ENOENT nobody, or another negative errno. */
int wh_listener_seek(int finder, const struct wh_endpoint *address, __u32 *ret_uid);

/*
 * All TCP sockets with a connection, of both families, that have port at one of their ends: visit is
 * called for each. Returns 0 or a negative errno: then not all were seen. state is TCP's, as of the
 * socket.
 */
typedef void (*wh_socket_visit)(__u64 cookie, int state, void *data);
int wh_sockets_visit(int finder, __be16 port, wh_socket_visit visit, void *data);

#endif /* WH_SOCKET_FINDER_H */
