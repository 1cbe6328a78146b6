/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What is said to an upstream proxy before a connection's own bytes, and what it answers: three
 * protocols, one conversation. No I/O in here: the bytes to be sent are put into out, those that
 * came are taken from in, so that every answer there can be is tried without a network.
 */
#ifndef WH_RELAY_HANDSHAKE_H
#define WH_RELAY_HANDSHAKE_H

#include "relay.h"

#include <stdbool.h>

#define WH_HANDSHAKE_OUT_SIZE 2048 /* no message is longer */
#define WH_HANDSHAKE_IN_SIZE 8192  /* no answer may be */
#define WH_HANDSHAKE_PROBLEM 192

/* What the PROXY header tells, and the other two take the destination from. */
struct wh_handshake_facts {
	const struct whither_origin *origin;
	const struct whither_hop *hops;
	size_t hop_count;
	const void *context;
	size_t context_size;
};

struct wh_handshake {
	enum wh_relay_protocol protocol;
	union whither_address destination;
	unsigned int step;
	size_t scanned; /* bytes of in that are known not to end an answer */
	size_t out_size;
	size_t out_sent; /* the caller's */
	size_t in_size;
	unsigned char out[WH_HANDSHAKE_OUT_SIZE];
	unsigned char in[WH_HANDSHAKE_IN_SIZE];
	char problem[WH_HANDSHAKE_PROBLEM]; /* printable ASCII */
};

enum wh_handshake_turn {
	WH_HANDSHAKE_SEND, /* send out[0 .. out_size); an answer follows, unless done is set */
	WH_HANDSHAKE_READ, /* more is needed in in */
	WH_HANDSHAKE_DONE, /* the connection is through; in[0 .. in_size) are its first bytes */
};

/* What was sent is all there is to it: no answer comes. */
static inline bool wh_handshake_is_silent(const struct wh_handshake *handshake)
{
	return handshake->protocol == WH_RELAY_PROXY_HEADER;
}

/* Makes the first message: WH_HANDSHAKE_SEND, or a negative errno with problem. */
int wh_handshake_begin(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream,
		       const struct wh_handshake_facts *facts);

/*
 * Looks at what has come, once all of out has been sent. Returns a wh_handshake_turn, or a
 * negative errno with problem: -EPROTO for what is no answer at all, -EACCES when it wants to
 * know who asks, -ECONNREFUSED and others when it says no.
 */
int wh_handshake_advance(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream);

/* Of one protocol each, for relay_handshake.c alone. */
int wh_socks_begin(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream);
int wh_socks_advance(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream);
int wh_http_begin(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream);
int wh_http_advance(struct wh_handshake *handshake, const struct wh_relay_upstream *upstream);
int wh_proxy_header_begin(struct wh_handshake *handshake, const struct wh_handshake_facts *facts);

/* For these: says what is wrong, and returns error. */
int wh_handshake_fail(struct wh_handshake *handshake, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Takes size bytes from the front of in. */
void wh_handshake_consume(struct wh_handshake *handshake, size_t size);

/* Adds bytes to out; there is room for every message that is made. */
void wh_handshake_put(struct wh_handshake *handshake, const void *bytes, size_t size);

#endif /* WH_RELAY_HANDSHAKE_H */
