/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The life of a socket. */
#include "host_socket.h"
#include "ws_call.h"
#include "ws_protocol.h"
#include "ws_track.h"

#include <errno.h>
#include <string.h>

SOCKET WSAAPI socket(int af, int type, int protocol)
{
	/* The kernel would take a protocol's default for a type of 0. */
	int fd = -ESOCKTNOSUPPORT;

	if (!ws_started())
		return INVALID_SOCKET;
	if (type)
		fd = net_host_socket(af, type, protocol, true);
	return fd < 0 ? (ws_result(fd), INVALID_SOCKET) : (SOCKET)fd;
}

static SOCKET open_socket(int af, int type, int protocol, const void *info)
{
	const WSAPROTOCOL_INFOA *head = info;

	if (!head && af != FROM_PROTOCOL_INFO)
		return socket(af, type, protocol);
	if (!head || !ws_started()) {
		if (!head)
			ws_fail(WSAEFAULT);
		return INVALID_SOCKET;
	}
	/* One that WSADuplicateSocket() described, or one of WSAEnumProtocols(), which is of no socket. */
	if (head->dwProviderReserved)
		return ws_socket_of_info(info);
	return socket(af == FROM_PROTOCOL_INFO ? head->iAddressFamily : af,
		      type == FROM_PROTOCOL_INFO ? head->iSocketType : type,
		      protocol == FROM_PROTOCOL_INFO ? head->iProtocol : protocol);
}

SOCKET WSAAPI WSASocketA(int af, int type, int protocol, LPWSAPROTOCOL_INFOA lpProtocolInfo,
			 GROUP g, DWORD dwFlags)
{
	return open_socket(af, type, protocol, lpProtocolInfo);
}

SOCKET WSAAPI WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo,
			 GROUP g, DWORD dwFlags)
{
	return open_socket(af, type, protocol, lpProtocolInfo);
}

int WSAAPI bind(SOCKET s, const struct sockaddr *name, int namelen)
{
	if (!name || namelen < (int)sizeof(name->sa_family))
		return ws_fail(WSAEFAULT);
	return ws_result(net_host_bind(ws_fd(s), name, (unsigned int)namelen));
}

int WSAAPI listen(SOCKET s, int backlog)
{
	return ws_result(
		net_host_listen(ws_fd(s), backlog < 0 && backlog != INT_MIN ? -backlog : backlog));
}

static bool fits(const struct sockaddr *address, const int *size)
{
	return !address || (size && *size >= (int)sizeof(address->sa_family));
}

SOCKET WSAAPI accept(SOCKET s, struct sockaddr *addr, int *addrlen)
{
	unsigned int size = addr && addrlen ? (unsigned int)*addrlen : 0;
	int listener = ws_fd(s);
	int fd;

	if (!fits(addr, addrlen)) {
		ws_fail(WSAEFAULT);
		return INVALID_SOCKET;
	}
	fd = net_host_accept(listener, size ? addr : NULL, size ? &size : NULL);
	ws_renew(listener, WS_ACCEPTED);
	if (fd < 0) {
		ws_result(fd);
		return INVALID_SOCKET;
	}
	/* The mode is inherited, as on Windows. */
	if (net_host_is_blocking(listener) == 0)
		net_host_set_blocking(fd, false);
	if (addr)
		*addrlen = (int)size;
	return (SOCKET)fd;
}

static int ask_condition(SOCKET accepted, const struct sockaddr *peer, int size,
			 LPCONDITIONPROC condition, DWORD_PTR data)
{
	unsigned char own[NET_ADDRESS_MAX];
	unsigned int own_size = sizeof(own);
	unsigned char copy[NET_ADDRESS_MAX];
	WSABUF caller = {(ULONG)size, (CHAR *)copy};
	WSABUF callee = {0, (CHAR *)own};
	WSABUF none = {0, NULL};
	GROUP group = 0;

	memcpy(copy, peer, (size_t)size);
	if (net_host_name(ws_fd(accepted), false, own, &own_size) == 0)
		callee.len = own_size;
	return condition(&caller, &none, NULL, NULL, &callee, &none, &group, data);
}

