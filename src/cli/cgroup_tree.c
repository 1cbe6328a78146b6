/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "cgroup_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "scope_exit.h"

#define REMOVE_TRIES 100
#define REMOVE_WAIT_MS 10

/* nftw() would ask for the status of each of the dozens of files of every cgroup. */
void wh_cgroup_tree_visit(const char *path, wh_cgroup_visit visit, void *data)
{
	WH_AUTO_DIRECTORY directory = opendir(path);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		char *child;

		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		if (asprintf(&child, "%s/%s", path, entry->d_name) < 0)
			continue;
		wh_cgroup_tree_visit(child, visit, data);
		free(child);
	}
	visit(path, data);
}

struct signalling {
	size_t count;
	int signal; /* 0: only count */
};

static void visit_processes(const char *path, void *data)
{
	struct signalling *signalling = data;
	WH_AUTO_FILE file = NULL;
	char *name;
	int pid;

	if (asprintf(&name, "%s/cgroup.procs", path) < 0)
		return;
	file = fopen(name, "re");
	free(name);
	/* 0: one that has no number in our namespace. */
	while (file && fscanf(file, "%d", &pid) == 1) {
		signalling->count++;
		if (signalling->signal && pid > 0)
			kill(pid, signalling->signal);
	}
}

size_t wh_cgroup_tree_count(const char *path)
{
	struct signalling signalling = {0};

	wh_cgroup_tree_visit(path, visit_processes, &signalling);
	return signalling.count;
}

void wh_cgroup_tree_signal(const char *path, int signal)
{
	struct signalling signalling = {.signal = signal};

	if (signal == SIGKILL && !wh_cgroup_write(path, "cgroup.kill", "1"))
		return;
	wh_cgroup_tree_visit(path, visit_processes, &signalling);
}

static void remove_one(const char *path, void *data)
{
	int *error = data;

	*error = rmdir(path) && errno != ENOENT ? -errno : 0;
}

int wh_cgroup_tree_remove(const char *path)
{
	const struct timespec wait = {.tv_nsec = REMOVE_WAIT_MS * 1000000L};
	int error = 0;

	for (int try = 0; try < REMOVE_TRIES; try++) {
		/* The last visit is to path itself. */
		wh_cgroup_tree_visit(path, remove_one, &error);
		if (error != -EBUSY)
			return error;
		nanosleep(&wait, NULL);
	}
	return error;
}

int wh_cgroup_write(const char *path, const char *name, const char *text)
{
	WH_AUTO_FD fd = -1;
	char *file;

	if (asprintf(&file, "%s/%s", path, name) < 0)
		return -ENOMEM;
	fd = open(file, O_WRONLY | O_CLOEXEC);
	free(file);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}
