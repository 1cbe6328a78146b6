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
 * nothing to be read from this descriptor any more: that costs nothing to find out, where asking for
 * the executable costs a tenth of a connect.
 */
static int open_memory(struct wh_caller *caller)
{
	wh_close_fd(&caller->memory);
	caller->memory = openat(caller->directory, "mem", O_RDWR | O_CLOEXEC);
	return caller->memory < 0 ? errno == ENOENT ? -ESRCH : -errno : 0;
}

static int describe(struct wh_caller *caller, bool plain)
{
	struct stat executable;
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
	if (!error)
		error = open_memory(caller); /* before the rest: what is older is noticed */
	if (!error)
		error = wh_process_identity(process, &caller->identity);
	if (error)
		return error;
	if (!fstatat(caller->directory, "exe", &executable, 0)) {
		caller->inode = executable.st_ino;
		caller->device = executable.st_dev;
	}
	if (wh_process_cgroup_path(process, &caller->path))
		memset(&caller->path, 0, sizeof(caller->path));
	caller->looked = now_ms();
	return 0;
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

	if (number < 0)
		return -EBADF;
	if (fd < 0)
		return -errno;
	/* A thread may have descriptors of its own (unshare), and its handle does not know it. */
	if (caller->shares && !same_table(caller, number, fd))
		return -EBADF;
	return wh_take_fd(&fd);
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

/* It has executed another file: everything but the process itself may be different. */
static void renew(struct wh_caller *caller, const struct stat *executable)
{
	struct wh_identity fresh;

	if (wh_process_identity(caller->identity.pid, &fresh))
		return;
	caller->identity = fresh;
	caller->inode = executable->st_ino;
	caller->device = executable->st_dev;
	if (wh_process_cgroup_path(caller->identity.pid, &caller->path))
		memset(&caller->path, 0, sizeof(caller->path));
	caller->looked = now_ms();
	caller->same_user = false;
}

/* The program that was looked at is gone, and maybe the process with it. */
static int look_again(struct wh_caller *caller)
{
	struct stat executable = {};
	int error = open_memory(caller);

	if (error)
		return error;
	(void)fstatat(caller->directory, "exe", &executable, 0);
	renew(caller, &executable);
	return 0;
}

/* What a read or a write of memory made of it; 0: it was that of a program that is gone. */
static int outcome_of(ssize_t length, size_t size)
{
	if (length < 0)
		return errno == EIO ? -EFAULT : -errno;
	return (size_t)length == size ? 0 : -EFAULT;
}

int wh_caller_read(struct wh_caller *caller, __u64 address, void *ret, size_t size)
{
	ssize_t length = -1;
	int error;

	if (address > INT64_MAX)
		return -EFAULT;
	pthread_mutex_lock(&caller->lock);
	length = pread(caller->memory, ret, size, (off_t)address);
	error = outcome_of(length, size);
	if (!length && size) {
		error = look_again(caller);
		if (!error)
			error = outcome_of(pread(caller->memory, ret, size, (off_t)address), size);
	}
	caller->lives = true;
	pthread_mutex_unlock(&caller->lock);
	return error;
}

int wh_caller_write(struct wh_caller *caller, __u64 address, const void *bytes, size_t size)
{
	int error;

	if (address > INT64_MAX)
		return -EFAULT;
	pthread_mutex_lock(&caller->lock);
	error = outcome_of(pwrite(caller->memory, bytes, size, (off_t)address), size);
	pthread_mutex_unlock(&caller->lock);
	return error;
}

/* Compares what nobody announces: its name, and an executable that a process got whose memory is
 * another's too (vfork), and is still there. */
static void compare(struct wh_caller *caller)
{
	struct stat status;

	if (!fstatat(caller->directory, "exe", &status, 0) &&
	    (status.st_ino != caller->inode || status.st_dev != caller->device))
		renew(caller, &status);
	wh_process_comm(caller->identity.pid, caller->identity.comm);
	caller->looked = now_ms();
}

void wh_caller_identity(struct wh_caller *caller, struct wh_identity *ret,
			struct wh_cgroup_path *ret_path)
{
	struct stat status;
	char byte;

	pthread_mutex_lock(&caller->lock);
	if (!caller->lives && !pread(caller->memory, &byte, 1, 0))
		(void)look_again(caller);
	caller->lives = false;
	if (now_ms() - caller->looked > LOOK_AGAIN_MS)
		compare(caller);
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
