/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What an upstream proxy may answer. The input's first byte chooses the protocol, and whether
 * there are credentials, its second how many bytes come at once; the same answer in other parts
 * must have the same outcome. With the PROXY protocol the input is facts, and the header made of
 * them must be one.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "relay_handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

struct outcome {
	int turn;
	size_t heard; /* bytes of the input up to the end; what came along counts not */
	char problem[WH_HANDSHAKE_PROBLEM];
};

static void begin(struct wh_handshake *talk, struct wh_relay_upstream *upstream, uint8_t how)
{
	struct whither_origin origin = {.destination.in = {.sin_family = AF_INET}};
	const struct wh_handshake_facts facts = {.origin = &origin};

	*upstream = (struct wh_relay_upstream){
		.protocol = how & 1 ? WH_RELAY_HTTP : WH_RELAY_SOCKS5,
		.has_credentials = how & 2,
		.user = "user",
		.password = "password",
	};
	if (how & 4)
		origin.destination.sa.sa_family = AF_INET6;
	require(wh_handshake_begin(talk, upstream, &facts) == WH_HANDSHAKE_SEND);
	require(talk->out_size && talk->out_size <= sizeof(talk->out));
}

/* Feeds it as a socket would: only as long as it reads. */
static struct outcome hold(const uint8_t *data, size_t size, uint8_t how, size_t part)
{
	struct wh_handshake *talk = malloc(sizeof(*talk));
	struct wh_relay_upstream upstream;
	struct outcome outcome = {.turn = WH_HANDSHAKE_SEND};
	int sends = 0;

	begin(talk, &upstream, how);
	while (outcome.heard < size) {
		size_t room = sizeof(talk->in) - talk->in_size, next = size - outcome.heard;

		next = next < part ? next : part;
		next = next < room ? next : room;
		require(next > 0);
		memcpy(talk->in + talk->in_size, data + outcome.heard, next);
		talk->in_size += next;
		outcome.heard += next;
		outcome.turn = wh_handshake_advance(talk, &upstream);
		require(talk->in_size <= sizeof(talk->in));
		require(talk->out_size <= sizeof(talk->out));
		if (outcome.turn < 0) {
			require(memchr(talk->problem, '\0', sizeof(talk->problem)) &&
				*talk->problem);
			for (const char *c = talk->problem; *c; c++)
				require(*c >= ' ' && *c <= '~');
			memcpy(outcome.problem, talk->problem, sizeof(outcome.problem));
			break;
		}
		if (outcome.turn == WH_HANDSHAKE_DONE) {
			require(talk->in_size <= outcome.heard);
			require(!memcmp(talk->in, data + outcome.heard - talk->in_size,
					talk->in_size));
			outcome.heard -= talk->in_size;
			break;
		}
		require((outcome.turn == WH_HANDSHAKE_SEND) == (talk->out_size > 0));
		require(outcome.turn != WH_HANDSHAKE_SEND || ++sends <= 2);
	}
	free(talk);
	return outcome;
}

/* Byte by byte there is never more than the answer. Otherwise there may be, which is an error;
 * a success is the same however it comes. */
static void check_answers(const uint8_t *data, size_t size, uint8_t how, size_t part)
{
	struct outcome slow = hold(data, size, how, 1);
	struct outcome fast = hold(data, size, how, part ? part : 1);

	if (fast.turn != WH_HANDSHAKE_DONE)
		return;
	require(slow.turn == WH_HANDSHAKE_DONE && slow.heard == fast.heard);
}

static void check_header(const uint8_t *data, size_t size)
{
	struct wh_handshake *talk = malloc(sizeof(*talk));
	const struct wh_relay_upstream upstream = {.protocol = WH_RELAY_PROXY_HEADER};
	struct whither_origin origin = {0};
	struct whither_hop hops[WHITHER_HOPS_MAX + 1] = {0};
	struct wh_handshake_facts facts = {.origin = &origin, .hops = hops};
	size_t length, at;

	memcpy(&origin, data, size < sizeof(origin) ? size : sizeof(origin));
	facts.hop_count = origin.uid % (WHITHER_HOPS_MAX + 1);
	facts.context = data;
	facts.context_size = size < WHITHER_ANSWER_MAX ? size : WHITHER_ANSWER_MAX;
	if (wh_handshake_begin(talk, &upstream, &facts) != WH_HANDSHAKE_SEND) {
		require(!whither_address_size(&origin.destination));
		free(talk);
		return;
	}
	length = (size_t)talk->out[14] << 8 | talk->out[15];
	require(length + 16 == talk->out_size && talk->out[12] == 0x21);
	require(talk->out[13] == 0x11 || talk->out[13] == 0x21);
	at = 16 + (talk->out[13] == 0x11 ? 12 : 36);
	while (at < talk->out_size) {
		require(at + 3 <= talk->out_size && talk->out[at] >= 0xe0 && talk->out[at] <= 0xef);
		at += 3 + ((size_t)talk->out[at + 1] << 8 | talk->out[at + 2]);
	}
	require(at == talk->out_size);
	free(talk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	if (data[0] & 8)
		check_header(data + 2, size - 2);
	else
		check_answers(data + 2, size - 2, data[0], data[1]);
	return 0;
}
