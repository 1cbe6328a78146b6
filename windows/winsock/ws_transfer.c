/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Sending and receiving, at once and overlapped. */
#include "ws_transfer.h"
#include "host_socket.h"
#include "status_table.h"
#include "ws_call.h"
#include "ws_track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As many as the host takes in one call. */
#define PARTS_MAX 1024

#define FLAGS_KNOWN \
	(MSG_OOB | MSG_PEEK | MSG_DONTROUTE | MSG_WAITALL | MSG_PUSH_IMMEDIATE | MSG_PARTIAL)

unsigned int ws_transfer_flags(DWORD flags)
{
	return (flags & MSG_OOB ? NET_OUT_OF_BAND : 0) | (flags & MSG_PEEK ? NET_PEEK : 0) |
	       (flags & MSG_DONTROUTE ? NET_NO_ROUTE : 0) |
	       (flags & MSG_WAITALL ? NET_WAIT_ALL : 0);
}

/* A wait that a timeout has ended is another thing than a socket that does not wait. */
int ws_transfer_failure(int fd, ssize_t error)
{
	if (error == -EAGAIN && net_host_is_blocking(fd) > 0)
		return -ETIMEDOUT;
	if (error == -EPIPE && !net_host_has_finished(fd))
		return -ECONNABORTED;
	return (int)error;
}

static int attempt_send(struct ws_operation *operation)
{
	do {
		const struct net_message message = {
			.name = operation->to_size ? operation->to : NULL,
			.name_size = operation->to_size,
			.parts = &operation->parts[operation->at],
			.count = operation->count - operation->at,
		};
		ssize_t sent =
			net_host_send(operation->fd, &message, operation->flags | NET_NO_WAIT);

		if (sent < 0)
			return sent == -EAGAIN ? -EAGAIN : ws_transfer_failure(operation->fd, sent);
		operation->bytes += (size_t)sent;
		while (operation->at < operation->count &&
		       (size_t)sent >= operation->parts[operation->at].iov_len)
			sent -= (ssize_t)operation->parts[operation->at++].iov_len;
		if (operation->at < operation->count) {
			struct iovec *part = &operation->parts[operation->at];

			part->iov_base = (char *)part->iov_base + sent;
			part->iov_len -= (size_t)sent;
		}
	} while (operation->stream && operation->at < operation->count);
	return 0;
}

static void give_address(struct sockaddr *from, int *from_size, const unsigned char *bytes,
			 unsigned int size)
{
	if (!from || !from_size)
		return;
	memcpy(from, bytes, (unsigned int)*from_size < size ? (unsigned int)*from_size : size);
	*from_size = (int)size;
}

static bool wants_nothing(const struct iovec *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (parts[i].iov_len)
			return false;
	return true;
}

/* One call to the host; the bytes, or a negative errno. */
static ssize_t receive(int fd, const struct iovec *parts, size_t count, unsigned int flags,
		       struct sockaddr *from, int *from_size, DWORD *ret_flags)
{
	unsigned char name[NET_ADDRESS_MAX];
	struct net_message message = {
		.ret_name = name, .name_size = sizeof(name), .parts = parts, .count = count};
	ssize_t received = net_host_receive(fd, &message, flags);

	if (received < 0)
		return received;
	give_address(from, from_size, name, message.name_size);
	if (ret_flags)
		*ret_flags = message.data_cut ? MSG_PARTIAL : 0;
	return message.data_cut ? -EMSGSIZE : received;
}

static int attempt_receive(struct ws_operation *operation)
{
	ssize_t received;

	/* Of no bytes: it is done when there are some. */
	if (operation->stream && wants_nothing(operation->parts, operation->count)) {
		struct net_poll poll = {.fd = operation->fd, .asked = NET_IN};

		return net_host_poll(&poll, 1, 0) > 0 ? 0 : -EAGAIN;
	}
	received = receive(operation->fd, operation->parts, operation->count,
			   (operation->flags & ~NET_WAIT_ALL) | NET_NO_WAIT, operation->from,
			   operation->from_size, &operation->found_flags);
	if (received < 0)
		return received == -EAGAIN ? -EAGAIN : ws_transfer_failure(operation->fd, received);
	operation->bytes = (size_t)received;
	return 0;
}

