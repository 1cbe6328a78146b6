/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The answers of the socket options, byte by byte as <whither/whither.h> declares them (a unit
 * test compares the two). The public header cannot be used in the kernel.
 */
#ifndef WH_ABI_ANSWER_H
#define WH_ABI_ANSWER_H

#include "record_layout.h"

#define WH_LEVEL 0x5746
#define WH_OPTION_RECORDS 60
#define WH_OPTION_CONTEXT 70
#define WH_OPTION_HOPS 71
#define WH_OPTION_ORIGIN 72
#define WH_ANSWER_MAX 1024

/* struct sockaddr_in and sockaddr_in6 in one; all zero is AF_UNSPEC. */
struct wh_abi_address {
	__u16 family;
	__be16 port;
	__be32 v4;    /* AF_INET */
	__be32 v6[4]; /* AF_INET6; v4 is then the flow label, 0 */
	__u32 scope;
};

struct wh_abi_storage {
	struct wh_abi_address address;
	__u8 zero[128 - sizeof(struct wh_abi_address)];
};

struct wh_abi_hop {
	struct wh_guid redirector;
	struct wh_abi_address destination;
	__u32 flags;
	__u64 time;
	__u64 reserved;
};

struct wh_abi_origin {
	__u32 size;
	__u32 hops;
	struct wh_abi_address destination;
	struct wh_abi_address client;
	__u32 pid;
	__u32 uid;
	__u64 start_time;
	__u32 gid;
	__u32 executable_device;
	__u64 executable_inode;
	__u64 cgroup;
	__u64 netns_cookie;
	struct wh_guid redirector;
	__u64 time;
	char comm[WH_COMM_SIZE];
	__u64 reserved[3];
};

_Static_assert(sizeof(struct wh_abi_address) == 28, "address");
_Static_assert(sizeof(struct wh_abi_storage) == 128, "sockaddr_storage");
_Static_assert(sizeof(struct wh_abi_hop) == 64, "hop");
_Static_assert(sizeof(struct wh_abi_hop) * WH_HOPS_MAX <= WH_ANSWER_MAX, "hops");
_Static_assert(sizeof(struct wh_abi_origin) == 176, "origin");

/* v4-mapped addresses become AF_INET: what is on the wire. Port 0: AF_UNSPEC. */
WH_RULE void wh_abi_address_fill(struct wh_abi_address *ret, const struct wh_address *address,
				 __be16 port)
{
	ret->family = WH_AF_UNSPEC;
	ret->port = port;
	ret->v4 = 0;
	ret->v6[0] = 0;
	ret->v6[1] = 0;
	ret->v6[2] = 0;
	ret->v6[3] = 0;
	ret->scope = 0;
	if (!port)
		return;
	if (wh_address_is_v4(address)) {
		ret->family = WH_AF_INET;
		ret->v4 = address->word[3];
	} else {
		ret->family = WH_AF_INET6;
		ret->v6[0] = address->word[0];
		ret->v6[1] = address->word[1];
		ret->v6[2] = address->word[2];
		ret->v6[3] = address->word[3];
	}
}

/* chain holds the older hops; NULL when there are none. */
WH_RULE void wh_abi_origin_fill(struct wh_abi_origin *ret, const struct wh_record *record,
				const struct wh_chain *chain)
{
	const struct wh_identity *who = chain ? &chain->who : &record->who;

	ret->size = sizeof(*ret);
	ret->hops = chain ? chain->hop_count + 1u : 1u;
	wh_abi_address_fill(&ret->destination, &record->destination, record->destination_port);
	if (chain && chain->client_port)
		wh_abi_address_fill(&ret->client, &chain->client, chain->client_port);
	else
		wh_abi_address_fill(&ret->client, &record->client, record->client_port);
	ret->pid = who->pid;
	ret->uid = who->uid;
	ret->start_time = who->start_time;
	ret->gid = who->gid;
	ret->executable_device = who->executable_device;
	ret->executable_inode = who->executable_inode;
	ret->cgroup = who->cgroup;
	ret->netns_cookie = who->netns;
	ret->redirector = record->redirector;
	ret->time = record->time;
	__builtin_memcpy(ret->comm, who->comm, WH_COMM_SIZE);
	ret->reserved[0] = 0;
	ret->reserved[1] = 0;
	ret->reserved[2] = 0;
}

WH_RULE void wh_abi_hop_fill(struct wh_abi_hop *ret, const struct wh_hop *hop)
{
	ret->redirector = hop->redirector;
	wh_abi_address_fill(&ret->destination, &hop->destination, hop->destination_port);
	ret->flags = hop->flags;
	ret->time = hop->time;
	ret->reserved = 0;
}

WH_RULE void wh_abi_newest_hop_fill(struct wh_abi_hop *ret, const struct wh_record *record)
{
	ret->redirector = record->redirector;
	wh_abi_address_fill(&ret->destination, &record->destination, record->destination_port);
	ret->flags = 0;
	ret->time = record->time;
	ret->reserved = 0;
}

#endif /* WH_ABI_ANSWER_H */
