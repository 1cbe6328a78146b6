/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_host_name.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct flag {
	unsigned int windows;
	int host;
};

static const struct flag address_flags[] = {
	{0x00000001, AI_PASSIVE},     {0x00000002, AI_CANONNAME},
	{0x00000004, AI_NUMERICHOST}, {0x00000008, AI_NUMERICSERV},
	{0x00000100, AI_ALL},         {0x00000400, AI_ADDRCONFIG},
	{0x00000800, AI_V4MAPPED},    {0, 0},
};

static const struct flag name_flags[] = {
	{0x01, NI_NOFQDN},      {0x02, NI_NUMERICHOST}, {0x04, NI_NAMEREQD},
	{0x08, NI_NUMERICSERV}, {0x10, NI_DGRAM},       {0, 0},
};

static int translate(const struct flag *table, unsigned int flags)
{
	int host = 0;

	for (; table->windows; table++) {
		if (flags & table->windows)
			host |= table->host;
	}
	return host;
}

static int error_of(int found)
{
	switch (found) {
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_BADFLAGS:
	case EAI_FAMILY:
	case EAI_SOCKTYPE:
		return -EINVAL;
	case EAI_OVERFLOW:
		return -EOVERFLOW;
	default: /* a name that no server answers for is not found either */
		return -ENOENT;
	}
}

static struct wsk_host_entry *entry_of(const struct addrinfo *one)
{
	struct wsk_host_entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->family = one->ai_family;
	entry->type = one->ai_socktype;
	entry->protocol = one->ai_protocol;
	wsk_address_take(&entry->address, one->ai_addr, one->ai_family);
	if (one->ai_canonname) {
		entry->name = strdup(one->ai_canonname);
		if (!entry->name) {
			free(entry);
			return NULL;
		}
	}
	return entry;
}

int wsk_host_resolve(const char *node, const char *service, const struct wsk_host_hints *hints,
		     struct wsk_host_entry **ret_first)
{
	struct addrinfo wanted = {
		.ai_flags = translate(address_flags, hints->flags),
		.ai_family = hints->family,
		.ai_socktype = hints->type,
		.ai_protocol = hints->protocol,
	};
	struct wsk_host_entry *first = NULL, **last = &first;
	struct addrinfo *all;
	int found = getaddrinfo(node, service, &wanted, &all);

	if (found)
		return error_of(found);
	for (const struct addrinfo *one = all; one; one = one->ai_next) {
		if (!wsk_address_size(one->ai_family))
			continue;
		*last = entry_of(one);
		if (!*last) {
			freeaddrinfo(all);
			wsk_host_entry_free(first);
			return -ENOMEM;
		}
		last = &(*last)->next;
	}
	freeaddrinfo(all);
	*ret_first = first;
	return first ? 0 : -ENOENT;
}

void wsk_host_entry_free(struct wsk_host_entry *first)
{
	while (first) {
		struct wsk_host_entry *next = first->next;

		free(first->name);
		free(first);
		first = next;
	}
}

int wsk_host_name_of(const struct wsk_address *address, unsigned int flags, char *node,
		     size_t node_size, char *service, size_t service_size)
{
	int found = getnameinfo((const void *)address->bytes, address->size, node,
				(socklen_t)node_size, service, (socklen_t)service_size,
				translate(name_flags, flags));

	return found ? error_of(found) : 0;
}
