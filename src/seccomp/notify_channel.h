/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The descriptor on which a seccomp filter announces calls, and takes their results. */
#ifndef WH_NOTIFY_CHANNEL_H
#define WH_NOTIFY_CHANNEL_H

#include <linux/seccomp.h>
#include <stdbool.h>

/* Linux may know more fields than our headers. */
union wh_notice {
	struct seccomp_notif call;
	unsigned char space[256];
};

/* Makes it ready; synchronous: the answer is given on the processor that waits for it, where the
 * kernel can (6.6). Returns 0 or a negative errno. */
int wh_notify_prepare(int fd, bool synchronous);

/* Waits for a call. -EINTR: a signal came, or the caller is gone. */
int wh_notify_receive(int fd, union wh_notice *ret);

/* Whether the caller still waits. */
bool wh_notify_waits(int fd, __u64 id);

/* The call's result: a negative errno, or what it returns. */
void wh_notify_answer(int fd, __u64 id, long long result);

/* Let the kernel do it. Never for a connect of the internet's families. */
void wh_notify_continue(int fd, __u64 id);

#endif /* WH_NOTIFY_CHANNEL_H */
