/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * connect(): collects the facts, lets the core decide, and carries the verdict out.
 *
 * Runs in the caller's context with the socket locked, before the route is looked up. Nothing
 * is counted as in flight here: a connect may still fail without any further callback. What is
 * left in socket storage dies with the socket, or is replaced by its next connect.
 */
#ifndef WH_CONNECT_BPF_H
#define WH_CONNECT_BPF_H

#include "process_facts.bpf.h"

#define WH_SOL_SOCKET 1
#define WH_SO_BINDTOIFINDEX 62

/* Everything about one connect. Its parts are filled when somebody wants to know. */
struct connect_call {
	struct bpf_sock_addr *ctx;
	const struct wh_rules *rules;
	struct wh_chain *chain; /* set by the proxy on this socket, or NULL */
	struct wh_facts facts;
	struct wh_identity identity; /* valid once .pid is not 0 */
	struct wh_process process;
	struct wh_verdict verdict;
	__u32 inet6;
};

static __always_inline void call_know_identity(struct connect_call *call)
{
	if (call->identity.pid)
		return;
	identity_read(&call->identity);
	process_read(&call->process, &call->identity, call->rules, call->ctx->sk);
}

/* The facts that rules compare: of the chain's first process if there is one, else the caller. */
static __always_inline void call_fill_facts(struct connect_call *call)
{
	call->facts.who = call->chain ? &call->chain->who : &call->identity;
	call->facts.path = &unknown_cgroup;
	if (!(call->rules->flags & WH_RULES_IDENTITY))
		return;
	if (!call->chain)
		call_know_identity(call);
	if (!(call->rules->flags & WH_RULES_CGROUP))
		return;
	call->facts.path = call->chain ? cgroup_known(call->chain->who.cgroup) :
					 cgroup_path(call->ctx->sk, socket_cgroup(call->ctx->sk));
}

/* Forgets what an earlier connect left, and gives back the device it was bound to. */
static __always_inline void call_forget(struct bpf_sock_addr *ctx, struct wh_record *old)
{
	int device;

	if (!old)
		return;
	device = (int)old->bound_device;
	if (device)
		bpf_setsockopt(ctx, WH_SOL_SOCKET, WH_SO_BINDTOIFINDEX, &device, sizeof(device));
	bpf_sk_storage_delete(&wh_client, ctx->sk);
}

static __noinline int call_refuse(struct connect_call *call, __u32 cause)
{
	struct wh_totals *totals = wh_totals_at(0);

	wh_verdict_refuse(&call->verdict, cause);
	if (totals)
		count(&totals->refused[cause % WH_CAUSE_SLOTS]);
	if (call->verdict.redirector < WH_REDIRECTORS_MAX) {
		const struct wh_redirector *redirector =
			&call->rules->redirector[call->verdict.redirector % WH_REDIRECTORS_MAX];
		struct wh_redirector_counters *counters = wh_redirectors_at(redirector->slot);

		if (counters)
			count(&counters->refused[cause % WH_CAUSE_SLOTS]);
	}
	bpf_set_retval(-(int)call->verdict.error);
	return HOOK_DENY;
}

/* Counts the filter that decided. */
static __noinline int call_count_filter(struct connect_call *call)
{
	const struct wh_rule *rule;
	struct wh_filter_counters *counters;
	__u32 index;

	if (call->verdict.rule >= WH_RULES_MAX)
		return 0;
	rule = &call->rules->rule[call->verdict.rule % WH_RULES_MAX];
	if (rule->kind == WH_RULE_REDIRECT)
		return 0;
	index = call->rules->filter[rule->index % WH_FILTERS_MAX].slot;
	counters = wh_filters_at(index);
	if (!counters)
		return 0;
	count(&counters->hits);
	counters->last_hit = bpf_ktime_get_boot_ns();
	return 0;
}

