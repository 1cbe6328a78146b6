/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Whose network namespace? A socket knows its own's cookie; a process has to be visited. */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process_identity.h"
#include "scope_exit.h"

/* PROC_USER_INIT_INO of the kernel's include/linux/proc_ns.h: of the same number at each boot. */
#define INITIAL_USER_NAMESPACE 0xEFFFFFFDu

int wh_process_netns(__u32 pid, __u64 *ret_cookie, int *ret_own)
{
	WH_AUTO_FD own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	struct stat status, other_status;
	uint64_t cookie = 0;
	WH_AUTO_FD other = -1;
	char path[64];
	int error;

	snprintf(path, sizeof(path), "/proc/%u/ns/net", pid);
	other = open(path, O_RDONLY | O_CLOEXEC);
	if (own < 0 || other < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	if (fstat(own, &status) || fstat(other, &other_status))
		return -errno;
	*ret_own = status.st_ino == other_status.st_ino;
	if (!*ret_own && setns(other, CLONE_NEWNET))
		return -errno;
	error = wh_netns_cookie(&cookie);
	if (!*ret_own && setns(own, CLONE_NEWNET))
		return -errno; /* in the wrong namespace: the caller has to end */
	if (!error)
		*ret_cookie = cookie;
	return error;
}

int wh_process_in_host_netns(__u32 pid)
{
	WH_AUTO_FD netns = -1, owner = -1;
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/ns/net", pid);
	netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	owner = ioctl(netns, NS_GET_USERNS);
	if (owner < 0)
		return errno == EPERM ? 0 : -errno; /* above the caller's own */
	return fstat(owner, &status) ? -errno : status.st_ino == INITIAL_USER_NAMESPACE;
}
