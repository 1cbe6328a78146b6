/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Carrying a verdict out: the refusal and its counters, or the record of the redirection.
 *
 * Nothing is counted as in flight here: a connect may still fail without any further callback.
 * What is left in socket storage dies with the socket, or is replaced by its next connect.
 */
#ifndef WH_REDIRECT_BPF_H
#define WH_REDIRECT_BPF_H

#include "decide.bpf.h"
#include "listener_check.h"
#include "process_facts.bpf.h"

#define WH_SOL_SOCKET 1
#define WH_SO_BINDTOIFINDEX 62
#define WH_LOOPBACK_INDEX 1 /* in every network namespace; reaches every address of this host */

/* Everything about one connect. Its parts are filled when somebody wants to know. */
struct connect_call {
	struct bpf_sock_addr *ctx;
	const struct wh_rules *rules;
	struct wh_chain *chain;                    /* set by the proxy on this socket, or NULL */
	const struct wh_identity *who;             /* whom the rules are about */
	const struct wh_cgroup_path *path;         /* of that one's socket */
	const struct wh_cgroup_path *process_path; /* of the caller */
	const struct wh_passed *learned;           /* what the caller listens for, or NULL */
	struct wh_identity identity;               /* the caller; valid once .pid is not 0 */
	struct connect_question question;
};

/* Refuses the connect, for a cause that is counted. */
static __noinline int call_refuse(struct connect_call *call, __u32 cause)
{
	struct wh_verdict *verdict = &call->question.verdict;
	struct wh_totals *totals = wh_totals_at(0);
	struct wh_redirector_counters *counters;

	wh_verdict_refuse(verdict, cause);
	if (totals)
		count(&totals->refused[cause % WH_CAUSE_SLOTS]);
	if (verdict->redirector < WH_REDIRECTORS_MAX) {
		counters = wh_redirectors_at(
			call->rules->redirector[verdict->redirector % WH_REDIRECTORS_MAX].slot);
		if (counters)
			count(&counters->refused[cause % WH_CAUSE_SLOTS]);
	}
	bpf_set_retval(-(int)verdict->error);
	return HOOK_DENY;
}

/* Counts the filter that decided, if it was one. */
static __noinline int call_count_filter(struct connect_call *call)
{
	struct wh_filter_counters *counters;
	const struct wh_rule *rule;

	if (call->question.verdict.rule >= WH_RULES_MAX)
		return 0;
	rule = &call->rules->rule[call->question.verdict.rule % WH_RULES_MAX];
	if (rule->kind == WH_RULE_REDIRECT)
		return 0;
	counters = wh_filters_at(call->rules->filter[rule->index % WH_FILTERS_MAX].slot);
	if (!counters)
		return 0;
	count(&counters->hits);
	counters->last_hit = bpf_ktime_get_boot_ns();
	return 0;
}

/* Looks at the listener that would get the connect to question.verdict.target. Returns 0 or a
 * cause. Global, so that the verifier looks at it once; see decide.bpf.h. */
__noinline int listener_look(struct bpf_sock_addr *ctx, const struct wh_rules *rules,
			     struct connect_question *question)
{
	const struct wh_redirector *redirector;
	struct wh_redirector_counters *counters;
	struct wh_process holder = {};
	struct bpf_sock_tuple tuple = {};
	struct wh_identity *listener = NULL;
	struct wh_address address;
	struct bpf_sock *sk;
	__u32 cause;

	if (!ctx || !rules || !question)
		return WH_CAUSE_MEMORY;
	redirector = &rules->redirector[question->verdict.redirector % WH_REDIRECTORS_MAX];
	/* Into another namespace there is no looking: the engine has refused intruders. */
	if (!wh_listener_matters(redirector) || redirector->netns != question->netns)
		return WH_CAUSE_NONE;
	address = question->verdict.target.address;
	if (wh_address_is_v4(&address)) {
		tuple.ipv4.daddr = address.word[3];
		tuple.ipv4.dport = question->verdict.target.port;
		sk = bpf_sk_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
	} else {
		__builtin_memcpy(tuple.ipv6.daddr, address.word, sizeof(tuple.ipv6.daddr));
		tuple.ipv6.dport = question->verdict.target.port;
		sk = bpf_sk_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv6), BPF_F_CURRENT_NETNS, 0);
	}
	if (!sk)
		return WH_CAUSE_ABSENT;
	listener = bpf_sk_storage_get(&wh_listening, sk, 0, 0);
	if (listener) {
		holder.who = listener;
		holder.path = cgroup_known(listener->cgroup);
	}
	cause = wh_listener_cause(redirector, 1, listener ? &holder : NULL);
	counters = cause ? wh_redirectors_at(redirector->slot) : NULL;
	if (counters) {
		counters->intruder_pid = listener ? listener->pid : 0;
		counters->intruder_uid = listener ? listener->uid : 0;
	}
	bpf_sk_release(sk);
	return (int)cause;
}

/* Picks the address to which this connect is sent, if its redirector is spread over a range. */
static __noinline int call_spread(struct connect_call *call)
{
	struct wh_verdict *verdict = &call->question.verdict;
	const struct wh_redirector *redirector =
		&call->rules->redirector[verdict->redirector % WH_REDIRECTORS_MAX];
	const struct wh_spread *spread = wh_redirector_spread(redirector, &verdict->target);
	struct wh_redirector_counters *counters;

	if (!spread)
		return 0;
	counters = wh_redirectors_at(redirector->slot);
	if (counters)
		wh_spread_pick(spread, __sync_fetch_and_add(&counters->spread, 1),
			       &verdict->target.address);
	return 0;
}