/* Is the listener that would get this connect the owner's? Returns 0 or a cause. */
static __noinline __u32 listener_check(struct bpf_sock_addr *ctx, const struct wh_rules *rules,
				       const struct wh_redirector *redirector,
				       const struct wh_endpoint *target)
{
	struct wh_redirector_counters *counters;
	struct wh_process holder = {};
	struct bpf_sock_tuple tuple = {};
	struct wh_identity *listener;
	__u32 cause = WH_CAUSE_ABSENT;
	struct bpf_sock *sk;

	if (wh_address_is_v4(&target->address)) {
		tuple.ipv4.daddr = target->address.word[3];
		tuple.ipv4.dport = target->port;
		sk = bpf_sk_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
	} else {
		__builtin_memcpy(tuple.ipv6.daddr, target->address.word, sizeof(tuple.ipv6.daddr));
		tuple.ipv6.dport = target->port;
		sk = bpf_sk_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv6), BPF_F_CURRENT_NETNS, 0);
	}
	if (!sk)
		return cause;
	listener = bpf_sk_storage_get(&wh_listening, sk, 0, 0);
	if (listener) {
		__u64 cgroup = listener->cgroup;

		holder.who = listener;
		if (rules->flags & WH_RULES_CGROUP)
			holder.path = cgroup_known(cgroup);
	}
	if (listener && wh_process_may_listen(redirector, &holder)) {
		cause = WH_CAUSE_NONE;
	} else {
		cause = WH_CAUSE_INTRUDER;
		counters = wh_redirectors_at(redirector->slot);
		if (counters) {
			counters->intruder_pid = listener ? listener->pid : 0;
			counters->intruder_uid = listener ? listener->uid : 0;
		}
	}
	bpf_sk_release(sk);
	return cause;
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

/* Writes the record of this redirection, and what lies behind it. Returns 0 or a cause. */
static __noinline __u32 call_record(struct connect_call *call, __u32 related,
				    const struct wh_passed *by_process, __u32 device)
{
	const struct wh_redirector *redirector =
		&call->rules->redirector[call->verdict.redirector % WH_REDIRECTORS_MAX];
	struct wh_totals *totals = wh_totals_at(0);
	struct cgroup *cgroup = socket_cgroup(call->ctx->sk);
	struct wh_chain *chain = call->chain;
	struct wh_record *record;

	record = bpf_sk_storage_get(&wh_client, call->ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!record || !totals)
		return WH_CAUSE_MEMORY;
	record->id = __sync_fetch_and_add(&totals->next_id, 1);
	record->time = bpf_ktime_get_boot_ns();
	record->version = call->rules->version;
	record->redirector = redirector->guid;
	record->destination = call->facts.destination.address;
	record->destination_port = call->facts.destination.port;
	record->client = (struct wh_address){};
	record->client_port = 0;
	record->proxy = call->verdict.target.address;
	record->proxy_port = call->verdict.target.port;
	record->slot = redirector->slot;
	record->context = redirector->context;
	record->context_kind = (__u8)redirector->context_kind;
	record->flags = 0;
	record->bound_device = device;
	record->who = call->identity;
	record->who.cgroup = BPF_CORE_READ(cgroup, kn, id);
	record->who.netns = call->facts.netns;

	if (!chain && related != WH_NO_REDIRECTOR) {
		chain = bpf_sk_storage_get(&wh_outbound, call->ctx->sk, 0,
					   BPF_SK_STORAGE_GET_F_CREATE);
		if (!chain)
			return WH_CAUSE_MEMORY;
		wh_chain_by_process(chain, &call->rules->redirector[related % WH_REDIRECTORS_MAX],
				    by_process, &record->who, &call->facts.destination,
				    record->time);
	} else if (!chain) {
		bpf_sk_storage_delete(&wh_outbound, call->ctx->sk);
	}
	if (chain)
		record->flags |= WH_RECORD_CHAINED;
	return WH_CAUSE_NONE;
}

/* The redirectors whose process is connecting: who has passed by that, and the last of them. */
static __noinline __u32 call_relation(const struct connect_call *call, struct wh_passed *ret_passed)
{
	struct wh_relation relation;

	wh_relation_find(&relation, call->rules, &call->process);
	*ret_passed = relation.passed;
	return relation.last;
}

/* The redirector that listens at the destination, if any, and whether it is the caller's own. */
static __noinline __u32 call_listener(const struct connect_call *call, __u32 *ret_own)
{
	struct wh_listener_search search = {.rules = call->rules,
					    .process = &call->process,
					    .destination = call->facts.destination,
					    .netns = call->facts.netns};

	wh_listener_find(&search);
	*ret_own = search.own;
	return search.found;
}

