/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A socket of somebody else's, as a descriptor of ours: what it is, and its two ends. */
#ifndef WH_TAKEN_SOCKET_H
#define WH_TAKEN_SOCKET_H

#include <stdbool.h>
#include <sys/socket.h>

#include "inet_address.h"

struct wh_taken {
	int fd; /* the taker's to close */
	int family;
	int state;    /* of TCP (TCP_ESTABLISHED ...); 0: it is no TCP socket */
	__u64 cookie; /* no other socket of this machine ever has it */
	__u64 netns;  /* cookie of its network namespace */
};

/* TCP's state of a socket as of now; 0: it is no TCP socket. */
int wh_taken_state(int fd);

/* Returns 0, or -ENOTSOCK. Only sockets of TCP have cookies here. */
int wh_taken_describe(int fd, struct wh_taken *ret);

bool wh_taken_is_inet(const struct wh_taken *taken);
bool wh_taken_is_tcp(const struct wh_taken *taken);

/* Of TCP it may be a socket of Multipath TCP, which has a state too, and others connect for it. */
bool wh_taken_is_plain(const struct wh_taken *taken);

/* The socket's own end, and the other one. Return 0 or a negative errno. */
int wh_taken_local(const struct wh_taken *taken, struct wh_endpoint *ret);
int wh_taken_peer(const struct wh_taken *taken, struct wh_endpoint *ret);

/* An address as its bytes say: 0, -EINVAL when they are too few, -EAFNOSUPPORT when it is of no
 * family of the internet's. */
int wh_endpoint_from_bytes(const void *bytes, size_t size, struct wh_endpoint *ret);

/* The form in which a socket of this family takes it; the size. */
socklen_t wh_endpoint_to_bytes(const struct wh_endpoint *endpoint, int family,
			       struct sockaddr_storage *ret);

#endif /* WH_TAKEN_SOCKET_H */
