/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Sockets that other processes hold. */
#ifndef WH_SOCKET_HOLDER_H
#define WH_SOCKET_HOLDER_H

#include <linux/types.h>

/* Our own descriptor for a descriptor of another process, or a negative errno: -ESRCH: no such
 * process; -EBADF: it has no such descriptor; -EPERM. */
int wh_socket_borrow(__u32 pid, int fd);

/* Calls visit, which returns 0 to go on, for each descriptor of the process that is a socket.
 * Returns what it returned, 0, or a negative errno. */
typedef int (*wh_socket_visit)(__u32 pid, int fd, unsigned long long inode, void *data);
int wh_sockets_of(__u32 pid, wh_socket_visit visit, void *data);

/* The same for every process; those that may not be looked at are passed over. */
int wh_sockets_of_all(wh_socket_visit visit, void *data);

#endif /* WH_SOCKET_HOLDER_H */
