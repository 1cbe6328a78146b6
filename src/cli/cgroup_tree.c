/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "cgroup_tree.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "scope_exit.h"

#define DESCRIPTORS_MAX 32 /* that nftw() holds open */
#define REMOVE_TRIES 100
#define REMOVE_WAIT_MS 10

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	if (type == FTW_DP)
		rmdir(path);
	return 0;
}

int wh_cgroup_tree_remove(const char *path)
{
	for (int try = 0;; try++) {
		const struct timespec wait = {.tv_nsec = REMOVE_WAIT_MS * 1000000L};

		nftw(path, remove_one, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
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

	if (strncmp(name, WH_RUN_CGROUP_PREFIX, strlen(WH_RUN_CGROUP_PREFIX)) != 0)
		return false;
	pid = strtol(name + strlen(WH_RUN_CGROUP_PREFIX), &end, 10);
	if (pid <= 0 || end == name + strlen(WH_RUN_CGROUP_PREFIX) || (*end && *end != '-'))
		return false;
	return kill((pid_t)pid, 0) && errno == ESRCH;
}

static int collect_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	if (type == FTW_DP && is_dead_run(path + place->base))
		nftw(path, remove_one, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	return 0;
}

void wh_cgroup_tree_collect_below(const char *path)
{
	nftw(path, collect_one, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void wh_cgroup_tree_collect(const char *path)
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
			nftw(child, remove_one, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	}
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

size_t wh_cgroup_tree_count(const char *path)
{
	visit.count = 0;
	visit.signal = 0;
	nftw(path, visit_processes, DESCRIPTORS_MAX, FTW_PHYS | FTW_MOUNT);
	return visit.count;
}

void wh_cgroup_tree_signal(const char *path, int signal)
{
	visit.signal = signal;
	nftw(path, visit_processes, DESCRIPTORS_MAX, FTW_PHYS | FTW_MOUNT);
}
