/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_host.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

unsigned int wsk_address_size(int family)
{
	switch (family) {
	case AF_INET:
		return sizeof(struct sockaddr_in);
	case AF_INET6:
		return sizeof(struct sockaddr_in6);
	default:
		return 0;
	}
}

bool wsk_address_take(struct wsk_address *ret_address, const void *source, int family)
{
	unsigned int size = wsk_address_size(family);
	sa_family_t found;

	if (!source || !size)
		return false;
	memcpy(&found, source, sizeof(found));
	if (found != family)
		return false;
	memcpy(ret_address->bytes, source, size);
	ret_address->size = size;
	return true;
}

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) ? -errno : 0;
}

int wsk_host_socket(int family, int type, int protocol, int *ret_fd)
{
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return -errno;
	/* As on Windows, an IPv6 socket is IPv6 alone. */
	if (family == AF_INET6)
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	*ret_fd = fd;
	return 0;
}

int wsk_host_bind(int fd, const struct wsk_address *address, bool listens)
{
	/* As on Windows, a listener may take the place of one whose connections linger. */
	if (listens)
		set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return bind(fd, (const void *)address->bytes, address->size) ? -errno : 0;
}

static in_port_t port_of(const struct wsk_address *address)
{
	/* At the same place in both. */
	return ((const struct sockaddr_in *)(const void *)address->bytes)->sin_port;
}

int wsk_host_bind_late(int fd, const struct wsk_address *address)
{
	if (!port_of(address))
		set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	return wsk_host_bind(fd, address, false);
}

int wsk_host_take_port(int fd, struct wsk_address *ret_address)
{
	struct wsk_address address = {0};
	int error = wsk_host_name(fd, false, &address);

	if (!error && !port_of(&address)) {
		set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 0);
		error = wsk_host_bind(fd, &address, false);
		if (!error)
			error = wsk_host_name(fd, false, &address);
	}
	if (!error)
		*ret_address = address;
	return error;
}

int wsk_host_listen(int fd, int backlog)
{
	return listen(fd, backlog) ? -errno : 0;
}

int wsk_host_accept(int fd, int *ret_fd, struct wsk_address *ret_remote)
{
	socklen_t size = sizeof(ret_remote->bytes);
	int accepted;

	do
		accepted =
			accept4(fd, (void *)ret_remote->bytes, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (accepted < 0 && errno == EINTR);
	if (accepted < 0)
		return -errno;
	ret_remote->size = size <= sizeof(ret_remote->bytes) ? size : 0;
	*ret_fd = accepted;
	return 0;
}

int wsk_host_connect(int fd, const struct wsk_address *address)
{
	return connect(fd, (const void *)address->bytes, address->size) ? -errno : 0;
}

int wsk_host_name(int fd, bool remote, struct wsk_address *ret_address)
{
	struct wsk_address address = {0};
	socklen_t size = sizeof(address.bytes);

	if (remote ? getpeername(fd, (void *)address.bytes, &size) :
		     getsockname(fd, (void *)address.bytes, &size))
		return -errno;
	address.size = size <= sizeof(address.bytes) ? size : 0;
	*ret_address = address;
	return 0;
}

int wsk_host_error(int fd)
{
	int error = 0;
	socklen_t size = sizeof(error);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) ? -errno : -error;
}

int wsk_host_abort(int fd)
{
	struct sockaddr none = {.sa_family = AF_UNSPEC};

	return connect(fd, &none, sizeof(none)) ? -errno : 0;
}

void wsk_host_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

void wsk_host_close_reset(int fd)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

int wsk_host_finish(int fd)
{
	return shutdown(fd, SHUT_WR) ? -errno : 0;
}

