/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Names of sockets: a redirected client sees the peer that it asked for; and an address that
 * belongs to a redirector with a stated owner is not bound by anybody else.
 */
#ifndef WH_SOCKET_NAME_BPF_H
#define WH_SOCKET_NAME_BPF_H

#include "events.bpf.h"
#include "process_facts.bpf.h"

static __always_inline int peer_is(const struct wh_record *record, const struct wh_address *peer,
				   __be16 port)
{
	return port == record->proxy_port && wh_address_equal(peer, &record->proxy);
}

SEC("cgroup/getpeername4")
int wh_getpeername4(struct bpf_sock_addr *ctx)
{
	struct wh_record *record = bpf_sk_storage_get(&wh_client, ctx->sk, 0, 0);
	struct wh_address peer;

	if (!record)
		return HOOK_ALLOW;
	wh_address_from_v4(&peer, ctx->user_ip4);
	if (!peer_is(record, &peer, (__be16)ctx->user_port))
		return HOOK_ALLOW;
	ctx->user_ip4 = record->destination.word[3];
	WH_BARRIER();
	ctx->user_port = record->destination_port;
	return HOOK_ALLOW;
}

SEC("cgroup/getpeername6")
int wh_getpeername6(struct bpf_sock_addr *ctx)
{
	struct wh_record *record = bpf_sk_storage_get(&wh_client, ctx->sk, 0, 0);
	struct wh_address peer;

	if (!record)
		return HOOK_ALLOW;
	for (int i = 0; i < 4; i++) {
		peer.word[i] = ctx->user_ip6[i];
		WH_BARRIER();
	}
	if (!peer_is(record, &peer, (__be16)ctx->user_port))
		return HOOK_ALLOW;
	for (int i = 0; i < 4; i++) {
		ctx->user_ip6[i] = record->destination.word[i];
		WH_BARRIER();
	}
	ctx->user_port = record->destination_port;
	return HOOK_ALLOW;
}

static __noinline int bind_decide(struct bpf_sock_addr *ctx, const struct wh_endpoint *bound)
{
	const struct wh_rules *rules = active_rules();
	struct wh_redirector_counters *counters;
	struct wh_cgroup_path *path = &unknown_cgroup;
	struct bind_question question = {};
	const struct wh_redirector *redirector;
	struct wh_identity identity;

	if (!rules || !bound->port || !(rules->flags & WH_RULES_OWNED) ||
	    !wh_rules_listen_port(rules, WH_HOST16(bound->port)))
		return HOOK_ALLOW;
	identity_read(&identity);
	if (rules->flags & WH_RULES_CGROUP)
		path = cgroup_path(ctx->sk, process_cgroup());
	question.bound = *bound;
	question.netns = bpf_get_netns_cookie(ctx);
	redirectors_at(rules, &question, &identity, path);
	if (question.guarded == WH_NO_REDIRECTOR)
		return HOOK_ALLOW;
	redirector = &rules->redirector[question.guarded % WH_REDIRECTORS_MAX];
	counters = wh_redirectors_at(redirector->slot);
	if (counters) {
		count(&counters->binds_refused);
		counters->intruder_pid = identity.pid;
		counters->intruder_uid = identity.uid;
	}
	if (events_wanted())
		event_bind(rules, &question);
	bpf_set_retval(-WH_EACCES);
	return HOOK_DENY;
}

SEC("cgroup/bind4")
int wh_bind4(struct bpf_sock_addr *ctx)
{
	struct wh_endpoint bound = {};

	if (ctx->protocol != IPPROTO_TCP)
		return HOOK_ALLOW;
	wh_address_from_v4(&bound.address, ctx->user_ip4);
	bound.port = (__be16)ctx->user_port;
	return bind_decide(ctx, &bound);
}

SEC("cgroup/bind6")
int wh_bind6(struct bpf_sock_addr *ctx)
{
	struct wh_endpoint bound = {};

	if (ctx->protocol != IPPROTO_TCP)
		return HOOK_ALLOW;
	for (int i = 0; i < 4; i++) {
		bound.address.word[i] = ctx->user_ip6[i];
		WH_BARRIER();
	}
	bound.port = (__be16)ctx->user_port;
	return bind_decide(ctx, &bound);
}

#endif /* WH_SOCKET_NAME_BPF_H */
