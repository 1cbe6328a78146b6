/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Included by winsock2.h: sets of sockets, as arrays, in place of the C library's sets of bits. */
#ifndef WHITHER_WINSOCK_SELECT_H
#define WHITHER_WINSOCK_SELECT_H

#ifndef WHITHER_WINSOCK2_H
#error "Include winsock2.h."
#endif

/*
 * <stdlib.h> brings <sys/select.h>. whither-cc and the flags of pkg-config have it taken as read from the
 * beginning (-D_SYS_SELECT_H=1), so that an FD_SETSIZE of the program's own is never touched. Without them:
 * when it has been read, its names are hidden behind macros; when not, it is taken as read from here on.
 */
#ifdef FD_ZERO
#define WHITHER_SELECT_IS_LATE
#undef FD_ZERO
#undef FD_SET
#undef FD_CLR
#undef FD_ISSET
#define fd_set whither_fd_set
#define select(count, readable, writable, failed, timeout) \
	whither_win_select(count, readable, writable, failed, timeout)
#if defined(FD_SETSIZE) && defined(__FD_SETSIZE) && FD_SETSIZE == __FD_SETSIZE
#undef FD_SETSIZE
#endif
#elif !defined(_SYS_SELECT_H)
#define _SYS_SELECT_H 1
#endif
#ifndef FD_SETSIZE
#define FD_SETSIZE 64
#endif

typedef struct fd_set {
	u_int fd_count;
	SOCKET fd_array[FD_SETSIZE];
} fd_set, FD_SET, *PFD_SET, *LPFD_SET;

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

int PASCAL __WSAFDIsSet(SOCKET socket, fd_set *set);
#ifdef WHITHER_SELECT_IS_LATE
int PASCAL whither_win_select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
			      const struct timeval *timeout);
#else
int PASCAL select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
		  const struct timeval *timeout) WHITHER_WINSOCK(select);
#endif

WHITHER_END_C
#pragma GCC visibility pop

static __inline__ __attribute__((__unused__)) void whither_fd_add(SOCKET socket, fd_set *set)
{
	u_int i = 0;

	while (i < set->fd_count && set->fd_array[i] != socket)
		i++;
	if (i == set->fd_count && i < FD_SETSIZE)
		set->fd_array[set->fd_count++] = socket;
}

static __inline__ __attribute__((__unused__)) void whither_fd_remove(SOCKET socket, fd_set *set)
{
	u_int i = 0;

	while (i < set->fd_count && set->fd_array[i] != socket)
		i++;
	if (i == set->fd_count)
		return;
	for (set->fd_count--; i < set->fd_count; i++)
		set->fd_array[i] = set->fd_array[i + 1];
}

#define FD_ZERO(set) (((fd_set *)(set))->fd_count = 0)
#define FD_SET(socket, set) whither_fd_add((SOCKET)(socket), (fd_set *)(set))
#define FD_CLR(socket, set) whither_fd_remove((SOCKET)(socket), (fd_set *)(set))
#define FD_ISSET(socket, set) __WSAFDIsSet((SOCKET)(socket), (fd_set *)(set))

#endif
