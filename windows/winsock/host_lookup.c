/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "host_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

static enum ws_lookup_error error_of(int eai)
{
	switch (eai) {
	case 0:
		return WS_LOOKUP_DONE;
	case EAI_AGAIN:
		return WS_LOOKUP_AGAIN;
	case EAI_BADFLAGS:
		return WS_LOOKUP_FLAGS;
	case EAI_FAMILY:
	case EAI_ADDRFAMILY:
		return WS_LOOKUP_FAMILY;
	case EAI_SOCKTYPE:
		return WS_LOOKUP_TYPE;
	case EAI_SERVICE:
		return WS_LOOKUP_SERVICE;
	case EAI_MEMORY:
		return WS_LOOKUP_MEMORY;
	case EAI_OVERFLOW:
		return WS_LOOKUP_TOO_LONG;
	case EAI_NONAME:
	case EAI_NODATA:
		return WS_LOOKUP_NO_NAME;
	default:
		return WS_LOOKUP_FAILED;
	}
}

enum ws_lookup_error ws_host_lookup(const char *name, const char *service,
				    const struct ws_found *hints, unsigned int flags,
				    bool (*each)(void *context, const struct ws_found *found),
				    void *context)
{
	struct addrinfo asked = {
		.ai_flags = (flags & WS_LOOKUP_PASSIVE ? AI_PASSIVE : 0) |
			    (flags & WS_LOOKUP_CANONICAL ? AI_CANONNAME : 0) |
			    (flags & WS_LOOKUP_NUMERIC_HOST ? AI_NUMERICHOST : 0) |
			    (flags & WS_LOOKUP_NUMERIC_SERVICE ? AI_NUMERICSERV : 0) |
			    (flags & WS_LOOKUP_ALL ? AI_ALL : 0) |
			    (flags & WS_LOOKUP_CONFIGURED ? AI_ADDRCONFIG : 0) |
			    (flags & WS_LOOKUP_MAPPED ? AI_V4MAPPED : 0),
		.ai_family = hints->family,
		.ai_socktype = hints->type,
		.ai_protocol = hints->protocol,
	};
	struct addrinfo *list = NULL;
	enum ws_lookup_error error = error_of(getaddrinfo(name, service, &asked, &list));

	for (struct addrinfo *at = list; at && !error; at = at->ai_next) {
		const struct ws_found found = {at->ai_family, at->ai_socktype, at->ai_protocol,
					       at->ai_addr,   at->ai_addrlen,  at->ai_canonname};

		if (!each(context, &found))
			error = WS_LOOKUP_MEMORY;
	}
	if (list)
		freeaddrinfo(list);
	return error;
}

enum ws_lookup_error ws_host_reverse(const void *address, size_t size, char *name, size_t name_size,
				     char *service, size_t service_size, unsigned int flags)
{
	int host_flags = (flags & WS_LOOKUP_NUMERIC_HOST ? NI_NUMERICHOST : 0) |
			 (flags & WS_LOOKUP_NUMERIC_SERVICE ? NI_NUMERICSERV : 0) |
			 (flags & WS_LOOKUP_SHORT_NAME ? NI_NOFQDN : 0) |
			 (flags & WS_LOOKUP_NAME_REQUIRED ? NI_NAMEREQD : 0) |
			 (flags & WS_LOOKUP_DATAGRAM ? NI_DGRAM : 0);

	return error_of(getnameinfo(address, (socklen_t)size, name, (socklen_t)name_size, service,
				    (socklen_t)service_size, host_flags));
}

int ws_host_address_parse(int family, const char *text, void *ret_address)
{
	return inet_pton(family, text, ret_address);
}

bool ws_host_address_text(int family, const void *address, char *text, size_t size)
{
	socklen_t most = size > 128 ? 128 : (socklen_t)size;

	return inet_ntop(family, address, text, most) != NULL;
}

bool ws_host_address_loose(const char *text, unsigned int *ret_address)
{
	struct in_addr address;

	if (!inet_aton(text, &address))
		return false;
	*ret_address = address.s_addr;
	return true;
}

bool ws_host_service(const char *name, int *port, const char *protocol, char *ret_name,
		     char *ret_protocol, size_t size)
{
	struct servent entry;
	struct servent *found = NULL;
	char room[2048];
	int error = name ? getservbyname_r(name, protocol, &entry, room, sizeof(room), &found) :
			   getservbyport_r(*port, protocol, &entry, room, sizeof(room), &found);

	if (error || !found || strlen(found->s_name) >= size || strlen(found->s_proto) >= size)
		return false;
	memcpy(ret_name, found->s_name, strlen(found->s_name) + 1);
	memcpy(ret_protocol, found->s_proto, strlen(found->s_proto) + 1);
	*port = found->s_port;
	return true;
}
