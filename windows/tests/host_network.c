/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "host_network.h"

#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

bool host_network_own(void)
{
	struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd;

	/* An ordinary user may, inside a user namespace of its own. */
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		perror("# no network of its own");
		return false;
	}
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &loopback)) {
		perror("loopback");
		abort();
	}
	close(fd);
	return true;
}

bool host_network_ports(unsigned int count)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "w");
	bool done;

	if (!file)
		return false;
	done = fprintf(file, "40000 %u", 40000 + count - 1) > 0;
	return !fclose(file) && done;
}
