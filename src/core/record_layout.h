/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What the kernel remembers of a redirected connection.
 *
 *	connect()            -> struct wh_record in the client socket's storage
 *	SYN leaves           -> a copy in the in-flight map, keyed by struct wh_flight_key
 *	connection arrives   -> moved into the accepted socket's storage
 *	records are asked    -> a copy (struct wh_issued) in the issued map, keyed by id
 *	records are set      -> struct wh_chain in the outbound socket's storage
 *
 * Sizes matter: an element of socket storage is 72 bytes + value, one of a hash is 56 + key +
 * value, each rounded up to a size of the kernel's allocator; 256 holds each of ours.
 */
#ifndef WH_RECORD_LAYOUT_H
#define WH_RECORD_LAYOUT_H

#include "base_types.h"
#include "inet_address.h"
#include "slot_set.h"

#define WH_LAYOUT_VERSION 2

#define WH_HOPS_MAX 8
#define WH_COMM_SIZE 16
#define WH_PROOF_SIZE 16

struct wh_guid {
	__u8 byte[16];
};

/* A process and its socket, as seen when connect() was called. */
struct wh_identity {
	__u32 pid; /* thread group id, initial pid namespace */
	__u32 uid; /* effective, initial user namespace */
	__u32 gid; /* effective, initial user namespace */
	__u32 executable_device;
	__u64 start_time; /* ns, CLOCK_BOOTTIME */
	__u64 executable_inode;
	__u64 cgroup; /* of the socket */
	__u64 netns;  /* cookie, of the socket */
	char comm[WH_COMM_SIZE];
};

/* How WHITHER_CONTEXT is answered. */
enum wh_context_kind {
	WH_CONTEXT_NONE = 0,
	WH_CONTEXT_BYTES = 1,       /* the bytes stored under record.context */
	WH_CONTEXT_DESTINATION = 2, /* one sockaddr_storage: the destination */
	WH_CONTEXT_ENDPOINTS = 3,   /* two: the destination, the client's own address */
};

enum wh_record_flags {
	WH_RECORD_CHAINED = 1 << 0, /* older hops travel beside it, in a struct wh_chain */
	WH_RECORD_ISSUED = 1 << 1,  /* proof is valid: the records were asked for */
	WH_RECORD_SENT = 1 << 2,    /* client side: the in-flight copy was made */
	/* getsockname() of the accepted socket answers the proxy's own address */
	WH_RECORD_LOCAL_PROXY = 1 << 3,
	/* client side: the proxy listens in another namespace, which is stored beside the record */
	WH_RECORD_ABROAD = 1 << 4,
};

/* One redirection. */
struct wh_record {
	__u64 id;      /* never 0; unique until the maps are removed */
	__u64 time;    /* ns, CLOCK_BOOTTIME, of connect() */
	__u64 version; /* of the rules that decided */
	struct wh_guid redirector;
	struct wh_address destination; /* where connect() was going */
	struct wh_address client;      /* the client socket's own; from SYN on */
	union {
		struct wh_address proxy;   /* client side: where it was sent instead */
		__u8 proof[WH_PROOF_SIZE]; /* accepted side, once issued */
	};
	__be16 destination_port;
	__be16 client_port;
	__be16 proxy_port;
	__u16 slot;         /* of the redirector */
	__u32 context;      /* key of the context's bytes */
	__u32 bound_device; /* client side: interface index to restore, 0 none */
	__u8 flags;         /* WH_RECORD_* */
	__u8 context_kind;  /* WH_CONTEXT_* */
	__u8 reserved[2];
	__u32 asker;            /* accepted side: pid of the last process that asked, 0 none */
	struct wh_identity who; /* the process that called connect() */
};

/* What an issued token stands for, while its connection lives. */
struct wh_issued {
	struct wh_record record;
	__u64 holder_start; /* the process that asked for the records: it may set them even */
	__u32 holder_pid;   /* when the redirector has left the rules */
	__u32 reserved;
};

enum wh_hop_flags {
	WH_HOP_BY_PROCESS = 1 << 0,
};

/* An older redirection, kept by value. */
struct wh_hop {
	struct wh_guid redirector;
	struct wh_address destination;
	__be16 destination_port;
	__u16 slot;
	__u32 flags; /* WH_HOP_* */
	__u64 time;
};

enum wh_chain_source {
	WH_CHAIN_NONE = 0,
	WH_CHAIN_SET = 1,        /* the proxy set records on this socket */
	WH_CHAIN_BY_PROCESS = 2, /* recognised by its process, at the latest connect() */
};

/* What lies behind a connect(): all hops so far, who began, and who must not see it again. */
struct wh_chain {
	struct wh_passed passed;
	struct wh_identity who; /* the process that began the chain */
	struct wh_address client;
	__be16 client_port;
	__u8 source; /* WH_CHAIN_* */
	__u8 hop_count;
	__u8 reserved[4];
	struct wh_hop hop[WH_HOPS_MAX]; /* oldest first */
};

/* A connection between its SYN and its arrival. The cookie is that of the namespace in which
 * the proxy listens, so that nobody can meet another namespace's entry. */
struct wh_flight_key {
	__u64 netns;
	struct wh_address client;
	struct wh_address proxy;
	__be16 client_port;
	__be16 proxy_port;
	__u32 reserved;
};

_Static_assert(sizeof(struct wh_guid) == 16, "guid");
_Static_assert(sizeof(struct wh_identity) == 64, "identity");
_Static_assert(sizeof(struct wh_record) == 176, "record");
_Static_assert(sizeof(struct wh_record) + 72 <= 256, "record in socket storage");
_Static_assert(sizeof(struct wh_issued) == 192, "issued record");
_Static_assert(sizeof(struct wh_issued) + 8 + 56 <= 256, "issued record in a hash");
_Static_assert(sizeof(struct wh_hop) == 48, "hop");
_Static_assert(sizeof(struct wh_chain) == 512, "chain");
_Static_assert(sizeof(struct wh_flight_key) == 48, "in-flight key");

WH_RULE int wh_guid_equal(const struct wh_guid *a, const struct wh_guid *b)
{
	for (unsigned int i = 0; i < sizeof(a->byte); i++)
		if (a->byte[i] != b->byte[i])
			return 0;
	return 1;
}

#endif /* WH_RECORD_LAYOUT_H */
