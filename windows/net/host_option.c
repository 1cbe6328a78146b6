/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The host's half of the option table: Linux' numbers, and how each kind of value is translated. */
#include "option_table.h"
#include "status_table.h"

#include <errno.h>
#include <limits.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <whither/whither.h>

#ifndef SOL_IPV6
#define SOL_IPV6 41
#endif

enum net_option_kind {
	NET_FLAG,          /* BOOL; a single byte will do when it is set */
	NET_NUMBER,        /* DWORD */
	NET_BUFFER,        /* DWORD; Linux answers twice what was set */
	NET_MILLISECONDS,  /* DWORD; Linux: timeval */
	NET_SECONDS_OF_MS, /* DWORD of seconds; Linux: milliseconds */
	NET_LINGER,        /* two USHORT; Linux: two int */
	NET_NO_LINGER,     /* BOOL, the inverse of linger's first half */
	NET_ERROR,         /* DWORD, an error of Winsock */
	NET_NOTHING,       /* BOOL; accepted, and nothing to do for it here */
	NET_ORIGIN,        /* an address: where the connection was going */
	NET_MULTICAST_V4,  /* an address, or 0.x.y.z for the index of an interface */
	NET_MREQ,          /* alike */
	NET_MREQ_V6,       /* alike */
	NET_MREQ_SOURCE,   /* the last two addresses change places */
	NET_GROUP,         /* alike */
	NET_DONT_FRAGMENT, /* BOOL; Linux: a mode of path MTU discovery */
	NET_DISCOVERY,     /* PMTUD_STATE; the same modes, other numbers */
	NET_INDEX_SWAPPED, /* DWORD; Linux wants network order */
};

static const struct net_host_option {
	int level;
	int option;
	enum net_option_kind kind;
} rows[] = {
#define ROW(win_level, win_option, level, option, kind) {level, option, kind},
#include "option_rows.h"
#undef ROW
};

/* By PMTUD_STATE. */
static const int discovery[] = {IP_PMTUDISC_WANT, IP_PMTUDISC_DO, IP_PMTUDISC_DONT,
				IP_PMTUDISC_PROBE};

/* What Windows has in front of an option of this kind. */
static size_t value_size(enum net_option_kind kind)
{
	switch (kind) {
	case NET_MREQ:
		return sizeof(struct ip_mreq);
	case NET_MREQ_SOURCE:
		return sizeof(struct ip_mreq_source);
	case NET_MREQ_V6:
		return sizeof(struct ipv6_mreq);
	case NET_GROUP:
		return sizeof(struct group_req);
	case NET_ORIGIN:
		return sizeof(struct sockaddr_in);
	default:
		return sizeof(uint32_t);
	}
}

static int host_set(int fd, const struct net_host_option *row, const void *value, size_t size)
{
	return setsockopt(fd, row->level, row->option, value, (socklen_t)size) < 0 ? -errno : 0;
}

static int set_linger(int fd, const struct net_host_option *row, int on, int seconds)
{
	struct linger linger = {.l_onoff = on, .l_linger = seconds};

	return host_set(fd, row, &linger, sizeof(linger));
}

static int set_timeout(int fd, const struct net_host_option *row, uint32_t milliseconds)
{
	struct timeval time = {.tv_sec = milliseconds / 1000,
			       .tv_usec = milliseconds % 1000 * 1000L};

	return host_set(fd, row, &time, sizeof(time));
}

static int set_multicast(int fd, const struct net_host_option *row, uint32_t number)
{
	struct ip_mreqn request = {0};

	if (number != 0 && ntohl(number) >> 24 == 0)
		request.imr_ifindex = (int)ntohl(number);
	else
		request.imr_address.s_addr = number;
	return host_set(fd, row, &request, sizeof(request));
}

static int set_source(int fd, const struct net_host_option *row, const void *value)
{
	struct in_addr windows[3];
	struct ip_mreq_source request;

	memcpy(windows, value, sizeof(windows));
	request.imr_multiaddr = windows[0];
	request.imr_sourceaddr = windows[1];
	request.imr_interface = windows[2];
	return host_set(fd, row, &request, sizeof(request));
}

static int set_number(int fd, const struct net_host_option *row, uint32_t number)
{
	int value = number > INT_MAX ? INT_MAX : (int)number;

	switch (row->kind) {
	case NET_FLAG:
		value = number != 0;
		break;
	case NET_SECONDS_OF_MS:
		value = number > INT_MAX / 1000 ? INT_MAX : (int)number * 1000;
		break;
	case NET_DONT_FRAGMENT:
		value = number ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
		break;
	case NET_DISCOVERY:
		if (number >= sizeof(discovery) / sizeof(discovery[0]))
			return -EINVAL;
		value = discovery[number];
		break;
	case NET_INDEX_SWAPPED:
		value = (int)htonl(number);
		break;
	case NET_NUMBER:
		/* -1 is the system's default for some of them. */
		value = (int)number;
		break;
	default:
		break;
	}
	return host_set(fd, row, &value, sizeof(value));
}

