/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Addresses and sockets as they stand in arguments: as ss(8) prints them. */
#ifndef WH_ENDPOINT_WORDS_H
#define WH_ENDPOINT_WORDS_H

#include "inet_address.h"

/*
 * "192.0.2.1:80", "[2001:db8::1]:80", "[::ffff:192.0.2.1]:80"; an interface behind '%' is passed
 * over. *ret_inet6 (may be NULL): it is written as IPv6, so the socket is AF_INET6. Returns 0, or
 * -EINVAL after saying on stderr what was expected; what names the argument.
 */
int wh_endpoint_read(const char *what, const char *text, struct wh_endpoint *ret, __u32 *ret_inet6);

/* "4711/5", "pid=4711,fd=5". Returns 0, or -EINVAL when text has neither form. */
int wh_socket_read(const char *text, __u32 *ret_pid, int *ret_fd);

#endif /* WH_ENDPOINT_WORDS_H */
