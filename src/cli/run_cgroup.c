/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup_tree.h"
#include "run_leftovers.h"
#include "scope_exit.h"

#define NAMES_MAX 16 /* tries to find a free one */

static void explain(struct wh_problem *problem, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void explain(struct wh_problem *problem, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(problem->text, sizeof(problem->text), format, arguments);
	va_end(arguments);
}

static int no_memory(struct wh_problem *problem)
{
	explain(problem, "out of memory");
	return -ENOMEM;
}

static void clear(struct wh_run_cgroup *cgroup)
{
	free(cgroup->before);
	free(cgroup->top);
	free(cgroup->relay);
	free(cgroup->command);
	wh_close_fd(&cgroup->lock);
	*cgroup = (struct wh_run_cgroup)WH_RUN_CGROUP_NONE;
}

/* The directory of the caller's cgroup. */
static int find_own(char **ret_path, struct wh_problem *problem)
{
	WH_AUTO_FREE char *mount = NULL;
	WH_AUTO_FREE char *path = NULL;
	char *joined;
	int error = wh_cgroup_self(&mount, &path, problem);

	if (error)
		return error;
	if (!strncmp(path, "/..", 3)) {
		explain(problem,
			"this process's cgroup, %s, lies outside of its cgroup namespace: run it "
			"where that is visible",
			path);
		return -EXDEV;
	}
	if (asprintf(&joined, "%s%s", mount, strcmp(path, "/") != 0 ? path : "") < 0)
		return no_memory(problem);
	if (access(joined, F_OK)) {
		explain(problem, "this process's cgroup, %s, is not visible at %s: %s", path,
			joined, strerror(errno));
		free(joined);
		return -ENOENT;
	}
	*ret_path = joined;
	return 0;
}

/* Makes it and locks it, before anybody can take it for one that a dead run has left. Returns 0,
 * -EEXIST when there is one of this name, or another negative errno. */
static int make_locked(const char *path, int *ret_lock)
{
	int lock;

	do {
		if (mkdir(path, 0755))
			return -errno;
		lock = wh_run_lock(path, 1);
	} while (lock == -EAGAIN);
	if (lock < 0) {
		rmdir(path);
		return lock;
	}
	*ret_lock = lock;
	return 0;
}

static int make_top(struct wh_run_cgroup *cgroup, struct wh_problem *problem)
{
	for (int try = 1; try <= NAMES_MAX; try++) {
		char suffix[16] = "", *path;
		int error;

		if (try > 1)
			snprintf(suffix, sizeof(suffix), "-%d", try);
		if (asprintf(&path, "%s/" WH_RUN_CGROUP_PREFIX "%d%s", cgroup->before,
			     (int)getpid(), suffix) < 0)
			return no_memory(problem);
		error = make_locked(path, &cgroup->lock);
		if (!error) {
			cgroup->top = path;
			return 0;
		}
		if (error != -EEXIST) {
			explain(problem, "cannot make the cgroup %s: %s%s", path, strerror(-error),
				error == -EACCES || error == -EROFS ? " (run it as root)" : "");
			free(path);
			return error;
		}
		free(path);
	}
	explain(problem, "cgroups named " WH_RUN_CGROUP_PREFIX "%d stand in the way below %s",
		(int)getpid(), cgroup->before);
	return -EEXIST;
}

static int make_child(const struct wh_run_cgroup *cgroup, const char *name, char **ret_path,
		      struct wh_problem *problem)
{
	if (asprintf(ret_path, "%s/%s", cgroup->top, name) < 0) {
		*ret_path = NULL;
		return no_memory(problem);
	}
	if (mkdir(*ret_path, 0755)) {
		int error = -errno;

		explain(problem, "cannot make the cgroup %s: %s", *ret_path, strerror(-error));
		return error;
	}
	return 0;
}

int wh_run_cgroup_make(struct wh_run_cgroup *ret, struct wh_problem *problem)
{
	struct wh_run_cgroup cgroup = WH_RUN_CGROUP_NONE;
	struct wh_problem ignored;
	int error = find_own(&cgroup.before, problem);

	if (error)
		return error;
	error = make_top(&cgroup, problem);
	if (!error)
		error = make_child(&cgroup, "relay", &cgroup.relay, problem);
	if (!error)
		error = make_child(&cgroup, "cmd", &cgroup.command, problem);
	if (!error) {
		error = wh_cgroup_write(cgroup.relay, "cgroup.procs", "0");
		if (error)
			explain(problem, "cannot enter the cgroup %s: %s", cgroup.relay,
				strerror(-error));
		else
			cgroup.moved = true;
	}
	if (error) {
		wh_run_cgroup_remove(&cgroup, &ignored);
		return error;
	}
	*ret = cgroup;
	return 0;
}

int wh_run_cgroup_entry(const struct wh_run_cgroup *cgroup)
{
	WH_AUTO_FREE char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/cgroup.procs", cgroup->command) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int wh_run_cgroup_remove(struct wh_run_cgroup *cgroup, struct wh_problem *problem)
{
	int error = 0;

	if (cgroup->moved) {
		error = wh_cgroup_write(cgroup->before, "cgroup.procs", "0");
		if (error)
			explain(problem, "cannot go back to the cgroup %s: %s", cgroup->before,
				strerror(-error));
	}
	if (!error && cgroup->top) {
		error = wh_cgroup_tree_remove(cgroup->top);
		if (error)
			explain(problem, "cannot remove the cgroup %s: %s", cgroup->top,
				strerror(-error));
	}
	clear(cgroup);
	return error;
}
