/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The kernel compares what an executable's open file says: its inode's number, and the device
 * of the file system that holds it. stat() may name another device (btrfs, overlayfs), so the
 * numbers come from where the kernel shows its own: the file's entry in fdinfo and its mount.
 * A file on a mount that we do not see (in a chroot) is mapped, and /proc/self/maps is asked;
 * on overlayfs before Linux 6.8 that names the lower file, hence only then.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "mount_table.h"
#include "resolve.h"

struct executable {
	uint32_t device;
	uint64_t inode;
};

static int read_fdinfo(int fd, int *ret_mount, uint64_t *ret_inode)
{
	char path[64], line[256];
	int mount = -1, is_found = 0;
	unsigned long inode;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = fopen(path, "re");
	if (!info)
		return -errno;
	while (fgets(line, sizeof(line), info)) {
		sscanf(line, "mnt_id: %d", &mount);
		is_found |= sscanf(line, "ino: %lu", &inode) == 1;
	}
	fclose(info);
	if (mount < 0 || !is_found)
		return -ENODATA;
	*ret_mount = mount;
	*ret_inode = inode;
	return 0;
}

struct device_search {
	int mount;
	uint32_t device;
};

static int visit_mount(const struct wh_mount *mount, void *data)
{
	struct device_search *search = data;

	if (mount->id != search->mount)
		return 0;
	search->device = mount->device;
	return 1;
}

static int ask_mount(int fd, struct executable *ret)
{
	struct device_search search;
	int result = read_fdinfo(fd, &search.mount, &ret->inode);

	if (result)
		return result;
	result = wh_mounts_visit(visit_mount, &search);
	if (result <= 0)
		return result ? result : -ENODATA;
	ret->device = search.device;
	return 0;
}

static int ask_maps(int fd, struct executable *ret)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE), line_size = 0;
	void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	int result = -ENODATA;
	char *line = NULL;
	FILE *maps;

	if (map == MAP_FAILED)
		return -errno;
	maps = fopen("/proc/self/maps", "re");
	while (result && maps && getline(&line, &line_size, maps) >= 0) {
		unsigned int major, minor;
		unsigned long start, inode;

		if (sscanf(line, "%lx-%*x %*s %*x %x:%x %lu", &start, &major, &minor, &inode) !=
			    4 ||
		    start != (unsigned long)map)
			continue;
		ret->device = major << 20 | minor;
		ret->inode = inode;
		result = 0;
	}
	free(line);
	if (maps)
		fclose(maps);
	munmap(map, size);
	return result;
}

/* Its processes would run its interpreter, and that is what the kernel would see. */
static int is_script(int fd)
{
	char start[2];

	return pread(fd, start, sizeof(start), 0) == sizeof(start) && !memcmp(start, "#!", 2);
}

static int check_file(int fd, const char **ret_reason)
{
	struct stat status;

	if (fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode) || !(status.st_mode & 0111)) {
		*ret_reason = "expected an executable file";
		return -EACCES;
	}
	if (!status.st_size) {
		*ret_reason = "the file is empty; expected a program";
		return -ENOEXEC;
	}
	if (is_script(fd)) {
		*ret_reason = "it is a script, and the kernel would see its interpreter; expected "
			      "a program";
		return -ENOEXEC;
	}
	return 0;
}

static int resolve(const char *path, struct executable *ret, const char **ret_reason)
{
	struct stat status;
	int fd, result;

	if (path[0] != '/') {
		*ret_reason = "expected an absolute path";
		return -EINVAL;
	}
	/* Opening anything else could do something. */
	if (stat(path, &status))
		return -errno;
	if (!S_ISREG(status.st_mode)) {
		*ret_reason = "expected an executable file";
		return -EACCES;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	result = check_file(fd, ret_reason);
	if (!result)
		result = ask_mount(fd, ret);
	if (result == -ENODATA)
		result = ask_maps(fd, ret);
	close(fd);
	return result;
}

int wh_resolve_executable(const char *path, uint32_t *ret_device, uint64_t *ret_inode,
			  struct wh_parse_fault *fault)
{
	struct executable executable = {0};
	const char *reason = NULL;
	int result = resolve(path, &executable, &reason);

	if (result && reason)
		wh_parse_fault(fault, "%s", reason);
	else if (result == -ENOENT)
		wh_parse_fault(fault, "there is no such file; expected the path of a program");
	else if (result)
		wh_parse_fault(fault, "the file cannot be looked at: %s", strerror(-result));
	if (result)
		return result;
	*ret_device = executable.device;
	*ret_inode = executable.inode;
	return 0;
}

int wh_config_resolve_executable(const char *path, uint32_t *ret_device, uint64_t *ret_inode)
{
	struct wh_parse_fault fault;

	return wh_resolve_executable(path, ret_device, ret_inode, &fault);
}
