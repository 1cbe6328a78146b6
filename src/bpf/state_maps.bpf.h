/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Every map. Their names are their pins' names. Socket storage dies with its socket; the
 * hashes are emptied by flight.bpf.h; the learned and cgroup maps forget the least used.
 */
#ifndef WH_STATE_MAPS_BPF_H
#define WH_STATE_MAPS_BPF_H

#include "chain_build.h"
#include "kernel_state.h"
#include "kernel_types.bpf.h"
#include "learned_process.h"

/* A map value that one slot of wh_active points at. */
struct rules_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct wh_rules));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct rules_map);
} wh_active SEC(".maps");

#define WH_ARRAY(name, entries, type_)            \
	struct {                                  \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(max_entries, entries);     \
		__type(key, __u32);               \
		__type(value, type_);             \
	} name SEC(".maps")

#define WH_HASH(name, kind, flags, entries, key_, type_) \
	struct {                                         \
		__uint(type, kind);                      \
		__uint(map_flags, flags);                \
		__uint(max_entries, entries);            \
		__type(key, key_);                       \
		__type(value, type_);                    \
	} name SEC(".maps")

#define WH_STORAGE(name, type_)                        \
	struct {                                       \
		__uint(type, BPF_MAP_TYPE_SK_STORAGE); \
		__uint(map_flags, BPF_F_NO_PREALLOC);  \
		__type(key, int);                      \
		__type(value, type_);                  \
	} name SEC(".maps")

WH_ARRAY(wh_settings, 1, struct wh_settings);
WH_ARRAY(wh_totals, 1, struct wh_totals);
WH_ARRAY(wh_redirectors, WH_REDIRECTORS_MAX, struct wh_redirector_counters);
WH_ARRAY(wh_filters, WH_FILTERS_MAX, struct wh_filter_counters);
WH_ARRAY(wh_user_flights, WH_USER_SLOTS, __u64);

WH_STORAGE(wh_client, struct wh_record);        /* client socket, from connect() on */
WH_STORAGE(wh_abroad, __u64);                   /* beside it: the proxy's namespace */
WH_STORAGE(wh_outbound, struct wh_chain);       /* client socket with a past */
WH_STORAGE(wh_accepted, struct wh_record);      /* accepted socket */
WH_STORAGE(wh_accepted_chain, struct wh_chain); /* its older hops */
WH_STORAGE(wh_listening, struct wh_identity);   /* who listens on a redirector's port */
WH_STORAGE(wh_scratch, struct wh_cgroup_path);  /* while a program needs more than its stack */

WH_HASH(wh_flight, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, WH_FLIGHTS_MAX, struct wh_flight_key,
	struct wh_record);
WH_HASH(wh_flight_chain, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, WH_FLIGHTS_MAX, __u64,
	struct wh_chain);
WH_HASH(wh_issued, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, WH_ISSUED_MAX, __u64, struct wh_issued);
WH_HASH(wh_issued_chain, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, WH_ISSUED_MAX, __u64,
	struct wh_chain);
WH_HASH(wh_contexts, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, WH_CONTEXTS_MAX, __u32,
	struct wh_context);
WH_HASH(wh_learned, BPF_MAP_TYPE_LRU_HASH, 0, WH_LEARNED_MAX, struct wh_process_key,
	struct wh_learned);
WH_HASH(wh_cgroups, BPF_MAP_TYPE_LRU_HASH, 0, WH_CGROUPS_MAX, __u64, struct wh_cgroup_path);

/* NOLINTBEGIN(bugprone-macro-parentheses): type_ is a type */
#define WH_LOOKUP_ONLY(type_, map)                          \
	static __always_inline type_ *map##_at(__u32 index) \
	{                                                   \
		return bpf_map_lookup_elem(&map, &index);   \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

WH_LOOKUP_ONLY(struct wh_settings, wh_settings)
WH_LOOKUP_ONLY(struct wh_totals, wh_totals)
WH_LOOKUP_ONLY(struct wh_redirector_counters, wh_redirectors)
WH_LOOKUP_ONLY(struct wh_filter_counters, wh_filters)

/* What a cgroup program returns. */
enum {
	HOOK_DENY = 0,
	HOOK_ALLOW = 1
};

/* The active rules; NULL when none are. */
static __always_inline const struct wh_rules *active_rules(void)
{
	__u32 zero = 0;
	void *map = bpf_map_lookup_elem(&wh_active, &zero);

	return map ? bpf_map_lookup_elem(map, &zero) : NULL;
}

static __always_inline void count(__u64 *counter)
{
	__sync_fetch_and_add(counter, 1);
}

static __always_inline void uncount(__u64 *counter)
{
	__sync_fetch_and_add(counter, -1ULL);
}

/* The number of connections in flight of the users that share uid's slot. */
static __always_inline __u64 *user_flights(__u32 uid)
{
	__u32 slot = uid % WH_USER_SLOTS;

	return bpf_map_lookup_elem(&wh_user_flights, &slot);
}

#endif /* WH_STATE_MAPS_BPF_H */
