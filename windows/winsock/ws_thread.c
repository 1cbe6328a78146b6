/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Threads: those that CreateThread makes, and what is known of every one that waits. */
#include "ws_object.h"

#include <stdlib.h>
#include <unistd.h>

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static _Thread_local struct ws_thread *self_known;

/* What QueueUserAPC queues. */
struct user_routine {
	struct ws_routine routine;
	PAPCFUNC function;
	ULONG_PTR parameter;
};

/* Of CreateThread, until the thread has begun. */
struct start {
	LPTHREAD_START_ROUTINE function;
	LPVOID parameter;
	struct ws_thread *thread;
	DWORD id;
	bool has_id;
	pthread_cond_t began;
};

static void end_thread(void *context)
{
	struct ws_thread *thread = context;
	struct ws_routine *routine;

	self_known = NULL;
	ws_lock();
	thread->ended = true;
	while ((routine = thread->first)) {
		thread->first = routine->next;
		free(routine);
	}
	thread->last = &thread->first;
	if (thread->self) {
		ws_object_signal(thread->self, 1);
		ws_object_release(thread->self);
		thread->self = NULL;
	}
	ws_thread_release(thread);
	ws_unlock();
}

static void make_key(void)
{
	pthread_key_create(&key, end_thread);
}

static struct ws_thread *new_thread(void)
{
	struct ws_thread *thread = calloc(1, sizeof(*thread));
	pthread_condattr_t attributes;

	if (!thread)
		return NULL;
	thread->references = 1;
	thread->last = &thread->first;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&thread->woken, &attributes);
	pthread_condattr_destroy(&attributes);
	return thread;
}

void ws_thread_release(struct ws_thread *thread)
{
	if (--thread->references)
		return;
	pthread_cond_destroy(&thread->woken);
	free(thread->answers);
	free(thread);
}

static void adopt(struct ws_thread *thread)
{
	pthread_once(&key_once, make_key);
	pthread_setspecific(key, thread);
	self_known = thread;
}

struct ws_thread *ws_thread_self(void)
{
	struct ws_thread *thread = self_known;

	if (!thread) {
		thread = new_thread();
		if (thread)
			adopt(thread);
	}
	return thread;
}

static void *run_thread(void *context)
{
	struct start *start = context;
	LPTHREAD_START_ROUTINE function = start->function;
	LPVOID parameter = start->parameter;
	struct ws_thread *thread = start->thread;
	DWORD code;

	adopt(thread);
	ws_lock();
	start->id = GetCurrentThreadId();
	start->has_id = true;
	pthread_cond_signal(&start->began);
	while (thread->suspended)
		ws_lock_sleep(&thread->woken, NULL);
	ws_unlock();
	code = function(parameter);
	ws_lock();
	thread->self->exit_code = code;
	ws_unlock();
	return NULL;
}

static int spawn(struct start *start, SIZE_T stack_size)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	/* Less than this is what Windows programs ask for, and the C library cannot live on. */
	if (stack_size > 256ul * 1024)
		pthread_attr_setstacksize(&attributes, (stack_size + 4095) & ~(SIZE_T)4095);
	error = pthread_create(&thread, &attributes, run_thread, start);
	pthread_attr_destroy(&attributes);
	return error;
}

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
			   LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter,
			   DWORD dwCreationFlags, LPDWORD lpThreadId)
{
	struct start start = {.function = lpStartAddress, .parameter = lpParameter};
	struct ws_object *object = NULL;
	HANDLE handle;

	if (!lpStartAddress) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	start.thread = new_thread();
	handle = start.thread ? ws_object_create(WS_THREAD, &object) : NULL;
	if (!handle) {
		free(start.thread);
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	object->manual = true;
	object->exit_code = STILL_ACTIVE;
	object->thread = start.thread;
	object->references++;
	start.thread->references++;
	start.thread->self = object;
	start.thread->suspended = (dwCreationFlags & CREATE_SUSPENDED) != 0;
	pthread_cond_init(&start.began, NULL);
	if (spawn(&start, dwStackSize)) {
		end_thread(start.thread);
		CloseHandle(handle);
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		handle = NULL;
	} else {
		ws_lock();
		while (!start.has_id)
			ws_lock_sleep(&start.began, NULL);
		ws_unlock();
		if (lpThreadId)
			*lpThreadId = start.id;
	}
	pthread_cond_destroy(&start.began);
	return handle;
}

UINT_PTR WINAPI _beginthreadex(void *security, unsigned stack_size,
			       unsigned(WINAPI *start_address)(void *), void *arglist,
			       unsigned initflag, unsigned *thrdaddr)
{
	return (UINT_PTR)CreateThread(security, stack_size, start_address, arglist, initflag,
				      thrdaddr);
}

void WINAPI ExitThread(DWORD dwExitCode)
{
	struct ws_thread *self = ws_thread_self();

	ws_lock();
	if (self && self->self)
		self->self->exit_code = dwExitCode;
	ws_unlock();
	pthread_exit(NULL);
}

void WINAPI _endthreadex(unsigned retval)
{
	ExitThread(retval);
}

void WINAPI ExitProcess(UINT uExitCode)
{
	exit((int)uExitCode);
}

BOOL WINAPI GetExitCodeThread(HANDLE hThread, LPDWORD lpExitCode)
{
	struct ws_object *object;

	ws_lock();
	object = ws_object_find(hThread, WS_THREAD);
	if (object && lpExitCode)
		*lpExitCode = object->count ? object->exit_code : STILL_ACTIVE;
	ws_unlock();
	if (!object)
		SetLastError(ERROR_INVALID_HANDLE);
	return object != NULL;
}

/* How often it was suspended, 0 or 1. */
DWORD WINAPI ResumeThread(HANDLE hThread)
{
	struct ws_object *object;
	DWORD before = (DWORD)-1;

	ws_lock();
	object = ws_object_find(hThread, WS_THREAD);
	if (object) {
		before = object->thread->suspended;
		object->thread->suspended = false;
		pthread_cond_signal(&object->thread->woken);
	}
	ws_unlock();
	if (!object)
		SetLastError(ERROR_INVALID_HANDLE);
	return before;
}

static void run_user(struct ws_routine *routine)
{
	struct user_routine *user = (struct user_routine *)(void *)routine;
	struct user_routine copy = *user;

	free(user);
	copy.function(copy.parameter);
}

DWORD WINAPI QueueUserAPC(PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData)
{
	struct ws_thread *self = ws_thread_self();
	struct user_routine *user = calloc(1, sizeof(*user));
	struct ws_thread *thread = NULL;
	struct ws_object *object;
	bool queued = false;

	if (user) {
		user->routine.run = run_user;
		user->function = pfnAPC;
		user->parameter = dwData;
		ws_lock();
		object = ws_object_find(hThread, WS_THREAD);
		thread = hThread == GetCurrentThread() ? self : object ? object->thread : NULL;
		queued = pfnAPC && thread && ws_thread_queue(thread, &user->routine);
		ws_unlock();
	}
	if (!queued) {
		free(user);
		SetLastError(thread ? ERROR_GEN_FAILURE : ERROR_INVALID_HANDLE);
	}
	return queued;
}

HANDLE WINAPI GetCurrentThread(void)
{
	return (HANDLE)(LONG_PTR)-2;
}

HANDLE WINAPI GetCurrentProcess(void)
{
	return (HANDLE)(LONG_PTR)-1;
}

DWORD WINAPI GetCurrentThreadId(void)
{
	return (DWORD)gettid();
}

DWORD WINAPI GetCurrentProcessId(void)
{
	return (DWORD)getpid();
}
