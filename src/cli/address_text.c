/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "address_text.h"

#include <arpa/inet.h>
#include <stdio.h>

static char *unknown(char ret[WH_ADDRESS_TEXT])
{
	ret[0] = '-';
	ret[1] = '\0';
	return ret;
}

static char *join(int family, const void *address, __be16 port, char ret[WH_ADDRESS_TEXT])
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family, address, text, sizeof(text));
	snprintf(ret, WH_ADDRESS_TEXT, family == AF_INET ? "%s:%u" : "[%s]:%u", text, ntohs(port));
	return ret;
}

char *wh_address_text(const struct wh_address *address, __be16 port, char ret[WH_ADDRESS_TEXT])
{
	if (!port && wh_address_is_any(address))
		return unknown(ret);
	if (wh_address_is_v4(address))
		return join(AF_INET, &address->word[3], port, ret);
	return join(AF_INET6, address->word, port, ret);
}

char *wh_sockaddr_text(const union whither_address *address, char ret[WH_ADDRESS_TEXT])
{
	switch (address->sa.sa_family) {
	case AF_INET:
		return join(AF_INET, &address->in.sin_addr, address->in.sin_port, ret);
	case AF_INET6:
		return join(AF_INET6, &address->in6.sin6_addr, address->in6.sin6_port, ret);
	default:
		return unknown(ret);
	}
}

char *wh_prefix_text(const struct wh_address *prefix, unsigned int bits, char ret[WH_PREFIX_TEXT])
{
	int is_v4 = wh_address_is_v4(prefix);
	char address[INET6_ADDRSTRLEN];

	inet_ntop(is_v4 ? AF_INET : AF_INET6, is_v4 ? &prefix->word[3] : prefix->word, address,
		  sizeof(address));
	snprintf(ret, WH_PREFIX_TEXT, "%s/%u", address, is_v4 ? bits - WH_V4_PREFIX_BITS : bits);
	return ret;
}

char *wh_guid_text(const void *guid, char ret[WH_GUID_TEXT])
{
	const unsigned char *byte = guid;
	char *next = ret;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*next++ = '-';
		next += sprintf(next, "%02x", byte[i]);
	}
	return ret;
}
