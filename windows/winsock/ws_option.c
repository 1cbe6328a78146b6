/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Options and modes of a socket. */
#include "host_socket.h"
#include "option_table.h"
#include "ws_call.h"

#include <string.h>

int WSAAPI getsockopt(SOCKET s, int level, int optname, char *optval, int *optlen)
{
	size_t size = optlen && *optlen > 0 ? (size_t)*optlen : 0;
	int error;

	if (net_host_type(ws_fd(s)) < 0)
		return ws_result(net_host_type(ws_fd(s)));
	error = net_get_option(ws_fd(s), level, optname, optval, &size);
	if (error || !optlen)
		return ws_result(error);
	*optlen = (int)size;
	return 0;
}

int WSAAPI setsockopt(SOCKET s, int level, int optname, const char *optval, int optlen)
{
	if (net_host_type(ws_fd(s)) < 0)
		return ws_result(net_host_type(ws_fd(s)));
	return ws_result(
		net_set_option(ws_fd(s), level, optname, optval, optlen > 0 ? (size_t)optlen : 0));
}

int WSAAPI ioctlsocket(SOCKET s, LONG cmd, u_long *argp)
{
	size_t bytes = 0;
	int fd = ws_fd(s);
	int error = net_host_type(fd);

	if (error < 0)
		return ws_result(error);
	if (!argp)
		return ws_fail(WSAEFAULT);
	switch ((ULONG)cmd) {
	case FIONBIO:
		return ws_result(net_host_set_blocking(fd, *argp == 0));
	case FIONREAD:
		error = net_host_readable(fd, &bytes);
		if (!error)
			*argp = (u_long)bytes;
		return ws_result(error);
	default:
		return ws_fail(WSAEOPNOTSUPP);
	}
}
