/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "socket_holder.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scope_exit.h"

int wh_socket_borrow(__u32 pid, int fd)
{
	WH_AUTO_FD process = (int)syscall(SYS_pidfd_open, pid, 0);
	int own;

	if (process < 0)
		return -errno;
	own = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	return own < 0 ? -errno : own;
}

int wh_sockets_of(__u32 pid, wh_socket_visit visit, void *data)
{
	WH_AUTO_DIRECTORY directory = NULL;
	char path[64], target[64];
	struct dirent *entry;
	int result = 0;

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	directory = opendir(path);
	if (!directory)
		return errno == ENOENT ? -ESRCH : -errno;
	while (!result && (entry = readdir(directory))) {
		unsigned long long inode;
		ssize_t length;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		length = readlinkat(dirfd(directory), entry->d_name, target, sizeof(target) - 1);
		if (length <= 0)
			continue;
		target[length] = '\0';
		if (sscanf(target, "socket:[%llu]", &inode) == 1)
			result = visit(pid, atoi(entry->d_name), inode, data);
	}
	return result;
}

int wh_sockets_of_all(wh_socket_visit visit, void *data)
{
	WH_AUTO_DIRECTORY directory = opendir("/proc");
	struct dirent *entry;
	int result = 0;

	if (!directory)
		return -errno;
	while (!result && (entry = readdir(directory))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		result = wh_sockets_of((__u32)strtoul(entry->d_name, NULL, 10), visit, data);
		if (result == -ESRCH || result == -EACCES || result == -EPERM)
			result = 0;
	}
	return result;
}
