/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "taken_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define IN6_SIZE_MIN 24 /* without the scope: as the kernel takes it */

static int number(int fd, int option, int *ret)
{
	socklen_t size = sizeof(*ret);

	return getsockopt(fd, SOL_SOCKET, option, ret, &size) ? -errno : 0;
}

static __u64 cookie(int fd, int option)
{
	__u64 value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) ? 0 : value;
}

/* The state is the first member of what TCP tells of itself; no other protocol has this option. */
int wh_taken_state(int fd)
{
	unsigned char state = 0;
	socklen_t size = sizeof(state);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &state, &size) ? 0 : state;
}

int wh_taken_describe(int fd, struct wh_taken *ret)
{
	struct wh_taken taken = {.fd = fd};

	if (number(fd, SO_DOMAIN, &taken.family))
		return -ENOTSOCK;
	if (wh_taken_is_inet(&taken))
		taken.state = wh_taken_state(fd);
	if (taken.state) {
		taken.cookie = cookie(fd, SO_COOKIE);
		taken.netns = cookie(fd, SO_NETNS_COOKIE);
	}
	*ret = taken;
	return 0;
}

bool wh_taken_is_inet(const struct wh_taken *taken)
{
	return taken->family == AF_INET || taken->family == AF_INET6;
}

bool wh_taken_is_tcp(const struct wh_taken *taken)
{
	return taken->state != 0;
}

bool wh_taken_is_plain(const struct wh_taken *taken)
{
	int protocol = 0;

	return wh_taken_is_tcp(taken) && !number(taken->fd, SO_PROTOCOL, &protocol) &&
	       protocol == IPPROTO_TCP;
}

int wh_endpoint_from_bytes(const void *bytes, size_t size, struct wh_endpoint *ret)
{
	struct wh_endpoint endpoint = {};
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	sa_family_t family;

	if (size < sizeof(family))
		return -EINVAL;
	memcpy(&family, bytes, sizeof(family));
	if (family == AF_INET) {
		if (size < sizeof(in))
			return -EINVAL;
		memcpy(&in, bytes, sizeof(in));
		wh_address_from_v4(&endpoint.address, in.sin_addr.s_addr);
		endpoint.port = in.sin_port;
	} else if (family == AF_INET6) {
		if (size < IN6_SIZE_MIN)
			return -EINVAL;
		memcpy(&in6, bytes, IN6_SIZE_MIN);
		memcpy(endpoint.address.word, &in6.sin6_addr, sizeof(endpoint.address.word));
		endpoint.port = in6.sin6_port;
	} else {
		return -EAFNOSUPPORT;
	}
	*ret = endpoint;
	return 0;
}

socklen_t wh_endpoint_to_bytes(const struct wh_endpoint *endpoint, int family,
			       struct sockaddr_storage *ret)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = endpoint->port};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = endpoint->port};

	memset(ret, 0, sizeof(*ret));
	if (family == AF_INET) {
		in.sin_addr.s_addr = endpoint->address.word[3];
		memcpy(ret, &in, sizeof(in));
		return sizeof(in);
	}
	memcpy(&in6.sin6_addr, endpoint->address.word, sizeof(in6.sin6_addr));
	memcpy(ret, &in6, sizeof(in6));
	return sizeof(in6);
}

int wh_taken_local(const struct wh_taken *taken, struct wh_endpoint *ret)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);

	if (getsockname(taken->fd, (struct sockaddr *)&address, &size))
		return -errno;
	return wh_endpoint_from_bytes(&address, size, ret);
}

int wh_taken_peer(const struct wh_taken *taken, struct wh_endpoint *ret)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);

	if (getpeername(taken->fd, (struct sockaddr *)&address, &size))
		return -errno;
	return wh_endpoint_from_bytes(&address, size, ret);
}
