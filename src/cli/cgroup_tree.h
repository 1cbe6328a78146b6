/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A cgroup and all below it. Paths are those of the file system. */
#ifndef WH_CGROUP_TREE_H
#define WH_CGROUP_TREE_H

#include <stddef.h>

/* The number of processes in it. */
size_t wh_cgroup_tree_count(const char *path);

/* Sends a signal to each of them. */
void wh_cgroup_tree_signal(const char *path, int signal);

/* Removes it, waiting a while for its last process to be quite gone. Returns 0, also when it is
 * not there, or a negative errno. */
int wh_cgroup_tree_remove(const char *path);

/* Removes the cgroups directly below path, or at any depth, that are named like a run, PREFIX and
 * a process id, of which the process is gone; as far as no process lives in them. */
#define WH_RUN_CGROUP_PREFIX "whither-run-"
void wh_cgroup_tree_collect(const char *path);
void wh_cgroup_tree_collect_below(const char *path);

#endif /* WH_CGROUP_TREE_H */
