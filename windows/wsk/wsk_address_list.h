/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#ifndef WHITHER_WSK_ADDRESS_LIST_H
#define WHITHER_WSK_ADDRESS_LIST_H

#include "wsk_control.h"

/* SIO_ADDRESS_LIST_QUERY: this machine's addresses of the socket's family. */
NTSTATUS wsk_address_list_query(int family, struct wsk_control_call *call);
/* SIO_ADDRESS_LIST_SORT: the list as it came; the host chooses by itself when it connects. */
NTSTATUS wsk_address_list_sort(struct wsk_control_call *call);

#endif /* WHITHER_WSK_ADDRESS_LIST_H */
