/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "caller_process.h"

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
#include <sys/uio.h>
#include <unistd.h>

#include "process_identity.h"
#include "scope_exit.h"

#define CALLERS 256 /* kept; a power of two. Three descriptors each */
#define WAYS 4      /* that a thread may be kept in */

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL /* of Linux 6.9 */
#endif

struct wh_caller {
	unsigned int users; /* and one for being kept; under the lock of all */
	__u64 used;
	__u32 thread;
	int handle;           /* pidfd: of the thread, or of its process */
	int directory;        /* /proc/THREAD */
	int name;             /* /proc/PROCESS/comm */
	bool shares;          /* handle is of the process, and the thread is not its first */
	pthread_mutex_t lock; /* of the rest */
	ino_t inode;          /* of the executable, as stat() says */
	dev_t device;
	struct wh_identity identity;
	struct wh_cgroup_path path;
};

struct wh_callers {
	pthread_mutex_t lock;
	bool plain;
	__u64 clock;
	struct wh_caller *kept[CALLERS];
};

int wh_callers_new(struct wh_callers **ret, bool plain)
{
	struct wh_callers *callers = calloc(1, sizeof(*callers));

	if (!callers)
		return -ENOMEM;
	pthread_mutex_init(&callers->lock, NULL);
	callers->plain = plain;
	*ret = callers;
	return 0;
}

static void destroy(struct wh_caller *caller)
{
	wh_close_fd(&caller->handle);
	wh_close_fd(&caller->directory);
	wh_close_fd(&caller->name);
	pthread_mutex_destroy(&caller->lock);
	free(caller);
}

void wh_callers_free(struct wh_callers *callers)
{
	if (!callers)
		return;
	for (size_t i = 0; i < CALLERS; i++)
		if (callers->kept[i])
			destroy(callers->kept[i]);
	pthread_mutex_destroy(&callers->lock);
	free(callers);
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
		error = wh_process_identity(process, &caller->identity);
	if (error)
		return error;
	if (!fstatat(caller->directory, "exe", &executable, 0)) {
		caller->inode = executable.st_ino;
		caller->device = executable.st_dev;
	}
	if (wh_process_cgroup_path(process, &caller->path))
		memset(&caller->path, 0, sizeof(caller->path));
	snprintf(path, sizeof(path), "/proc/%u/comm", process);
	caller->name = open(path, O_RDONLY | O_CLOEXEC);
	return 0;
}

static struct wh_caller *make(__u32 thread, bool plain, int *ret_error)
{
	struct wh_caller *caller = calloc(1, sizeof(*caller));

	*ret_error = -ENOMEM;
	if (!caller)
		return NULL;
	caller->thread = thread;
	caller->handle = caller->directory = caller->name = -1;
	pthread_mutex_init(&caller->lock, NULL);
	*ret_error = describe(caller, plain);
	if (!*ret_error)
		return caller;
	destroy(caller);
	return NULL;
}

static struct wh_caller **place_of(struct wh_callers *callers, __u32 thread, size_t way)
{
	return &callers->kept[((size_t)thread * WAYS + way) % CALLERS];
}

static void unuse(struct wh_caller *caller)
{
	if (!--caller->users)
		destroy(caller);
}

static struct wh_caller *find(struct wh_callers *callers, __u32 thread)
{
	for (size_t way = 0; way < WAYS; way++) {
		struct wh_caller *kept = *place_of(callers, thread, way);

		if (kept && kept->thread == thread)
			return kept;
	}
	return NULL;
}

static void keep(struct wh_callers *callers, struct wh_caller *caller)
{
	struct wh_caller **oldest = place_of(callers, caller->thread, 0);

	for (size_t way = 0; way < WAYS; way++) {
		struct wh_caller **place = place_of(callers, caller->thread, way);

		if (!*place || (*oldest && (*place)->used < (*oldest)->used))
			oldest = place;
		if (!*oldest)
			break;
	}
	if (*oldest)
		unuse(*oldest);
	*oldest = caller;
	caller->users++;
}

int wh_caller_take(struct wh_callers *callers, __u32 thread, struct wh_caller **ret)
{
	struct wh_caller *caller;
	int error = 0;

	pthread_mutex_lock(&callers->lock);
	caller = find(callers, thread);
	if (!caller) {
		caller = make(thread, callers->plain, &error);
		if (caller)
			keep(callers, caller);
	}
	if (caller) {
		caller->users++;
		caller->used = ++callers->clock;
		*ret = caller;
	}
	pthread_mutex_unlock(&callers->lock);
	return error;
}

void wh_caller_give(struct wh_callers *callers, struct wh_caller *caller)
{
	pthread_mutex_lock(&callers->lock);
	unuse(caller);
	pthread_mutex_unlock(&callers->lock);
}

void wh_caller_forget(struct wh_callers *callers, struct wh_caller *caller)
{
	pthread_mutex_lock(&callers->lock);
	for (size_t way = 0; way < WAYS; way++) {
		struct wh_caller **place = place_of(callers, caller->thread, way);

		if (*place == caller) {
			unuse(caller);
			*place = NULL;
			break;
		}
	}
	pthread_mutex_unlock(&callers->lock);
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

int wh_caller_read(const struct wh_caller *caller, __u64 address, void *ret, size_t size)
{
	const struct iovec here = {.iov_base = ret, .iov_len = size};
	const struct iovec there = {.iov_base = (void *)(uintptr_t)address, .iov_len = size};
	ssize_t length = process_vm_readv((pid_t)caller->thread, &here, 1, &there, 1, 0);

	if (length < 0)
		return -errno;
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
}

void wh_caller_identity(struct wh_caller *caller, struct wh_identity *ret,
			struct wh_cgroup_path *ret_path)
{
	struct stat status;
	ssize_t length;

	pthread_mutex_lock(&caller->lock);
	if (!fstatat(caller->directory, "exe", &status, 0) &&
	    (status.st_ino != caller->inode || status.st_dev != caller->device))
		renew(caller, &status);
	/* The directory is its effective user's and group's. */
	if (!fstat(caller->directory, &status)) {
		caller->identity.uid = status.st_uid;
		caller->identity.gid = status.st_gid;
	}
	length = pread(caller->name, caller->identity.comm, sizeof(caller->identity.comm) - 1, 0);
	if (length > 0) {
		memset(caller->identity.comm + length, 0,
		       sizeof(caller->identity.comm) - (size_t)length);
		if (caller->identity.comm[length - 1] == '\n')
			caller->identity.comm[length - 1] = '\0';
	}
	*ret = caller->identity;
	*ret_path = caller->path;
	pthread_mutex_unlock(&caller->lock);
}
