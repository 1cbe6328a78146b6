/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Names to addresses and back. */
#include "host_lookup.h"
#include "host_socket.h"
#include "ws_call.h"
#include "ws_object.h"

#include <stdlib.h>
#include <string.h>
#include <ws2tcpip.h>

/* Of gethostbyname(). */
#define ADDRESSES_MAX 32

struct collection {
	PADDRINFOA first;
	PADDRINFOA *last;
};

/* What stays a thread's until its next call; too much for its thread-local memory. */
struct answers {
	struct hostent entry;
	char name[NI_MAXHOST];
	char *aliases[1];
	char *list[ADDRESSES_MAX + 1];
	IN_ADDR addresses[ADDRESSES_MAX];
	char text[256];
	WCHAR wide[256];
};

static int wsa_of(enum ws_lookup_error error)
{
	static const int errors[] = {
		[WS_LOOKUP_DONE] = 0,
		[WS_LOOKUP_NO_NAME] = WSAHOST_NOT_FOUND,
		[WS_LOOKUP_AGAIN] = WSATRY_AGAIN,
		[WS_LOOKUP_FAILED] = WSANO_RECOVERY,
		[WS_LOOKUP_FLAGS] = WSAEINVAL,
		[WS_LOOKUP_FAMILY] = WSAEAFNOSUPPORT,
		[WS_LOOKUP_TYPE] = WSAESOCKTNOSUPPORT,
		[WS_LOOKUP_SERVICE] = WSATYPE_NOT_FOUND,
		[WS_LOOKUP_MEMORY] = WSA_NOT_ENOUGH_MEMORY,
		[WS_LOOKUP_TOO_LONG] = WSAEFAULT,
	};

	return errors[error];
}

/* These functions return the error, and set it. */
static INT answer(enum ws_lookup_error error)
{
	int wsa = wsa_of(error);

	WSASetLastError(wsa);
	return wsa;
}

static unsigned int flags_of(INT flags)
{
	return (flags & AI_PASSIVE ? WS_LOOKUP_PASSIVE : 0) |
	       (flags & AI_CANONNAME ? WS_LOOKUP_CANONICAL : 0) |
	       (flags & AI_NUMERICHOST ? WS_LOOKUP_NUMERIC_HOST : 0) |
	       (flags & AI_NUMERICSERV ? WS_LOOKUP_NUMERIC_SERVICE : 0) |
	       (flags & AI_ALL ? WS_LOOKUP_ALL : 0) |
	       (flags & AI_ADDRCONFIG ? WS_LOOKUP_CONFIGURED : 0) |
	       (flags & AI_V4MAPPED ? WS_LOOKUP_MAPPED : 0);
}

/* The address lies behind its node. */
static bool collect(void *context, const struct ws_found *found)
{
	struct collection *collection = context;
	PADDRINFOA node = calloc(1, sizeof(*node) + found->address_size);

	if (!node)
		return false;
	node->ai_family = found->family;
	node->ai_socktype = found->type;
	node->ai_protocol = found->protocol;
	node->ai_addrlen = found->address_size;
	node->ai_addr = (struct sockaddr *)(void *)(node + 1);
	memcpy(node->ai_addr, found->address, found->address_size);
	*collection->last = node;
	collection->last = &node->ai_next;
	if (found->canonical)
		node->ai_canonname = strdup(found->canonical);
	return !found->canonical || node->ai_canonname;
}

INT WSAAPI getaddrinfo(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints,
		       PADDRINFOA *ppResult)
{
	struct collection collection = {.last = &collection.first};
	struct ws_found hints = {0};
	unsigned int flags = 0;
	enum ws_lookup_error error;

	if (!ws_started())
		return WSANOTINITIALISED;
	if (!ppResult || (!pNodeName && !pServiceName))
		return answer(ppResult ? WS_LOOKUP_NO_NAME : WS_LOOKUP_FLAGS);
	*ppResult = NULL;
	if (pHints) {
		if (pHints->ai_addrlen || pHints->ai_canonname || pHints->ai_addr ||
		    pHints->ai_next)
			return answer(WS_LOOKUP_FAILED);
		hints.family = pHints->ai_family;
		hints.type = pHints->ai_socktype;
		hints.protocol = pHints->ai_protocol;
		flags = flags_of(pHints->ai_flags);
	}
	/* Windows: the empty name is this machine, and no service is the empty one. */
	if (pServiceName && !*pServiceName)
		pServiceName = pNodeName ? NULL : "0";
	error = ws_host_lookup(pNodeName, pServiceName, &hints, flags, collect, &collection);
	if (error) {
		freeaddrinfo(collection.first);
		return answer(error);
	}
	*ppResult = collection.first;
	return 0;
}