int wsk_host_no_delay(int fd)
{
	return set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

ssize_t wsk_host_send(int fd, const struct iovec *parts, int count)
{
	struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
	ssize_t sent;

	do
		sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent;
}

void wsk_host_tell_rest(int fd)
{
	set(fd, IPPROTO_TCP, TCP_INQ, 1);
}

ssize_t wsk_host_receive(int fd, const struct iovec *parts, int count, bool *ret_last)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct msghdr message = {
		.msg_iov = (struct iovec *)parts,
		.msg_iovlen = (size_t)count,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *rest;
	ssize_t received;

	do
		received = recvmsg(fd, &message, MSG_DONTWAIT);
	while (received < 0 && errno == EINTR);
	if (received < 0)
		return -errno;
	rest = CMSG_FIRSTHDR(&message);
	*ret_last = rest && rest->cmsg_level == IPPROTO_TCP && rest->cmsg_type == TCP_CM_INQ &&
		    !*(const int *)(const void *)CMSG_DATA(rest);
	return received;
}

ssize_t wsk_host_discard(int fd, size_t most)
{
	ssize_t received;

	do
		received = recv(fd, NULL, most, MSG_DONTWAIT | MSG_TRUNC);
	while (received < 0 && errno == EINTR);
	return received < 0 ? -errno : received;
}

int wsk_host_peek(int fd)
{
	char byte;
	ssize_t received;

	do
		received = recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
	while (received < 0 && errno == EINTR);
	return received < 0 ? -errno : (int)received;
}

ssize_t wsk_host_send_message(int fd, const struct wsk_host_message *message)
{
	struct msghdr header = {
		.msg_name = message->address.size ? (void *)message->address.bytes : NULL,
		.msg_namelen = message->address.size,
		.msg_iov = (struct iovec *)message->parts,
		.msg_iovlen = (size_t)message->count,
		.msg_control = message->control_size ? message->control : NULL,
		.msg_controllen = message->control_size,
	};
	ssize_t sent;

	do
		sent = sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent;
}

ssize_t wsk_host_receive_message(int fd, struct wsk_host_message *message)
{
	struct msghdr header = {
		.msg_name = message->address.bytes,
		.msg_namelen = sizeof(message->address.bytes),
		.msg_iov = (struct iovec *)message->parts,
		.msg_iovlen = (size_t)message->count,
		.msg_control = message->control_size ? message->control : NULL,
		.msg_controllen = message->control_size,
	};
	ssize_t received;

	do
		received = recvmsg(fd, &header, MSG_DONTWAIT);
	while (received < 0 && errno == EINTR);
	if (received < 0)
		return -errno;
	message->address.size =
		header.msg_namelen <= sizeof(message->address.bytes) ? header.msg_namelen : 0;
	message->control_size = header.msg_controllen;
	message->data_cut = header.msg_flags & MSG_TRUNC;
	message->control_cut = header.msg_flags & MSG_CTRUNC;
	return received;
}

static int bytes(int fd, unsigned long what)
{
	int count = 0;

	return ioctl(fd, what, &count) ? -errno : count;
}

static bool is_dead(int fd)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);

	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) && info.tcpi_state == TCP_CLOSE;
}

int wsk_host_unacknowledged(int fd, bool *ret_dead)
{
	int count = bytes(fd, SIOCOUTQ);

	*ret_dead = false;
	if (count > 0 && is_dead(fd)) {
		/* The last acknowledgement may have come in between, and be what ended it. */
		count = bytes(fd, SIOCOUTQ);
		*ret_dead = count > 0;
	}
	return count;
}

int wsk_host_unsent(int fd)
{
	bool dead;
	int count = wsk_host_unacknowledged(fd, &dead);

	return dead ? 0 : count;
}

int wsk_host_waiting(int fd)
{
	return bytes(fd, SIOCINQ);
}

ssize_t wsk_host_datagram_size(int fd)
{
	ssize_t size;

	do
		size = recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	while (size < 0 && errno == EINTR);
	return size < 0 ? -errno : size;
}

int wsk_host_send_buffer(int fd)
{
	int size = 0;
	socklen_t length = sizeof(size);

	return getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &length) ? -errno : size;
}