struct ws_operation *ws_transfer_operation(int fd, const WSABUF *buffers, DWORD count)
{
	struct ws_operation *operation =
		calloc(1, sizeof(*operation) + count * sizeof(operation->parts[0]));

	if (!operation)
		return NULL;
	operation->fd = fd;
	operation->stream = net_host_type(fd) == SOCK_STREAM;
	operation->count = count;
	for (DWORD i = 0; i < count; i++)
		operation->parts[i] = (struct iovec){buffers[i].buf, buffers[i].len};
	return operation;
}

int ws_transfer_check(int fd, const WSABUF *buffers, DWORD count, DWORD flags)
{
	int type = net_host_type(fd);

	if (type < 0)
		return net_wsa_of_errno(-type);
	if (!buffers)
		return WSAEFAULT;
	if (!count || count > PARTS_MAX)
		return WSAEINVAL;
	for (DWORD i = 0; i < count; i++)
		if (!buffers[i].buf && buffers[i].len)
			return WSAEFAULT;
	return flags & ~(DWORD)FLAGS_KNOWN ? WSAEOPNOTSUPP : 0;
}

/* Of a call that so far has this error, or 0. NULL: the error is set. */
static struct ws_operation *begin(int fd, const WSABUF *buffers, DWORD count, DWORD flags,
				  int error)
{
	struct ws_operation *operation = error ? NULL : ws_transfer_operation(fd, buffers, count);

	if (operation)
		operation->flags = ws_transfer_flags(flags);
	else
		ws_fail(error ? error : WSAENOBUFS);
	return operation;
}

/* NOLINTNEXTLINE(readability-function-size): Windows' own parameters. */
int WSAAPI WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
		     DWORD dwFlags, const struct sockaddr *lpTo, int iTolen,
		     LPWSAOVERLAPPED lpOverlapped,
		     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
	int fd = ws_fd(s);
	int error = ws_transfer_check(fd, lpBuffers, dwBufferCount, dwFlags);
	struct ws_operation *operation;

	if (!error &&
	    ((!lpNumberOfBytesSent && !lpOverlapped) ||
	     (lpTo && (iTolen < (int)sizeof(lpTo->sa_family) || iTolen > NET_ADDRESS_MAX))))
		error = WSAEFAULT;
	operation = begin(fd, lpBuffers, dwBufferCount, dwFlags, error);
	if (!operation)
		return SOCKET_ERROR;
	operation->sends = true;
	operation->attempt = attempt_send;
	if (lpTo) {
		memcpy(operation->to, lpTo, (size_t)iTolen);
		operation->to_size = (unsigned int)iTolen;
	}
	if (lpOverlapped) {
		return ws_overlapped_run(operation, lpOverlapped, lpCompletionRoutine,
					 lpNumberOfBytesSent);
	} else {
		const struct net_message message = {.name = lpTo,
						    .name_size = operation->to_size,
						    .parts = operation->parts,
						    .count = operation->count};
		ssize_t sent = net_host_send(fd, &message, operation->flags);

		free(operation);
		if (sent == -EAGAIN)
			ws_renew(fd, WS_SEND_BLOCKED);
		if (sent < 0)
			return ws_result(ws_transfer_failure(fd, sent));
		*lpNumberOfBytesSent = (DWORD)sent;
		return 0;
	}
}

