/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What a socket is, as seen by a question about it, and how a question is refused.
 */
#ifndef WH_SOCKET_FACTS_BPF_H
#define WH_SOCKET_FACTS_BPF_H

#include "state_maps.bpf.h"

#define WH_PAGE_SIZE 4096
#define WH_TCP_STATE_SYN_SENT 2
#define WH_TCP_STATE_CLOSE 7
#define WH_TCP_STATE_LISTEN 10
#define WH_SOCK_STREAM 1

/* Raw sockets, too, may name TCP as their protocol. */
static __always_inline int is_tcp(struct bpf_sock *sk)
{
	return sk && sk->type == WH_SOCK_STREAM && sk->protocol == IPPROTO_TCP;
}

static __always_inline void answer_error(struct bpf_sockopt *ctx, int error)
{
	WH_BARRIER();
	ctx->retval = -error;
	WH_BARRIER();
}

/* Whether the socket is still connected to the client that the record is about. */
static __always_inline int record_believed(const struct wh_record *record, struct bpf_sock *sk)
{
	__be32 v4 = WH_READ(sk->dst_ip4);
	struct wh_address peer;

	if ((__be16)WH_READ(sk->dst_port) != record->client_port)
		return 0;
	if (WH_READ(sk->family) == WH_AF_INET) {
		wh_address_from_v4(&peer, v4);
	} else {
		peer.word[0] = WH_READ(sk->dst_ip6[0]);
		peer.word[1] = WH_READ(sk->dst_ip6[1]);
		peer.word[2] = WH_READ(sk->dst_ip6[2]);
		peer.word[3] = WH_READ(sk->dst_ip6[3]);
	}
	return wh_address_equal(&peer, &record->client);
}

/* The error of a question to a socket without a record. */
static __always_inline int no_record_error(struct bpf_sock *sk)
{
	switch (sk->state) {
	case WH_TCP_STATE_LISTEN:
		return WH_EINVAL;
	case WH_TCP_STATE_CLOSE:
	case WH_TCP_STATE_SYN_SENT:
		return WH_ENOTCONN;
	default:
		return WH_ENOENT;
	}
}

#endif /* WH_SOCKET_FACTS_BPF_H */
