/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A process as the kernel programs see it, put together from /proc. */
#ifndef WH_PROCESS_IDENTITY_H
#define WH_PROCESS_IDENTITY_H

#include "engine.h"

/* All but netns. -ESRCH: it is gone. Parts that /proc does not show are 0. */
int wh_process_identity(__u32 pid, struct wh_identity *ret);

/* Its name; "" when it is gone. */
void wh_process_comm(__u32 pid, char ret[WH_COMM_SIZE]);

/* The ids of a process's cgroup and its ancestors. */
int wh_process_cgroup_path(__u32 pid, struct wh_cgroup_path *ret);

/* The same for a cgroup, given by its path below the root of what is mounted: "/user.slice". */
int wh_cgroup_path_ids(const char *path, struct wh_cgroup_path *ret);

/* The cookie of the network namespace that the process is in; *ret_own: it is the caller's. To
 * look into another one takes CAP_SYS_ADMIN. */
int wh_process_netns(__u32 pid, __u64 *ret_cookie, int *ret_own);

/* Whether that namespace is the host's: owned by the initial user namespace, not by one that an
 * ordinary user may have made. Returns 1 or 0, or a negative errno. */
int wh_process_in_host_netns(__u32 pid);

#endif /* WH_PROCESS_IDENTITY_H */
