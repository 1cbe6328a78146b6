/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The listening sockets of the caller's network namespace, asked by netlink as ss does. The
 * kernel walks the listeners alone; /proc/net/tcp goes through every connection.
 */
#ifndef WH_LISTENER_DIAG_H
#define WH_LISTENER_DIAG_H

#include "inet_address.h"

typedef int (*wh_listener_visit)(const struct wh_endpoint *bound, unsigned long long inode,
				 void *data);

/* Calls visit, which returns 0 or a negative errno, for every listening TCP socket of family
 * (AF_INET, AF_INET6); an error ends the walk. -ENOENT: this kernel does not answer. */
int wh_diag_listeners(int family, wh_listener_visit visit, void *data);

#endif /* WH_LISTENER_DIAG_H */
