/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The PROXY protocol, version 2 (haproxy's): who connected to where, in front of the stream.
 * whither-relay(8) has the private TLVs in a table; all numbers are in network byte order.
 */
#include "relay_handshake.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define VERSION_AND_PROXY 0x21
#define TCP_V4 0x11
#define TCP_V6 0x21

enum tlv {
	TLV_CONTEXT = 0xe0,
	TLV_PROCESS = 0xe1,
	TLV_NAME = 0xe2,
	TLV_HOST = 0xe3,
	TLV_HOPS = 0xe4,
};

struct process_value {
	uint32_t pid;
	uint32_t uid;
	uint32_t gid;
	uint32_t executable_device;
	uint64_t executable_inode;
	uint64_t start_time;
	uint64_t cgroup;
};

_Static_assert(sizeof(struct process_value) == 40, "a TLV without gaps");

static void put_tlv(struct wh_handshake *handshake, enum tlv type, const void *value, size_t size)
{
	const unsigned char head[] = {(unsigned char)type, (unsigned char)(size >> 8),
				      (unsigned char)size};

	wh_handshake_put(handshake, head, sizeof(head));
	wh_handshake_put(handshake, value, size);
}

/* In the form of the other family if need be. */
static struct in6_addr to_v6(const union whither_address *address)
{
	struct in6_addr mapped = {.s6_addr = {[10] = 0xff, [11] = 0xff}};

	if (address->sa.sa_family == AF_INET6)
		return address->in6.sin6_addr;
	if (address->sa.sa_family != AF_INET)
		return in6addr_any;
	memcpy(mapped.s6_addr + 12, &address->in.sin_addr, sizeof(address->in.sin_addr));
	return mapped;
}

static in_port_t port_of(const union whither_address *address)
{
	switch (address->sa.sa_family) {
	case AF_INET:
		return address->in.sin_port;
	case AF_INET6:
		return address->in6.sin6_port;
	default:
		return 0;
	}
}

/* A source that is not known is written as zeros. */
static void put_addresses(struct wh_handshake *handshake, const union whither_address *source,
			  const union whither_address *destination)
{
	const in_port_t ports[] = {port_of(source), port_of(destination)};

	if (source->sa.sa_family != AF_INET6 && destination->sa.sa_family == AF_INET) {
		const struct in_addr any = {.s_addr = INADDR_ANY};
		bool known = source->sa.sa_family == AF_INET;

		wh_handshake_put(handshake, known ? &source->in.sin_addr : &any, sizeof(any));
		wh_handshake_put(handshake, &destination->in.sin_addr, sizeof(any));
	} else {
		const struct in6_addr both[] = {to_v6(source), to_v6(destination)};

		wh_handshake_put(handshake, both, sizeof(both));
	}
	wh_handshake_put(handshake, ports, sizeof(ports));
}

static void put_process(struct wh_handshake *handshake, const struct whither_origin *origin)
{
	const struct process_value value = {
		.pid = htobe32(origin->pid),
		.uid = htobe32(origin->uid),
		.gid = htobe32(origin->gid),
		.executable_device = htobe32(origin->executable_device),
		.executable_inode = htobe64(origin->executable_inode),
		.start_time = htobe64(origin->start_time),
		.cgroup = htobe64(origin->cgroup),
	};

	put_tlv(handshake, TLV_PROCESS, &value, sizeof(value));
}

static void put_hops(struct wh_handshake *handshake, const struct wh_handshake_facts *facts)
{
	struct whither_guid guids[WHITHER_HOPS_MAX];
	size_t count = facts->hop_count;

	if (!count)
		return;
	if (count > WHITHER_HOPS_MAX)
		count = WHITHER_HOPS_MAX;
	for (size_t i = 0; i < count; i++)
		guids[i] = facts->hops[i].redirector;
	put_tlv(handshake, TLV_HOPS, guids, count * sizeof(guids[0]));
}

int wh_proxy_header_begin(struct wh_handshake *handshake, const struct wh_handshake_facts *facts)
{
	static const unsigned char signature[] = "\r\n\r\n\0\r\nQUIT\n";
	const struct whither_origin *origin = facts->origin;
	unsigned char head[] = {VERSION_AND_PROXY, TCP_V4, 0, 0};
	size_t length_at = sizeof(signature) - 1 + 2, length;
	char host[256] = "";

	if (origin->client.sa.sa_family == AF_INET6 || origin->destination.sa.sa_family == AF_INET6)
		head[1] = TCP_V6;
	wh_handshake_put(handshake, signature, sizeof(signature) - 1);
	wh_handshake_put(handshake, head, sizeof(head));
	put_addresses(handshake, &origin->client, &origin->destination);
	if (facts->context_size)
		put_tlv(handshake, TLV_CONTEXT, facts->context, facts->context_size);
	put_process(handshake, origin);
	put_tlv(handshake, TLV_NAME, origin->comm, strnlen(origin->comm, sizeof(origin->comm)));
	if (!gethostname(host, sizeof(host) - 1) && *host)
		put_tlv(handshake, TLV_HOST, host, strlen(host));
	put_hops(handshake, facts);
	length = handshake->out_size - sizeof(signature) + 1 - sizeof(head);
	handshake->out[length_at] = (unsigned char)(length >> 8);
	handshake->out[length_at + 1] = (unsigned char)length;
	return WH_HANDSHAKE_SEND;
}
