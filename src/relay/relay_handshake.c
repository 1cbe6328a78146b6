/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "relay_handshake.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int wh_handshake_fail(struct wh_handshake *handshake, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(handshake->problem, sizeof(handshake->problem), format, arguments);
	va_end(arguments);
	/* What a stranger said may be part of it. */
	for (char *c = handshake->problem; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return error;
}

void wh_handshake_consume(struct wh_handshake *handshake, size_t size)
{
	handshake->in_size -= size;
	memmove(handshake->in, handshake->in + size, handshake->in_size);
	handshake->scanned = 0;
}

void wh_handshake_put(struct wh_handshake *handshake, const void *bytes, size_t size)
{
	if (size > sizeof(handshake->out) - handshake->out_size)
		abort();
	memcpy(handshake->out + handshake->out_size, bytes, size);
	handshake->out_size += size;
}

int wh_handshake_begin(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream,
		       const struct wh_handshake_facts *facts)
{
	handshake->protocol = upstream->protocol;
	handshake->destination = facts->origin->destination;
	handshake->step = 0;
	handshake->scanned = 0;
	handshake->out_size = 0;
	handshake->out_sent = 0;
	handshake->in_size = 0;
	handshake->problem[0] = '\0';
	if (!whither_address_size(&handshake->destination))
		return wh_handshake_fail(handshake, -EAFNOSUPPORT, "the destination is no address");
	switch (upstream->protocol) {
	case WH_RELAY_SOCKS5:
		return wh_socks_begin(handshake, upstream);
	case WH_RELAY_HTTP:
		return wh_http_begin(handshake, upstream);
	case WH_RELAY_PROXY_HEADER:
		return wh_proxy_header_begin(handshake, facts);
	}
	return -EINVAL;
}

int wh_handshake_advance(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream)
{
	int turn = WH_HANDSHAKE_DONE;

	handshake->out_size = 0;
	handshake->out_sent = 0;
	if (handshake->protocol == WH_RELAY_SOCKS5)
		turn = wh_socks_advance(handshake, upstream);
	else if (handshake->protocol == WH_RELAY_HTTP)
		turn = wh_http_advance(handshake, upstream);
	/* Who speaks on without being asked is no proxy; what it says would pass for an answer to
	 * the next question. */
	if (turn == WH_HANDSHAKE_SEND && handshake->in_size)
		return wh_handshake_fail(handshake, -EPROTO,
					 "it sent %zu bytes more than its answer",
					 handshake->in_size);
	if (turn == WH_HANDSHAKE_READ && handshake->in_size == sizeof(handshake->in))
		return wh_handshake_fail(handshake, -EPROTO, "its answer is longer than %zu bytes",
					 sizeof(handshake->in));
	return turn;
}
