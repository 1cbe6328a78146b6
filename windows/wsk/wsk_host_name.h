/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The host's resolver, in neutral words: UTF-8, and Windows' AI_ and NI_ flags. May block. */
#ifndef WHITHER_WSK_HOST_NAME_H
#define WHITHER_WSK_HOST_NAME_H

#include "wsk_host.h"

struct wsk_host_entry {
	struct wsk_host_entry *next;
	int family;
	int type;
	int protocol;
	struct wsk_address address;
	char *name; /* of the first entry, where it was asked for; owned */
};

struct wsk_host_hints {
	unsigned int flags;
	int family;
	int type;
	int protocol;
};

/* 0; -ENOENT: no such name; -EINVAL: malformed; another negative errno. */
int wsk_host_resolve(const char *node, const char *service, const struct wsk_host_hints *hints,
		     struct wsk_host_entry **ret_first);
void wsk_host_entry_free(struct wsk_host_entry *first);

/* 0; -ENOENT; -EOVERFLOW: a name does not fit. */
int wsk_host_name_of(const struct wsk_address *address, unsigned int flags, char *node,
		     size_t node_size, char *service, size_t service_size);

#endif /* WHITHER_WSK_HOST_NAME_H */
