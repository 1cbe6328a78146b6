/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "process_identity.h"
#include "cgroup_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine_facts.h"
#include "mount_table.h"
#include "scope_exit.h"

static void read_status(__u32 pid, struct wh_identity *identity)
{
	char path[64], line[256];
	WH_AUTO_FILE file = NULL;
	unsigned int real, effective;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Uid: %u %u", &real, &effective) == 2)
			identity->uid = effective;
		if (sscanf(line, "Gid: %u %u", &real, &effective) == 2)
			identity->gid = effective;
	}
}

void wh_process_comm(__u32 pid, char ret[WH_COMM_SIZE])
{
	char path[64];
	WH_AUTO_FD fd = -1;
	ssize_t length;

	memset(ret, 0, WH_COMM_SIZE);
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	length = read(fd, ret, WH_COMM_SIZE - 1);
	if (length > 0 && ret[length - 1] == '\n')
		ret[length - 1] = '\0';
}

/* The kernel's device number stands in the process's own map of its executable; stat() may tell
 * another one (btrfs, overlayfs). */
static void read_executable(__u32 pid, struct wh_identity *identity)
{
	char path[64], line[512];
	WH_AUTO_FILE file = NULL;
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	if (stat(path, &status))
		return;
	identity->executable_inode = status.st_ino;
	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		unsigned int major, minor;
		unsigned long long inode;

		if (sscanf(line, "%*x-%*x %*s %*x %x:%x %llu", &major, &minor, &inode) == 3 &&
		    inode == status.st_ino) {
			identity->executable_device = major << 20 | minor;
			return;
		}
	}
}

/* Walks the cgroup's path from the root and takes the id of each level. */
static int path_ids(const char *mount, char *path, struct wh_cgroup_path *ret)
{
	char whole[4096];
	size_t length = strlen(mount);
	char *save = NULL, *part;
	__u32 level = 0;
	int error;

	if (length >= sizeof(whole))
		return -ENAMETOOLONG;
	memcpy(whole, mount, length + 1);
	memset(ret, 0, sizeof(*ret));
	error = wh_cgroup_id(whole, &ret->id[level++]);
	for (part = strtok_r(path, "/", &save); !error && part && level < WH_CGROUP_LEVELS;
	     part = strtok_r(NULL, "/", &save)) {
		size_t more = strlen(part) + 1;

		if (length + more >= sizeof(whole))
			return -ENAMETOOLONG;
		whole[length] = '/';
		memcpy(whole + length + 1, part, more);
		length += more;
		error = wh_cgroup_id(whole, &ret->id[level++]);
	}
	return error;
}

int wh_cgroup_path_ids(const char *path, struct wh_cgroup_path *ret)
{
	WH_AUTO_FREE char *copy = strdup(path);
	WH_AUTO_FREE char *mount = NULL;
	struct wh_cgroup_path ids;
	int error = wh_find_mount("cgroup2", "/sys/fs/cgroup", &mount);

	if (!error)
		error = copy ? path_ids(mount, copy, &ids) : -ENOMEM;
	if (!error)
		*ret = ids;
	return error;
}

int wh_process_cgroup_path(__u32 pid, struct wh_cgroup_path *ret)
{
	WH_AUTO_FREE char *mount = NULL;
	WH_AUTO_FREE char *path = NULL;
	struct wh_cgroup_path ids;
	int error = wh_find_mount("cgroup2", "/sys/fs/cgroup", &mount);

	if (!error)
		error = wh_process_cgroup(pid, &path);
	if (!error)
		error = path_ids(mount, path, &ids);
	if (!error)
		*ret = ids;
	return error;
}

int wh_process_identity(__u32 pid, struct wh_identity *ret)
{
	struct wh_identity identity = {.pid = pid};
	struct wh_cgroup_path path;
	uint64_t start;
	int error = wh_process_start(pid, &start, NULL);

	if (error)
		return error;
	identity.start_time = start;
	read_status(pid, &identity);
	wh_process_comm(pid, identity.comm);
	read_executable(pid, &identity);
	if (!wh_process_cgroup_path(pid, &path))
		for (int i = 0; i < WH_CGROUP_LEVELS && path.id[i]; i++)
			identity.cgroup = path.id[i];
	*ret = identity;
	return 0;
}
