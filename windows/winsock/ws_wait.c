/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Waiting: for one object, for several, for a routine. */
#include "ws_object.h"

#include <time.h>

static struct ws_thread *waiting;

static bool is_ready(const struct ws_object *object, const struct ws_thread *self)
{
	return object->count > 0 || (object->kind == WS_MUTEX && object->thread == self);
}

static void take(struct ws_object *object, struct ws_thread *self)
{
	if (object->kind == WS_MUTEX) {
		object->count = 0;
		object->thread = self;
		object->depth++;
	} else if (!object->manual) {
		object->count--;
	}
}

void ws_object_signal(struct ws_object *object, LONG count)
{
	object->count = count;
	if (count <= 0)
		return;
	for (struct ws_thread *thread = waiting; thread; thread = thread->next_waiting)
		for (size_t i = 0; i < thread->count; i++)
			if (thread->objects[i] == object)
				pthread_cond_signal(&thread->woken);
}

bool ws_thread_queue(struct ws_thread *thread, struct ws_routine *routine)
{
	if (thread->ended)
		return false;
	routine->next = NULL;
	*thread->last = routine;
	thread->last = &routine->next;
	pthread_cond_signal(&thread->woken);
	return true;
}

/* Runs what is queued, without the lock; whether anything was. */
static bool run_routines(struct ws_thread *self)
{
	struct ws_routine *routine = self->first;

	if (!routine)
		return false;
	while ((routine = self->first)) {
		self->first = routine->next;
		if (!self->first)
			self->last = &self->first;
		ws_unlock();
		routine->run(routine);
		ws_lock();
	}
	return true;
}

/* The index, or count when the wait is not satisfied. */
static size_t satisfied(struct ws_object *const *objects, size_t count, bool all,
			struct ws_thread *self)
{
	size_t ready = 0;
	size_t first = count;

	for (size_t i = 0; i < count; i++)
		if (is_ready(objects[i], self)) {
			ready++;
			first = first == count ? i : first;
		}
	if (!count || (all ? ready < count : ready == 0))
		return count;
	if (!all) {
		take(objects[first], self);
		return first;
	}
	for (size_t i = 0; i < count; i++)
		take(objects[i], self);
	return 0;
}

static struct timespec end_after(DWORD milliseconds)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += milliseconds / 1000;
	end.tv_nsec += milliseconds % 1000 * 1000000L;
	if (end.tv_nsec >= 1000000000L) {
		end.tv_nsec -= 1000000000L;
		end.tv_sec++;
	}
	return end;
}

static bool is_over(const struct timespec *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > end->tv_sec ||
	       (now.tv_sec == end->tv_sec && now.tv_nsec >= end->tv_nsec);
}

static void sleep_once(struct ws_thread *self, struct ws_object *const *objects, size_t count,
		       const struct timespec *end)
{
	struct ws_thread **place;

	self->objects = objects;
	self->count = count;
	self->next_waiting = waiting;
	waiting = self;
	ws_lock_sleep(&self->woken, end);
	for (place = &waiting; *place != self; place = &(*place)->next_waiting)
		;
	*place = self->next_waiting;
	self->count = 0;
}

DWORD ws_wait_locked(struct ws_object *const *objects, size_t count, bool all, DWORD milliseconds,
		     bool alertable)
{
	struct ws_thread *self;
	struct timespec end = {0};
	size_t index;

	ws_unlock();
	self = ws_thread_self();
	ws_lock();
	if (!self) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return WAIT_FAILED;
	}
	if (milliseconds != INFINITE)
		end = end_after(milliseconds);
	for (;;) {
		index = satisfied(objects, count, all, self);
		if (index < count)
			return (DWORD)index;
		if (alertable && run_routines(self))
			return WAIT_IO_COMPLETION;
		if (milliseconds != INFINITE && is_over(&end))
			return WAIT_TIMEOUT;
		sleep_once(self, objects, count, milliseconds == INFINITE ? NULL : &end);
	}
}

DWORD ws_wait(const HANDLE *handles, size_t count, bool all, DWORD milliseconds, bool alertable)
{
	struct ws_object *objects[MAXIMUM_WAIT_OBJECTS];
	size_t found = 0;
	DWORD result = WAIT_FAILED;

	if (!handles || !count || count > MAXIMUM_WAIT_OBJECTS) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return WAIT_FAILED;
	}
	ws_lock();
	while (found < count && (objects[found] = ws_object_find(handles[found], WS_ANY_KIND)))
		objects[found++]->references++;
	if (found == count)
		result = ws_wait_locked(objects, count, all, milliseconds, alertable);
	else
		SetLastError(ERROR_INVALID_HANDLE);
	while (found > 0)
		ws_object_release(objects[--found]);
	ws_unlock();
	return result;
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
				      DWORD dwMilliseconds, BOOL bAlertable)
{
	return ws_wait(lpHandles, nCount, bWaitAll != 0, dwMilliseconds, bAlertable != 0);
}

DWORD WINAPI WaitForMultipleObjects(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
				    DWORD dwMilliseconds)
{
	return ws_wait(lpHandles, nCount, bWaitAll != 0, dwMilliseconds, false);
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable)
{
	return ws_wait(&hHandle, 1, false, dwMilliseconds, bAlertable != 0);
}

DWORD WINAPI WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds)
{
	return ws_wait(&hHandle, 1, false, dwMilliseconds, false);
}

DWORD WINAPI SleepEx(DWORD dwMilliseconds, BOOL bAlertable)
{
	DWORD result;

	ws_lock();
	result = ws_wait_locked(NULL, 0, false, dwMilliseconds, bAlertable != 0);
	ws_unlock();
	return result == WAIT_IO_COMPLETION ? result : 0;
}

void WINAPI Sleep(DWORD dwMilliseconds)
{
	SleepEx(dwMilliseconds, FALSE);
}