/* A connect goes on without this redirector, whose proxy is absent. */
static __always_inline void count_absent(const struct wh_redirector *redirector)
{
	struct wh_redirector_counters *counters = wh_redirectors_at(redirector->slot);

	if (counters) {
		count(&counters->absent_permitted);
		counters->last_absent = bpf_ktime_get_boot_ns();
	}
}

static __always_inline __u32 call_check_bounds(struct connect_call *call)
{
	struct wh_settings *settings = wh_settings_at(0);
	struct wh_totals *totals = wh_totals_at(0);
	__u64 *flights = user_flights(call->identity.uid);

	if (!settings || !totals || !flights)
		return WH_CAUSE_MEMORY;
	if (totals->flights >= settings->flight_limit)
		return WH_CAUSE_BOUND;
	if (*flights >= settings->user_flight_limit)
		return WH_CAUSE_USER_BOUND;
	return WH_CAUSE_NONE;
}

/* Writes what lies behind the connect, beside its record. Returns 0 or a cause. */
static __always_inline __u32 call_chain(struct connect_call *call, __u32 related,
					struct wh_record *record)
{
	struct wh_chain *chain = call->chain;

	if (!chain && related == WH_NO_REDIRECTOR) {
		bpf_sk_storage_delete(&wh_outbound, call->ctx->sk);
		return WH_CAUSE_NONE;
	}
	record->flags |= WH_RECORD_CHAINED;
	if (chain)
		return WH_CAUSE_NONE;
	chain = bpf_sk_storage_get(&wh_outbound, call->ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!chain)
		return WH_CAUSE_MEMORY;
	wh_chain_by_process(chain, &call->rules->redirector[related % WH_REDIRECTORS_MAX],
			    &call->question.passed, &record->who, &call->question.destination,
			    record->time);
	return WH_CAUSE_NONE;
}

/* Notes beside the record that the proxy listens in another namespace. Returns 0 or a cause. */
static __always_inline __u32 call_abroad(struct connect_call *call,
					 const struct wh_redirector *redirector,
					 struct wh_record *record)
{
	__u64 *netns;

	if (redirector->netns == call->question.netns)
		return WH_CAUSE_NONE;
	netns = bpf_sk_storage_get(&wh_abroad, call->ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!netns)
		return WH_CAUSE_MEMORY;
	*netns = redirector->netns;
	record->flags |= WH_RECORD_ABROAD;
	return WH_CAUSE_NONE;
}

/* Writes the record of this redirection. Returns 0 or a cause. */
static __noinline __u32 call_record(struct connect_call *call, __u32 related, __u32 device)
{
	const struct connect_question *question = &call->question;
	const struct wh_redirector *redirector =
		&call->rules->redirector[question->verdict.redirector % WH_REDIRECTORS_MAX];
	struct cgroup *cgroup = socket_cgroup(call->ctx->sk);
	struct wh_totals *totals = wh_totals_at(0);
	struct wh_record *record;

	record = bpf_sk_storage_get(&wh_client, call->ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!record || !totals || !cgroup)
		return WH_CAUSE_MEMORY;
	record->id = __sync_fetch_and_add(&totals->next_id, 1);
	record->time = bpf_ktime_get_boot_ns();
	record->version = call->rules->version;
	record->redirector = redirector->guid;
	record->destination = question->destination.address;
	record->destination_port = question->destination.port;
	record->proxy = question->verdict.target.address;
	record->proxy_port = question->verdict.target.port;
	record->slot = redirector->slot;
	record->context = redirector->context;
	record->context_kind = (__u8)redirector->context_kind;
	record->bound_device = device;
	if (redirector->flags & WH_LOCAL_ADDRESS_PROXY)
		record->flags |= WH_RECORD_LOCAL_PROXY;
	record->who = call->identity;
	record->who.cgroup = cgroup->kn->id;
	record->who.netns = question->netns;
	if (call_abroad(call, redirector, record))
		return WH_CAUSE_MEMORY;
	return call_chain(call, related, record);
}

/* The redirector of the verdict takes the connect, unless something is in the way. */
static __noinline int call_redirect(struct connect_call *call, __u32 related)
{
	const struct wh_redirector *redirector =
		&call->rules->redirector[call->question.verdict.redirector % WH_REDIRECTORS_MAX];
	__u32 cause = call_check_bounds(call), device;
	int none = 0;

	if (cause)
		return call_refuse(call, cause);
	device = call->ctx->sk->bound_dev_if;
	if (device == WH_LOOPBACK_INDEX || redirector->netns != call->question.netns)
		device = 0;
	/* Bound to another device it would not reach the proxy; call_forget() gives the device
	 * back. The kernel lets only those with CAP_NET_RAW leave one. */
	if (device &&
	    bpf_setsockopt(call->ctx, WH_SOL_SOCKET, WH_SO_BINDTOIFINDEX, &none, sizeof(none)))
		return call_refuse(call, WH_CAUSE_DEVICE);
	cause = call_record(call, related, device);
	return cause ? call_refuse(call, cause) : HOOK_ALLOW;
}

#endif /* WH_REDIRECT_BPF_H */
