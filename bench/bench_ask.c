/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Plain system calls, with buffers as large as a proxy's would be, so that what is compared is
 * the kernel's work and nothing else.
 */
#include "bench_ask.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

#include "bench_support.h"

#define SO_ORIGINAL_DST_ 80 /* linux/netfilter_ipv4.h does not go with netinet/in.h */

static int ask_nothing(int fd)
{
	return 0;
}

static int ask_option(int fd, int level, int option, size_t size)
{
	char answer[WHITHER_ANSWER_MAX];
	socklen_t length = (socklen_t)size;

	return getsockopt(fd, level, option, answer, &length);
}

static int ask_origin(int fd)
{
	return ask_option(fd, SOL_WHITHER, WHITHER_ORIGIN, sizeof(struct whither_origin));
}

static int ask_records(int fd)
{
	return ask_option(fd, SOL_WHITHER, WHITHER_RECORDS, WHITHER_RECORDS_MAX);
}

static int ask_context(int fd)
{
	return ask_option(fd, SOL_WHITHER, WHITHER_CONTEXT, WHITHER_ANSWER_MAX);
}

static int ask_hops(int fd)
{
	return ask_option(fd, SOL_WHITHER, WHITHER_HOPS,
			  WHITHER_HOPS_MAX * sizeof(struct whither_hop));
}

static int ask_original_dst(int fd)
{
	return ask_option(fd, SOL_IP, SO_ORIGINAL_DST_, sizeof(struct sockaddr_in));
}

static int ask_so_type(int fd)
{
	return ask_option(fd, SOL_SOCKET, SO_TYPE, sizeof(int));
}

static int ask_tcp_info(int fd)
{
	return ask_option(fd, SOL_TCP, TCP_INFO, sizeof(struct tcp_info));
}

static int ask_getsockname(int fd)
{
	union whither_address address;
	socklen_t size = sizeof(address);

	return getsockname(fd, &address.sa, &size);
}

static int ask_getpeername(int fd)
{
	union whither_address address;
	socklen_t size = sizeof(address);

	return getpeername(fd, &address.sa, &size);
}

static int ask_nodelay(int fd)
{
	int one = 1;

	return setsockopt(fd, SOL_TCP, TCP_NODELAY, &one, sizeof(one));
}

ask_function ask_named(const char *name)
{
	static const struct {
		const char *name;
		ask_function ask;
	} table[] = {
		{"nothing", ask_nothing},
		{"origin", ask_origin},
		{"records", ask_records},
		{"context", ask_context},
		{"hops", ask_hops},
		{"original-dst", ask_original_dst},
		{"getsockname", ask_getsockname},
		{"getpeername", ask_getpeername},
		{"so-type", ask_so_type},
		{"tcp-info", ask_tcp_info},
		{"nodelay", ask_nodelay},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (!strcmp(name, table[i].name))
			return table[i].ask;
	errno = EINVAL;
	die("no such question: %s", name);
}

int ask_and_relate(int outbound, int accepted)
{
	char records[WHITHER_RECORDS_MAX];
	socklen_t size = sizeof(records);

	if (getsockopt(accepted, SOL_WHITHER, WHITHER_RECORDS, records, &size))
		return -1;
	return setsockopt(outbound, SOL_WHITHER, WHITHER_RECORDS, records, size);
}
