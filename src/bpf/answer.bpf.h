/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * getsockopt(SOL_WHITHER): the proxy asks its accepted socket. Needs no privilege.
 *
 * The kernel has run its own getsockopt() before, which failed; ctx->retval holds its error.
 * An answer replaces it. On an error the kernel copies nothing back, not even the length.
 */
#ifndef WH_ANSWER_BPF_H
#define WH_ANSWER_BPF_H

#include "abi_answer.h"
#include "original.bpf.h"
#include "token_codec.h"

struct sockopt_call {
	struct bpf_sockopt *ctx;
	struct wh_record *record;
	struct wh_chain *chain; /* older hops, or NULL */
};

/* Announces size bytes. Returns 1 if they are to be written too. */
static __always_inline int answer_size(struct bpf_sockopt *ctx, __u32 size)
{
	/* The caller's length. With NULL it is a question for the size, whatever it is. */
	__u32 room = (__u32)((__u8 *)ctx->optval_end - (__u8 *)ctx->optval);

	WH_BARRIER();
	if (room && room < size) {
		answer_error(ctx, WH_ENOBUFS);
		return 0;
	}
	WH_BARRIER();
	ctx->optlen = (int)size;
	WH_BARRIER();
	ctx->retval = 0;
	WH_BARRIER();
	return room >= size;
}

/* Makes the token valid: from now on, and until the connection ends, it can be set. */
static __noinline int token_issue(struct bpf_sock *sk, struct wh_record *record,
				  struct wh_chain *chain)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	struct wh_settings *settings = wh_settings_at(0);
	struct wh_totals *totals = wh_totals_at(0);
	struct wh_issued issued;
	__u64 id = record->id;

	if (!settings || !totals)
		return WH_ENOBUFS;
	wh_token_prove(&settings->key, record, record->proof);
	if (sk->state == WH_TCP_STATE_CLOSE)
		return 0; /* its connection is gone: the token can be shown, not set */
	issued.record = *record;
	issued.holder_pid = (__u32)task->tgid;
	issued.holder_start = task->group_leader->start_boottime;
	issued.reserved = 0;
	if (chain && bpf_map_update_elem(&wh_issued_chain, &id, chain, BPF_ANY))
		return WH_ENOBUFS;
	if (bpf_map_update_elem(&wh_issued, &id, &issued, BPF_NOEXIST)) {
		if (chain)
			bpf_map_delete_elem(&wh_issued_chain, &id);
		return WH_ENOBUFS;
	}
	record->flags |= WH_RECORD_ISSUED;
	count(&totals->issued);
	return 0;
}

static __always_inline void answer_records(struct sockopt_call *call)
{
	struct wh_token *token;
	int error;

	if (!answer_size(call->ctx, sizeof(*token)))
		return;
	if (!(call->record->flags & WH_RECORD_ISSUED)) {
		error = token_issue(call->ctx->sk, call->record, call->chain);
		if (error) {
			answer_error(call->ctx, error);
			return;
		}
	}
	token = call->ctx->optval;
	if ((void *)(token + 1) > call->ctx->optval_end)
		return;
	wh_token_encode(token, call->record);
}

static __always_inline void answer_origin(struct sockopt_call *call)
{
	struct wh_abi_origin *origin;

	if (!answer_size(call->ctx, sizeof(*origin)))
		return;
	origin = call->ctx->optval;
	if ((void *)(origin + 1) > call->ctx->optval_end)
		return;
	wh_abi_origin_fill(origin, call->record, call->chain);
}

static __always_inline void answer_hops(struct sockopt_call *call)
{
	__u32 older = call->chain ? call->chain->hop_count : 0;
	struct wh_abi_hop *hops;

	if (older >= WH_HOPS_MAX)
		older = WH_HOPS_MAX - 1;
	if (!answer_size(call->ctx, (older + 1) * sizeof(*hops)))
		return;
	hops = call->ctx->optval;
	for (__u32 i = 0; i < WH_HOPS_MAX - 1; i++) {
		if (!call->chain || i >= older || (void *)(hops + i + 1) > call->ctx->optval_end)
			break;
		wh_abi_hop_fill(hops + i, &call->chain->hop[i]);
	}
	hops += older % WH_HOPS_MAX;
	WH_SAME_POINTER(hops);
	if ((void *)(hops + 1) > call->ctx->optval_end)
		return;
	wh_abi_newest_hop_fill(hops, call->record);
}

