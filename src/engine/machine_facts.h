/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Facts about this machine, for the engine's own use; see engine.h for the public ones. */
#ifndef WH_MACHINE_FACTS_H
#define WH_MACHINE_FACTS_H

#include "engine.h"

/* The mount point of a file system of this type, the preferred one if it is among them, else
 * the first. *ret_path is malloc()ed. -ENOENT: none. */
int wh_find_mount(const char *type, const char *preferred, char **ret_path);

/* The cgroup v2 path of a process (0: the caller) below the mount; malloc()ed. */
int wh_process_cgroup(uint32_t pid, char **ret_path);

/* The id of the cgroup at path, a path of the file system. */
int wh_cgroup_id(const char *path, __u64 *ret_id);

/* Opens the cgroup with this id, below mount. Returns a descriptor or a negative errno. */
int wh_cgroup_open(const char *mount, __u64 id);

#endif /* WH_MACHINE_FACTS_H */
