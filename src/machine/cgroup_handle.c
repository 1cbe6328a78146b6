/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "cgroup_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CGROUP_HANDLE_TYPE 0xfe /* of kernfs: the id alone */

union handle {
	struct file_handle head;
	char space[sizeof(struct file_handle) + sizeof(__u64)];
};

int wh_cgroup_id(const char *path, __u64 *ret_id)
{
	union handle handle = {.head.handle_bytes = sizeof(__u64)};
	int mount;

	if (name_to_handle_at(AT_FDCWD, path, &handle.head, &mount, 0))
		return -errno;
	if (handle.head.handle_bytes != sizeof(*ret_id))
		return -EOPNOTSUPP; /* of another kind of file system */
	memcpy(ret_id, handle.head.f_handle, sizeof(*ret_id));
	return 0;
}

int wh_cgroup_open(const char *mount, __u64 id)
{
	union handle handle = {
		.head = {.handle_bytes = sizeof(id), .handle_type = CGROUP_HANDLE_TYPE}};
	int root = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd, error;

	if (root < 0)
		return -errno;
	memcpy(handle.head.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(root, &handle.head, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	error = errno;
	close(root);
	return fd < 0 ? -error : fd;
}
