/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "endpoint_words.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_arguments.h"

/* The port behind the last colon; 0: none. */
static __u16 read_port(const char *colon)
{
	size_t digits = strspn(colon + 1, "0123456789");
	unsigned long port;

	if (!digits || digits > 5 || colon[1 + digits])
		return 0;
	port = strtoul(colon + 1, NULL, 10);
	return port <= 65535 ? (__u16)port : 0;
}

static int read_address(const char *text, size_t length, struct wh_address *ret, __u32 *ret_inet6)
{
	char copy[INET6_ADDRSTRLEN + 16 /* an interface */], *interface;
	struct wh_address address = {};
	int bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
	__be32 v4;

	if (bracketed) {
		text++;
		length -= 2;
	}
	if (!length || length >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	interface = strchr(copy, '%');
	if (interface)
		*interface = '\0';
	if (bracketed) {
		if (inet_pton(AF_INET6, copy, &address) != 1)
			return -EINVAL;
	} else {
		if (inet_pton(AF_INET, copy, &v4) != 1)
			return -EINVAL;
		wh_address_from_v4(&address, v4);
	}
	*ret_inet6 = (__u32)bracketed;
	*ret = address;
	return 0;
}

int wh_endpoint_read(const char *what, const char *text, struct wh_endpoint *ret, __u32 *ret_inet6)
{
	const char *colon = strrchr(text, ':');
	struct wh_endpoint endpoint = {};
	__u32 inet6;

	if (!colon || read_address(text, (size_t)(colon - text), &endpoint.address, &inet6)) {
		wh_say("%s: found '%s'; expected ADDRESS:PORT such as 192.0.2.1:80 or "
		       "[2001:db8::1]:80 (a connect carries an address, not a name)",
		       what, text);
		return -EINVAL;
	}
	endpoint.port = WH_BE16(read_port(colon));
	if (!endpoint.port) {
		wh_say("%s: found '%s'; expected a port from 1 to 65535 behind the address", what,
		       text);
		return -EINVAL;
	}
	*ret = endpoint;
	if (ret_inet6)
		*ret_inet6 = inet6;
	return 0;
}

int wh_socket_read(const char *text, __u32 *ret_pid, int *ret_fd)
{
	unsigned int pid, fd;
	char more;

	if (sscanf(text, "%u/%u%c", &pid, &fd, &more) != 2 &&
	    sscanf(text, "pid=%u,fd=%u%c", &pid, &fd, &more) != 2)
		return -EINVAL;
	if (!pid || pid > INT_MAX || fd > INT_MAX)
		return -EINVAL;
	*ret_pid = pid;
	*ret_fd = (int)fd;
	return 0;
}
