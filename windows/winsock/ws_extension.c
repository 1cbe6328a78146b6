/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* AcceptEx, ConnectEx and what belongs to them. */
#include "ws_extension.h"

#include "ws_call.h"
#include "ws_overlapped.h"

#include <errno.h>
#include <mswsock.h>
#include <stdlib.h>
#include <string.h>
#include <ws2ipdef.h>

/* What Windows wants beyond each address. */
#define ADDRESS_EXTRA 16

static BOOL refuse(int error)
{
	ws_fail(error);
	return FALSE;
}

static struct ws_operation *make_operation(int fd, bool sends, void *bytes, DWORD size)
{
	struct ws_operation *operation =
		calloc(1, sizeof(*operation) + sizeof(operation->parts[0]));

	if (!operation)
		return NULL;
	operation->fd = fd;
	operation->sends = sends;
	operation->stream = true;
	operation->count = 1;
	operation->parts[0] = (struct iovec){bytes, size};
	return operation;
}

static void put_address(struct ws_operation *operation, bool remote)
{
	char *at = (char *)operation->output + operation->receive_size +
		   (remote ? operation->local_size : 0);
	DWORD room = remote ? operation->remote_size : operation->local_size;
	unsigned char name[NET_ADDRESS_MAX] = {0};
	unsigned int size = sizeof(name);

	if (room && net_host_name(operation->fd, remote, name, &size) == 0)
		memcpy(at, name, size < room ? size : room);
}

/* The first bytes of the accepted connection, or its end. */
static int attempt_first_bytes(struct ws_operation *operation)
{
	struct net_message message = {.parts = operation->parts, .count = 1};
	ssize_t received = net_host_receive(operation->fd, &message, NET_NO_WAIT);

	if (received < 0)
		return (int)received;
	operation->bytes = (size_t)received;
	return 0;
}

static int attempt_accept(struct ws_operation *operation)
{
	int fd = net_host_accept_now(operation->fd);
	int error;

	if (fd < 0)
		return fd;
	error = net_host_replace(fd, operation->accepted);
	if (error)
		return error;
	operation->fd = operation->accepted;
	put_address(operation, false);
	put_address(operation, true);
	if (!operation->receive_size)
		return 0;
	operation->attempt = attempt_first_bytes;
	error = attempt_first_bytes(operation);
	return error == -EAGAIN ? -EXDEV : error;
}

BOOL PASCAL AcceptEx(SOCKET sListenSocket, SOCKET sAcceptSocket, PVOID lpOutputBuffer,
		     DWORD dwReceiveDataLength, DWORD dwLocalAddressLength,
		     DWORD dwRemoteAddressLength, LPDWORD lpdwBytesReceived,
		     LPOVERLAPPED lpOverlapped)
{
	const DWORD least = sizeof(SOCKADDR_IN) + ADDRESS_EXTRA;
	struct ws_operation *operation;

	if (!lpOverlapped || !lpOutputBuffer || dwLocalAddressLength < least ||
	    dwRemoteAddressLength < least)
		return refuse(WSA_INVALID_PARAMETER);
	if (net_host_type(ws_fd(sListenSocket)) < 0 || net_host_type(ws_fd(sAcceptSocket)) < 0)
		return refuse(WSAENOTSOCK);
	operation =
		make_operation(ws_fd(sListenSocket), false, lpOutputBuffer, dwReceiveDataLength);
	if (!operation)
		return refuse(WSAENOBUFS);
	operation->attempt = attempt_accept;
	operation->accepted = ws_fd(sAcceptSocket);
	operation->output = lpOutputBuffer;
	operation->receive_size = dwReceiveDataLength;
	operation->local_size = dwLocalAddressLength;
	operation->remote_size = dwRemoteAddressLength;
	return ws_overlapped_run(operation, lpOverlapped, NULL, lpdwBytesReceived) == 0;
}

static struct sockaddr *address_at(void *at, LPINT size)
{
	struct sockaddr *address = at;

	*size = address->sa_family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);
	return address;
}

VOID PASCAL GetAcceptExSockaddrs(PVOID lpOutputBuffer, DWORD dwReceiveDataLength,
				 DWORD dwLocalAddressLength, DWORD dwRemoteAddressLength,
				 struct sockaddr **LocalSockaddr, LPINT LocalSockaddrLength,
				 struct sockaddr **RemoteSockaddr, LPINT RemoteSockaddrLength)
{
	char *at = (char *)lpOutputBuffer + dwReceiveDataLength;

	*LocalSockaddr = address_at(at, LocalSockaddrLength);
	*RemoteSockaddr = address_at(at + dwLocalAddressLength, RemoteSockaddrLength);
}