void WSAAPI freeaddrinfo(PADDRINFOA pAddrInfo)
{
	while (pAddrInfo) {
		PADDRINFOA next = pAddrInfo->ai_next;

		free(pAddrInfo->ai_canonname);
		free(pAddrInfo);
		pAddrInfo = next;
	}
}

/* NULL for NULL; *ret_failed when there is no memory, or the text is none. */
static char *narrow(PCWSTR wide, bool *ret_failed)
{
	int size = wide ? WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL) : 0;
	char *text = size > 0 ? malloc((size_t)size) : NULL;

	if (text)
		WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, size, NULL, NULL);
	else if (wide)
		*ret_failed = true;
	return text;
}

static PWSTR widen(PCSTR text, bool *ret_failed)
{
	int size = text ? MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0) : 0;
	PWSTR wide = size > 0 ? calloc((size_t)size, sizeof(*wide)) : NULL;

	if (wide)
		MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, size);
	else if (text)
		*ret_failed = true;
	return wide;
}

INT WSAAPI GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints,
			PADDRINFOW *ppResult)
{
	bool is_lost = false;
	char *node = narrow(pNodeName, &is_lost);
	char *service = narrow(pServiceName, &is_lost);
	PADDRINFOA list = NULL;
	INT error = WSA_NOT_ENOUGH_MEMORY;

	/* The two structures differ in the type of the name alone. */
	if (!is_lost)
		error = getaddrinfo(node, service, (const ADDRINFOA *)(const void *)pHints,
				    ppResult ? &list : NULL);
	for (PADDRINFOA at = list; at; at = at->ai_next) {
		PWSTR name = widen(at->ai_canonname, &is_lost);

		free(at->ai_canonname);
		at->ai_canonname = (CHAR *)(void *)name;
	}
	if (!error && ppResult)
		*ppResult = (PADDRINFOW)(void *)list;
	free(node);
	free(service);
	return error;
}

void WSAAPI FreeAddrInfoW(PADDRINFOW pAddrInfo)
{
	freeaddrinfo((PADDRINFOA)(void *)pAddrInfo);
}

INT WSAAPI getnameinfo(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PCHAR pNodeBuffer,
		       DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize,
		       INT Flags)
{
	unsigned int flags = (Flags & NI_NOFQDN ? WS_LOOKUP_SHORT_NAME : 0) |
			     (Flags & NI_NUMERICHOST ? WS_LOOKUP_NUMERIC_HOST : 0) |
			     (Flags & NI_NAMEREQD ? WS_LOOKUP_NAME_REQUIRED : 0) |
			     (Flags & NI_NUMERICSERV ? WS_LOOKUP_NUMERIC_SERVICE : 0) |
			     (Flags & NI_DGRAM ? WS_LOOKUP_DATAGRAM : 0);

	if (!ws_started())
		return WSANOTINITIALISED;
	if (!pSockaddr || SockaddrLength < (socklen_t)sizeof(*pSockaddr))
		return answer(WS_LOOKUP_TOO_LONG);
	return answer(ws_host_reverse(pSockaddr, (size_t)SockaddrLength, pNodeBuffer,
				      pNodeBuffer ? NodeBufferSize : 0, pServiceBuffer,
				      pServiceBuffer ? ServiceBufferSize : 0, flags));
}

