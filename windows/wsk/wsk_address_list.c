/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_address_list.h"

#include "status_table.h"
#include "wsk_host_list.h"

#include <string.h>

#define ADDRESSES_MAX 64

NTSTATUS wsk_address_list_query(int family, struct wsk_control_call *call)
{
	struct wsk_address addresses[ADDRESSES_MAX];
	int count = wsk_host_addresses(family, addresses, ADDRESSES_MAX);
	size_t unit = wsk_address_size(family), head;
	PSOCKET_ADDRESS_LIST list = call->output;
	unsigned char *bytes;

	if (count < 0)
		return net_status_of_errno(-count);
	head = offsetof(SOCKET_ADDRESS_LIST, Address) + (size_t)count * sizeof(SOCKET_ADDRESS);
	call->returned = head + (size_t)count * unit;
	if (call->output_size < call->returned)
		return STATUS_BUFFER_TOO_SMALL;
	bytes = (unsigned char *)call->output + head;
	list->iAddressCount = count;
	for (int i = 0; i < count; i++, bytes += unit) {
		memcpy(bytes, addresses[i].bytes, unit);
		list->Address[i].lpSockaddr = (LPSOCKADDR)bytes;
		list->Address[i].iSockaddrLength = (INT)unit;
	}
	return STATUS_SUCCESS;
}

NTSTATUS wsk_address_list_sort(struct wsk_control_call *call)
{
	if (call->input_size < sizeof(INT))
		return STATUS_INVALID_PARAMETER;
	return wsk_control_give(call, call->input, call->input_size);
}
