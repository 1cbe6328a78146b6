/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Byte order, and addresses as text. */
#include <stdio.h>
#include <string.h>
#include <ws2tcpip.h>

#include "host_lookup.h"
#include "ws_call.h"

const struct in6_addr in6addr_any = IN6ADDR_ANY_INIT;
const struct in6_addr in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

u_long WSAAPI htonl(u_long hostlong)
{
	return __builtin_bswap32(hostlong);
}

u_long WSAAPI ntohl(u_long netlong)
{
	return __builtin_bswap32(netlong);
}

u_short WSAAPI htons(u_short hostshort)
{
	return __builtin_bswap16(hostshort);
}

u_short WSAAPI ntohs(u_short netshort)
{
	return __builtin_bswap16(netshort);
}

ULONG WSAAPI inet_addr(const char *cp)
{
	ULONG address = INADDR_NONE;

	/* Windows takes a single blank for 0. */
	if (cp && strcmp(cp, " ") == 0)
		return 0;
	return cp && ws_host_address_loose(cp, &address) ? address : INADDR_NONE;
}

char *WSAAPI inet_ntoa(struct in_addr in)
{
	static _Thread_local char text[16];

	snprintf(text, sizeof(text), "%u.%u.%u.%u", in.S_un.S_un_b.s_b1, in.S_un.S_un_b.s_b2,
		 in.S_un.S_un_b.s_b3, in.S_un.S_un_b.s_b4);
	return text;
}

INT WSAAPI inet_pton(INT Family, PCSTR pszAddrString, PVOID pAddrBuf)
{
	int parsed;

	if (!pszAddrString || !pAddrBuf)
		return ws_fail(WSAEFAULT);
	parsed = ws_host_address_parse(Family, pszAddrString, pAddrBuf);
	return parsed < 0 ? ws_fail(WSAEAFNOSUPPORT) : parsed;
}

PCSTR WSAAPI inet_ntop(INT Family, const VOID *pAddr, PSTR pStringBuf, size_t StringBufSize)
{
	if (Family != AF_INET && Family != AF_INET6) {
		ws_fail(WSAEAFNOSUPPORT);
		return NULL;
	}
	if (!pAddr || !pStringBuf ||
	    !ws_host_address_text(Family, pAddr, pStringBuf, StringBufSize)) {
		ws_fail(WSA_INVALID_PARAMETER);
		return NULL;
	}
	return pStringBuf;
}

INT WSAAPI InetPtonW(INT Family, PCWSTR pszAddrString, PVOID pAddrBuf)
{
	char text[INET6_ADDRSTRLEN];
	size_t length = 0;

	if (!pszAddrString || !pAddrBuf)
		return ws_fail(WSAEFAULT);
	/* An address is of ASCII; what is longer, or is not, is none. */
	while (pszAddrString[length] && pszAddrString[length] < 0x80 && length < sizeof(text) - 1) {
		text[length] = (char)pszAddrString[length];
		length++;
	}
	text[pszAddrString[length] ? 0 : length] = 0;
	return inet_pton(Family, text, pAddrBuf);
}

PCWSTR WSAAPI InetNtopW(INT Family, const VOID *pAddr, PWSTR pStringBuf, size_t StringBufSize)
{
	char text[INET6_ADDRSTRLEN];

	if (!inet_ntop(Family, pAddr, text, sizeof(text)))
		return NULL;
	if (!pStringBuf || strlen(text) >= StringBufSize) {
		ws_fail(WSA_INVALID_PARAMETER);
		return NULL;
	}
	for (size_t i = 0; i <= strlen(text); i++)
		pStringBuf[i] = (WCHAR)(unsigned char)text[i];
	return pStringBuf;
}
