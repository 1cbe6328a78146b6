/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "ws_object.h"

#include "win_file.h"

#include <stdlib.h>

/* Handles begin where no descriptor can be, and none of the kernel's; their two low bits are free for the program's use. */
#define FIRST_HANDLE 0x50000000ul

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ws_object **table;
static size_t table_size;

void ws_lock(void)
{
	pthread_mutex_lock(&lock);
}

void ws_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

void ws_lock_sleep(pthread_cond_t *woken, const struct timespec *end)
{
	if (end)
		pthread_cond_timedwait(woken, &lock, end);
	else
		pthread_cond_wait(woken, &lock);
}

static size_t free_slot(void)
{
	struct ws_object **larger;
	size_t i = 0;

	while (i < table_size && table[i])
		i++;
	if (i < table_size)
		return i;
	larger = reallocarray(table, table_size + 64, sizeof(struct ws_object *));
	if (!larger)
		return table_size;
	table = larger;
	for (size_t n = 0; n < 64; n++)
		table[table_size + n] = NULL;
	table_size += 64;
	return i;
}

HANDLE ws_object_create(enum ws_kind kind, struct ws_object **ret_object)
{
	struct ws_object *object = calloc(1, sizeof(*object));
	size_t slot = 0;

	if (object) {
		object->kind = kind;
		object->references = 1;
		object->last = &object->first;
		ws_lock();
		slot = free_slot();
		if (slot < table_size)
			table[slot] = object;
		ws_unlock();
	}
	if (!object || slot >= table_size) {
		free(object);
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	*ret_object = object;
	return (HANDLE)(FIRST_HANDLE + slot * 4);
}

static size_t slot_of(HANDLE handle)
{
	ULONG_PTR value = (ULONG_PTR)handle & ~(ULONG_PTR)3;

	return value < FIRST_HANDLE ? (size_t)-1 : (value - FIRST_HANDLE) / 4;
}

struct ws_object *ws_object_find(HANDLE handle, enum ws_kind kind)
{
	size_t slot = slot_of(handle);
	struct ws_object *object = slot < table_size ? table[slot] : NULL;

	return object && (kind == WS_ANY_KIND || object->kind == kind) ? object : NULL;
}

void ws_object_release(struct ws_object *object)
{
	struct ws_packet *packet;

	if (--object->references)
		return;
	while ((packet = object->first)) {
		object->first = packet->next;
		free(packet);
	}
	if (object->kind == WS_THREAD && object->thread)
		ws_thread_release(object->thread);
	free(object);
}

BOOL WINAPI CloseHandle(HANDLE hObject)
{
	struct win_file *file = NULL;
	struct ws_object *object;

	ws_lock();
	object = ws_object_find(hObject, WS_ANY_KIND);
	if (object) {
		table[slot_of(hObject)] = NULL;
		if (object->references == 1) {
			file = object->file;
			object->file = NULL;
		}
		ws_object_release(object);
	}
	ws_unlock();
	if (file)
		win_file_close(file);
	if (!object)
		SetLastError(ERROR_INVALID_HANDLE);
	return object != NULL;
}

BOOL WINAPI SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags)
{
	/* Nothing is inherited anyway. */
	return TRUE;
}

static BOOL set_event(HANDLE event, LONG count)
{
	struct ws_object *object;

	ws_lock();
	object = ws_object_find(event, WS_EVENT);
	if (object)
		ws_object_signal(object, count);
	ws_unlock();
	if (!object)
		SetLastError(ERROR_INVALID_HANDLE);
	return object != NULL;
}

BOOL WINAPI SetEvent(HANDLE hEvent)
{
	return set_event(hEvent, 1);
}

BOOL WINAPI ResetEvent(HANDLE hEvent)
{
	return set_event(hEvent, 0);
}

/* An object with a name would be another process's too. */
static HANDLE create(enum ws_kind kind, const void *name, bool manual, LONG count, LONG most)
{
	struct ws_object *object;
	HANDLE handle;

	if (name) {
		SetLastError(ERROR_NOT_SUPPORTED);
		return NULL;
	}
	handle = ws_object_create(kind, &object);
	if (handle) {
		object->manual = manual;
		object->count = count;
		object->most = most;
		SetLastError(ERROR_SUCCESS);
	}
	return handle;
}

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset,
			   BOOL bInitialState, LPCWSTR lpName)
{
	return create(WS_EVENT, lpName, bManualReset != 0, bInitialState != 0, 1);
}

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset,
			   BOOL bInitialState, LPCSTR lpName)
{
	return create(WS_EVENT, lpName, bManualReset != 0, bInitialState != 0, 1);
}

HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName, DWORD dwFlags,
			     DWORD dwDesiredAccess)
{
	return create(WS_EVENT, lpName, (dwFlags & CREATE_EVENT_MANUAL_RESET) != 0,
		      (dwFlags & CREATE_EVENT_INITIAL_SET) != 0, 1);
}

static HANDLE create_mutex(BOOL owned, const void *name)
{
	struct ws_thread *self = owned ? ws_thread_self() : NULL;
	HANDLE handle = create(WS_MUTEX, name, false, 1, 1);
	struct ws_object *object;

	ws_lock();
	object = handle && self ? ws_object_find(handle, WS_MUTEX) : NULL;
	if (object) {
		object->count = 0;
		object->thread = self;
		object->depth = 1;
	}
	ws_unlock();
	return handle;
}

HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner,
			   LPCSTR lpName)
{
	return create_mutex(bInitialOwner, lpName);
}

HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner,
			   LPCWSTR lpName)
{
	return create_mutex(bInitialOwner, lpName);
}

BOOL WINAPI ReleaseMutex(HANDLE hMutex)
{
	struct ws_thread *self = ws_thread_self();
	DWORD error = ERROR_INVALID_HANDLE;
	struct ws_object *object;

	ws_lock();
	object = ws_object_find(hMutex, WS_MUTEX);
	if (object)
		error = object->count == 0 && object->thread == self ? 0 : ERROR_NOT_OWNER;
	if (!error && --object->depth == 0) {
		object->thread = NULL;
		ws_object_signal(object, 1);
	}
	ws_unlock();
	if (error)
		SetLastError(error);
	return !error;
}

static HANDLE create_semaphore(LONG count, LONG most, const void *name)
{
	if (count >= 0 && most > 0 && count <= most)
		return create(WS_SEMAPHORE, name, false, count, most);
	SetLastError(ERROR_INVALID_PARAMETER);
	return NULL;
}

HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
			       LONG lMaximumCount, LPCSTR lpName)
{
	return create_semaphore(lInitialCount, lMaximumCount, lpName);
}

HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
			       LONG lMaximumCount, LPCWSTR lpName)
{
	return create_semaphore(lInitialCount, lMaximumCount, lpName);
}

BOOL WINAPI ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, PLONG lpPreviousCount)
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct ws_object *object;

	ws_lock();
	object = ws_object_find(hSemaphore, WS_SEMAPHORE);
	if (object) {
		error = lReleaseCount <= 0                           ? ERROR_INVALID_PARAMETER :
			lReleaseCount > object->most - object->count ? ERROR_TOO_MANY_POSTS :
								       0;
		if (!error && lpPreviousCount)
			*lpPreviousCount = object->count;
		if (!error)
			ws_object_signal(object, object->count + lReleaseCount);
	}
	ws_unlock();
	if (error)
		SetLastError(error);
	return !error;
}
