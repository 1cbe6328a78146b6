/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* select and WSAPoll. */
#include "host_socket.h"
#include "ws_call.h"

#include <errno.h>
#include <stdlib.h>

#define SETS 3

int PASCAL __WSAFDIsSet(SOCKET socket, fd_set *set)
{
	for (u_int i = 0; set && i < set->fd_count; i++)
		if (set->fd_array[i] == socket)
			return 1;
	return 0;
}

static int milliseconds_of(const struct timeval *time)
{
	__INT64_TYPE__ most = INT_MAX / 1000;

	if (!time)
		return -1;
	if (time->tv_sec >= most)
		return INT_MAX;
	return (int)(time->tv_sec * 1000 + (time->tv_usec + 999) / 1000);
}

static size_t ask(const fd_set *set, unsigned int asked, struct net_poll *polls)
{
	for (u_int i = 0; set && i < set->fd_count; i++)
		polls[i] = (struct net_poll){.fd = ws_fd(set->fd_array[i]), .asked = asked};
	return set ? set->fd_count : 0;
}

/* Keeps those where something of `wanted` was found; how many. */
static int answer(fd_set *set, const struct net_poll *polls, unsigned int wanted,
		  unsigned int unwanted)
{
	u_int kept = 0;

	for (u_int i = 0; set && i < set->fd_count; i++)
		if (polls[i].found & wanted && !(polls[i].found & unwanted))
			set->fd_array[kept++] = set->fd_array[i];
	if (set)
		set->fd_count = kept;
	return (int)kept;
}

static bool has_stranger(const struct net_poll *polls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (polls[i].fd < 0 || polls[i].found & NET_NO_SOCKET)
			return true;
	return false;
}

int PASCAL select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
		  const struct timeval *timeout)
{
	size_t counts[SETS] = {readfds ? readfds->fd_count : 0, writefds ? writefds->fd_count : 0,
			       exceptfds ? exceptfds->fd_count : 0};
	size_t total = counts[0] + counts[1] + counts[2];
	struct net_poll *polls = total ? calloc(total, sizeof(*polls)) : NULL;
	/* A connect that failed is an exception, and is not writable to one who asks for both. */
	unsigned int not_writable = counts[2] ? NET_FAILED : 0;
	int found;

	if (!total || (timeout && (timeout->tv_sec < 0 || timeout->tv_usec < 0)))
		found = -EINVAL;
	else if (!polls)
		found = -ENOBUFS;
	else {
		ask(readfds, NET_IN, polls);
		ask(writefds, NET_OUT, polls + counts[0]);
		ask(exceptfds, NET_PRIORITY, polls + counts[0] + counts[1]);
		found = has_stranger(polls, total) ? -ENOTSOCK : 0;
		while (!found &&
		       (found = net_host_poll(polls, total, milliseconds_of(timeout))) == -EINTR &&
		       !timeout)
			found = 0;
		if (found >= 0 && has_stranger(polls, total))
			found = -ENOTSOCK;
	}
	if (found >= 0)
		found = answer(readfds, polls, NET_IN | NET_HUNG_UP | NET_FAILED, 0) +
			answer(writefds, polls + counts[0], NET_OUT | NET_FAILED, not_writable) +
			answer(exceptfds, polls + counts[0] + counts[1], NET_PRIORITY | NET_FAILED,
			       0);
	free(polls);
	return ws_result(found);
}

static unsigned int asked_of(SHORT events)
{
	return (events & POLLRDNORM ? NET_IN : 0) | (events & POLLWRNORM ? NET_OUT : 0) |
	       (events & POLLRDBAND ? NET_PRIORITY : 0);
}

static SHORT found_of(const struct net_poll *poll, SHORT events)
{
	if (poll->fd < 0 || poll->found & NET_NO_SOCKET)
		return POLLNVAL;
	return (SHORT)((poll->found & NET_IN ? POLLRDNORM & events : 0) |
		       (poll->found & NET_OUT ? POLLWRNORM & events : 0) |
		       (poll->found & NET_PRIORITY ? POLLRDBAND & events : 0) |
		       (poll->found & NET_FAILED ? POLLERR : 0) |
		       (poll->found & NET_HUNG_UP ? POLLHUP : 0));
}

int WSAAPI WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout)
{
	struct net_poll *polls;
	int found = 0;
	int error;

	if (!fdArray)
		return ws_fail(WSAEFAULT);
	if (!fds || fds > INT_MAX / sizeof(*polls))
		return ws_fail(fds ? WSAENOBUFS : WSAEINVAL);
	polls = calloc(fds, sizeof(*polls));
	if (!polls)
		return ws_fail(WSAENOBUFS);
	for (ULONG i = 0; i < fds; i++)
		polls[i] = (struct net_poll){.fd = ws_fd(fdArray[i].fd),
					     .asked = asked_of(fdArray[i].events)};
	error = net_host_poll(polls, fds, timeout);
	for (ULONG i = 0; i < fds && error >= 0; i++) {
		fdArray[i].revents = found_of(&polls[i], fdArray[i].events);
		found += fdArray[i].revents != 0 && polls[i].fd >= 0;
	}
	free(polls);
	return error < 0 ? ws_result(error) : found;
}
