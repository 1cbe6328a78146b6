/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What caller_table.c and caller_process.c share. */
#ifndef WH_CALLER_INTERNAL_H
#define WH_CALLER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "caller_process.h"

struct wh_caller {
	unsigned int users; /* and one for being kept; under the lock of all */
	__u64 used;
	__u32 thread;
	int handle;            /* pidfd: of the thread, or of its process */
	int directory;         /* /proc/THREAD */
	bool shares;           /* handle is of the process, and the thread is not its first */
	pthread_mutex_t lock;  /* of the rest */
	int memory;            /* of the program that it ran when it was looked at; -1: not known */
	atomic_bool same_user; /* as when it was asked last */
	__u64 looked;          /* ms, when the rest was compared with /proc */
	ino_t inode;           /* of the executable, as stat() says */
	dev_t device;
	struct wh_identity identity;
	struct wh_cgroup_path path;
	char *cgroup; /* as its process has it in /proc; owned, or NULL */
};

/* Opens and reads what is kept of a thread. NULL with *ret_error, a negative errno. */
struct wh_caller *wh_caller_make(__u32 thread, bool plain, int *ret_error);
void wh_caller_destroy(struct wh_caller *caller);

#endif /* WH_CALLER_INTERNAL_H */
