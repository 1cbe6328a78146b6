/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * From SYN to arrival: TCP's own events carry the record from the client's socket to the
 * accepted one, and clear away what a connection leaves behind.
 *
 *	TCP_CONNECT_CB       client, before its SYN: a copy goes into the in-flight map
 *	PASSIVE_ESTABLISHED  proxy's side, before accept(): it moves into the new socket
 *	STATE_CB             client: it is deleted if it never arrived;
 *	                     accepted: the token ends with the connection
 *	TCP_LISTEN_CB        who listens on a redirector's address?
 *
 * The in-flight map is keyed by the tuple only while a connection is between the two. Whoever
 * deletes an entry also uncounts it, so the gauge is exact.
 */
#ifndef WH_FLIGHT_BPF_H
#define WH_FLIGHT_BPF_H

#include "events.bpf.h"
#include "learn.bpf.h"

#define WH_TCP_SYN_SENT 2
#define WH_TCP_CLOSE 7

/* The two ends of a socket. */
static __always_inline void ops_ends(struct bpf_sock_ops *ops, struct wh_endpoint *ret_local,
				     struct wh_endpoint *ret_remote)
{
	ret_local->port = WH_BE16(ops->local_port);
	WH_BARRIER();
	ret_remote->port = (__be16)(WH_HOST32(ops->remote_port) & 0xffff);
	ret_remote->port = WH_BE16(ret_remote->port);
	WH_BARRIER();
	if (ops->family == WH_AF_INET) {
		wh_address_from_v4(&ret_local->address, ops->local_ip4);
		WH_BARRIER();
		wh_address_from_v4(&ret_remote->address, ops->remote_ip4);
		return;
	}
	for (int i = 0; i < 4; i++) {
		ret_local->address.word[i] = ops->local_ip6[i];
		WH_BARRIER();
		ret_remote->address.word[i] = ops->remote_ip6[i];
		WH_BARRIER();
	}
}

/* netns is that in which the proxy listens. */
static __always_inline void flight_key(struct wh_flight_key *ret, __u64 netns,
				       const struct wh_endpoint *client,
				       const struct wh_endpoint *proxy)
{
	*ret = (struct wh_flight_key){.netns = netns,
				      .client = client->address,
				      .proxy = proxy->address,
				      .client_port = client->port,
				      .proxy_port = proxy->port};
}

/* The namespace in which the proxy of a client's record listens. */
static __always_inline __u64 proxy_netns(struct bpf_sock_ops *ops, struct bpf_sock *sk,
					 const struct wh_record *record)
{
	__u64 *abroad;

	if (!(record->flags & WH_RECORD_ABROAD))
		return bpf_get_netns_cookie(ops);
	abroad = bpf_sk_storage_get(&wh_abroad, sk, 0, 0);
	return abroad ? *abroad : 0;
}

