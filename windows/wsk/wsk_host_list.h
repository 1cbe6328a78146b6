/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#ifndef WHITHER_WSK_HOST_LIST_H
#define WHITHER_WSK_HOST_LIST_H

#include "wsk_host.h"

/* This machine's addresses of a family, loopback only where there is no other: how many, at most
 * most, or a negative errno. */
int wsk_host_addresses(int family, struct wsk_address *ret_addresses, int most);

#endif /* WHITHER_WSK_HOST_LIST_H */