INT WSAAPI GetNameInfoW(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PWCHAR pNodeBuffer,
			DWORD NodeBufferSize, PWCHAR pServiceBuffer, DWORD ServiceBufferSize,
			INT Flags)
{
	char node[NI_MAXHOST];
	char service[NI_MAXSERV];
	bool wants_node = pNodeBuffer && NodeBufferSize;
	bool wants_service = pServiceBuffer && ServiceBufferSize;
	INT error = getnameinfo(pSockaddr, SockaddrLength, wants_node ? node : NULL, sizeof(node),
				wants_service ? service : NULL, sizeof(service), Flags);

	if (error)
		return error;
	if ((wants_node && !MultiByteToWideChar(CP_UTF8, 0, node, -1, pNodeBuffer,
						(int)(NodeBufferSize & INT_MAX))) ||
	    (wants_service && !MultiByteToWideChar(CP_UTF8, 0, service, -1, pServiceBuffer,
						   (int)(ServiceBufferSize & INT_MAX))))
		return answer(WS_LOOKUP_TOO_LONG);
	return 0;
}

/* NULL without memory. */
static struct answers *own_answers(void)
{
	struct ws_thread *self = ws_thread_self();

	if (self && !self->answers)
		self->answers = calloc(1, sizeof(struct answers));
	return self ? self->answers : NULL;
}

char *WSAAPI gai_strerrorA(int ecode)
{
	struct answers *own = own_answers();

	if (own && !FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
				   (DWORD)ecode, 0, own->text, sizeof(own->text), NULL))
		own->text[0] = 0;
	return own ? own->text : NULL;
}

WCHAR *WSAAPI gai_strerrorW(int ecode)
{
	struct answers *own = own_answers();

	if (own && !FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
				   (DWORD)ecode, 0, own->wide, ARRAYSIZE(own->wide), NULL))
		own->wide[0] = 0;
	return own ? own->wide : NULL;
}

int WSAAPI gethostname(char *name, size_t namelen)
{
	char found[256];
	int error;

	if (!ws_started())
		return SOCKET_ERROR;
	error = net_host_name_of_machine(found, sizeof(found));
	if (!error && (!name || namelen > INT_MAX || strlen(found) >= namelen))
		return ws_fail(WSAEFAULT);
	if (!error)
		memcpy(name, found, strlen(found) + 1);
	return ws_result(error);
}

struct hostent *WSAAPI gethostbyname(const char *name)
{
	struct answers *found = own_answers();
	const ADDRINFOA hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	PADDRINFOA list = NULL;
	size_t count = 0;

	if (!found) {
		WSASetLastError(WSA_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	/* No name is this machine's. */
	if (!name || !*name)
		name = gethostname(found->name, sizeof(found->name)) ? "" : found->name;
	if (getaddrinfo(name, NULL, &hints, &list))
		return NULL;
	if (name != found->name)
		strncpy(found->name, name, sizeof(found->name) - 1);
	for (PADDRINFOA at = list; at && count < ADDRESSES_MAX; at = at->ai_next) {
		found->addresses[count] = ((SOCKADDR_IN *)(void *)at->ai_addr)->sin_addr;
		found->list[count] = (char *)&found->addresses[count];
		count++;
	}
	found->list[count] = NULL;
	freeaddrinfo(list);
	found->entry = (struct hostent){found->name, found->aliases, AF_INET, sizeof(IN_ADDR),
					found->list};
	return &found->entry;
}

struct hostent *WSAAPI gethostbyaddr(const char *addr, int len, int type)
{
	struct answers *found = own_answers();
	SOCKADDR_IN6 six = {.sin6_family = AF_INET6};
	SOCKADDR_IN four = {.sin_family = AF_INET};
	const bool is_six = type == AF_INET6;
	const int size = is_six ? sizeof(six.sin6_addr) : sizeof(four.sin_addr);
	INT error = 0;

	if (!found)
		error = WSA_NOT_ENOUGH_MEMORY;
	else if (!is_six && type != AF_INET)
		error = WSAEAFNOSUPPORT;
	else if (!addr || len < size)
		error = WSAEFAULT;
	if (error) {
		WSASetLastError(error);
		return NULL;
	}
	memcpy(is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr, addr, (size_t)size);
	memcpy(found->addresses, addr, (size_t)size);
	if (answer(ws_host_reverse(is_six ? (void *)&six : (void *)&four,
				   is_six ? sizeof(six) : sizeof(four), found->name,
				   sizeof(found->name), NULL, 0, WS_LOOKUP_NAME_REQUIRED)))
		return NULL;
	found->list[0] = (char *)found->addresses;
	found->list[1] = NULL;
	found->entry = (struct hostent){found->name, found->aliases, (short)type, (short)size,
					found->list};
	return &found->entry;
}
