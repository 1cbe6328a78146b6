/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The threads that call. What is known of one is kept: to ask /proc for everything costs more than
 * a connect. What is kept is bound to the thread itself, not to its number.
 */
#ifndef WH_CALLER_PROCESS_H
#define WH_CALLER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "kernel_state.h"

struct wh_callers;

/* plain: do not use what kernels newer than 6.1 offer. Returns 0 or a negative errno. */
int wh_callers_new(struct wh_callers **ret, bool plain);
void wh_callers_free(struct wh_callers *callers);

struct wh_caller;

/*
 * A thread that waits for an answer; give it back. Returns 0, or a negative errno when it is gone
 * or may not be looked at. Any thread may call this. Who is returned may be one that had its number
 * before: wh_caller_descriptor() then says -ESRCH.
 */
int wh_caller_take(struct wh_callers *callers, __u32 thread, struct wh_caller **ret);
void wh_caller_give(struct wh_callers *callers, struct wh_caller *caller);

/* Forgets a thread that turned out to be gone, if that is who is kept under its number. */
void wh_caller_forget(struct wh_callers *callers, struct wh_caller *caller);

/* The thread is about to become another user, maybe. */
void wh_caller_changes_user(struct wh_callers *callers, __u32 thread);

/* A descriptor of the thread's, as one of our own, closed on exec; or a negative errno: -EBADF it
 * has none of this number, -ESRCH it is gone. */
int wh_caller_descriptor(const struct wh_caller *caller, int number);

/* Its memory. Return 0 or a negative errno. Whose memory was read is certain only when
 * wh_caller_descriptor() succeeds afterwards, or the call still waits. */
int wh_caller_read(const struct wh_caller *caller, __u64 address, void *ret, size_t size);
int wh_caller_write(const struct wh_caller *caller, __u64 address, const void *bytes, size_t size);

/* Reads pieces of it one after the other, at most size bytes. Returns how many could be read, or a
 * negative errno: -EFAULT none. */
ssize_t wh_caller_gather(const struct wh_caller *caller, const struct iovec *pieces, size_t count,
			 void *ret, size_t size);

/* To the thread itself, while it waits. */
void wh_caller_signal(const struct wh_caller *caller, int signal);

/* Its process as it is now; all but netns. Its name and its cgroup may be
 * those of a tenth of a second ago. */
void wh_caller_identity(struct wh_caller *caller, struct wh_identity *ret,
			struct wh_cgroup_path *ret_path);

#endif /* WH_CALLER_PROCESS_H */
