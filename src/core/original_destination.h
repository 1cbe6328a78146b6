/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What a proxy that knows nothing of whither is told of where a connection was going: the answers
 * of SO_ORIGINAL_DST, as netfilter gives them, and of getsockname() on the accepted socket.
 */
#ifndef WH_ORIGINAL_DESTINATION_H
#define WH_ORIGINAL_DESTINATION_H

#include "record_layout.h"

#define WH_SOL_IP 0
#define WH_SOL_IPV6 41
#define WH_SO_ORIGINAL_DST 80 /* of both levels */

struct wh_sockaddr_in {
	__u16 family;
	__be16 port;
	__be32 address;
	__u8 zero[8];
};

struct wh_sockaddr_in6 {
	__u16 family;
	__be16 port;
	__be32 flow;
	__be32 address[4];
	__u32 scope;
};

_Static_assert(sizeof(struct wh_sockaddr_in) == 16, "sockaddr_in");
_Static_assert(sizeof(struct wh_sockaddr_in6) == 28, "sockaddr_in6");

/*
 * What a socket that carries record says to SO_ORIGINAL_DST of level. inet6: the socket is
 * AF_INET6; room: the length of the caller's buffer. Returns
 *	16 or 28: so many bytes, a sockaddr_in or a sockaddr_in6; the length stays the caller's
 *	negative: that errno
 *	0: it is not ours to answer
 *
 * Each level knows the flows of its family only: a v4-mapped destination is IPv4's, which is
 * also asked for by AF_INET6 sockets, and AF_INET sockets have no level SOL_IPV6.
 */
WH_RULE int wh_original_answer(const struct wh_record *record, __u32 level, __u32 inet6, __u32 room)
{
	__u32 size = level == WH_SOL_IP ? sizeof(struct wh_sockaddr_in) :
					  sizeof(struct wh_sockaddr_in6);
	__u32 v4 = (__u32)wh_address_is_v4(&record->destination);

	if (level != WH_SOL_IP && (level != WH_SOL_IPV6 || !inet6))
		return 0;
	if (room < size)
		return -WH_EINVAL;
	if (v4 != (level == WH_SOL_IP))
		return -WH_ENOENT;
	return (int)size;
}

WH_RULE void wh_original_fill4(struct wh_sockaddr_in *ret, const struct wh_record *record)
{
	ret->family = WH_AF_INET;
	ret->port = record->destination_port;
	ret->address = record->destination.word[3];
	for (int i = 0; i < 8; i++)
		ret->zero[i] = 0;
}

WH_RULE void wh_original_fill6(struct wh_sockaddr_in6 *ret, const struct wh_record *record)
{
	ret->family = WH_AF_INET6;
	ret->port = record->destination_port;
	ret->flow = 0;
	for (int i = 0; i < 4; i++)
		ret->address[i] = record->destination.word[i];
	ret->scope = 0;
}

/* Whether getsockname() on the accepted socket answers the destination of record: unless its
 * redirector does not want it, or the socket's family cannot tell it. */
WH_RULE int wh_original_is_local(const struct wh_record *record, __u32 inet6)
{
	if (record->flags & WH_RECORD_LOCAL_PROXY)
		return 0;
	return inet6 || wh_address_is_v4(&record->destination);
}

#endif /* WH_ORIGINAL_DESTINATION_H */
