/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroup_handle.h"
#include "config.h"
#include "mount_table.h"
#include "resolve.h"

#define ROOT_ID 1                     /* of the cgroup2 hierarchy's own root */
#define INITIAL_NAMESPACE 0xeffffffbu /* inode number of the first cgroup namespace */

/* Whether path is directory or below it; then *ret_rest is what follows, "" or "/...". */
static int is_below(const char *path, const char *directory, const char **ret_rest)
{
	size_t length = strlen(directory);

	if (length == 1)
		length = 0; /* "/" */
	if (strncmp(path, directory, length) != 0 || (path[length] && path[length] != '/'))
		return 0;
	*ret_rest = path + length;
	return 1;
}

struct mount_search {
	const char *path; /* NULL: the mount that shows most */
	struct wh_mount found;
	int is_found;
};

/* Of several, the deepest that holds the path, and of equals the last, which covers the others. */
static int visit_mount(const struct wh_mount *mount, void *data)
{
	struct mount_search *search = data;
	const char *rest;

	if (strcmp(mount->file_system, "cgroup2") != 0)
		return 0;
	if (search->path && !is_below(search->path, mount->point, &rest))
		return 0;
	if (search->is_found) {
		size_t old = strlen(search->path ? search->found.point : search->found.root);
		size_t new = strlen(search->path ? mount->point : mount->root);

		if (search->path ? new < old : new >= old)
			return 0;
	}
	search->found = *mount;
	search->is_found = 1;
	return 0;
}

static uint32_t count_levels(const char *path)
{
	uint32_t levels = 0;

	for (; *path; path++)
		levels += path[0] == '/' && path[1] && path[1] != '/';
	return levels;
}

/*
 * The level of what is mounted at mount->point. In another cgroup namespace than the first, the
 * paths of mountinfo count from the namespace's root, and nothing says how deep that lies: unless
 * it is the real root, the level cannot be known, and a guess would be a condition that never
 * matches.
 */
static int base_level(const struct wh_mount *mount, uint32_t *ret)
{
	struct stat namespace;
	__u64 id = 0;

	*ret = count_levels(mount->root);
	if (!stat("/proc/self/ns/cgroup", &namespace) && namespace.st_ino == INITIAL_NAMESPACE)
		return 0;
	if (!strcmp(mount->root, "/") && !wh_cgroup_id(mount->point, &id) && id == ROOT_ID)
		return 0;
	return -EXDEV;
}

/* Whose directory path is, and what path is below it. */
static int find_mount(const char *path, struct mount_search *search, const char **ret_rest)
{
	struct statfs file_system;
	struct stat status;
	int result;

	if (stat(path, &status) || statfs(path, &file_system))
		return -errno;
	if (file_system.f_type != CGROUP2_SUPER_MAGIC)
		return -EINVAL;
	if (!S_ISDIR(status.st_mode))
		return -ENOTDIR;
	search->path = path;
	search->is_found = 0;
	result = wh_mounts_visit(visit_mount, search);
	if (result)
		return result;
	if (!search->is_found || !is_below(path, search->found.point, ret_rest))
		return -ENODEV;
	return 0;
}

/* The path in the file system of what was written: either that already, or below the root. */
static int full_path(const char *written, struct mount_search *search, char ret[PATH_MAX])
{
	const char *rest;
	char *path;
	int result = wh_mounts_visit(visit_mount, search);

	if (result)
		return result;
	if (!search->is_found)
		return -ENODEV;
	if (is_below(written, search->found.point, &rest))
		path = realpath(written, ret);
	else {
		char joined[2 * PATH_MAX];

		if (snprintf(joined, sizeof(joined), "%s/%s", search->found.point, written) >=
		    PATH_MAX)
			return -ENAMETOOLONG;
		path = realpath(joined, ret);
		/* Another mount of the same hierarchy. */
		if (!path && written[0] == '/')
			path = realpath(written, ret);
	}
	if (!path)
		return -errno;
	return 0;
}

static int resolve(const char *written, struct wh_cgroup_identity *ret)
{
	struct mount_search search = {0};
	struct wh_cgroup_identity identity;
	char path[PATH_MAX];
	const char *rest = "";
	__u64 id = 0;
	int result = full_path(written, &search, path);

	if (!result)
		result = find_mount(path, &search, &rest);
	if (!result)
		result = base_level(&search.found, &identity.level);
	if (!result)
		result = wh_cgroup_id(path, &id);
	if (result)
		return result;
	identity.id = id;
	identity.level += count_levels(rest);
	if (identity.level >= WH_CGROUP_LEVELS)
		return -E2BIG;
	if (snprintf(identity.path, sizeof(identity.path), "%s%s",
		     !strcmp(search.found.root, "/") ? "" : search.found.root,
		     rest) >= (int)sizeof(identity.path))
		return -ENAMETOOLONG;
	if (!*identity.path)
		strcpy(identity.path, "/");
	*ret = identity;
	return 0;
}

int wh_resolve_cgroup(const char *path, struct wh_cgroup_identity *ret,
		      struct wh_parse_fault *fault)
{
	int result = resolve(path, ret);

	switch (result) {
	case 0:
		break;
	case -ENOENT:
		wh_parse_fault(fault, "there is no such cgroup; expected a path below the "
				      "cgroup root, such as /user.slice");
		break;
	case -EINVAL:
	case -ENOTDIR:
		wh_parse_fault(fault, "it is no directory of the cgroup v2 file system; expected "
				      "a path below the cgroup root, such as /user.slice");
		break;
	case -ENODEV:
		wh_parse_fault(fault, "no cgroup v2 file system is mounted that shows it");
		break;
	case -E2BIG:
		wh_parse_fault(fault,
			       "it lies too deep; expected one of at most %d levels below "
			       "the root",
			       WH_CGROUP_LEVELS - 1);
		break;
	case -EXDEV:
		wh_parse_fault(fault, "inside a cgroup namespace its level cannot be known; "
				      "do this outside, or name no cgroup");
		break;
	default:
		wh_parse_fault(fault, "the cgroup cannot be looked up: %s", strerror(-result));
	}
	return result;
}

int wh_config_resolve_cgroup(const char *path, uint64_t *ret_id, uint32_t *ret_level)
{
	struct wh_cgroup_identity identity;
	int result = resolve(path, &identity);

	if (result)
		return result;
	*ret_id = identity.id;
	*ret_level = identity.level;
	return 0;
}
