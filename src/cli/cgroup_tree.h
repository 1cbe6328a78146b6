/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A cgroup and all below it. Paths are those of the file system. */
#ifndef WH_CGROUP_TREE_H
#define WH_CGROUP_TREE_H

#include <stddef.h>

/* Calls visit for the cgroup and all below it, the deepest first. */
typedef void (*wh_cgroup_visit)(const char *path, void *data);
void wh_cgroup_tree_visit(const char *path, wh_cgroup_visit visit, void *data);

/* The number of processes in it. */
size_t wh_cgroup_tree_count(const char *path);

/* Sends a signal to each of them. SIGKILL misses none, even one that is being forked. */
void wh_cgroup_tree_signal(const char *path, int signal);

/* Removes it, waiting a while for its last process to be quite gone. Returns 0, also when it is
 * not there, or a negative errno. */
int wh_cgroup_tree_remove(const char *path);

/* Writes text to the file of this name in the cgroup itself. */
int wh_cgroup_write(const char *path, const char *name, const char *text);

#endif /* WH_CGROUP_TREE_H */
