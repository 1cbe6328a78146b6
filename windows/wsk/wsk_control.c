/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskControlSocket(): who answers, and how the answer reaches the client. */

#include "wsk_control.h"

#include "wsk_calls.h"
#include "wsk_event.h"
#include "wsk_verify.h"

static NTSTATUS answer(struct wsk_socket *socket, WSK_CONTROL_SOCKET_TYPE type,
		       struct wsk_control_call *call)
{
	if ((call->input_size && !call->input) || (call->output_size && !call->output))
		return STATUS_INVALID_PARAMETER;
	switch (type) {
	case WskSetOption:
		return wsk_control_set(socket, call);
	case WskGetOption:
		return wsk_control_get(socket, call);
	case WskIoctl:
		return wsk_control_ioctl(socket, call);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

/* For a disabled event: until its callback has returned. */
static NTSTATUS disable_advance(struct wsk_socket *socket, struct wsk_request *request)
{
	return socket->running_events & request->u.disable.mask ? STATUS_PENDING : STATUS_SUCCESS;
}

static NTSTATUS never_advance(struct wsk_socket *socket, struct wsk_request *request)
{
	(void)socket;
	(void)request;
	return STATUS_PENDING;
}

static NTSTATUS finish(struct wsk_socket *socket, struct wsk_request *request, NTSTATUS status,
		       struct wsk_control_call *call)
{
	if (call->waits_for_change) {
		request->advance = never_advance;
		return wsk_start(socket, request, WSK_QUEUE_OTHER);
	}
	if (status == STATUS_EVENT_PENDING) {
		request->advance = disable_advance;
		request->u.disable.mask = call->disabled;
		return wsk_start(socket, request, WSK_QUEUE_OTHER);
	}
	return wsk_finish_now(request, status, call->returned);
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are Windows'. */
NTSTATUS wsk_control(PWSK_SOCKET handle, WSK_CONTROL_SOCKET_TYPE type, ULONG code, ULONG level,
		     SIZE_T input_size, PVOID input, SIZE_T output_size, PVOID output,
		     SIZE_T *size_returned, PIRP irp)
{
	WSK_CLEANUP(wsk_socket_unref_pointer) struct wsk_socket *socket = wsk_socket_get(handle);
	struct wsk_control_call call = {
		.code = code,
		.level = level,
		.input = input,
		.input_size = input_size,
		.output = output,
		.output_size = output_size,
		.with_irp = irp,
	};
	struct wsk_request *request = NULL;
	const struct wsk_site site = WSK_SITE("WskControlSocket");
	NTSTATUS status;

	if (type == WskIoctl && wsk_control_is_passive(code))
		wsk_verify_passive(site);
	if (!socket)
		wsk_report_refused(site, "on what is no open socket", handle);
	if (!socket)
		return irp || !wsk_control_needs_irp(type, code) ? STATUS_INVALID_HANDLE :
								   STATUS_INVALID_PARAMETER;
	if (!irp && wsk_control_needs_irp(type, code)) {
		wsk_report_refused(site, "without an IRP, which this code needs,", NULL);
		return STATUS_INVALID_PARAMETER;
	}
	if (irp) {
		request = wsk_request_accept(site, socket, NULL, irp, &status);
		if (!request)
			return status;
	}
	wsk_lock(socket);
	status = socket->closing ? STATUS_INVALID_HANDLE : answer(socket, type, &call);
	wsk_unlock(socket);
	if (size_returned && !call.waits_for_change &&
	    (status == STATUS_SUCCESS || status == STATUS_BUFFER_TOO_SMALL ||
	     status == STATUS_BUFFER_OVERFLOW))
		*size_returned = call.returned;
	return request ? finish(socket, request, status, &call) : status;
}