/* One or two sockaddr_storage: the form that Microsoft's sample puts into its context. */
static __always_inline void answer_endpoints(struct sockopt_call *call, __u32 count_)
{
	const struct wh_record *record = call->record;
	struct wh_abi_storage *storage;

	if (!answer_size(call->ctx, count_ * sizeof(*storage)))
		return;
	storage = call->ctx->optval;
	if ((void *)(storage + 1) > call->ctx->optval_end)
		return;
	__builtin_memset(storage, 0, sizeof(*storage));
	wh_abi_address_fill(&storage->address, &record->destination, record->destination_port);
	if (count_ < 2 || (void *)(storage + 2) > call->ctx->optval_end)
		return;
	storage++;
	__builtin_memset(storage, 0, sizeof(*storage));
	wh_abi_address_fill(&storage->address, &record->client, record->client_port);
}

/* Copies size bytes, by words and then by bytes: the verifier wants each store's own check. */
static __noinline int answer_copy(struct bpf_sockopt *ctx, const struct wh_context *context,
				  __u32 size)
{
	__u8 *to = ctx->optval, *end = ctx->optval_end;
	const __u64 *words = (const __u64 *)context->bytes;
	__u32 done;

	for (done = 0; done < WH_CONTEXT_MAX / 8; done++) {
		if ((done + 1) * 8 > size || to + (done + 1) * 8ul > end)
			break;
		((__u64 *)to)[done] = words[done];
	}
	done = size & (2 * WH_CONTEXT_MAX - 8);
	to += done;
	for (__u32 i = 0; i < 7; i++) {
		if (done + i >= size || done + i >= WH_CONTEXT_MAX || to + i + 1 > end)
			break;
		to[i] = context->bytes[(done + i) % WH_CONTEXT_MAX];
	}
	return 0;
}

static __always_inline void answer_context(struct sockopt_call *call)
{
	struct wh_context *context;
	__u32 key = call->record->context, size;

	switch (call->record->context_kind) {
	case WH_CONTEXT_DESTINATION:
		answer_endpoints(call, 1);
		return;
	case WH_CONTEXT_ENDPOINTS:
		answer_endpoints(call, 2);
		return;
	case WH_CONTEXT_BYTES:
		break;
	default:
		answer_error(call->ctx, WH_ENOENT);
		return;
	}
	context = bpf_map_lookup_elem(&wh_contexts, &key);
	if (!context) {
		answer_error(call->ctx, WH_ENOENT);
		return;
	}
	size = context->size;
	if (size > WH_CONTEXT_MAX)
		size = WH_CONTEXT_MAX;
	if (!size) {
		/* The kernel takes a length of 0 for "leave it alone": it cannot be answered. */
		answer_error(call->ctx, WH_ENOENT);
		return;
	}
	if (answer_size(call->ctx, size))
		answer_copy(call->ctx, context, size);
}

SEC("cgroup/getsockopt")
int wh_getsockopt(struct bpf_sockopt *ctx)
{
	struct sockopt_call call = {.ctx = ctx};
	struct bpf_sock *sk = ctx->sk;

	if (ctx->optname == WH_SO_ORIGINAL_DST &&
	    (ctx->level == WH_SOL_IP || ctx->level == WH_SOL_IPV6) && answer_original(ctx))
		return HOOK_ALLOW;
	if (ctx->level != WH_LEVEL) {
		/* The buffer seen here ends with its page: let longer ones pass untouched. */
		if (ctx->optlen > WH_PAGE_SIZE)
			ctx->optlen = 0;
		return HOOK_ALLOW;
	}
	if (ctx->optname != WH_OPTION_RECORDS && ctx->optname != WH_OPTION_CONTEXT &&
	    ctx->optname != WH_OPTION_HOPS && ctx->optname != WH_OPTION_ORIGIN)
		return HOOK_ALLOW; /* not ours yet: the kernel's own error stands */
	if (!is_tcp(sk)) {
		answer_error(ctx, WH_EOPNOTSUPP);
		return HOOK_ALLOW;
	}
	call.record = bpf_sk_storage_get(&wh_accepted, sk, 0, 0);
	if (!call.record || !record_believed(call.record, sk)) {
		answer_error(ctx, no_record_error(sk));
		return HOOK_ALLOW;
	}
	note_asker(call.record);
	if (call.record->flags & WH_RECORD_CHAINED)
		call.chain = bpf_sk_storage_get(&wh_accepted_chain, sk, 0, 0);
	switch (ctx->optname) {
	case WH_OPTION_RECORDS:
		answer_records(&call);
		break;
	case WH_OPTION_CONTEXT:
		answer_context(&call);
		break;
	case WH_OPTION_HOPS:
		answer_hops(&call);
		break;
	case WH_OPTION_ORIGIN:
		answer_origin(&call);
		break;
	}
	return HOOK_ALLOW;
}

#endif /* WH_ANSWER_BPF_H */