SOCKET WSAAPI WSAAccept(SOCKET s, struct sockaddr *addr, LPINT addrlen,
			LPCONDITIONPROC lpfnCondition, DWORD_PTR dwCallbackData)
{
	_Alignas(8) unsigned char bytes[NET_ADDRESS_MAX];
	struct sockaddr *peer = (struct sockaddr *)(void *)bytes;
	int size = sizeof(bytes);
	SOCKET accepted;

	if (!lpfnCondition)
		return accept(s, addr, addrlen);
	if (!fits(addr, addrlen)) {
		ws_fail(WSAEFAULT);
		return INVALID_SOCKET;
	}
	accepted = accept(s, peer, &size);
	if (accepted == INVALID_SOCKET)
		return accepted;
	if (ask_condition(accepted, peer, size, lpfnCondition, dwCallbackData) != CF_ACCEPT) {
		const struct linger now = {1, 0};

		setsockopt(accepted, SOL_SOCKET, SO_LINGER, (const char *)&now, sizeof(now));
		closesocket(accepted);
		ws_fail(WSAECONNREFUSED);
		return INVALID_SOCKET;
	}
	if (addr) {
		memcpy(addr, peer, (size_t)(*addrlen < size ? *addrlen : size));
		*addrlen = size;
	}
	return accepted;
}

int WSAAPI connect(SOCKET s, const struct sockaddr *name, int namelen)
{
	int fd = ws_fd(s);
	int error;

	if (!name || namelen < (int)sizeof(name->sa_family))
		return ws_fail(WSAEFAULT);
	error = net_host_connect(fd, name, (unsigned int)namelen);
	/* A wait that SO_SNDTIMEO has ended. */
	if (error == -EINPROGRESS && net_host_is_blocking(fd) > 0)
		error = -ETIMEDOUT;
	if (!error || error == -EINPROGRESS)
		ws_renew(fd, error ? WS_CONNECTING : WS_CONNECTED);
	return ws_result(error);
}

int WSAAPI WSAConnect(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
		      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS)
{
	if (lpCallerData && lpCallerData->len)
		return ws_fail(WSAEOPNOTSUPP);
	if (lpCalleeData)
		lpCalleeData->len = 0;
	return connect(s, name, namelen);
}

int WSAAPI shutdown(SOCKET s, int how)
{
	return how < SD_RECEIVE || how > SD_BOTH ? ws_fail(WSAEINVAL) :
						   ws_result(net_host_shutdown(ws_fd(s), how));
}

int WSAAPI closesocket(SOCKET s)
{
	int fd = ws_fd(s);

	/* Windows closes nothing but a socket here. */
	if (net_host_type(fd) < 0)
		return ws_result(net_host_type(fd));
	return ws_result(ws_close(fd));
}

static int name_of(SOCKET s, bool remote, struct sockaddr *name, int *namelen)
{
	unsigned char bytes[NET_ADDRESS_MAX];
	unsigned int size = sizeof(bytes);
	int error = net_host_name(ws_fd(s), remote, bytes, &size);

	if (error)
		return ws_result(error);
	if (!name || !namelen || *namelen < 0 || (unsigned int)*namelen < size)
		return ws_fail(WSAEFAULT);
	memcpy(name, bytes, size);
	*namelen = (int)size;
	return 0;
}

/* An unbound socket has no name on Windows. */
static bool is_unbound(const struct sockaddr *name)
{
	return (name->sa_family == AF_INET || name->sa_family == AF_INET6) &&
	       ((const struct sockaddr_in *)(const void *)name)->sin_port == 0;
}

int WSAAPI getsockname(SOCKET s, struct sockaddr *name, int *namelen)
{
	int error = name_of(s, false, name, namelen);

	return !error && is_unbound(name) ? ws_fail(WSAEINVAL) : error;
}

int WSAAPI getpeername(SOCKET s, struct sockaddr *name, int *namelen)
{
	return name_of(s, true, name, namelen);
}
