/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The control codes of WskControlSocket() with RequestType WskIoctl. */

#include "redirect_codes.h"
#include "status_table.h"
#include "wsk_address_list.h"
#include "wsk_control.h"

#include <string.h>

bool wsk_control_needs_irp(WSK_CONTROL_SOCKET_TYPE type, ULONG code)
{
	return type == WskIoctl && (net_redirect_code(code) || code == SIO_ADDRESS_LIST_CHANGE);
}

bool wsk_control_is_passive(ULONG code)
{
	return net_redirect_code(code) || code == SIO_ADDRESS_LIST_QUERY ||
	       code == SIO_ADDRESS_LIST_CHANGE || code == SIO_ADDRESS_LIST_SORT;
}

NTSTATUS wsk_control_give(struct wsk_control_call *call, const void *value, size_t size)
{
	call->returned = size;
	if (call->output_size < size)
		return STATUS_BUFFER_TOO_SMALL;
	memcpy(call->output, value, size);
	return STATUS_SUCCESS;
}

static NTSTATUS give_size(struct wsk_control_call *call, int size)
{
	SIZE_T value = (SIZE_T)size;

	return size < 0 ? net_status_of_errno(-size) :
			  wsk_control_give(call, &value, sizeof(value));
}

/* The bytes that keep the connection busy. The kernel's size counts what it keeps beside them. */
static NTSTATUS ideal_backlog(struct wsk_socket *socket, struct wsk_control_call *call)
{
	int size;

	if (!socket->connected)
		return STATUS_INVALID_DEVICE_REQUEST;
	size = wsk_host_send_buffer(socket->fd);
	return give_size(call, size < 0 ? size : size / 2);
}

static NTSTATUS receive_backlog(struct wsk_socket *socket, struct wsk_control_call *call)
{
	int waiting;

	if (!socket->connected)
		return STATUS_INVALID_DEVICE_REQUEST;
	waiting = wsk_host_waiting(socket->fd);
	if (waiting >= 0)
		waiting += (int)(socket->stash_size - socket->stash_used);
	return give_size(call, waiting);
}

static NTSTATUS inspect_id(struct wsk_socket *socket, struct wsk_control_call *call)
{
	if (!socket->inspected)
		return STATUS_INVALID_DEVICE_REQUEST;
	return wsk_control_give(call, &socket->inspect_id, sizeof(socket->inspect_id));
}

/* The address that datagrams go to, and for SET_REMOTE_ADDRESS the only one they come from. An
 * empty input undoes it. */
static NTSTATUS fix_address(struct wsk_socket *socket, const struct wsk_control_call *call)
{
	struct wsk_address address = {0};
	int error = 0;

	if (socket->category != WSK_DATAGRAM)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!socket->bound)
		return STATUS_INVALID_DEVICE_STATE;
	if (call->input_size && (call->input_size < wsk_address_size(socket->family) ||
				 !wsk_address_take(&address, call->input, socket->family)))
		return STATUS_INVALID_PARAMETER;
	if (call->code == SIO_WSK_SET_REMOTE_ADDRESS)
		error = address.size ? wsk_host_connect(socket->fd, &address) :
				       wsk_host_abort(socket->fd);
	if (error)
		return net_status_of_errno(-error);
	socket->send_to = address;
	return STATUS_SUCCESS;
}

NTSTATUS wsk_control_ioctl(struct wsk_socket *socket, struct wsk_control_call *call)
{
	if (net_redirect_code(call->code))
		return wsk_control_redirect(socket, call);
	switch (call->code) {
	case SIO_WSK_QUERY_IDEAL_SEND_BACKLOG:
		return ideal_backlog(socket, call);
	case SIO_WSK_QUERY_RECEIVE_BACKLOG:
		return receive_backlog(socket, call);
	case SIO_WSK_QUERY_INSPECT_ID:
		return inspect_id(socket, call);
	case SIO_WSK_SET_REMOTE_ADDRESS:
	case SIO_WSK_SET_SENDTO_ADDRESS:
		return fix_address(socket, call);
	case SIO_ADDRESS_LIST_QUERY:
		return wsk_address_list_query(socket->family, call);
	case SIO_ADDRESS_LIST_SORT:
		return wsk_address_list_sort(call);
	case SIO_ADDRESS_LIST_CHANGE:
		call->waits_for_change = true;
		return STATUS_PENDING;
	case SIO_WSK_REGISTER_EXTENSION:
		return STATUS_NOT_SUPPORTED;
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}
