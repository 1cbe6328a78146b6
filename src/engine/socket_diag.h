/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The TCP sockets of the caller's network namespace, asked by netlink as ss does. The kernel
 * walks the listeners alone when these are wanted; /proc/net/tcp goes through every connection.
 */
#ifndef WH_SOCKET_DIAG_H
#define WH_SOCKET_DIAG_H

#include "inet_address.h"

/* States of TCP, and the sets of them that are asked for. */
enum wh_tcp_state {
	WH_TCP_ESTABLISHED = 1,
	WH_TCP_LISTENING = 10,
};
#define WH_STATES_LISTENING (1u << WH_TCP_LISTENING)
#define WH_STATES_ESTABLISHED (1u << WH_TCP_ESTABLISHED)

struct wh_diag_socket {
	struct wh_endpoint local, remote; /* remote of a listener: port 0 */
	__u32 state;
	__u32 uid;
	unsigned long long inode; /* 0: nobody holds it */
};

typedef int (*wh_diag_visit)(const struct wh_diag_socket *socket, void *data);

/* Calls visit, which returns 0 or a negative errno, for every TCP socket of family (AF_INET,
 * AF_INET6) in one of states; an error ends the walk. -ENOENT: this kernel does not answer. */
int wh_diag_sockets(int family, __u32 states, wh_diag_visit visit, void *data);

/* The connected socket with these two ends. -ENOENT: there is none. */
int wh_diag_find(const struct wh_endpoint *local, const struct wh_endpoint *remote,
		 struct wh_diag_socket *ret);

#endif /* WH_SOCKET_DIAG_H */
