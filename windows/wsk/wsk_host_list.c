/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_host_list.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

static int collect(const struct ifaddrs *all, int family, bool loopback,
		   struct wsk_address *ret_addresses, int most)
{
	int count = 0;

	for (const struct ifaddrs *one = all; one && count < most; one = one->ifa_next) {
		if (!one->ifa_addr || one->ifa_addr->sa_family != family ||
		    !(one->ifa_flags & IFF_LOOPBACK) == loopback)
			continue;
		if (wsk_address_take(&ret_addresses[count], one->ifa_addr, family))
			count++;
	}
	return count;
}

int wsk_host_addresses(int family, struct wsk_address *ret_addresses, int most)
{
	struct ifaddrs *all;
	int count;

	if (getifaddrs(&all))
		return -errno;
	count = collect(all, family, false, ret_addresses, most);
	if (!count)
		count = collect(all, family, true, ret_addresses, most);
	freeifaddrs(all);
	return count;
}