/* Asks for this socket's changes of state, of which the last is wanted. */
static __always_inline void ops_want_states(struct bpf_sock_ops *ops)
{
	bpf_sock_ops_cb_flags_set(ops,
				  (int)ops->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

static __always_inline void count_lost(void)
{
	struct wh_totals *totals = wh_totals_at(0);

	if (totals)
		count(&totals->lost);
}

/* Deletes the entry of record id, unless somebody else did. uid is the client's. */
static __always_inline void flight_end(const struct wh_flight_key *key, __u64 id, __u32 uid,
				       __u8 flags)
{
	struct wh_totals *totals = wh_totals_at(0);
	__u64 *user = user_flights(uid);

	if (bpf_map_delete_elem(&wh_flight, key))
		return;
	if (flags & WH_RECORD_CHAINED)
		bpf_map_delete_elem(&wh_flight_chain, &id);
	if (totals)
		uncount(&totals->flights);
	if (user)
		uncount(user);
}

/* A client is about to send its SYN. */
static __always_inline void flight_begin(struct bpf_sock_ops *ops, struct bpf_sock *sk)
{
	struct wh_record *record = bpf_sk_storage_get(&wh_client, sk, 0, 0);
	struct wh_totals *totals = wh_totals_at(0);
	struct wh_redirector_counters *counters;
	struct wh_endpoint client, proxy;
	struct wh_flight_key key;
	struct wh_chain *chain;
	__u64 *user;
	__u64 id;

	if (!record || !totals)
		return;
	ops_ends(ops, &client, &proxy);
	if (!wh_address_equal(&proxy.address, &record->proxy) || proxy.port != record->proxy_port)
		return; /* left by an earlier connect */
	record->client = client.address;
	record->client_port = client.port;
	flight_key(&key, proxy_netns(ops, sk, record), &client, &proxy);
	id = record->id;
	user = user_flights(record->who.uid);
	if (record->flags & WH_RECORD_CHAINED) {
		chain = bpf_sk_storage_get(&wh_outbound, sk, 0, 0);
		if (!chain || bpf_map_update_elem(&wh_flight_chain, &id, chain, BPF_NOEXIST)) {
			count_lost();
			return;
		}
	}
	if (bpf_map_update_elem(&wh_flight, &key, record, BPF_NOEXIST)) {
		if (record->flags & WH_RECORD_CHAINED)
			bpf_map_delete_elem(&wh_flight_chain, &id);
		count_lost();
		return;
	}
	record->flags |= WH_RECORD_SENT;
	count(&totals->flights);
	if (user)
		count(user);
	counters = wh_redirectors_at(record->slot);
	if (counters) {
		count(&counters->taken);
		counters->last_taken = record->time;
	}
	ops_want_states(ops);
}

/* A connection arrived at a listener: is it one of ours? */
static __always_inline void flight_arrive(struct bpf_sock_ops *ops, struct bpf_sock *sk)
{
	struct wh_totals *totals = wh_totals_at(0);
	struct wh_redirector_counters *counters;
	struct wh_record *record, *accepted;
	struct wh_endpoint client, proxy;
	struct wh_flight_key key;
	struct wh_chain *chain;
	__u64 id;

	if (!totals || !totals->flights)
		return;
	ops_ends(ops, &proxy, &client);
	flight_key(&key, bpf_get_netns_cookie(ops), &client, &proxy);
	record = bpf_map_lookup_elem(&wh_flight, &key);
	if (!record)
		return;
	id = record->id;
	accepted = bpf_sk_storage_get(&wh_accepted, sk, record, BPF_SK_STORAGE_GET_F_CREATE);
	if (accepted && (accepted->flags & WH_RECORD_CHAINED)) {
		chain = bpf_map_lookup_elem(&wh_flight_chain, &id);
		if (!chain || !bpf_sk_storage_get(&wh_accepted_chain, sk, chain,
						  BPF_SK_STORAGE_GET_F_CREATE)) {
			bpf_sk_storage_delete(&wh_accepted, sk);
			accepted = NULL;
		}
	}
	if (accepted) {
		/* On the client's side this is the proxy's address; here, the proof to be. */
		__builtin_memset(accepted->proof, 0, sizeof(accepted->proof));
		counters = wh_redirectors_at(accepted->slot);
		if (counters)
			count(&counters->arrived);
		ops_want_states(ops);
	} else {
		count(&totals->lost);
	}
	flight_end(&key, id, record->who.uid, record->flags);
}

/* A client's connection is over; the kernel has not forgotten its ends yet. */
static __always_inline void flight_abandon(struct bpf_sock_ops *ops, struct bpf_sock *sk,
					   struct wh_record *record, __u32 before)
{
	struct wh_redirector_counters *counters;
	struct wh_endpoint client, proxy;
	struct wh_flight_key key;
	struct wh_record *flight;

	if (!(record->flags & WH_RECORD_SENT))
		return;
	record->flags &= (__u8)~WH_RECORD_SENT;
	ops_ends(ops, &client, &proxy);
	flight_key(&key, proxy_netns(ops, sk, record), &client, &proxy);
	flight = bpf_map_lookup_elem(&wh_flight, &key);
	if (!flight || flight->id != record->id)
		return; /* it arrived */
	flight_end(&key, record->id, record->who.uid, record->flags);
	if (before != WH_TCP_SYN_SENT)
		return;
	counters = wh_redirectors_at(record->slot);
	if (counters)
		count(&counters->refused[WH_CAUSE_ABSENT]);
	if (events_wanted())
		event_failed(record);
}

/* The token of an accepted socket ends with its connection. */
static __always_inline void token_end(struct wh_record *record)
{
	struct wh_totals *totals = wh_totals_at(0);
	__u64 id = record->id;

	if (!(record->flags & WH_RECORD_ISSUED))
		return;
	if (bpf_map_delete_elem(&wh_issued, &id))
		return;
	if (record->flags & WH_RECORD_CHAINED)
		bpf_map_delete_elem(&wh_issued_chain, &id);
	if (totals)
		uncount(&totals->issued);
}

/* Somebody called listen(), in whose context this runs. */
static __always_inline void listener_begin(struct bpf_sock_ops *ops, struct bpf_sock *sk)
{
	const struct wh_rules *rules = active_rules();
	struct wh_cgroup_path *path = &unknown_cgroup;
	struct bind_question question = {};
	struct cgroup *cgroup = process_cgroup();
	struct wh_identity identity;
	struct wh_process_key key;
	struct wh_endpoint remote;

	if (!rules || !wh_rules_listen_port(rules, (__u16)ops->local_port))
		return;
	identity_read(&identity);
	if (rules->flags & WH_RULES_CGROUP)
		path = cgroup_path(sk, cgroup);
	identity.netns = bpf_get_netns_cookie(ops);
	identity.cgroup = cgroup->kn->id;
	question.netns = identity.netns;
	ops_ends(ops, &question.bound, &remote);
	redirectors_at(rules, &question, &identity, path);
	bpf_sk_storage_get(&wh_listening, sk, &identity, BPF_SK_STORAGE_GET_F_CREATE);
	key = (struct wh_process_key){.start_tick = identity.start_time / WH_TICK_NS,
				      .pid = identity.pid};
	learn_process(rules, &key, &question.at, 1);
}

SEC("sockops")
int wh_sock_ops(struct bpf_sock_ops *ops)
{
	struct wh_record *record;
	struct bpf_sock *sk;

	switch (ops->op) {
	case BPF_SOCK_OPS_STATE_CB:
		if (ops->args[1] != WH_TCP_CLOSE)
			return 1;
		break;
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		break;
	default:
		return 1;
	}
	sk = ops->sk;
	if (!sk)
		return 1;
	switch (ops->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		flight_begin(ops, sk);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		flight_arrive(ops, sk);
		break;
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		listener_begin(ops, sk);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		record = bpf_sk_storage_get(&wh_client, sk, 0, 0);
		if (record) {
			flight_abandon(ops, sk, record, ops->args[0]);
			break;
		}
		record = bpf_sk_storage_get(&wh_accepted, sk, 0, 0);
		if (record)
			token_end(record);
		break;
	}
	return 1;
}

#endif /* WH_FLIGHT_BPF_H */
