/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What a HANDLE stands for, who waits, and what waits for a thread: all of it under one lock, which is
 * held for a few instructions and never while somebody else's code runs.
 */
#ifndef WHITHER_WS_OBJECT_H
#define WHITHER_WS_OBJECT_H

#include <pthread.h>
#include <stdbool.h>
#include <time.h>
#include <windows.h>

enum ws_kind {
	WS_ANY_KIND,
	WS_EVENT,
	WS_MUTEX,
	WS_SEMAPHORE,
	WS_THREAD,
	WS_PORT,
	WS_FILE,
};

struct win_file;

struct ws_packet {
	struct ws_packet *next;
	OVERLAPPED_ENTRY entry;
};

struct ws_object {
	enum ws_kind kind;
	unsigned int references;
	bool manual; /* stays signalled when a wait has been satisfied */
	LONG count;  /* signalled when positive; a mutex's owner may enter all the same */
	LONG most;
	struct ws_thread *thread; /* WS_THREAD: a reference; WS_MUTEX: the owner */
	LONG depth;
	DWORD exit_code;
	struct ws_packet *first; /* WS_PORT */
	struct ws_packet **last;
	struct win_file *file; /* WS_FILE: closed by CloseHandle(), or by who used it last */
};

/* Queued to a thread, run in its alertable wait; run() frees it. */
struct ws_routine {
	struct ws_routine *next;
	void (*run)(struct ws_routine *routine);
};

struct ws_thread {
	unsigned int references;
	pthread_cond_t woken;
	struct ws_thread *next_waiting;
	struct ws_object *const *objects; /* that it waits for */
	size_t count;
	struct ws_routine *first;
	struct ws_routine **last;
	bool suspended;
	bool ended;
	struct ws_object *self; /* of CreateThread, with a reference */
	void *answers;          /* of ws_names.c; freed with this */
};

void ws_lock(void);
void ws_unlock(void);
/* Sleeps on a condition of the monotonic clock, the lock given up; end may be NULL. */
void ws_lock_sleep(pthread_cond_t *woken, const struct timespec *end);

/* NULL with the last error set, or a handle with the object's first reference. */
HANDLE ws_object_create(enum ws_kind kind, struct ws_object **ret_object);
/* Under the lock, no reference taken. NULL when handle is none of this kind; no error is set. */
struct ws_object *ws_object_find(HANDLE handle, enum ws_kind kind);
void ws_object_release(struct ws_object *object);
/* Sets the count and wakes who waits for it. */
void ws_object_signal(struct ws_object *object, LONG count);

/* The calling thread, NULL only without memory. It lives as long as the thread or a reference. */
struct ws_thread *ws_thread_self(void);
void ws_thread_release(struct ws_thread *thread);
/* Under the lock; false when the thread has ended: then the routine stays the caller's. */
bool ws_thread_queue(struct ws_thread *thread, struct ws_routine *routine);

/* Of objects that the caller holds references to, under the lock, which it gives up while it waits. */
DWORD ws_wait_locked(struct ws_object *const *objects, size_t count, bool all, DWORD milliseconds,
		     bool alertable);
DWORD ws_wait(const HANDLE *handles, size_t count, bool all, DWORD milliseconds, bool alertable);

#endif
