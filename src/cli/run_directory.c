/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli_arguments.h"
#include "run_leftovers.h"
#include "scope_exit.h"
#include "supervisor_protocol.h"

#define TRIES 8

/* Locks it, if it is there still and nobody has. Returns a descriptor or a negative errno. */
static int lock(const char *path)
{
	WH_AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat opened, there;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) || fstat(fd, &opened) || lstat(path, &there))
		return -errno;
	if (opened.st_ino != there.st_ino || opened.st_dev != there.st_dev)
		return -ENOENT;
	return opened.st_uid == geteuid() ? wh_take_fd(&fd) : -EPERM;
}

/* Those of runs that were killed. Nothing is said: somebody else may be about it as well. */
static void collect(const char *base)
{
	WH_AUTO_FREE char *pattern = NULL;
	glob_t found = {0};

	if (asprintf(&pattern, "%s/" WH_RUN_CGROUP_PREFIX "??????", base) < 0) {
		pattern = NULL;
		return;
	}
	if (glob(pattern, GLOB_NOSORT, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		WH_AUTO_FD fd = lock(found.gl_pathv[i]);

		if (fd < 0)
			continue;
		unlinkat(fd, WH_SUPERVISOR_SOCKET, 0);
		rmdir(found.gl_pathv[i]);
	}
	globfree(&found);
}

/* Makes one, which somebody who collects may take for a dead run's until it is locked: -EAGAIN. */
static int make(const char *base, bool others, struct wh_run_directory *ret)
{
	WH_AUTO_FREE char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/" WH_RUN_CGROUP_PREFIX "XXXXXX", base) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (!mkdtemp(path))
		return -errno;
	fd = lock(path);
	if (fd < 0) {
		rmdir(path);
		return fd == -ENOENT || fd == -EWOULDBLOCK ? -EAGAIN : fd;
	}
	if (others && fchmod(fd, 0711)) {
		int error = -errno;

		rmdir(path);
		close(fd);
		return error;
	}
	ret->lock = fd;
	ret->path = path;
	path = NULL;
	return 0;
}

int wh_run_directory_make(struct wh_run_directory *directory, bool others)
{
	const char *base = geteuid() ? getenv("XDG_RUNTIME_DIR") : "/run";
	int error = -EAGAIN;

	if (!base || *base != '/' || access(base, W_OK))
		base = "/tmp";
	collect(base);
	for (int i = 0; error == -EAGAIN && i < TRIES; i++)
		error = make(base, others, directory);
	if (error)
		wh_say("cannot make a directory in %s: %s", base, strerror(-error));
	return error;
}

void wh_run_directory_remove(struct wh_run_directory *directory)
{
	if (!directory->path)
		return;
	if (rmdir(directory->path))
		wh_say("cannot remove %s: %s", directory->path, strerror(errno));
	close(directory->lock);
	free(directory->path);
	directory->path = NULL;
}
