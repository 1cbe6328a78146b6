/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_leftovers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "cgroup_tree.h"
#include "cli_arguments.h"
#include "scope_exit.h"

int wh_run_lock(const char *path, int wait)
{
	WH_AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat locked, named;

	if (fd < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	if (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)))
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	if (fstat(fd, &locked) || stat(path, &named) || locked.st_ino != named.st_ino)
		return -EAGAIN;
	return wh_take_fd(&fd);
}

static void collect_one(const char *path, void *data)
{
	const char *name = strrchr(path, '/');
	WH_AUTO_FD lock = -1;
	size_t count;

	if (!name || strncmp(name + 1, WH_RUN_CGROUP_PREFIX, strlen(WH_RUN_CGROUP_PREFIX)) != 0)
		return;
	lock = wh_run_lock(path, 0);
	if (lock < 0)
		return;
	count = wh_cgroup_tree_count(path);
	if (count) {
		wh_say("ending %zu process%s of a 'whither run' that was killed (%s)", count,
		       count == 1 ? "" : "es", path);
		wh_cgroup_tree_signal(path, SIGKILL);
	}
	wh_cgroup_tree_remove(path);
}

void wh_run_leftovers_collect(void)
{
	WH_AUTO_FREE char *mount = NULL;
	WH_AUTO_FREE char *path = NULL;
	struct wh_problem problem;

	if (!geteuid() && !wh_cgroup_self(&mount, &path, &problem))
		wh_cgroup_tree_visit(mount, collect_one, NULL);
}

int wh_cli_engine_open(struct wh_engine **ret_engine, enum wh_engine_mode mode,
		       struct wh_problem *problem)
{
	wh_run_leftovers_collect();
	return wh_engine_open(ret_engine, mode, problem);
}
