/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A cgroup's path and its id, the number that the kernel programs know it by. */
#ifndef WH_CGROUP_HANDLE_H
#define WH_CGROUP_HANDLE_H

#include <linux/types.h>

/* The id of the cgroup at path, a path of the file system. 0, or a negative errno. */
int wh_cgroup_id(const char *path, __u64 *ret_id);

/* Opens the cgroup with this id, below the mount point. A descriptor, or a negative errno. */
int wh_cgroup_open(const char *mount, __u64 id);

#endif /* WH_CGROUP_HANDLE_H */