/* A redirector's conditions match: who has passed, and does it take the connect? */
static __always_inline int call_finish(struct connect_call *call, struct wh_choice *choice)
{
	const struct wh_redirector *redirector;
	struct wh_redirector_counters *counters;
	__u32 related = WH_NO_REDIRECTOR;
	struct wh_passed by_process;
	const struct wh_passed *passed;
	__u32 hops = 0, cause, device;
	int none = 0;

	call_know_identity(call);
	if (call->chain) {
		wh_passed_update(&call->chain->passed, call->rules);
		passed = &call->chain->passed;
		hops = call->chain->hop_count;
	} else {
		related = call_relation(call, &by_process);
		passed = &by_process;
		hops = related == WH_NO_REDIRECTOR ? 0 : 1;
	}
	wh_choice_final(choice, passed, hops, &call->verdict);
	if (related != WH_NO_REDIRECTOR) {
		redirector = &call->rules->redirector[related % WH_REDIRECTORS_MAX];
		counters = wh_redirectors_at(redirector->slot);
		if (counters)
			count(&counters->related_by_process);
	}
	if (call->verdict.action == WH_ACTION_PASS)
		return HOOK_ALLOW;
	if (call->verdict.action == WH_ACTION_REFUSE)
		return call_refuse(call, call->verdict.cause);

	redirector = &call->rules->redirector[call->verdict.redirector % WH_REDIRECTORS_MAX];
	cause = call_check_bounds(call);
	if (!cause && (redirector->owner.flags & WH_OWNER_STATED))
		cause = listener_check(call->ctx, call->rules, redirector, &call->verdict.target);
	if (cause)
		return call_refuse(call, cause);
	device = call->ctx->sk->bound_dev_if;
	if (device)
		bpf_setsockopt(call->ctx, WH_SOL_SOCKET, WH_SO_BINDTOIFINDEX, &none, sizeof(none));
	cause = call_record(call, related, &by_process, device);
	if (cause)
		return call_refuse(call, cause);
	return HOOK_ALLOW;
}

/*
 * Decides the connect to destination. The verdict says whether the hook must rewrite the
 * address. Inlined into both hooks.
 */
static __always_inline int call_decide(struct connect_call *call)
{
	struct wh_record *old = bpf_sk_storage_get(&wh_client, call->ctx->sk, 0, 0);
	__u32 listener = WH_NO_REDIRECTOR, own = 0;
	struct wh_choice choice;
	int result = HOOK_ALLOW;

	call->rules = active_rules();
	if (old)
		call_forget(call->ctx, old);
	bpf_sk_storage_delete(&wh_accepted, call->ctx->sk);
	if (!call->rules || !call->facts.destination.port)
		return HOOK_ALLOW;

	call->facts.netns = bpf_get_netns_cookie(call->ctx);
	call->chain = bpf_sk_storage_get(&wh_outbound, call->ctx->sk, 0, 0);
	if (call->chain && call->chain->source != WH_CHAIN_SET)
		call->chain = NULL;
	call_fill_facts(call);
	if (wh_rules_listen_port(call->rules, WH_HOST16(call->facts.destination.port))) {
		call_know_identity(call);
		listener = call_listener(call, &own);
	}
	wh_choice_first(&choice, call->rules, &call->facts, listener, own, call->inet6,
			&call->verdict);
	if (call->verdict.action == WH_ACTION_ASK)
		result = call_finish(call, &choice);
	else if (call->verdict.action == WH_ACTION_REFUSE)
		result = call_refuse(call, call->verdict.cause);
	call_count_filter(call);
	return result;
}

SEC("cgroup/connect4")
int wh_connect4(struct bpf_sock_addr *ctx)
{
	struct connect_call call = {.ctx = ctx};
	int result;

	if (ctx->protocol != IPPROTO_TCP)
		return HOOK_ALLOW;
	wh_address_from_v4(&call.facts.destination.address, ctx->user_ip4);
	call.facts.destination.port = (__be16)ctx->user_port;
	result = call_decide(&call);
	if (result == HOOK_ALLOW && call.verdict.action == WH_ACTION_REDIRECT) {
		ctx->user_ip4 = call.verdict.target.address.word[3];
		WH_BARRIER();
		ctx->user_port = call.verdict.target.port;
	}
	return result;
}

SEC("cgroup/connect6")
int wh_connect6(struct bpf_sock_addr *ctx)
{
	struct connect_call call = {.ctx = ctx, .inet6 = 1};
	int result;

	if (ctx->protocol != IPPROTO_TCP)
		return HOOK_ALLOW;
	for (int i = 0; i < 4; i++) {
		call.facts.destination.address.word[i] = ctx->user_ip6[i];
		WH_BARRIER();
	}
	call.facts.destination.port = (__be16)ctx->user_port;
	result = call_decide(&call);
	if (result == HOOK_ALLOW && call.verdict.action == WH_ACTION_REDIRECT) {
		for (int i = 0; i < 4; i++) {
			ctx->user_ip6[i] = call.verdict.target.address.word[i];
			WH_BARRIER();
		}
		ctx->user_port = call.verdict.target.port;
	}
	return result;
}

#endif /* WH_CONNECT_BPF_H */
