/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The other values that the kernel programs and user space share: settings, counters and
 * contexts. Map sizes stand here too, as both sides state them.
 */
#ifndef WH_KERNEL_STATE_H
#define WH_KERNEL_STATE_H

#include "keyed_hash.h"
#include "redirect_choice.h"

#define WH_FLIGHTS_MAX 131072   /* entries of the in-flight maps */
#define WH_FLIGHTS_LIMIT 120000 /* default bound: headroom for races */
#define WH_USER_FLIGHTS_LIMIT 30000
#define WH_USER_SLOTS 4096 /* users are counted in slots: uid modulo this */
#define WH_ISSUED_MAX 1048576
#define WH_LEARNED_MAX 8192
#define WH_CGROUPS_MAX 16384
#define WH_CONTEXTS_MAX 2048

/* The only value of the settings map; written once, when the maps are made. */
struct wh_settings {
	__u32 layout; /* WH_LAYOUT_VERSION */
	__u32 flight_limit;
	__u32 user_flight_limit;
	__u32 reserved;
	struct wh_hash_key key;   /* of the tokens' proofs; from getrandom() */
	char program_version[16]; /* of the whither that attached the programs */
	__u64 program_build;      /* and its build */
	__u64 made;               /* ns, CLOCK_REALTIME */
};

/* A process, for as long as the machine runs. Its start is in clock ticks, as /proc/PID/stat
 * has it: user space knows no finer one. */
struct wh_process_key {
	__u64 start_tick;
	__u32 pid;
	__u32 reserved;
};

#define WH_TICK_NS 10000000ULL /* USER_HZ is 100 on every architecture that we run on */

/* The bytes of one context; size of them count. */
struct wh_context {
	__u32 size;
	__u32 reserved;
	__u8 bytes[WH_CONTEXT_MAX]; /* aligned to 8 */
};

/* By redirector, at its slot. The guid says whose counts they are. */
struct wh_redirector_counters {
	struct wh_guid guid;
	__u64 taken;                   /* connects sent to it */
	__u64 arrived;                 /* of these, accepted by its listener */
	__u64 related_by_records;      /* sockets on which its processes set records */
	__u64 related_by_process;      /* connects recognised by the process alone */
	__u64 refused[WH_CAUSE_SLOTS]; /* by cause */
	__u64 binds_refused;           /* bind() by somebody else on its address */
	__u64 last_taken;              /* ns, CLOCK_BOOTTIME; 0 never */
	__u32 intruder_pid;            /* the last process refused by binds_refused or INTRUDER */
	__u32 intruder_uid;
	__u64 absent_permitted; /* connects that went on without it */
	__u64 last_absent;      /* of these, ns, CLOCK_BOOTTIME; 0 never */
	__u64 spread;           /* connects for which an address of its range was picked */
};

/* By filter, at its slot. */
struct wh_filter_counters {
	__u64 identity; /* of set and name; says whose counts they are */
	__u64 hits;
	__u64 last_hit; /* ns, CLOCK_BOOTTIME; 0 never */
};

/* The only value of the totals map. */
struct wh_totals {
	__u64 next_id; /* of records; starts at random */
	__u64 flights; /* gauge: connections between SYN and arrival */
	__u64 lost;    /* arrived without their record: no memory, or an equal key */
	__u64 issued;  /* gauge: tokens whose connection lives */
	__u64 refused[WH_CAUSE_SLOTS];
};

/* What the list of connections says of each, followed by its struct wh_chain if it has one
 * (WH_RECORD_CHAINED and chained). */
struct wh_listing {
	struct wh_record record;
	struct wh_address proxy; /* the accepted socket's own end */
	__be16 proxy_port;
	__u16 state;   /* of TCP */
	__u32 chained; /* 1: a struct wh_chain follows */
};

_Static_assert(sizeof(struct wh_listing) == 200, "listing");
_Static_assert(sizeof(struct wh_process_key) == 16, "process key");

/* The redirector to which record was issued, while it is in the rules. */
struct wh_redirector_search {
	const struct wh_rules *rules;
	struct wh_guid guid;
	__u32 slot;
	__u32 found; /* out: index, or WH_NO_REDIRECTOR */
};

static long wh_redirector_step(__u64 index, void *context)
{
	struct wh_redirector_search *search = context;
	const struct wh_redirector *redirector;

	if (index >= search->rules->redirector_count || index >= WH_REDIRECTORS_MAX)
		return 1;
	redirector = &search->rules->redirector[index % WH_REDIRECTORS_MAX];
	if (redirector->slot != search->slot || !wh_guid_equal(&redirector->guid, &search->guid))
		return 0;
	search->found = (__u32)index;
	return 1;
}

WH_RULE __u32 wh_redirector_find(const struct wh_rules *rules, const struct wh_record *record)
{
	struct wh_redirector_search search = {.rules = rules,
					      .guid = record->redirector,
					      .slot = record->slot,
					      .found = WH_NO_REDIRECTOR};

	wh_loop(WH_REDIRECTORS_MAX, wh_redirector_step, &search, 0);
	return search.found;
}

#endif /* WH_KERNEL_STATE_H */
