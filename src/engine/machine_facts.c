/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Facts about this machine: mounts, namespaces, processes. */
#include "machine_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "engine_problem.h"
#include "scope_exit.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* "\040" and its like, as the kernel writes white space in mountinfo. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
		    from[2] <= '7' && from[3] >= '0' && from[3] <= '7') {
			*to++ = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 +
				       (from[3] - '0'));
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

int wh_find_mount(const char *type, const char *preferred, char **ret_path)
{
	WH_AUTO_FILE file = fopen("/proc/self/mountinfo", "re");
	WH_AUTO_FREE char *line = NULL;
	WH_AUTO_FREE char *found = NULL;
	size_t size = 0;

	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0) {
		char *tail = strstr(line, " - "), *point, *save = NULL;

		if (!tail)
			continue;
		*tail = '\0';
		tail += 3;
		if (strncmp(tail, type, strlen(type)) != 0 || tail[strlen(type)] != ' ')
			continue;
		point = strtok_r(line, " ", &save);
		for (int i = 0; point && i < 4; i++)
			point = strtok_r(NULL, " ", &save);
		if (!point)
			continue;
		unescape(point);
		if (found && (!preferred || strcmp(point, preferred) != 0))
			continue;
		free(found);
		found = strdup(point);
		if (!found)
			return -ENOMEM;
	}
	if (!found)
		return -ENOENT;
	*ret_path = found;
	found = NULL;
	return 0;
}

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

int wh_cgroup_id(const char *path, __u64 *ret_id)
{
	struct {
		struct file_handle handle;
		__u64 id;
	} request = {.handle = {.handle_bytes = sizeof(uint64_t)}};
	int mount;
	__u64 id;

	if (name_to_handle_at(AT_FDCWD, path, &request.handle, &mount, 0))
		return -errno;
	memcpy(&id, request.handle.f_handle, sizeof(id));
	*ret_id = id;
	return 0;
}

int wh_cgroup_open(const char *mount, __u64 id)
{
	struct {
		struct file_handle handle;
		__u64 id;
	} request = {.handle = {.handle_bytes = sizeof(uint64_t), .handle_type = 0xfe}};
	WH_AUTO_FD root = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (root < 0)
		return -errno;
	memcpy(request.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(root, &request.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
