/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "scope_exit.h"

#define PREFIX "whither-run-"
#define DEPTH_MAX 32
#define NAMES_MAX 16     /* tries to find a free one */
#define REMOVE_TRIES 100 /* a cgroup is busy until its last process is quite gone */
#define REMOVE_WAIT_MS 10

static int fail(struct wh_problem *problem, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct wh_problem *problem, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(problem->text, sizeof(problem->text), format, arguments);
	va_end(arguments);
	return error;
}

static int write_file(const char *directory, const char *name, const char *text)
{
	WH_AUTO_FREE char *path = NULL;
	WH_AUTO_FD fd = -1;

	if (asprintf(&path, "%s/%s", directory, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	if (type == FTW_DP)
		rmdir(path);
	return 0;
}

/* The cgroup and all below it. */
static int remove_tree(const char *path)
{
	for (int try = 0;; try++) {
		const struct timespec wait = {.tv_nsec = REMOVE_WAIT_MS * 1000000L};

		nftw(path, remove_one, DEPTH_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
		if (!rmdir(path) || errno == ENOENT)
			return 0;
		if (errno != EBUSY || try == REMOVE_TRIES)
			return -errno;
		nanosleep(&wait, NULL);
	}
}

/* Whether it is the name of a run whose process is gone. */
static bool is_dead_run(const char *name)
{
	char *end;
	long pid;

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return false;
	pid = strtol(name + strlen(PREFIX), &end, 10);
	if (pid <= 0 || end == name + strlen(PREFIX) || (*end && *end != '-'))
		return false;
	return kill((pid_t)pid, 0) && errno == ESRCH;
}

static int collect_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	if (type == FTW_DP && is_dead_run(path + place->base))
		nftw(path, remove_one, DEPTH_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	return 0;
}

void wh_run_cgroups_collect_all(void)
{
	WH_AUTO_FREE char *mount = NULL;
	WH_AUTO_FREE char *path = NULL;
	struct wh_problem problem;

	if (!wh_cgroup_self(&mount, &path, &problem))
		nftw(mount, collect_one, DEPTH_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* What dead runs left beside us. */
static void collect_here(const char *path)
{
	WH_AUTO_DIRECTORY directory = opendir(path);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		WH_AUTO_FREE char *child = NULL;

		if (!is_dead_run(entry->d_name))
			continue;
		if (asprintf(&child, "%s/%s", path, entry->d_name) < 0)
			child = NULL;
		else
			nftw(child, remove_one, DEPTH_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	}
}

static void clear(struct wh_run_cgroup *cgroup)
{
	free(cgroup->before);
	free(cgroup->top);
	free(cgroup->relay);
	free(cgroup->command);
	*cgroup = (struct wh_run_cgroup){0};
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
	if (!strncmp(path, "/..", 3))
		return fail(problem, -EXDEV,
			    "this process's cgroup, %s, lies outside of its cgroup namespace: run "
			    "it where that is visible",
			    path);
	if (asprintf(&joined, "%s%s", mount, strcmp(path, "/") != 0 ? path : "") < 0)
		return fail(problem, -ENOMEM, "out of memory");
	if (access(joined, F_OK)) {
		int missing = -errno;

		fail(problem, missing, "this process's cgroup, %s, is not visible at %s: %s", path,
		     joined, strerror(-missing));
		free(joined);
		return missing;
	}
	*ret_path = joined;
	return 0;
}

static int make_top(struct wh_run_cgroup *cgroup, struct wh_problem *problem)
{
	for (int try = 1; try <= NAMES_MAX; try++) {
		char suffix[16] = "", *path;

		if (try > 1)
			snprintf(suffix, sizeof(suffix), "-%d", try);
		if (asprintf(&path, "%s/" PREFIX "%d%s", cgroup->before, (int)getpid(), suffix) < 0)
			return fail(problem, -ENOMEM, "out of memory");
		if (!mkdir(path, 0755)) {
			cgroup->top = path;
			return 0;
		}
		if (errno != EEXIST) {
			int error = -errno;

			fail(problem, error, "cannot make the cgroup %s: %s%s", path,
			     strerror(-error),
			     error == -EACCES || error == -EROFS ? " (run it as root)" : "");
			free(path);
			return error;
		}
		free(path);
	}
	return fail(problem, -EEXIST, "cgroups named " PREFIX "%d stand in the way below %s",
		    (int)getpid(), cgroup->before);
}

static int make_child(const struct wh_run_cgroup *cgroup, const char *name, char **ret_path,
		      struct wh_problem *problem)
{
	if (asprintf(ret_path, "%s/%s", cgroup->top, name) < 0) {
		*ret_path = NULL;
		return fail(problem, -ENOMEM, "out of memory");
	}
	if (!mkdir(*ret_path, 0755))
		return 0;
	return fail(problem, -errno, "cannot make the cgroup %s: %s", *ret_path, strerror(errno));
}

int wh_run_cgroup_make(struct wh_run_cgroup *ret, struct wh_problem *problem)
{
	struct wh_run_cgroup cgroup = {0};
	struct wh_problem ignored;
	int error = find_own(&cgroup.before, problem);

	if (error)
		return error;
	collect_here(cgroup.before);
	error = make_top(&cgroup, problem);
	if (!error)
		error = make_child(&cgroup, "relay", &cgroup.relay, problem);
	if (!error)
		error = make_child(&cgroup, "cmd", &cgroup.command, problem);
	if (!error) {
		error = write_file(cgroup.relay, "cgroup.procs", "0");
		if (error)
			fail(problem, error, "cannot enter the cgroup %s: %s", cgroup.relay,
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

/* nftw() has no argument for its function; verbs have one thread. */
static struct {
	size_t count;
	int signal; /* 0: only count */
} visit;

static int visit_processes(const char *path, const struct stat *status, int type, struct FTW *place)
{
	WH_AUTO_FILE file = NULL;
	int pid;

	if (type != FTW_F || strcmp(path + place->base, "cgroup.procs") != 0)
		return 0;
	file = fopen(path, "re");
	/* 0: one that has no number in our namespace. */
	while (file && fscanf(file, "%d", &pid) == 1) {
		visit.count++;
		if (visit.signal && pid > 0)
			kill(pid, visit.signal);
	}
	return 0;
}

size_t wh_run_cgroup_count(const struct wh_run_cgroup *cgroup)
{
	visit.count = 0;
	visit.signal = 0;
	nftw(cgroup->command, visit_processes, DEPTH_MAX, FTW_PHYS | FTW_MOUNT);
	return visit.count;
}

void wh_run_cgroup_signal(const struct wh_run_cgroup *cgroup, int signal)
{
	if (signal == SIGKILL && !write_file(cgroup->command, "cgroup.kill", "1"))
		return;
	visit.signal = signal;
	nftw(cgroup->command, visit_processes, DEPTH_MAX, FTW_PHYS | FTW_MOUNT);
}

int wh_run_cgroup_remove(struct wh_run_cgroup *cgroup, struct wh_problem *problem)
{
	int error = 0;

	if (cgroup->moved) {
		error = write_file(cgroup->before, "cgroup.procs", "0");
		if (error)
			fail(problem, error, "cannot go back to the cgroup %s: %s", cgroup->before,
			     strerror(-error));
	}
	if (!error && cgroup->top) {
		error = remove_tree(cgroup->top);
		if (error)
			fail(problem, error, "cannot remove the cgroup %s: %s", cgroup->top,
			     strerror(-error));
	}
	clear(cgroup);
	return error;
}
