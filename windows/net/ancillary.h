/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Control information of datagrams: Windows' IP_PKTINFO, IPV6_PKTINFO, IP_TTL/IPV6_HOPLIMIT and
 * IP_TOS/IPV6_TCLASS from and to the host's. Header and alignment are the same on both sides.
 * What has no counterpart is left out.
 */
#ifndef WHITHER_ANCILLARY_H
#define WHITHER_ANCILLARY_H

#include <stdbool.h>
#include <stddef.h>

/* The most that the host says of a datagram. */
#define NET_ANCILLARY_MAX 256

/* To the host's form; false where something is malformed or has no counterpart. Room of the same
 * size + 16 always suffices. *ret_size holds the size of room on input. */
bool net_ancillary_to_host(const void *control, size_t size, void *room, size_t *ret_size);

/* From the host's form, as much as fits; false when something did not. */
bool net_ancillary_from_host(const void *control, size_t size, void *room, size_t *ret_size);

#endif /* WHITHER_ANCILLARY_H */
