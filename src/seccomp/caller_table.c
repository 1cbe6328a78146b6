/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The threads that called lately. */
#include <errno.h>
#include <stdlib.h>

#include "caller_internal.h"

#define CALLERS 256 /* kept; a power of two. Three descriptors each */
#define WAYS 4      /* that a thread may be kept in */

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

void wh_callers_free(struct wh_callers *callers)
{
	if (!callers)
		return;
	for (size_t i = 0; i < CALLERS; i++)
		if (callers->kept[i])
			wh_caller_destroy(callers->kept[i]);
	pthread_mutex_destroy(&callers->lock);
	free(callers);
}

static struct wh_caller **place_of(struct wh_callers *callers, __u32 thread, size_t way)
{
	return &callers->kept[((size_t)thread * WAYS + way) % CALLERS];
}

static void unuse(struct wh_caller *caller)
{
	if (!--caller->users)
		wh_caller_destroy(caller);
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
		/* Without the lock: its executable may lie on a file system that somebody serves who
		 * waits for us, too. A thread waits for one answer at a time: nobody makes it twice. */
		pthread_mutex_unlock(&callers->lock);
		caller = wh_caller_make(thread, callers->plain, &error);
		pthread_mutex_lock(&callers->lock);
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

void wh_caller_changes_user(struct wh_callers *callers, __u32 thread)
{
	struct wh_caller *caller;

	pthread_mutex_lock(&callers->lock);
	caller = find(callers, thread);
	if (caller)
		caller->same_user = false;
	pthread_mutex_unlock(&callers->lock);
}
