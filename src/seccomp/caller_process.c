/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A thread and the process that it is of: its descriptors, its memory, and who it is. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "caller_internal.h"
#include "machine_facts.h"
#include "process_identity.h"
#include "scope_exit.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL /* of Linux 6.9 */
#endif

#define LOOK_AGAIN_MS 100 /* after which even what is not announced is noticed */

static __u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (__u64)now.tv_sec * 1000 + (__u64)now.tv_nsec / 1000000;
}

void wh_caller_destroy(struct wh_caller *caller)
{
	wh_close_fd(&caller->handle);
	wh_close_fd(&caller->directory);
	wh_close_fd(&caller->memory);
	free(caller->cgroup);
	pthread_mutex_destroy(&caller->lock);
	free(caller);
}

static int process_of(int directory, __u32 *ret)
{
	char text[512], *line;
	WH_AUTO_FD fd = openat(directory, "status", O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return -ESRCH;
	length = read(fd, text, sizeof(text) - 1);
	if (length <= 0)
		return -ESRCH;
	text[length] = '\0';
	line = strstr(text, "\nTgid:");
	return line && sscanf(line, "\nTgid: %u", ret) == 1 ? 0 : -ESRCH;
}

static int open_handle(struct wh_caller *caller, __u32 process, bool plain)
{
	caller->handle = -1;
	if (!plain)
		caller->handle = pidfd_open((pid_t)caller->thread, PIDFD_THREAD);
	if (caller->handle >= 0)
		return 0;
	caller->handle = pidfd_open((pid_t)process, 0);
	caller->shares = process != caller->thread;
	return caller->handle < 0 ? -ESRCH : 0;
}

/*
 * The memory of the program that the process runs now. When it has executed another one, there is
 * nothing to be read from this descriptor any more: to find that out takes a third of the time of
 * asking for the executable. (Unless another process shares the memory, as after vfork(): see
 * compare().)
 */
static void open_memory(struct wh_caller *caller)
{
	wh_close_fd(&caller->memory);
	caller->memory = openat(caller->directory, "mem", O_RDONLY | O_CLOEXEC);
}

/* Who the process is, and what it executes. Returns 0 or -ESRCH: it is gone. */
static int learn(struct wh_caller *caller, __u32 process)
{
	struct stat executable;
	int error = wh_process_identity(process, &caller->identity);

	if (error)
		return error;
	if (!fstatat(caller->directory, "exe", &executable, 0)) {
		caller->inode = executable.st_ino;
		caller->device = executable.st_dev;
	}
	if (wh_process_cgroup_path(process, &caller->path))
		memset(&caller->path, 0, sizeof(caller->path));
	free(caller->cgroup);
	if (wh_process_cgroup(process, &caller->cgroup))
		caller->cgroup = NULL;
	caller->looked = now_ms();
	caller->same_user = false;
	return 0;
}

static int describe(struct wh_caller *caller, bool plain)
{
	char path[64];
	__u32 process;
	int error;

	snprintf(path, sizeof(path), "/proc/%u", caller->thread);
	caller->directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (caller->directory < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	error = process_of(caller->directory, &process);
	if (!error)
		error = open_handle(caller, process, plain);
	if (error)
		return error;
	open_memory(caller); /* before the rest: what is older is noticed */
	return learn(caller, process);
}

struct wh_caller *wh_caller_make(__u32 thread, bool plain, int *ret_error)
{
	struct wh_caller *caller = calloc(1, sizeof(*caller));

	*ret_error = -ENOMEM;
	if (!caller)
		return NULL;
	caller->thread = thread;
	caller->handle = caller->directory = caller->memory = -1;
	pthread_mutex_init(&caller->lock, NULL);
	*ret_error = describe(caller, plain);
	if (!*ret_error)
		return caller;
	wh_caller_destroy(caller);
	return NULL;
}

/* Whether number of the thread's own table, not only of its process's, is what was taken. */
static bool same_table(const struct wh_caller *caller, int number, int taken)
{
	struct stat here, there;
	char path[32];

	snprintf(path, sizeof(path), "fd/%d", number);
	return !fstat(taken, &here) && !fstatat(caller->directory, path, &there, 0) &&
	       here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

int wh_caller_descriptor(const struct wh_caller *caller, int number)
{
	WH_AUTO_FD fd = number < 0 ? -1 : pidfd_getfd(caller->handle, number, 0);

	int error = fd < 0 ? -errno : 0;

	if (number < 0)
		return -EBADF;
	/* The handle is the process's: a thread may have descriptors of its own (unshare), and may be
	 * gone while the process is not. */
	if (caller->shares && (error == -EBADF || (!error && !same_table(caller, number, fd))))
		error = faccessat(caller->directory, "fd", F_OK, 0) ? -ESRCH : -EBADF;
	return error ? error : wh_take_fd(&fd);
}

ssize_t wh_caller_gather(const struct wh_caller *caller, const struct iovec *pieces, size_t count,
			 void *ret, size_t size)
{
	const struct iovec here = {.iov_base = ret, .iov_len = size};
	ssize_t length = process_vm_readv((pid_t)caller->thread, &here, 1, pieces, count, 0);

	if (length < 0)
		return -errno;
	return length || !size ? length : -EFAULT;
}

void wh_caller_signal(const struct wh_caller *caller, int signal)
{
	/* Its handle may be its process's, and another thread would get it. */
	(void)!tgkill((pid_t)caller->identity.pid, (pid_t)caller->thread, signal);
}

int wh_caller_read(const struct wh_caller *caller, __u64 address, void *ret, size_t size)
{
	const struct iovec there = {.iov_base = (void *)(uintptr_t)address, .iov_len = size};
	ssize_t length = wh_caller_gather(caller, &there, 1, ret, size);

	if (length < 0)
		return (int)length;
	return (size_t)length == size ? 0 : -EFAULT;
}

int wh_caller_write(const struct wh_caller *caller, __u64 address, const void *bytes, size_t size)
{
	/* By way of its directory: a number could be somebody else's by now. */
	WH_AUTO_FD fd = openat(caller->directory, "mem", O_WRONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return -errno;
	length = pwrite(fd, bytes, size, (off_t)address);
	if (length < 0)
		return errno == EIO ? -EFAULT : -errno;
	return (size_t)length == size ? 0 : -EFAULT;
}

/* Whether it has executed another file since, as far as its memory tells. */
static bool has_executed(const struct wh_caller *caller)
{
	char byte;

	return caller->memory < 0 || !pread(caller->memory, &byte, 1, 0);
}

static bool is_elsewhere(const struct wh_caller *caller)
{
	WH_AUTO_FREE char *cgroup = NULL;

	if (wh_process_cgroup(caller->identity.pid, &cgroup))
		cgroup = NULL;
	return cgroup && (!caller->cgroup || strcmp(cgroup, caller->cgroup) != 0);
}

/* Compares what nothing tells of: its name, its cgroup, and an executable that it got while another
 * process shared its memory. */
static void compare(struct wh_caller *caller)
{
	struct stat status;

	if ((!fstatat(caller->directory, "exe", &status, 0) &&
	     (status.st_ino != caller->inode || status.st_dev != caller->device)) ||
	    is_elsewhere(caller))
		(void)learn(caller, caller->identity.pid);
	wh_process_comm(caller->identity.pid, caller->identity.comm);
	caller->looked = now_ms();
}

void wh_caller_identity(struct wh_caller *caller, struct wh_identity *ret,
			struct wh_cgroup_path *ret_path)
{
	struct stat status;

	pthread_mutex_lock(&caller->lock);
	if (has_executed(caller)) {
		open_memory(caller);
		(void)learn(caller, caller->identity.pid);
	} else if (now_ms() - caller->looked > LOOK_AGAIN_MS) {
		compare(caller);
	}
	/* The directory is its effective user's and group's. */
	if (!caller->same_user && !fstat(caller->directory, &status)) {
		caller->identity.uid = status.st_uid;
		caller->identity.gid = status.st_gid;
		caller->same_user = true;
	}
	*ret = caller->identity;
	*ret_path = caller->path;
	pthread_mutex_unlock(&caller->lock);
}