/* NOLINTNEXTLINE(readability-function-size) */
int WSAAPI WSARecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
		       LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags, struct sockaddr *lpFrom,
		       LPINT lpFromlen, LPWSAOVERLAPPED lpOverlapped,
		       LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
	int fd = ws_fd(s);
	int error = ws_transfer_check(fd, lpBuffers, dwBufferCount, lpFlags ? *lpFlags : 0);
	struct ws_operation *operation;
	ssize_t received;

	if (!error && (!lpFlags || (!lpNumberOfBytesRecvd && !lpOverlapped) ||
		       (lpFrom && (!lpFromlen || *lpFromlen < 0))))
		error = WSAEFAULT;
	operation = begin(fd, lpBuffers, dwBufferCount, lpFlags ? *lpFlags : 0, error);
	if (!operation)
		return SOCKET_ERROR;
	operation->attempt = attempt_receive;
	operation->from = lpFrom;
	operation->from_size = lpFromlen;
	/* Of an operation that is done later, WSAGetOverlappedResult() tells the flags. */
	operation->ret_flags = lpFlags;
	if (lpOverlapped)
		return ws_overlapped_run(operation, lpOverlapped, lpCompletionRoutine,
					 lpNumberOfBytesRecvd);
	received = receive(fd, operation->parts, operation->count, operation->flags, lpFrom,
			   lpFromlen, lpFlags);
	free(operation);
	ws_renew(fd, WS_RECEIVED);
	if (received < 0)
		return ws_result(ws_transfer_failure(fd, received));
	*lpNumberOfBytesRecvd = (DWORD)received;
	return 0;
}

int WSAAPI WSASend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
		   DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
		   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
	return WSASendTo(s, lpBuffers, dwBufferCount, lpNumberOfBytesSent, dwFlags, NULL, 0,
			 lpOverlapped, lpCompletionRoutine);
}

int WSAAPI WSARecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
		   LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
		   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
	return WSARecvFrom(s, lpBuffers, dwBufferCount, lpNumberOfBytesRecvd, lpFlags, NULL, NULL,
			   lpOverlapped, lpCompletionRoutine);
}

/* The simple four: one buffer, of an int's length. */
static int simple_check(int fd, const char *buffer, int length, int flags)
{
	const WSABUF one = {(ULONG)length, (CHAR *)(ULONG_PTR)buffer};

	return length < 0 ? WSAEFAULT : ws_transfer_check(fd, &one, 1, (DWORD)flags);
}

int WSAAPI sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to,
		  int tolen)
{
	int fd = ws_fd(s);
	int error = simple_check(fd, buf, len, flags);
	const struct iovec part = {(void *)(ULONG_PTR)buf, (size_t)len};
	const struct net_message message = {
		.name = to, .name_size = (unsigned int)tolen, .parts = &part, .count = 1};
	ssize_t sent;

	if (!error && to && tolen < (int)sizeof(to->sa_family))
		error = WSAEFAULT;
	if (error)
		return ws_fail(error);
	sent = net_host_send(fd, &message, ws_transfer_flags((DWORD)flags));
	if (sent == -EAGAIN)
		ws_renew(fd, WS_SEND_BLOCKED);
	return sent < 0 ? ws_result(ws_transfer_failure(fd, sent)) : (int)sent;
}

int WSAAPI recvfrom(SOCKET s, char *buf, int len, int flags, struct sockaddr *from, int *fromlen)
{
	int fd = ws_fd(s);
	int error = simple_check(fd, buf, len, flags);
	const struct iovec part = {buf, (size_t)len};
	ssize_t received;

	if (!error && from && (!fromlen || *fromlen < 0))
		error = WSAEFAULT;
	if (error)
		return ws_fail(error);
	received = receive(fd, &part, 1, ws_transfer_flags((DWORD)flags), from, fromlen, NULL);
	ws_renew(fd, WS_RECEIVED);
	return received < 0 ? ws_result(ws_transfer_failure(fd, received)) : (int)received;
}

int WSAAPI send(SOCKET s, const char *buf, int len, int flags)
{
	return sendto(s, buf, len, flags, NULL, 0);
}

int WSAAPI recv(SOCKET s, char *buf, int len, int flags)
{
	return recvfrom(s, buf, len, flags, NULL, NULL);
}
