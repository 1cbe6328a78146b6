/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The list of live connections, read by "whither show": one struct wh_listing for every
 * accepted socket that has a record, whatever namespace it is in.
 */
#ifndef WH_LISTING_BPF_H
#define WH_LISTING_BPF_H

#include "process_facts.bpf.h"

SEC("iter/bpf_sk_storage_map")
int wh_list_accepted(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct wh_listing entry = {};
	struct wh_record *record = ctx->value;
	struct wh_chain *chain;
	struct sock *sk = ctx->sk;

	if (!record || !sk)
		return 0;
	entry.record = *record;
	entry.state = sk->__sk_common.skc_state;
	entry.proxy_port = WH_BE16(sk->__sk_common.skc_num);
	if (sk->__sk_common.skc_family == WH_AF_INET)
		wh_address_from_v4(&entry.proxy, sk->__sk_common.skc_rcv_saddr);
	else
		BPF_CORE_READ_INTO(&entry.proxy, sk, __sk_common.skc_v6_rcv_saddr);
	chain = record->flags & WH_RECORD_CHAINED ?
			bpf_sk_storage_get(&wh_accepted_chain, sk, 0, 0) :
			NULL;
	entry.chained = !!chain;
	bpf_seq_write(ctx->meta->seq, &entry, sizeof(entry));
	if (chain)
		bpf_seq_write(ctx->meta->seq, chain, sizeof(*chain));
	return 0;
}

#endif /* WH_LISTING_BPF_H */
