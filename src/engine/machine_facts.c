/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Facts about namespaces and processes. */
#include "machine_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "engine_problem.h"
#include "mount_table.h"
#include "scope_exit.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

int wh_netns_cookie(uint64_t *ret_cookie)
{
	WH_AUTO_FD fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(*ret_cookie);
	uint64_t cookie;

	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size))
		return -errno;
	*ret_cookie = cookie;
	return 0;
}

int wh_process_start(uint32_t pid, uint64_t *ret_start, uint64_t *ret_slack)
{
	char path[64], text[2048], *tail;
	WH_AUTO_FILE file = NULL;
	unsigned long long ticks;
	size_t length;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return errno == ENOENT ? -ESRCH : -errno;
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	tail = strrchr(text, ')'); /* the name before it may hold anything */
	if (!tail || sscanf(tail + 1,
			    " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d"
			    " %*d %*d %*d %*d %llu",
			    &ticks) != 1)
		return length ? -EIO : -ESRCH;
	*ret_start = ticks * WH_TICK_NS;
	if (ret_slack)
		*ret_slack = WH_TICK_NS;
	return 0;
}

/* The cgroup v2 path of a process, below the mount. */
int wh_process_cgroup(uint32_t pid, char **ret_path)
{
	char path[64];
	WH_AUTO_FREE char *line = NULL;
	WH_AUTO_FILE file = NULL;
	size_t size = 0;
	ssize_t length;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%u/cgroup", pid);
	else
		snprintf(path, sizeof(path), "/proc/self/cgroup");
	file = fopen(path, "re");
	if (!file)
		return errno == ENOENT ? -ESRCH : -errno;
	while ((length = getline(&line, &size, file)) > 0) {
		char *copy;

		if (strncmp(line, "0::", 3) != 0)
			continue;
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		copy = strdup(line + 3);
		if (!copy)
			return -ENOMEM;
		*ret_path = copy;
		return 0;
	}
	return -ENOENT;
}

int wh_cgroup_self(char **ret_mount, char **ret_path, struct wh_problem *problem)
{
	WH_AUTO_FREE char *mount = NULL;
	char *path = NULL;
	int error = wh_find_mount("cgroup2", "/sys/fs/cgroup", &mount);

	if (error)
		return wh_problem_set(problem, error,
				      "cgroup v2 is not mounted here (mount -t cgroup2 none DIR)");
	error = wh_process_cgroup(0, &path);
	if (error)
		return wh_problem_set(problem, error, "/proc/self/cgroup has no line of cgroup v2");
	*ret_mount = mount;
	mount = NULL;
	*ret_path = path;
	return 0;
}