int net_set_option(int fd, int level, int option, const void *value, size_t size)
{
	int index = net_option_row(level, option);
	const struct net_host_option *row = index < 0 ? NULL : &rows[index];
	uint32_t number = 0;
	uint16_t pair[2];

	if (!row)
		return -ENOPROTOOPT;
	/* One of these takes no value at all. */
	if (row->kind == NET_NOTHING)
		return 0;
	if (!value || !size ||
	    (size < value_size(row->kind) && (row->kind != NET_FLAG || size != 1)))
		return -EFAULT;
	memcpy(&number, value, size < sizeof(number) ? size : sizeof(number));
	switch (row->kind) {
	case NET_ERROR:
	case NET_ORIGIN:
		return -ENOPROTOOPT;
	case NET_LINGER:
		memcpy(pair, value, sizeof(pair));
		return set_linger(fd, row, pair[0], pair[1]);
	case NET_NO_LINGER:
		return set_linger(fd, row, !number, 0);
	case NET_MILLISECONDS:
		return set_timeout(fd, row, number);
	case NET_MULTICAST_V4:
		return set_multicast(fd, row, number);
	case NET_MREQ_SOURCE:
		return set_source(fd, row, value);
	case NET_MREQ:
	case NET_MREQ_V6:
	case NET_GROUP:
		return host_set(fd, row, value, value_size(row->kind));
	default:
		return set_number(fd, row, number);
	}
}

static int get_origin(int fd, void *value, size_t *size)
{
	struct whither_origin origin = {.size = sizeof(origin)};
	int error = whither_query_origin(fd, &origin);
	socklen_t length;

	if (error)
		return error;
	length = whither_address_size(&origin.destination);
	if (*size < length)
		return -EFAULT;
	memcpy(value, &origin.destination, length);
	*size = length;
	return 0;
}

static uint32_t discovery_state(int mode)
{
	for (uint32_t i = 0; i < sizeof(discovery) / sizeof(discovery[0]); i++)
		if (discovery[i] == mode)
			return i;
	return 0;
}

/* As Windows has it, from what Linux answered. */
static uint32_t number_of(const struct net_host_option *row, const void *answer)
{
	struct timeval time;
	struct linger linger;
	int value;

	memcpy(&value, answer, sizeof(value));
	memcpy(&time, answer, sizeof(time));
	memcpy(&linger, answer, sizeof(linger));
	switch (row->kind) {
	case NET_BUFFER:
		return (uint32_t)value / 2;
	case NET_MILLISECONDS:
		return (uint32_t)(time.tv_sec * 1000 + time.tv_usec / 1000);
	case NET_SECONDS_OF_MS:
		return (uint32_t)value / 1000;
	case NET_LINGER:
		return (uint32_t)(linger.l_onoff != 0) | (uint32_t)linger.l_linger << 16;
	case NET_NO_LINGER:
		return !linger.l_onoff;
	case NET_ERROR:
		return (uint32_t)net_wsa_of_errno(value);
	case NET_DONT_FRAGMENT:
		return value == IP_PMTUDISC_DO || value == IP_PMTUDISC_PROBE;
	case NET_DISCOVERY:
		return discovery_state(value);
	case NET_INDEX_SWAPPED:
		return ntohl((uint32_t)value);
	case NET_FLAG:
		return value != 0;
	default:
		return (uint32_t)value;
	}
}

int net_get_option(int fd, int level, int option, void *value, size_t *size)
{
	int index = net_option_row(level, option);
	const struct net_host_option *row = index < 0 ? NULL : &rows[index];
	_Alignas(8) unsigned char answer[16] = {0};
	socklen_t length = sizeof(answer);
	uint32_t number = 0;

	if (!row)
		return -ENOPROTOOPT;
	if (!value || !size || *size < value_size(row->kind))
		return -EFAULT;
	switch (row->kind) {
	case NET_ORIGIN:
		return get_origin(fd, value, size);
	case NET_MREQ:
	case NET_MREQ_V6:
	case NET_MREQ_SOURCE:
	case NET_GROUP:
		return -ENOPROTOOPT;
	default:
		break;
	}
	if (getsockopt(fd, row->level, row->option, answer, &length) < 0)
		return -errno;
	if (row->kind != NET_NOTHING)
		number = number_of(row, answer);
	memcpy(value, &number, sizeof(number));
	*size = sizeof(number);
	return 0;
}
