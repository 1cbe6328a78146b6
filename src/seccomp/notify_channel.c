/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "notify_channel.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of Linux 6.6; headers may be older. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

int wh_notify_prepare(int fd, bool synchronous)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes))
		return -errno;
	if (sizes.seccomp_notif > sizeof(union wh_notice))
		return -EMSGSIZE;
	if (synchronous)
		(void)ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	return 0;
}

int wh_notify_receive(int fd, union wh_notice *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, ret))
		return 0;
	return errno == ENOENT ? -EINTR : -errno;
}

bool wh_notify_waits(int fd, __u64 id)
{
	return !ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id);
}

static void respond(int fd, const struct seccomp_notif_resp *response)
{
	/* ENOENT: the caller is gone. Nobody else would want to know. */
	(void)!ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, response);
}

void wh_notify_answer(int fd, __u64 id, long long result)
{
	const struct seccomp_notif_resp response = {
		.id = id,
		.val = result < 0 ? 0 : result,
		.error = result < 0 ? (__s32)result : 0,
	};

	respond(fd, &response);
}

void wh_notify_continue(int fd, __u64 id)
{
	const struct seccomp_notif_resp response = {
		.id = id,
		.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};

	respond(fd, &response);
}
