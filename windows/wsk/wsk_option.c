/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The options of WskControlSocket(): those of this interface here, the rest in the common table. */

#include "option_table.h"
#include "status_table.h"
#include "wsk_control.h"
#include "wsk_event.h"

#include <errno.h>
#include <string.h>

static NTSTATUS set_conditional(struct wsk_socket *socket, const struct wsk_control_call *call)
{
	ULONG value;

	if (call->input_size < sizeof(value))
		return STATUS_INVALID_PARAMETER;
	memcpy(&value, call->input, sizeof(value));
	if (socket->category != WSK_LISTEN && socket->category != WSK_STREAM)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (socket->bound)
		return STATUS_INVALID_DEVICE_STATE;
	socket->conditional = value;
	return STATUS_SUCCESS;
}

static NTSTATUS set_events(struct wsk_socket *socket, struct wsk_control_call *call)
{
	WSK_EVENT_CALLBACK_CONTROL control;

	if (call->input_size != sizeof(control))
		return STATUS_INVALID_PARAMETER;
	memcpy(&control, call->input, sizeof(control));
	call->disabled = control.EventMask & ~(ULONG)WSK_EVENT_DISABLE;
	return wsk_event_control(socket, &control);
}

NTSTATUS wsk_control_set(struct wsk_socket *socket, struct wsk_control_call *call)
{
	int error;

	if (call->output_size)
		return STATUS_INVALID_PARAMETER;
	if (call->level == SOL_SOCKET && call->code == SO_WSK_EVENT_CALLBACK)
		return set_events(socket, call);
	if (call->level == SOL_SOCKET && call->code == SO_CONDITIONAL_ACCEPT)
		return set_conditional(socket, call);
	if (call->level == SOL_SOCKET && call->code == SO_WSK_SECURITY)
		return STATUS_SUCCESS;
	if (!call->input_size)
		return STATUS_INVALID_PARAMETER;
	error = net_set_option(socket->fd, (int)call->level, (int)call->code, call->input,
			       call->input_size);
	return error ? net_status_of_errno(-error) : STATUS_SUCCESS;
}

NTSTATUS wsk_control_get(struct wsk_socket *socket, struct wsk_control_call *call)
{
	size_t size = call->output_size;
	int error;

	if (call->input_size)
		return STATUS_INVALID_PARAMETER;
	if (call->level == SOL_SOCKET && call->code == SO_CONDITIONAL_ACCEPT) {
		ULONG value = socket->conditional;

		return wsk_control_give(call, &value, sizeof(value));
	}
	if (call->level == SOL_SOCKET && call->code == SO_WSK_EVENT_CALLBACK) {
		WSK_EVENT_CALLBACK_CONTROL control = {NULL, socket->events};

		return wsk_control_give(call, &control, sizeof(control));
	}
	if (!size)
		return STATUS_INVALID_PARAMETER;
	error = net_get_option(socket->fd, (int)call->level, (int)call->code, call->output, &size);
	if (error)
		return net_status_of_errno(-error);
	call->returned = size;
	return STATUS_SUCCESS;
}
