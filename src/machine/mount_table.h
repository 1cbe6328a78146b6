/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* /proc/self/mountinfo: what is mounted where. */
#ifndef WH_MOUNT_TABLE_H
#define WH_MOUNT_TABLE_H

#include <limits.h>
#include <stdint.h>

struct wh_mount {
	int id;
	uint32_t device;      /* as the kernel counts: major << 20 | minor */
	char root[PATH_MAX];  /* the directory of the file system that is mounted */
	char point[PATH_MAX]; /* where it is mounted */
	char file_system[32];
};

/* Calls visit for each mount until it returns something else than 0. Returns that, or 0, or a
 * negative errno. */
int wh_mounts_visit(int (*visit)(const struct wh_mount *mount, void *data), void *data);

/* The mount point of a file system of this type: the preferred one if it is among them, else the
 * first. *ret_path is malloc()ed. -ENOENT: none. */
int wh_find_mount(const char *type, const char *preferred, char **ret_path);

#endif /* WH_MOUNT_TABLE_H */
