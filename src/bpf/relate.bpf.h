/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * setsockopt(SOL_WHITHER, WHITHER_RECORDS): the proxy relates its outbound socket, not yet
 * connected, to a connection that it has accepted. What is attached is the kernel's own chain,
 * found by the token's id; of the caller's bytes nothing else is used.
 */
#ifndef WH_RELATE_BPF_H
#define WH_RELATE_BPF_H

#include "answer.bpf.h"
#include "decide.bpf.h"

/* May the current process set the records that were issued to its redirector? */
static __noinline int relate_allowed(struct bpf_sock *sk, struct wh_issued *issued)
{
	const struct wh_rules *rules = active_rules();
	__u32 found = WH_NO_REDIRECTOR;
	struct wh_cgroup_path *path = &unknown_cgroup;
	struct wh_process_key key = {};
	struct wh_identity identity;
	struct wh_process process;

	identity_read(&identity);
	if (rules)
		found = wh_redirector_find(rules, &issued->record);
	if (!rules || found == WH_NO_REDIRECTOR) /* it has left the rules: who held the records? */
		return issued->holder_pid == identity.pid &&
		       issued->holder_start == identity.start_time;
	key.start_tick = identity.start_time / WH_TICK_NS;
	key.pid = identity.pid;
	if (rules->flags & WH_RULES_CGROUP)
		path = cgroup_path(sk, process_cgroup());
	process = (struct wh_process){
		.who = &identity, .path = path, .learned = bpf_map_lookup_elem(&wh_learned, &key)};
	return wh_process_belongs(&rules->redirector[found % WH_REDIRECTORS_MAX], &process);
}

/* Returns 0 or a positive errno. */
static __noinline int relate(struct bpf_sock *sk, const struct wh_token *token)
{
	struct wh_redirector_counters *counters;
	struct wh_chain *chain, *older;
	struct wh_issued *issued;
	__u64 id = token->id;
	int error;

	issued = bpf_map_lookup_elem(&wh_issued, &id);
	if (!issued || !wh_token_genuine(token, &issued->record))
		return WH_ESTALE;
	if (!relate_allowed(sk, issued))
		return WH_EACCES;
	older = NULL;
	if (issued->record.flags & WH_RECORD_CHAINED) {
		older = bpf_map_lookup_elem(&wh_issued_chain, &id);
		if (!older)
			return WH_ESTALE;
	}
	chain = bpf_sk_storage_get(&wh_outbound, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!chain)
		return WH_ENOBUFS;
	if (older)
		bpf_probe_read_kernel(chain, sizeof(*chain), older);
	else
		__builtin_memset(chain, 0, sizeof(*chain));
	chain->source = WH_CHAIN_SET;
	error = wh_chain_append(chain, &issued->record);
	if (error) {
		bpf_sk_storage_delete(&wh_outbound, sk);
		return -error;
	}
	counters = wh_redirectors_at(issued->record.slot);
	if (counters)
		count(&counters->related_by_records);
	return 0;
}

SEC("cgroup/setsockopt")
int wh_setsockopt(struct bpf_sockopt *ctx)
{
	const struct wh_token *bytes;
	struct bpf_sock *sk = ctx->sk;
	struct wh_token token;
	int error;

	if (ctx->level != WH_LEVEL) {
		if (ctx->optlen > WH_PAGE_SIZE)
			ctx->optlen = 0;
		return HOOK_ALLOW;
	}
	if (ctx->optlen == -1)
		return HOOK_ALLOW; /* done by the same program in a cgroup below */
	if (ctx->optname != WH_OPTION_RECORDS)
		return HOOK_ALLOW; /* the kernel's own error */
	if (!is_tcp(sk)) {
		error = WH_EOPNOTSUPP;
	} else if (sk->state == WH_TCP_STATE_LISTEN) {
		error = WH_EINVAL;
	} else if (sk->state != WH_TCP_STATE_CLOSE) {
		error = WH_EISCONN;
	} else {
		bytes = ctx->optval;
		if ((void *)(bytes + 1) > ctx->optval_end) {
			error = WH_EBADMSG;
		} else {
			error = -wh_token_decode(bytes, (__u32)ctx->optlen, &token);
			if (!error)
				error = relate(sk, &token);
		}
	}
	if (error) {
		bpf_set_retval(-error);
		return HOOK_DENY;
	}
	WH_BARRIER();
	ctx->optlen = -1; /* done: do not ask the kernel */
	return HOOK_ALLOW;
}

#endif /* WH_RELATE_BPF_H */
