/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "listen_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "scope_exit.h"

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t to_sockaddr(const struct wh_endpoint *endpoint, union address *ret)
{
	*ret = (union address){};
	if (wh_address_is_v4(&endpoint->address)) {
		ret->in.sin_family = AF_INET;
		ret->in.sin_addr.s_addr = endpoint->address.word[3];
		ret->in.sin_port = endpoint->port;
		return sizeof(ret->in);
	}
	ret->in6.sin6_family = AF_INET6;
	memcpy(&ret->in6.sin6_addr, endpoint->address.word, sizeof(ret->in6.sin6_addr));
	ret->in6.sin6_port = endpoint->port;
	return sizeof(ret->in6);
}

int wh_listen_open(const struct wh_endpoint *endpoint)
{
	union address address;
	socklen_t size = to_sockaddr(endpoint, &address);
	/* Plain TCP by name: records do not reach a listener of Multipath TCP. */
	WH_AUTO_FD fd = socket(address.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	int on = 1;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		return -errno;
	if (address.sa.sa_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)))
		return -errno;
	if (bind(fd, &address.sa, size) || listen(fd, SOMAXCONN))
		return -errno;
	return wh_take_fd(&fd);
}

int wh_listen_address(int fd, struct wh_endpoint *ret)
{
	struct wh_endpoint endpoint = {};
	union address address;
	socklen_t size = sizeof(address);

	if (getsockname(fd, &address.sa, &size))
		return -errno;
	switch (address.sa.sa_family) {
	case AF_INET:
		wh_address_from_v4(&endpoint.address, address.in.sin_addr.s_addr);
		endpoint.port = address.in.sin_port;
		break;
	case AF_INET6:
		memcpy(endpoint.address.word, &address.in6.sin6_addr,
		       sizeof(endpoint.address.word));
		endpoint.port = address.in6.sin6_port;
		break;
	default:
		return -EAFNOSUPPORT;
	}
	*ret = endpoint;
	return 0;
}

/* A variable of the environment as a number; -1: not there, -2: none. */
static long number_of(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long number;

	if (!text)
		return -1;
	number = strtol(text, &end, 10);
	return *text && !*end && number >= 0 ? number : -2;
}

int wh_listen_inherited(void)
{
	long pid = number_of("LISTEN_PID"), count = number_of("LISTEN_FDS");

	if (pid == -1 && count == -1)
		return 0;
	if (pid >= 0 && pid != getpid())
		return 0; /* meant for a process before us */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (pid < 0 || count < 0 || count > 1024)
		return -EINVAL;
	for (int i = 0; i < (int)count; i++)
		if (fcntl(WH_LISTEN_INHERITED_FIRST + i, F_SETFD, FD_CLOEXEC) < 0)
			return -EINVAL;
	return (int)count;
}

void wh_descriptors_raise(struct rlimit *ret_before)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		limit = (struct rlimit){.rlim_cur = 1024, .rlim_max = 1024};
	*ret_before = limit;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}
