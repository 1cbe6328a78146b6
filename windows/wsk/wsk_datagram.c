/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskSendTo(), WskSendMessages(), WskReceiveFrom(). */

#include "ancillary.h"
#include "status_table.h"
#include "wsk_bytes.h"
#include "wsk_calls.h"
#include "wsk_reactor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONTROL_MAX 4096

static NTSTATUS send_one(struct wsk_socket *socket, struct wsk_request *request,
			 const struct wsk_bytes *bytes, size_t *ret_sent)
{
	struct iovec parts[WSK_PARTS_MAX];
	struct wsk_host_message message = {
		.parts = parts,
		.address = request->address.size ? request->address : socket->send_to,
		.control = request->u.message.owned,
		.control_size = request->u.message.owned_size,
	};
	ssize_t sent;

	if (!socket->writable)
		return STATUS_PENDING;
	message.count = wsk_bytes_parts(bytes, 0, parts);
	if (message.count < 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	sent = wsk_host_send_message(socket->fd, &message);
	/* What an earlier datagram met is not this one's failure. */
	if (sent == -ECONNREFUSED)
		sent = wsk_host_send_message(socket->fd, &message);
	if (sent == -EAGAIN) {
		socket->writable = false;
		return STATUS_PENDING;
	}
	if (sent < 0)
		return net_status_of_errno((int)-sent);
	*ret_sent = (size_t)sent;
	return STATUS_SUCCESS;
}

static NTSTATUS send_advance(struct wsk_socket *socket, struct wsk_request *request)
{
	size_t sent = 0;
	NTSTATUS status = send_one(socket, request, &request->bytes, &sent);

	if (status == STATUS_SUCCESS)
		request->information = sent;
	return status;
}

/* Each buffer of the list is a datagram. */
static NTSTATUS list_advance(struct wsk_socket *socket, struct wsk_request *request)
{
	while (request->u.message.list) {
		PWSK_BUF_LIST one = request->u.message.list;
		struct wsk_bytes bytes;
		size_t sent = 0;
		NTSTATUS status;

		if (!wsk_bytes_take(&bytes, &one->Buffer))
			return STATUS_INVALID_PARAMETER;
		status = send_one(socket, request, &bytes, &sent);
		if (status != STATUS_SUCCESS)
			return status;
		request->done += sent;
		request->u.message.list = one->Next;
	}
	request->information = request->done;
	return STATUS_SUCCESS;
}

static void send_release(struct wsk_request *request)
{
	free(request->u.message.owned);
}

static NTSTATUS prepare(struct wsk_request *request, PSOCKADDR remote, ULONG size, PCMSGHDR control)
{
	struct wsk_socket *socket = request->socket;
	NTSTATUS status = STATUS_SUCCESS;

	request->release = send_release;
	if (remote && !wsk_address_take(&request->address, remote, socket->family))
		return STATUS_INVALID_PARAMETER;
	if (size) {
		size_t room = size * 2 + 64;

		if (!control || size > CONTROL_MAX)
			return STATUS_INVALID_PARAMETER;
		request->u.message.owned = malloc(room);
		if (!request->u.message.owned)
			return STATUS_INSUFFICIENT_RESOURCES;
		if (!net_ancillary_to_host(control, size, request->u.message.owned, &room))
			return STATUS_INVALID_PARAMETER;
		request->u.message.owned_size = room;
	}
	wsk_lock(socket);
	if (!socket->bound)
		status = STATUS_INVALID_DEVICE_STATE;
	else if (!remote && !socket->send_to.size)
		status = STATUS_INVALID_PARAMETER;
	wsk_unlock(socket);
	return status;
}

NTSTATUS wsk_send_to(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PSOCKADDR remote, ULONG size,
		     PCMSGHDR control, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskSendTo"), handle, irp, &socket, &request, &status))
		return status;
	request->advance = send_advance;
	status = flags || !wsk_bytes_take(&request->bytes, buffer) ?
			 STATUS_INVALID_PARAMETER :
			 prepare(request, remote, size, control);
	if (status != STATUS_SUCCESS)
		return wsk_finish(request, status, 0);
	return wsk_start(socket, request, WSK_QUEUE_SEND);
}

NTSTATUS wsk_send_messages(PWSK_SOCKET handle, PWSK_BUF_LIST list, ULONG flags, PSOCKADDR remote,
			   ULONG size, PCMSGHDR control, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;

	if (!wsk_begin(WSK_SITE("WskSendMessages"), handle, irp, &socket, &request, &status))
		return status;
	request->advance = list_advance;
	request->u.message.list = list;
	status = flags || !list ? STATUS_INVALID_PARAMETER :
				  prepare(request, remote, size, control);
	if (status != STATUS_SUCCESS)
		return wsk_finish(request, status, 0);
	return wsk_start(socket, request, WSK_QUEUE_SEND);
}

static void give(struct wsk_request *request, const struct wsk_host_message *message)
{
	ULONG flags = message->data_cut ? MSG_TRUNC : 0;
	size_t room = request->u.message.room;

	if (request->u.message.remote && message->address.size)
		memcpy(request->u.message.remote, message->address.bytes, message->address.size);
	if (request->u.message.control_length) {
		if (!net_ancillary_from_host(message->control, message->control_size,
					     request->u.message.control, &room) ||
		    message->control_cut)
			flags |= MSG_CTRUNC;
		*request->u.message.control_length = (ULONG)room;
	}
	if (request->u.message.control_flags)
		*request->u.message.control_flags = flags;
}

static NTSTATUS receive_advance(struct wsk_socket *socket, struct wsk_request *request)
{
	_Alignas(16) unsigned char control[NET_ANCILLARY_MAX];
	struct iovec parts[WSK_PARTS_MAX];
	struct wsk_host_message message = {
		.parts = parts,
		.control = control,
		.control_size = sizeof(control),
	};
	ssize_t received;

	if (!socket->readable)
		return STATUS_PENDING;
	message.count = wsk_bytes_parts(&request->bytes, 0, parts);
	if (message.count < 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	do
		received = wsk_host_receive_message(socket->fd, &message);
	while (received == -ECONNREFUSED);
	if (received == -EAGAIN) {
		socket->readable = false;
		return STATUS_PENDING;
	}
	if (received < 0)
		return net_status_of_errno((int)-received);
	give(request, &message);
	request->information = (ULONG_PTR)received;
	return message.data_cut ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS wsk_receive_from(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PSOCKADDR remote,
			  PULONG control_length, PCMSGHDR control, PULONG control_flags, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = NULL;
	struct wsk_request *request;
	NTSTATUS status;
	bool bound;

	if (!wsk_begin(WSK_SITE("WskReceiveFrom"), handle, irp, &socket, &request, &status))
		return status;
	request->advance = receive_advance;
	request->u.message.remote = remote;
	request->u.message.control_length = control_length;
	request->u.message.control = control;
	request->u.message.control_flags = control_flags;
	if (flags || !wsk_bytes_take(&request->bytes, buffer) ||
	    (control_length && *control_length && !control))
		return wsk_finish(request, STATUS_INVALID_PARAMETER, 0);
	request->u.message.room = control_length && control ? *control_length : 0;
	wsk_lock(socket);
	bound = socket->bound;
	wsk_unlock(socket);
	if (!bound)
		return wsk_finish(request, STATUS_INVALID_DEVICE_STATE, 0);
	return wsk_start(socket, request, WSK_QUEUE_RECEIVE);
}
