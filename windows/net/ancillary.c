/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "ancillary.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* Windows' numbers, whose names the host's headers use for others. */
#define WIN_PKTINFO 19
#define WIN_IP_TTL 21 /* IP_HOPLIMIT */
#define WIN_IP_TOS 3
#define WIN_HOPLIMIT 21
#define WIN_TCLASS 39

struct win_pktinfo {
	struct in_addr address;
	uint32_t interface;
};

/* One message, of at most the size of an IPv6 pktinfo. */
struct item {
	int level;
	int type;
	size_t size;
	union {
		struct win_pktinfo win4;
		struct in_pktinfo host4;
		struct in6_pktinfo six;
		int number;
		unsigned char bytes[32];
	} value;
};

/* The messages that hold an int on both sides. */
static bool rename_number(struct item *item, bool to_host)
{
	static const struct {
		int level;
		int windows;
		int host;
	} numbers[] = {
		{IPPROTO_IP, WIN_IP_TTL, IP_TTL},
		{IPPROTO_IP, WIN_IP_TOS, IP_TOS},
		{IPPROTO_IPV6, WIN_HOPLIMIT, IPV6_HOPLIMIT},
		{IPPROTO_IPV6, WIN_TCLASS, IPV6_TCLASS},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (item->level != numbers[i].level ||
		    item->type != (to_host ? numbers[i].windows : numbers[i].host))
			continue;
		item->type = to_host ? numbers[i].host : numbers[i].windows;
		return true;
	}
	return false;
}

static bool item_to_host(struct item *item)
{
	if (item->level == IPPROTO_IP && item->type == WIN_PKTINFO &&
	    item->size == sizeof(struct win_pktinfo)) {
		struct win_pktinfo from = item->value.win4;

		item->type = IP_PKTINFO;
		item->size = sizeof(struct in_pktinfo);
		item->value.host4 = (struct in_pktinfo){
			.ipi_ifindex = (int)from.interface,
			.ipi_spec_dst = from.address,
		};
		return true;
	}
	if (item->level == IPPROTO_IPV6 && item->type == WIN_PKTINFO &&
	    item->size == sizeof(struct in6_pktinfo)) {
		item->type = IPV6_PKTINFO;
		return true;
	}
	return item->size == sizeof(int) && rename_number(item, true);
}

static bool item_from_host(struct item *item)
{
	if (item->level == IPPROTO_IP && item->type == IP_PKTINFO) {
		struct in_pktinfo from = item->value.host4;

		item->type = WIN_PKTINFO;
		item->size = sizeof(struct win_pktinfo);
		item->value.win4 = (struct win_pktinfo){from.ipi_addr, (uint32_t)from.ipi_ifindex};
		return true;
	}
	if (item->level == IPPROTO_IPV6 && item->type == IPV6_PKTINFO) {
		item->type = WIN_PKTINFO;
		return true;
	}
	if (item->level == IPPROTO_IP && item->type == IP_TOS && item->size == 1) {
		item->value.number = item->value.bytes[0];
		item->size = sizeof(int);
		item->type = WIN_IP_TOS;
		return true;
	}
	return item->size == sizeof(int) && rename_number(item, false);
}

/* The next message; 0 at the end, -1 where the bytes make no sense. */
static int next_item(const unsigned char **at, size_t *left, struct item *ret_item)
{
	struct cmsghdr header;
	size_t step;

	if (!*left)
		return 0;
	if (*left < sizeof(header))
		return -1;
	memcpy(&header, *at, sizeof(header));
	if (header.cmsg_len < CMSG_LEN(0) || header.cmsg_len > *left)
		return -1;
	*ret_item = (struct item){
		header.cmsg_level, header.cmsg_type, header.cmsg_len - CMSG_LEN(0), {.bytes = {0}}};
	if (ret_item->size <= sizeof(ret_item->value))
		memcpy(&ret_item->value, *at + CMSG_LEN(0), ret_item->size);
	else
		ret_item->level = -1;
	step = CMSG_ALIGN(header.cmsg_len);
	if (step > *left)
		step = *left;
	*at += step;
	*left -= step;
	return 1;
}

static bool put_item(const struct item *item, unsigned char *room, size_t size, size_t *used)
{
	struct cmsghdr header = {CMSG_LEN(item->size), item->level, item->type};

	if (CMSG_SPACE(item->size) > size - *used)
		return false;
	memset(room + *used, 0, CMSG_SPACE(item->size));
	memcpy(room + *used, &header, sizeof(header));
	memcpy(room + *used + CMSG_LEN(0), &item->value, item->size);
	*used += CMSG_SPACE(item->size);
	return true;
}

bool net_ancillary_to_host(const void *control, size_t size, void *room, size_t *ret_size)
{
	const unsigned char *at = control;
	struct item item;
	size_t used = 0;
	int found;

	while ((found = next_item(&at, &size, &item)) > 0) {
		if (!item_to_host(&item) || !put_item(&item, room, *ret_size, &used))
			return false;
	}
	*ret_size = used;
	return !found;
}

bool net_ancillary_from_host(const void *control, size_t size, void *room, size_t *ret_size)
{
	const unsigned char *at = control;
	struct item item;
	bool all = true;
	size_t used = 0;

	while (next_item(&at, &size, &item) > 0) {
		if (item_from_host(&item))
			all &= put_item(&item, room, *ret_size, &used);
	}
	*ret_size = used;
	return all;
}
