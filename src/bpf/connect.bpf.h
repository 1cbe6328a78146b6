/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * connect(): collects the facts, lets the core decide, and carries the verdict out.
 *
 * Runs in the caller's context with the socket locked, before the route is looked up.
 */
#ifndef WH_CONNECT_BPF_H
#define WH_CONNECT_BPF_H

#include "events.bpf.h"
#include "redirect.bpf.h"

/* Reads who is calling, when somebody wants to know. */
static __always_inline void call_know_process(struct connect_call *call)
{
	struct wh_process_key key = {};

	if (call->identity.pid)
		return;
	identity_read(&call->identity);
	key.start_tick = call->identity.start_time / WH_TICK_NS;
	key.pid = call->identity.pid;
	call->learned = bpf_map_lookup_elem(&wh_learned, &key);
	if (call->rules->flags & WH_RULES_CGROUP)
		call->process_path = cgroup_path(call->ctx->sk, process_cgroup());
}

/* Whom the rules are about: the chain's first process if there is one, else the caller. */
static __always_inline void call_know_client(struct connect_call *call)
{
	call->who = call->chain ? &call->chain->who : &call->identity;
	if (!(call->rules->flags & WH_RULES_IDENTITY))
		return;
	if (!call->chain)
		call_know_process(call);
	if (call->rules->flags & WH_RULES_CGROUP)
		call->path = call->chain ? cgroup_known(call->chain->who.cgroup) :
					   cgroup_path(call->ctx->sk, socket_cgroup(call->ctx->sk));
}

/* Forgets what an earlier connect left, and gives back the device it was bound to. */
static __always_inline void call_forget(struct bpf_sock_addr *ctx)
{
	struct wh_record *old = bpf_sk_storage_get(&wh_client, ctx->sk, 0, 0);
	int device;

	bpf_sk_storage_delete(&wh_accepted, ctx->sk);
	if (!old)
		return;
	device = (int)old->bound_device;
	if (device && !ctx->sk->bound_dev_if) /* unless it was bound anew since */
		bpf_setsockopt(ctx, WH_SOL_SOCKET, WH_SO_BINDTOIFINDEX, &device, sizeof(device));
	bpf_sk_storage_delete(&wh_client, ctx->sk);
}

/* Offers the connect to one redirector after the other, until the proxy of one is there. Those that
 * are absent refuse it, or permit that it goes on. */
static __always_inline int call_offer(struct connect_call *call, __u32 related)
{
	struct connect_question *question = &call->question;
	const struct wh_redirector *redirector;
	__u32 cause = WH_CAUSE_ABSENT;

	/* Linux 6.1 refuses a loop of which the compiler lays out the end before the beginning. */
#pragma clang loop unroll(full)
	for (__u32 tried = 0; tried <= WH_ABSENT_MAX; tried++) {
		connect_final(call->rules, question, call->who, call->path);
		if (question->verdict.action == WH_ACTION_PASS)
			return HOOK_ALLOW;
		if (question->verdict.action == WH_ACTION_REFUSE)
			return call_refuse(call, question->verdict.cause);
		call_spread(call);
		cause = (__u32)listener_look(call->ctx, call->rules, question);
		if (!cause)
			return call_redirect(call, related);
		redirector =
			&call->rules->redirector[question->verdict.redirector % WH_REDIRECTORS_MAX];
		if (!wh_pass_over(redirector, cause, tried, &question->passed.slots))
			break;
		count_absent(redirector);
	}
	return call_refuse(call, cause);
}

/* A redirector's conditions match: who has passed, and does it take the connect? */
static __always_inline int call_finish(struct connect_call *call)
{
	struct connect_question *question = &call->question;
	const struct wh_redirector *redirector;
	struct wh_redirector_counters *counters;
	__u32 related = WH_NO_REDIRECTOR;

	call_know_process(call);
	if (call->chain) {
		wh_passed_update(&call->chain->passed, call->rules);
		question->passed = call->chain->passed;
		question->hops = call->chain->hop_count;
	} else {
		related = (__u32)redirectors_of(call->rules, &call->identity, call->process_path,
						call->learned, &question->passed);
	}
	if (related != WH_NO_REDIRECTOR) {
		question->hops = 1;
		redirector = &call->rules->redirector[related % WH_REDIRECTORS_MAX];
		counters = wh_redirectors_at(redirector->slot);
		if (counters)
			count(&counters->related_by_process);
	}
	return call_offer(call, related);
}

