/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The host's resolver, in words that neither system's headers have. */
#ifndef WHITHER_HOST_LOOKUP_H
#define WHITHER_HOST_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

/* What went wrong: for the caller to say in its system's words. */
enum ws_lookup_error {
	WS_LOOKUP_DONE,
	WS_LOOKUP_NO_NAME,
	WS_LOOKUP_AGAIN,
	WS_LOOKUP_FAILED,
	WS_LOOKUP_FLAGS,
	WS_LOOKUP_FAMILY,
	WS_LOOKUP_TYPE,
	WS_LOOKUP_SERVICE,
	WS_LOOKUP_MEMORY,
	WS_LOOKUP_TOO_LONG,
};

/* Flags of a lookup. */
#define WS_LOOKUP_PASSIVE 0x1u
#define WS_LOOKUP_CANONICAL 0x2u
#define WS_LOOKUP_NUMERIC_HOST 0x4u
#define WS_LOOKUP_NUMERIC_SERVICE 0x8u
#define WS_LOOKUP_ALL 0x10u
#define WS_LOOKUP_CONFIGURED 0x20u
#define WS_LOOKUP_MAPPED 0x40u
/* Of the other way. */
#define WS_LOOKUP_SHORT_NAME 0x80u
#define WS_LOOKUP_NAME_REQUIRED 0x100u
#define WS_LOOKUP_DATAGRAM 0x200u

struct ws_found {
	int family;
	int type;
	int protocol;
	const void *address;
	size_t address_size;
	const char *canonical; /* of the first, or NULL */
};

/* Calls `each` for every answer; it returns false to stop (WS_LOOKUP_MEMORY). */
enum ws_lookup_error ws_host_lookup(const char *name, const char *service,
				    const struct ws_found *hints, unsigned int flags,
				    bool (*each)(void *context, const struct ws_found *found),
				    void *context);
enum ws_lookup_error ws_host_reverse(const void *address, size_t size, char *name, size_t name_size,
				     char *service, size_t service_size, unsigned int flags);

/* Of the host's list of services: by name, or by *port (network order) when name is NULL. */
bool ws_host_service(const char *name, int *port, const char *protocol, char *ret_name,
		     char *ret_protocol, size_t size);

/* inet_pton(), inet_ntop(), inet_aton(). */
int ws_host_address_parse(int family, const char *text, void *ret_address);
bool ws_host_address_text(int family, const void *address, char *text, size_t size);
bool ws_host_address_loose(const char *text, unsigned int *ret_address);

#endif