static int attempt_first_send(struct ws_operation *operation)
{
	while (operation->bytes < operation->receive_size) {
		const struct iovec part = {(char *)operation->output + operation->bytes,
					   operation->receive_size - operation->bytes};
		const struct net_message message = {.parts = &part, .count = 1};
		ssize_t sent = net_host_send(operation->fd, &message, NET_NO_WAIT);

		if (sent < 0)
			return (int)sent;
		operation->bytes += (size_t)sent;
	}
	return 0;
}

static int attempt_connect(struct ws_operation *operation)
{
	struct net_poll poll = {.fd = operation->fd, .asked = NET_OUT};
	int error;

	/* The first time it is only begun. */
	if (operation->to_size) {
		error = net_host_connect_start(operation->fd, operation->to, operation->to_size);
		operation->to_size = 0;
		if (error)
			return error == -EINPROGRESS ? -EAGAIN : error;
	} else {
		if (net_host_poll(&poll, 1, 0) <= 0)
			return -EAGAIN;
		error = net_host_take_error(operation->fd);
		if (error)
			return -error;
	}
	operation->attempt = attempt_first_send;
	return attempt_first_send(operation);
}

static bool is_bound(int fd)
{
	_Alignas(8) unsigned char name[NET_ADDRESS_MAX] = {0};
	unsigned int size = sizeof(name);

	return net_host_name(fd, false, name, &size) == 0 &&
	       ((const SOCKADDR_IN *)(const void *)name)->sin_port != 0;
}

static BOOL PASCAL connect_ex(SOCKET s, const struct sockaddr *name, int namelen,
			      PVOID lpSendBuffer, DWORD dwSendDataLength, LPDWORD lpdwBytesSent,
			      LPOVERLAPPED lpOverlapped)
{
	struct ws_operation *operation;

	if (!lpOverlapped)
		return refuse(WSA_INVALID_PARAMETER);
	if (!name || namelen < (int)sizeof(name->sa_family) || namelen > NET_ADDRESS_MAX)
		return refuse(WSAEFAULT);
	if (net_host_type(ws_fd(s)) < 0)
		return refuse(WSAENOTSOCK);
	if (!is_bound(ws_fd(s)))
		return refuse(WSAEINVAL);
	operation = make_operation(ws_fd(s), true, NULL, 0);
	if (!operation)
		return refuse(WSAENOBUFS);
	operation->attempt = attempt_connect;
	operation->output = lpSendBuffer;
	operation->receive_size = lpSendBuffer ? dwSendDataLength : 0;
	memcpy(operation->to, name, (size_t)namelen);
	operation->to_size = (unsigned int)namelen;
	return ws_overlapped_run(operation, lpOverlapped, NULL, lpdwBytesSent) == 0;
}

static BOOL PASCAL disconnect_ex(SOCKET s, LPOVERLAPPED lpOverlapped, DWORD dwFlags,
				 DWORD dwReserved)
{
	bool again = (dwFlags & TF_REUSE_SOCKET) != 0;
	int error = net_host_shutdown(ws_fd(s), SD_BOTH);

	if (dwReserved || dwFlags & ~(DWORD)TF_REUSE_SOCKET)
		return refuse(WSAEINVAL);
	if (!error && again)
		error = net_host_dissolve(ws_fd(s));
	if (lpOverlapped) {
		ws_overlapped_begin(lpOverlapped);
		ws_overlapped_inline(ws_fd(s), lpOverlapped, NULL,
				     error ? ws_overlapped_status(-error) : STATUS_SUCCESS, 0);
	}
	return ws_result(error) == 0;
}

void *ws_extension(const GUID *guid)
{
	static const struct {
		GUID guid;
		void (*function)(void);
	} extensions[] = {
		{WSAID_ACCEPTEX, (void (*)(void))AcceptEx},
		{WSAID_GETACCEPTEXSOCKADDRS, (void (*)(void))GetAcceptExSockaddrs},
		{WSAID_CONNECTEX, (void (*)(void))connect_ex},
		{WSAID_DISCONNECTEX, (void (*)(void))disconnect_ex},
		{WSAID_TRANSMITFILE, (void (*)(void))TransmitFile},
		{WSAID_WSARECVMSG, (void (*)(void))ws_receive_message},
		{WSAID_WSASENDMSG, (void (*)(void))WSASendMsg},
	};

	for (size_t i = 0; i < ARRAYSIZE(extensions); i++)
		if (memcmp(guid, &extensions[i].guid, sizeof(*guid)) == 0)
			return (void *)extensions[i].function;
	return NULL;
}
