/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * For proxies that were written for netfilter, or for nothing at all: SO_ORIGINAL_DST and
 * getsockname() on the accepted socket. Of connections that are not ours the kernel's own
 * answers stand.
 */
#ifndef WH_ORIGINAL_BPF_H
#define WH_ORIGINAL_BPF_H

#include "learn.bpf.h"
#include "original_destination.h"
#include "socket_facts.bpf.h"

/* Notes that the current process asks about a connection: that makes it its redirector's. */
static __always_inline void note_asker(struct wh_record *record)
{
	if (record->asker != (__u32)(bpf_get_current_pid_tgid() >> 32))
		learn_asker(record);
}

/*
 * Netfilter has been asked before; its answer is replaced. It leaves the length as it came, and
 * so do we, but for buffers that are longer than the page which is all that a program sees: the
 * length is then that of the address.
 */
static __noinline int answer_original(struct bpf_sockopt *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct wh_sockaddr_in6 *v6;
	struct wh_sockaddr_in *v4;
	struct wh_record *record;
	__u32 room;
	int answer;

	if (ctx->retval == -WH_EFAULT || !is_tcp(sk))
		return 0;
	record = bpf_sk_storage_get(&wh_accepted, sk, 0, 0);
	if (!record || !record_believed(record, sk))
		return 0;
	room = (__u32)((__u8 *)ctx->optval_end - (__u8 *)ctx->optval);
	answer = wh_original_answer(record, (__u32)ctx->level, sk->family == WH_AF_INET6, room);
	if (!answer)
		return 0;
	note_asker(record);
	if (answer < 0) {
		answer_error(ctx, -answer);
		return 0;
	}
	v4 = ctx->optval;
	v6 = ctx->optval;
	if (answer == sizeof(*v4)) {
		if ((void *)(v4 + 1) > ctx->optval_end)
			return 0;
		wh_original_fill4(v4, record);
	} else {
		if ((void *)(v6 + 1) > ctx->optval_end)
			return 0;
		wh_original_fill6(v6, record);
	}
	WH_BARRIER();
	if (ctx->optlen > WH_PAGE_SIZE)
		ctx->optlen = answer;
	WH_BARRIER();
	ctx->retval = 0;
	WH_BARRIER();
	return 1;
}

SEC("cgroup/getsockname4")
int wh_getsockname4(struct bpf_sock_addr *ctx)
{
	struct wh_record *record = bpf_sk_storage_get(&wh_accepted, ctx->sk, 0, 0);

	if (!record || !wh_original_is_local(record, 0) || !record_believed(record, ctx->sk))
		return HOOK_ALLOW;
	note_asker(record);
	ctx->user_ip4 = record->destination.word[3];
	WH_BARRIER();
	ctx->user_port = record->destination_port;
	return HOOK_ALLOW;
}

SEC("cgroup/getsockname6")
int wh_getsockname6(struct bpf_sock_addr *ctx)
{
	struct wh_record *record = bpf_sk_storage_get(&wh_accepted, ctx->sk, 0, 0);

	if (!record || !wh_original_is_local(record, 1) || !record_believed(record, ctx->sk))
		return HOOK_ALLOW;
	note_asker(record);
	for (int i = 0; i < 4; i++) {
		ctx->user_ip6[i] = record->destination.word[i];
		WH_BARRIER();
	}
	ctx->user_port = record->destination_port;
	return HOOK_ALLOW;
}

#endif /* WH_ORIGINAL_BPF_H */
