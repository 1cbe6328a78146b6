/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Bytes and readiness of the host's sockets. */
#include "host_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int host_flags(unsigned int flags)
{
	return MSG_NOSIGNAL | MSG_CMSG_CLOEXEC | (flags & NET_OUT_OF_BAND ? MSG_OOB : 0) |
	       (flags & NET_PEEK ? MSG_PEEK : 0) | (flags & NET_NO_ROUTE ? MSG_DONTROUTE : 0) |
	       (flags & NET_WAIT_ALL ? MSG_WAITALL : 0) | (flags & NET_NO_WAIT ? MSG_DONTWAIT : 0);
}

ssize_t net_host_send(int fd, const struct net_message *message, unsigned int flags)
{
	struct msghdr header = {
		.msg_name = (void *)(uintptr_t)message->name,
		.msg_namelen = message->name ? message->name_size : 0,
		.msg_iov = (struct iovec *)(uintptr_t)message->parts,
		.msg_iovlen = message->count,
		.msg_control = message->control,
		.msg_controllen = message->control ? message->control_size : 0,
	};
	ssize_t sent;

	do {
		sent = sendmsg(fd, &header, host_flags(flags));
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent;
}

ssize_t net_host_receive(int fd, struct net_message *message, unsigned int flags)
{
	struct msghdr header = {
		.msg_name = message->ret_name,
		.msg_namelen = message->ret_name ? message->name_size : 0,
		.msg_iov = (struct iovec *)(uintptr_t)message->parts,
		.msg_iovlen = message->count,
		.msg_control = message->control,
		.msg_controllen = message->control ? message->control_size : 0,
	};
	ssize_t received;

	do {
		received = recvmsg(fd, &header, host_flags(flags));
	} while (received < 0 && errno == EINTR);
	if (received < 0)
		return -errno;
	message->name_size = header.msg_namelen;
	message->control_size = header.msg_controllen;
	message->data_cut = (header.msg_flags & MSG_TRUNC) != 0;
	message->control_cut = (header.msg_flags & MSG_CTRUNC) != 0;
	return received;
}

static short host_events(unsigned int asked)
{
	return (short)((asked & NET_IN ? POLLIN : 0) | (asked & NET_OUT ? POLLOUT : 0) |
		       (asked & NET_PRIORITY ? POLLPRI : 0));
}

static unsigned int found_events(short events)
{
	return (events & POLLIN ? NET_IN : 0) | (events & POLLOUT ? NET_OUT : 0) |
	       (events & POLLPRI ? NET_PRIORITY : 0) | (events & POLLERR ? NET_FAILED : 0) |
	       (events & POLLHUP ? NET_HUNG_UP : 0) | (events & POLLNVAL ? NET_NO_SOCKET : 0);
}

int net_host_poll(struct net_poll *polls, size_t count, int milliseconds)
{
	struct pollfd few[64];
	struct pollfd *hosts = count > 64 ? calloc(count, sizeof(*hosts)) : few;
	int found;

	if (!hosts)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		hosts[i] =
			(struct pollfd){.fd = polls[i].fd, .events = host_events(polls[i].asked)};
	found = poll(hosts, count, milliseconds);
	if (found < 0)
		found = -errno;
	for (size_t i = 0; i < count; i++)
		polls[i].found = found < 0 ? 0 : found_events(hosts[i].revents);
	if (hosts != few)
		free(hosts);
	return found;
}
