/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Names of the file system and the user database into the numbers by which the kernel compares.
 * Each function returns 0 or a negative errno and says in fault what was expected instead.
 */
#ifndef WH_RESOLVE_H
#define WH_RESOLVE_H

#include <limits.h>
#include <stdint.h>

#include "parse_fault.h"

struct wh_cgroup_identity {
	uint64_t id;
	uint32_t level;      /* the root is 0 */
	char path[PATH_MAX]; /* below the root of what is visible: "/", "/user.slice" */
};

int wh_resolve_executable(const char *path, uint32_t *ret_device, uint64_t *ret_inode,
			  struct wh_parse_fault *fault);

int wh_resolve_cgroup(const char *path, struct wh_cgroup_identity *ret,
		      struct wh_parse_fault *fault);

/* A name, or a number that need not have a name. */
int wh_resolve_user(const char *name, uint32_t *ret_uid, struct wh_parse_fault *fault);

/* The cookie of a network namespace: a name below /run/netns, or an absolute path. */
int wh_resolve_netns(const char *name, uint64_t *ret_cookie, struct wh_parse_fault *fault);

#endif /* WH_RESOLVE_H */
