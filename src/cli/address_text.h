/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Addresses and redirectors' identities as people write them. */
#ifndef WH_ADDRESS_TEXT_H
#define WH_ADDRESS_TEXT_H

#include <whither/whither.h>

#include "inet_address.h"

#define WH_ADDRESS_TEXT 56 /* "[" + the longest IPv6 address + "]:65535" + NUL */
#define WH_GUID_TEXT 37

/* "192.0.2.1:80", "[2001:db8::1]:80"; "-" when nothing is known. Return ret. */
char *wh_address_text(const struct wh_address *address, __be16 port, char ret[WH_ADDRESS_TEXT]);
char *wh_sockaddr_text(const union whither_address *address, char ret[WH_ADDRESS_TEXT]);

#define WH_PREFIX_TEXT 52

/* "127.64.0.0/16"; bits in 128. Returns ret. */
char *wh_prefix_text(const struct wh_address *prefix, unsigned int bits, char ret[WH_PREFIX_TEXT]);

/* "9f3a0b52-..." */
char *wh_guid_text(const void *guid, char ret[WH_GUID_TEXT]);

#endif /* WH_ADDRESS_TEXT_H */
