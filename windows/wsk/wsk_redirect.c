/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The three codes of redirected connections. They complete inline, and cannot block. */

#include "redirect_codes.h"
#include "status_table.h"
#include "wsk_control.h"

#include <limits.h>

static NTSTATUS query(struct wsk_socket *socket, struct wsk_control_call *call,
		      const struct net_redirect_code *code)
{
	/* No answer is as large as INT_MAX. */
	size_t size = call->output_size < INT_MAX ? call->output_size : INT_MAX;
	size_t needed = 0;
	int error;

	if (call->input_size || call->input)
		return STATUS_INVALID_PARAMETER;
	if (!socket->connected)
		return STATUS_INVALID_DEVICE_STATE;
	error = net_redirect_query(code, socket->fd, call->output, size, &needed);
	call->returned = needed;
	return error ? net_status_of_redirect(-error) : STATUS_SUCCESS;
}

static NTSTATUS set(struct wsk_socket *socket, struct wsk_control_call *call)
{
	int error;

	if (call->input_size > UINT32_MAX)
		return STATUS_INTEGER_OVERFLOW;
	if (!call->input_size || call->output_size || call->output)
		return STATUS_INVALID_PARAMETER;
	if (socket->connected || socket->connecting)
		return STATUS_INVALID_DEVICE_STATE;
	error = net_redirect_set(socket->fd, call->input, call->input_size);
	return error ? net_status_of_redirect(-error) : STATUS_SUCCESS;
}

NTSTATUS wsk_control_redirect(struct wsk_socket *socket, struct wsk_control_call *call)
{
	const struct net_redirect_code *code = net_redirect_code(call->code);

	if (!code || socket->type != SOCK_STREAM || socket->category == WSK_LISTEN ||
	    socket->category == WSK_BASIC || socket->listening)
		return STATUS_INVALID_DEVICE_REQUEST;
	return code->sets ? set(socket, call) : query(socket, call, code);
}