/* What the monitor is told beside the verdict. */
static __always_inline __u32 call_flags(const struct connect_call *call)
{
	__u32 flags = call->chain ? WH_EVENT_SET : 0;

	if (call->question.listener != WH_NO_REDIRECTOR)
		flags |= WH_EVENT_TO_LISTENER;
	return flags;
}

/* Decides the connect to question.destination; the verdict says whether the hook has to rewrite
 * the address. */
static __always_inline int call_decide(struct connect_call *call)
{
	struct connect_question *question = &call->question;
	int result = HOOK_ALLOW;

	call_forget(call->ctx);
	call->rules = active_rules();
	if (!call->rules || !question->destination.port)
		return HOOK_ALLOW;
	call->path = &unknown_cgroup;
	call->process_path = &unknown_cgroup;
	question->netns = bpf_get_netns_cookie(call->ctx);
	if (call->rules->flags & WH_RULES_NETNS)
		question->host_netns = in_host_netns(call->ctx->sk) & 1;
	question->listener = WH_NO_REDIRECTOR;
	call->chain = bpf_sk_storage_get(&wh_outbound, call->ctx->sk, 0, 0);
	if (call->chain && call->chain->source != WH_CHAIN_SET)
		call->chain = NULL;
	call_know_client(call);
	if (wh_rules_listen_port(call->rules, WH_HOST16(question->destination.port))) {
		call_know_process(call);
		listener_at(call->rules, question, &call->identity, call->process_path,
			    call->learned);
	}
	connect_first(call->rules, question, call->who, call->path);
	if (question->verdict.action == WH_ACTION_ASK)
		result = call_finish(call);
	else if (question->verdict.action == WH_ACTION_REFUSE)
		result = call_refuse(call, question->verdict.cause);
	call_count_filter(call);
	if (events_wanted())
		event_connect(call->rules, question, call_flags(call));
	return result;
}

SEC("cgroup/connect4")
int wh_connect4(struct bpf_sock_addr *ctx)
{
	struct connect_call call = {.ctx = ctx};
	struct wh_address bound;
	int result;

	if (ctx->protocol != IPPROTO_TCP)
		return HOOK_ALLOW;
	wh_address_from_v4(&call.question.destination.address, ctx->user_ip4);
	if (!ctx->user_ip4) {
		wh_address_from_v4(&bound, ctx->sk->src_ip4);
		wh_address_settle(&call.question.destination.address, &bound);
	}
	call.question.destination.port = (__be16)ctx->user_port;
	result = call_decide(&call);
	if (result == HOOK_ALLOW && call.question.verdict.action == WH_ACTION_REDIRECT) {
		ctx->user_ip4 = call.question.verdict.target.address.word[3];
		WH_BARRIER();
		ctx->user_port = call.question.verdict.target.port;
	}
	return result;
}

SEC("cgroup/connect6")
int wh_connect6(struct bpf_sock_addr *ctx)
{
	struct connect_call call = {.ctx = ctx, .question = {.inet6 = 1}};
	struct wh_address bound;
	int result;

	if (ctx->protocol != IPPROTO_TCP)
		return HOOK_ALLOW;
	for (int i = 0; i < 4; i++) {
		call.question.destination.address.word[i] = ctx->user_ip6[i];
		WH_BARRIER();
	}
	if (wh_address_is_any(&call.question.destination.address)) {
		for (int i = 0; i < 4; i++) {
			bound.word[i] = ctx->sk->src_ip6[i];
			WH_BARRIER();
		}
		wh_address_settle(&call.question.destination.address, &bound);
	}
	call.question.destination.port = (__be16)ctx->user_port;
	result = call_decide(&call);
	if (result == HOOK_ALLOW && call.question.verdict.action == WH_ACTION_REDIRECT) {
		for (int i = 0; i < 4; i++) {
			ctx->user_ip6[i] = call.question.verdict.target.address.word[i];
			WH_BARRIER();
		}
		ctx->user_port = call.question.verdict.target.port;
	}
	return result;
}

#endif /* WH_CONNECT_BPF_H */
