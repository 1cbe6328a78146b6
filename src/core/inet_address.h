/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * One form for every address: 128 bits, IPv4 as ::ffff:a.b.c.d. A v4-mapped socket and a plain
 * IPv4 socket therefore meet the same rules and have the same keys.
 */
#ifndef WH_INET_ADDRESS_H
#define WH_INET_ADDRESS_H

#include "base_types.h"

struct wh_address {
	__be32 word[4];
};

struct wh_endpoint {
	struct wh_address address;
	__be16 port; /* 0: no endpoint */
	__u16 reserved;
};

_Static_assert(sizeof(struct wh_address) == 16, "address");
_Static_assert(sizeof(struct wh_endpoint) == 20, "endpoint");

#define WH_V4_PREFIX_BITS 96 /* length of ::ffff:0:0/96 */

WH_RULE void wh_address_from_v4(struct wh_address *ret, __be32 v4)
{
	ret->word[0] = 0;
	ret->word[1] = 0;
	ret->word[2] = WH_BE32(0xffff);
	ret->word[3] = v4;
}

WH_RULE int wh_address_is_v4(const struct wh_address *address)
{
	return !address->word[0] && !address->word[1] && address->word[2] == WH_BE32(0xffff);
}

WH_RULE int wh_address_equal(const struct wh_address *a, const struct wh_address *b)
{
	return a->word[0] == b->word[0] && a->word[1] == b->word[1] && a->word[2] == b->word[2] &&
	       a->word[3] == b->word[3];
}

/* 0.0.0.0 or :: */
WH_RULE int wh_address_is_any(const struct wh_address *address)
{
	return !address->word[0] && !address->word[1] && !address->word[3] &&
	       (!address->word[2] || address->word[2] == WH_BE32(0xffff));
}

/* 127.0.0.0/8 or ::1 */
WH_RULE int wh_address_is_loopback(const struct wh_address *address)
{
	if (wh_address_is_v4(address))
		return (address->word[3] & WH_BE32(0xff000000)) == WH_BE32(0x7f000000);
	return !address->word[0] && !address->word[1] && !address->word[2] &&
	       address->word[3] == WH_BE32(1);
}

/*
 * Turns the destination 0.0.0.0 or :: into the address that the kernel will connect to: this
 * host's loopback address, or in IPv4 the socket's own if it is bound to one. bound is the
 * socket's own address, a wildcard when it has none.
 */
WH_RULE void wh_address_settle(struct wh_address *address, const struct wh_address *bound)
{
	int bound_v4 = wh_address_is_v4(bound);

	if (!wh_address_is_any(address))
		return;
	if (wh_address_is_v4(address) && bound_v4 && !wh_address_is_any(bound))
		*address = *bound;
	else if (wh_address_is_v4(address) || bound_v4)
		wh_address_from_v4(address, WH_BE32(0x7f000001));
	else
		address->word[3] = WH_BE32(1);
}

/* The mask of a prefix length, 0 to 128. */
WH_RULE void wh_address_mask(struct wh_address *ret, __u32 bits)
{
	for (int i = 0; i < 4; i++) {
		__u32 here = bits >= 32 ? 32 : bits;

		ret->word[i] = here ? WH_BE32(0xffffffffu << (32 - here)) : 0;
		bits -= here;
	}
}

/* Whether address and prefix are equal where mask has bits. Without branches, for the verifier. */
WH_RULE int wh_address_in_prefix(const struct wh_address *address, const struct wh_address *prefix,
				 const struct wh_address *mask)
{
	__be32 difference = 0;

	for (int i = 0; i < 4; i++)
		difference |= (address->word[i] ^ prefix->word[i]) & mask->word[i];
	return !difference;
}

/*
 * Whether a socket bound to (or listening on) bound answers for wanted: the same port, and the
 * same address or a wildcard of a family that reaches it. :: is taken to reach IPv4 as well,
 * as it does unless IPV6_V6ONLY is set.
 */
WH_RULE int wh_endpoint_covers(const struct wh_endpoint *bound, const struct wh_endpoint *wanted)
{
	if (!wanted->port || bound->port != wanted->port)
		return 0; /* port 0 is no endpoint; to bind it asks for any free port */
	if (wh_address_equal(&bound->address, &wanted->address))
		return 1;
	if (!wh_address_is_any(&bound->address))
		return 0;
	return !wh_address_is_v4(&bound->address) || wh_address_is_v4(&wanted->address);
}

#endif /* WH_INET_ADDRESS_H */
