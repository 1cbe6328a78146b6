/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WSASendMsg and WSARecvMsg: datagrams with control data. */
#include "ancillary.h"
#include "host_socket.h"
#include "status_table.h"
#include "ws_call.h"
#include "ws_extension.h"
#include "ws_track.h"
#include "ws_transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The longest control data that a program may send. */
#define CONTROL_MAX 4096

/* What is sent beside the bytes, in the host's form. */
struct ws_control_data {
	size_t size;
	unsigned char bytes[];
};

static int check_message(int fd, const WSAMSG *message, DWORD flags)
{
	int error;

	if (!message)
		return net_host_type(fd) < 0 ? WSAENOTSOCK : WSAEFAULT;
	error = ws_transfer_check(fd, message->lpBuffers, message->dwBufferCount, flags);
	if (error)
		return error;
	if (net_host_type(fd) == SOCK_STREAM)
		return WSAEOPNOTSUPP;
	if (message->Control.len && !message->Control.buf)
		return WSAEFAULT;
	return message->name && message->namelen < 0 ? WSAEFAULT : 0;
}

static ssize_t send_now(const struct ws_operation *operation, unsigned int flags)
{
	struct ws_control_data *control = operation->owned;
	const struct net_message message = {
		.name = operation->to_size ? operation->to : NULL,
		.name_size = operation->to_size,
		.parts = operation->parts,
		.count = operation->count,
		.control = control ? control->bytes : NULL,
		.control_size = control ? control->size : 0,
	};

	return net_host_send(operation->fd, &message, operation->flags | flags);
}

static int attempt_send(struct ws_operation *operation)
{
	ssize_t sent = send_now(operation, NET_NO_WAIT);

	if (sent < 0)
		return sent == -EAGAIN ? -EAGAIN : ws_transfer_failure(operation->fd, sent);
	operation->bytes = (size_t)sent;
	return 0;
}

/* 0 or an error of Winsock. */
static int take_control(struct ws_operation *operation, const WSABUF *control)
{
	size_t size = (size_t)control->len * 2 + 64;
	struct ws_control_data *copy;

	if (!control->len)
		return 0;
	if (control->len > CONTROL_MAX)
		return WSAEINVAL;
	copy = malloc(sizeof(*copy) + size);
	if (!copy)
		return WSAENOBUFS;
	operation->owned = copy;
	operation->release = free;
	if (!net_ancillary_to_host(control->buf, control->len, copy->bytes, &size))
		return WSAEINVAL;
	copy->size = size;
	return 0;
}

int WSAAPI WSASendMsg(SOCKET Handle, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
		      LPWSAOVERLAPPED lpOverlapped,
		      LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
	int fd = ws_fd(Handle);
	int error = check_message(fd, lpMsg, dwFlags);
	struct ws_operation *operation;
	ssize_t sent;

	if (!error && ((!lpNumberOfBytesSent && !lpOverlapped) ||
		       (lpMsg->name && (lpMsg->namelen < (int)sizeof(lpMsg->name->sa_family) ||
					lpMsg->namelen > NET_ADDRESS_MAX))))
		error = WSAEFAULT;
	if (error)
		return ws_fail(error);
	operation = ws_transfer_operation(fd, lpMsg->lpBuffers, lpMsg->dwBufferCount);
	error = operation ? take_control(operation, &lpMsg->Control) : WSAENOBUFS;
	if (error) {
		if (operation)
			ws_operation_free(operation);
		return ws_fail(error);
	}
	operation->sends = true;
	operation->flags = ws_transfer_flags(dwFlags);
	operation->attempt = attempt_send;
	if (lpMsg->name) {
		memcpy(operation->to, lpMsg->name, (size_t)lpMsg->namelen);
		operation->to_size = (unsigned int)lpMsg->namelen;
	}
	if (lpOverlapped)
		return ws_overlapped_run(operation, lpOverlapped, lpCompletionRoutine,
					 lpNumberOfBytesSent);
	sent = send_now(operation, 0);
	ws_operation_free(operation);
	if (sent == -EAGAIN)
		ws_renew(fd, WS_SEND_BLOCKED);
	if (sent < 0)
		return ws_result(ws_transfer_failure(fd, sent));
	*lpNumberOfBytesSent = (DWORD)sent;
	return 0;
}

/* Writes what the host said into the caller's message. */
static ssize_t receive_now(const struct ws_operation *operation, unsigned int flags)
{
	_Alignas(16) unsigned char control[NET_ANCILLARY_MAX];
	unsigned char name[NET_ADDRESS_MAX];
	LPWSAMSG asked = operation->message;
	size_t room = asked->Control.len;
	struct net_message message = {
		.ret_name = name,
		.name_size = sizeof(name),
		.parts = operation->parts,
		.count = operation->count,
		.control = control,
		.control_size = sizeof(control),
	};
	ssize_t received = net_host_receive(operation->fd, &message, operation->flags | flags);

	if (received < 0)
		return received;
	if (asked->name) {
		memcpy(asked->name, name,
		       (unsigned int)asked->namelen < message.name_size ?
			       (unsigned int)asked->namelen :
			       message.name_size);
		asked->namelen = (INT)message.name_size;
	}
	asked->dwFlags = message.data_cut ? MSG_TRUNC : 0;
	if (!net_ancillary_from_host(control, message.control_size, asked->Control.buf, &room) ||
	    message.control_cut)
		asked->dwFlags |= MSG_CTRUNC;
	asked->Control.len = (ULONG)room;
	return message.data_cut ? -EMSGSIZE : received;
}

static int attempt_receive(struct ws_operation *operation)
{
	ssize_t received = receive_now(operation, NET_NO_WAIT);

	if (received < 0)
		return received == -EAGAIN ? -EAGAIN : ws_transfer_failure(operation->fd, received);
	operation->bytes = (size_t)received;
	return 0;
}

INT PASCAL ws_receive_message(SOCKET s, LPWSAMSG lpMsg, LPDWORD lpdwNumberOfBytesRecvd,
			      LPWSAOVERLAPPED lpOverlapped,
			      LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
	int fd = ws_fd(s);
	int error = check_message(fd, lpMsg, lpMsg ? lpMsg->dwFlags : 0);
	struct ws_operation *operation;
	ssize_t received;

	if (!error && !lpdwNumberOfBytesRecvd && !lpOverlapped)
		error = WSAEFAULT;
	if (error)
		return ws_fail(error);
	operation = ws_transfer_operation(fd, lpMsg->lpBuffers, lpMsg->dwBufferCount);
	if (!operation)
		return ws_fail(WSAENOBUFS);
	operation->flags = ws_transfer_flags(lpMsg->dwFlags);
	operation->attempt = attempt_receive;
	operation->message = lpMsg;
	if (lpOverlapped)
		return ws_overlapped_run(operation, lpOverlapped, lpCompletionRoutine,
					 lpdwNumberOfBytesRecvd);
	received = receive_now(operation, 0);
	ws_operation_free(operation);
	ws_renew(fd, WS_RECEIVED);
	if (received < 0)
		return ws_result(ws_transfer_failure(fd, received));
	*lpdwNumberOfBytesRecvd = (DWORD)received;
	return 0;
}
