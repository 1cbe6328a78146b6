/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* GetAddrInfoEx, in the form that waits. */
#include "ws_call.h"

#include <stdlib.h>
#include <string.h>
#include <ws2tcpip.h>

/* Both forms of a node are laid out alike; the unit of its name differs. */
WHITHER_STATIC_ASSERT(sizeof(ADDRINFOA) == sizeof(ADDRINFOW));
WHITHER_STATIC_ASSERT(sizeof(ADDRINFOEXA) == sizeof(ADDRINFOEXW));

static size_t name_size(const void *name, size_t unit)
{
	const WCHAR *wide = name;
	size_t length = 0;

	if (unit == 1)
		return strlen(name) + 1;
	while (wide[length])
		length++;
	return (length + 1) * sizeof(WCHAR);
}

/* The address and the name lie behind their node. */
static PADDRINFOEXA extend(const ADDRINFOA *node, size_t unit)
{
	const size_t named = node->ai_canonname ? name_size(node->ai_canonname, unit) : 0;
	const size_t room = (node->ai_addrlen + 7) & ~(size_t)7;
	PADDRINFOEXA made = calloc(1, sizeof(*made) + room + named);

	if (!made)
		return NULL;
	made->ai_flags = node->ai_flags;
	made->ai_family = node->ai_family;
	made->ai_socktype = node->ai_socktype;
	made->ai_protocol = node->ai_protocol;
	made->ai_addrlen = node->ai_addrlen;
	made->ai_addr = (struct sockaddr *)(void *)(made + 1);
	memcpy(made->ai_addr, node->ai_addr, node->ai_addrlen);
	if (named) {
		made->ai_canonname = (char *)(made + 1) + room;
		memcpy(made->ai_canonname, node->ai_canonname, named);
	}
	return made;
}

static INT extend_all(const ADDRINFOA *list, size_t unit, PADDRINFOEXA *ret_first)
{
	PADDRINFOEXA *last = ret_first;

	*ret_first = NULL;
	for (; list; list = list->ai_next) {
		*last = extend(list, unit);
		if (!*last) {
			FreeAddrInfoExA(*ret_first);
			*ret_first = NULL;
			WSASetLastError(WSA_NOT_ENOUGH_MEMORY);
			return WSA_NOT_ENOUGH_MEMORY;
		}
		last = &(*last)->ai_next;
	}
	return 0;
}

/* What would make it another form, and a result. */
static INT check(const void *result, bool later)
{
	INT error = !result ? WSAEFAULT : later ? WSAEOPNOTSUPP : 0;

	if (error)
		WSASetLastError(error);
	return error;
}

/* NOLINTNEXTLINE(readability-function-size): Windows' own parameters. */
INT WSAAPI GetAddrInfoExA(PCSTR pName, PCSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
			  const ADDRINFOEXA *hints, PADDRINFOEXA *ppResult, struct timeval *timeout,
			  LPOVERLAPPED lpOverlapped,
			  LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine,
			  LPHANDLE lpNameHandle)
{
	ADDRINFOA simple = {0};
	PADDRINFOA list = NULL;
	INT error = check(ppResult, timeout || lpOverlapped || lpCompletionRoutine || lpNameHandle);

	if (error)
		return error;
	*ppResult = NULL;
	if (hints)
		simple = (ADDRINFOA){.ai_flags = hints->ai_flags,
				     .ai_family = hints->ai_family,
				     .ai_socktype = hints->ai_socktype,
				     .ai_protocol = hints->ai_protocol};
	error = getaddrinfo(pName, pServiceName, hints ? &simple : NULL, &list);
	if (!error)
		error = extend_all(list, 1, ppResult);
	freeaddrinfo(list);
	return error;
}

/* NOLINTNEXTLINE(readability-function-size) */
INT WSAAPI GetAddrInfoExW(PCWSTR pName, PCWSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
			  const ADDRINFOEXW *hints, PADDRINFOEXW *ppResult, struct timeval *timeout,
			  LPOVERLAPPED lpOverlapped,
			  LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE lpHandle)
{
	ADDRINFOW simple = {0};
	PADDRINFOW list = NULL;
	PADDRINFOEXA made = NULL;
	INT error = check(ppResult, timeout || lpOverlapped || lpCompletionRoutine || lpHandle);

	if (error)
		return error;
	if (hints)
		simple = (ADDRINFOW){.ai_flags = hints->ai_flags,
				     .ai_family = hints->ai_family,
				     .ai_socktype = hints->ai_socktype,
				     .ai_protocol = hints->ai_protocol};
	error = GetAddrInfoW(pName, pServiceName, hints ? &simple : NULL, &list);
	if (!error)
		error = extend_all((const ADDRINFOA *)(const void *)list, sizeof(WCHAR), &made);
	FreeAddrInfoW(list);
	*ppResult = (PADDRINFOEXW)(void *)made;
	return error;
}

void WSAAPI FreeAddrInfoExA(PADDRINFOEXA pAddrInfoEx)
{
	while (pAddrInfoEx) {
		PADDRINFOEXA next = pAddrInfoEx->ai_next;

		free(pAddrInfoEx);
		pAddrInfoEx = next;
	}
}

void WSAAPI FreeAddrInfoExW(PADDRINFOEXW pAddrInfoEx)
{
	FreeAddrInfoExA((PADDRINFOEXA)(void *)pAddrInfoEx);
}
