/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What is remembered of a connection, and told. */
#include "relay_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int wh_relay_ask(struct wh_relay *relay, int fd, struct wh_relay_facts **ret_facts)
{
	struct whither_origin origin = {.size = sizeof(origin)};
	struct whither_hop hops[WHITHER_HOPS_MAX];
	unsigned char context[WHITHER_ANSWER_MAX];
	size_t hop_count = 0, context_size = 0;
	struct wh_relay_facts *facts;
	int error;

	error = relay->source->query_origin(fd, &origin);
	if (error)
		return error;
	/* Nothing but reports and the PROXY header uses the rest. */
	if (relay->options.on_event ||
	    (relay->upstream && relay->upstream->protocol == WH_RELAY_PROXY_HEADER)) {
		if (relay->source->query_hops(fd, hops, WHITHER_HOPS_MAX, &hop_count))
			hop_count = 0;
		if (relay->source->query_context(fd, context, sizeof(context), &context_size))
			context_size = 0;
	}
	facts = malloc(sizeof(*facts) + hop_count * sizeof(hops[0]) + context_size);
	if (!facts)
		return -ENOMEM;
	facts->origin = origin;
	facts->hop_count = (uint32_t)hop_count;
	facts->context_size = (uint32_t)context_size;
	memcpy(facts->tail, hops, hop_count * sizeof(hops[0]));
	memcpy(facts->tail + hop_count * sizeof(hops[0]), context, context_size);
	*ret_facts = facts;
	return 0;
}

void wh_relay_report(const struct wh_relay_connection *connection, int kind, int error)
{
	struct wh_relay *relay = connection->relay;
	const struct wh_relay_options *options = &relay->options;
	const struct wh_relay_facts *facts = connection->facts;
	struct wh_relay_event event = {
		.kind = kind,
		.error = error,
		.problem = relay->problem,
		.number = connection->number,
		.bytes_sent = connection->ends[WH_RELAY_CLIENT].flow.written,
		.bytes_received = connection->ends[WH_RELAY_DESTINATION].flow.written,
	};

	relay->problem = NULL;
	if (!options->on_event)
		return;
	event.duration = wh_relay_now() - connection->accepted_at;
	if (facts) {
		event.origin = &facts->origin;
		event.hops = (const struct whither_hop *)(const void *)facts->tail;
		event.hop_count = facts->hop_count;
		event.context = facts->tail + facts->hop_count * sizeof(struct whither_hop);
		event.context_size = facts->context_size;
	}
	options->on_event(&event, options->data);
}
