/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A listener that is reached at a whole range of addresses: the proxy listens on a wildcard, and
 * each connection is sent to another address of the range. So two sockets bound to one port do not
 * become one connection when their destinations become one proxy, and a proxy is not limited to
 * as many connections as a client has ports.
 */
#ifndef WH_SPREAD_ADDRESS_H
#define WH_SPREAD_ADDRESS_H

#include "rule_table.h"

#define WH_SPREAD_HOST_BITS_MIN 2
#define WH_SPREAD_HOST_BITS_MAX 24 /* of larger ranges only so much is used */

/* Makes a range of a prefix, bits in 128. Returns 0, or -EINVAL when it is too small. */
WH_RULE int wh_spread_set(struct wh_spread *ret, const struct wh_address *prefix, __u32 bits)
{
	if (bits > 128 - WH_SPREAD_HOST_BITS_MIN)
		return -WH_EINVAL;
	ret->prefix = *prefix;
	wh_address_mask(&ret->mask, bits);
	if (bits < 128 - WH_SPREAD_HOST_BITS_MAX)
		ret->host_bits = WH_SPREAD_HOST_BITS_MAX;
	else
		ret->host_bits = (__u16)(128 - bits);
	ret->bits = (__u16)bits;
	return 0;
}

/* The address for the connection that is the number-th. All hosts of the range in turn; neither
 * its first address nor its last, which are not hosts in IPv4. */
WH_RULE void wh_spread_pick(const struct wh_spread *spread, __u64 number, struct wh_address *ret)
{
	__u32 hosts = (1u << (spread->host_bits % 32)) - 2;

	*ret = spread->prefix;
	if (spread->host_bits >= WH_SPREAD_HOST_BITS_MIN &&
	    spread->host_bits <= WH_SPREAD_HOST_BITS_MAX)
		ret->word[3] |= WH_BE32((__u32)(number % hosts) + 1);
}

/* Whether address is one at which the range may be reached. */
WH_RULE int wh_spread_has(const struct wh_spread *spread, const struct wh_address *address)
{
	return spread->host_bits && wh_address_in_prefix(address, &spread->prefix, &spread->mask);
}

/* Whether a socket bound to bound would get connections of the redirector, any of them; or, of a
 * destination, whether that is the redirector's listener. */
WH_RULE int wh_redirector_at(const struct wh_redirector *redirector,
			     const struct wh_endpoint *bound)
{
	if (wh_endpoint_covers(bound, &redirector->listen4) ||
	    wh_endpoint_covers(bound, &redirector->listen6))
		return 1;
	if (!bound->port)
		return 0;
	return (bound->port == redirector->listen4.port &&
		wh_spread_has(&redirector->spread4, &bound->address)) ||
	       (bound->port == redirector->listen6.port &&
		wh_spread_has(&redirector->spread6, &bound->address));
}

/* The range over which connections to target are spread, or NULL. */
WH_RULE const struct wh_spread *wh_redirector_spread(const struct wh_redirector *redirector,
						     const struct wh_endpoint *target)
{
	const struct wh_spread *spread = wh_address_is_v4(&target->address) ? &redirector->spread4 :
									      &redirector->spread6;

	return spread->host_bits ? spread : NULL;
}

#endif /* WH_SPREAD_ADDRESS_H */
