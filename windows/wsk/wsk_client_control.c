/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WskControlClient(). */

#include "wsk_calls.h"
#include "wsk_event.h"
#include "wsk_registration_state.h"
#include "wsk_request.h"

#include <stdlib.h>
#include <string.h>

struct call {
	ULONG code;
	SIZE_T input_size;
	const void *input;
	SIZE_T output_size;
	void *output;
	SIZE_T returned;
};

static NTSTATUS set_static_events(struct wsk_registration *registration, const struct call *call)
{
	WSK_EVENT_CALLBACK_CONTROL control;

	if (call->input_size != sizeof(control) || call->output_size)
		return STATUS_INVALID_PARAMETER;
	memcpy(&control, call->input, sizeof(control));
	if (!control.NpiId || memcmp(control.NpiId, &NPI_WSK_INTERFACE_ID, sizeof(NPIID)) ||
	    !control.EventMask || (control.EventMask & ~(ULONG)WSK_ALL_EVENTS))
		return STATUS_INVALID_PARAMETER;
	if (registration->had_sockets)
		return STATUS_INVALID_DEVICE_STATE;
	registration->static_events = control.EventMask;
	return STATUS_SUCCESS;
}

static NTSTATUS transport_list(struct call *call)
{
	static const struct {
		USHORT type;
		ULONG protocol;
		ADDRESS_FAMILY family;
	} kinds[] = {
		{SOCK_STREAM, IPPROTO_TCP, AF_INET},
		{SOCK_STREAM, IPPROTO_TCP, AF_INET6},
		{SOCK_DGRAM, IPPROTO_UDP, AF_INET},
		{SOCK_DGRAM, IPPROTO_UDP, AF_INET6},
	};
	WSK_TRANSPORT list[sizeof(kinds) / sizeof(kinds[0])];

	memset(list, 0, sizeof(list));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		list[i].Version = MAKE_WSK_VERSION(1, 0);
		list[i].SocketType = kinds[i].type;
		list[i].Protocol = kinds[i].protocol;
		list[i].AddressFamily = kinds[i].family;
	}
	call->returned = sizeof(list);
	if (call->output_size < sizeof(list))
		return STATUS_BUFFER_OVERFLOW;
	memcpy(call->output, list, sizeof(list));
	return STATUS_SUCCESS;
}

/* Security descriptors guard nothing here: a cached one is a token that stands for it. */
static NTSTATUS cache_descriptor(struct call *call)
{
	static const char token[8] __attribute__((aligned(8))) = "cached";
	const void *cached = token;

	if (call->input_size != sizeof(PSECURITY_DESCRIPTOR))
		return STATUS_INVALID_PARAMETER;
	call->returned = sizeof(cached);
	if (call->output_size < sizeof(cached))
		return STATUS_BUFFER_OVERFLOW;
	memcpy(call->output, &cached, sizeof(cached));
	return STATUS_SUCCESS;
}

static NTSTATUS answer(struct wsk_registration *registration, struct call *call)
{
	if ((call->input_size && !call->input) || (call->output_size && !call->output))
		return STATUS_INVALID_PARAMETER;
	switch (call->code) {
	case WSK_TRANSPORT_LIST_QUERY:
		return call->input_size ? STATUS_INVALID_PARAMETER : transport_list(call);
	case WSK_CACHE_SD:
		return cache_descriptor(call);
	case WSK_RELEASE_SD:
		return call->input_size == sizeof(PSECURITY_DESCRIPTOR) && !call->output_size ?
			       STATUS_SUCCESS :
			       STATUS_INVALID_PARAMETER;
	case WSK_SET_STATIC_EVENT_CALLBACKS:
		return set_static_events(registration, call);
	case WSK_TDI_BEHAVIOR:
		return call->input_size == sizeof(ULONG) ? STATUS_SUCCESS :
							   STATUS_INVALID_PARAMETER;
	case WSK_TDI_DEVICENAME_MAPPING: /* there are no TDI transports to map to */
		return call->input_size == sizeof(WSK_TDI_MAP_INFO) ? STATUS_NOT_SUPPORTED :
								      STATUS_INVALID_PARAMETER;
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}

/* The list never changes: the request ends when it is cancelled or the client goes. */
static NTSTATUS await_change(struct wsk_registration *registration, PIRP irp)
{
	struct wsk_request *request;
	NTSTATUS status;
	bool queued;

	request =
		wsk_request_accept(WSK_SITE("WskControlClient"), NULL, registration, irp, &status);
	if (!request) {
		wsk_registration_leave(registration);
		return status;
	}
	IoMarkIrpPending(irp);
	pthread_mutex_lock(&wsk_registration_lock);
	queued = !registration->leaving &&
		 wsk_request_enqueue(request, &registration->list_change, &wsk_registration_lock);
	pthread_mutex_unlock(&wsk_registration_lock);
	return queued ? STATUS_PENDING : wsk_finish(request, STATUS_CANCELLED, 0);
}

NTSTATUS wsk_client_control(PWSK_CLIENT client, ULONG code, SIZE_T input_size, PVOID input,
			    SIZE_T output_size, PVOID output, SIZE_T *size_returned, PIRP irp)
{
	struct call call = {code, input_size, input, output_size, output, 0};
	struct wsk_registration *registration;
	struct wsk_request *request = NULL;
	NTSTATUS status;

	if (code == WSK_TRANSPORT_LIST_CHANGE && !irp)
		return STATUS_INVALID_PARAMETER;
	if (code == WSK_SET_STATIC_EVENT_CALLBACKS && irp)
		return STATUS_INVALID_PARAMETER; /* must be NULL: not accepted */
	registration = wsk_registration_enter(client);
	if (!registration)
		return STATUS_INVALID_HANDLE;
	if (code == WSK_TRANSPORT_LIST_CHANGE)
		return await_change(registration, irp);
	if (irp) {
		request = wsk_request_accept(WSK_SITE("WskControlClient"), NULL, registration, irp,
					     &status);
		if (!request) {
			wsk_registration_leave(registration);
			return status;
		}
	}
	pthread_mutex_lock(&wsk_registration_lock);
	status = answer(registration, &call);
	pthread_mutex_unlock(&wsk_registration_lock);
	if (size_returned && (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW))
		*size_returned = call.returned;
	if (request)
		return wsk_finish_now(request, status, call.returned);
	wsk_registration_leave(registration);
	return status;
}
