/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Events, semaphores, mutexes, timers, threads, and waits on one and several of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <wdm_device.h>
#include <wdm_seh.h>

#include "nt_runner.h"

#define MILLISECONDS(n) ((LARGE_INTEGER){.QuadPart = -10000LL * (n)})
#ifndef ROUNDS
#define ROUNDS 20000
#endif

static PKTHREAD start(PKSTART_ROUTINE routine, void *context)
{
	HANDLE handle;
	PVOID thread;

	assert_int_equal(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, routine,
					      context),
			 STATUS_SUCCESS);
	assert_int_equal(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType,
						   KernelMode, &thread, NULL),
			 STATUS_SUCCESS);
	assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
	assert_int_equal(ZwClose(handle), STATUS_INVALID_HANDLE);
	return thread;
}

static void join(PKTHREAD thread)
{
	assert_int_equal(KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL),
			 STATUS_SUCCESS);
	ObDereferenceObject(thread);
}

static NTSTATUS poll(void *object)
{
	LARGE_INTEGER now = {.QuadPart = 0};

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &now);
}

static void notification_event_stays_and_synchronization_event_does_not(void **state)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	assert_int_equal(poll(&event), STATUS_TIMEOUT);
	assert_int_equal(KeSetEvent(&event, 0, FALSE), 0);
	assert_int_equal(KeSetEvent(&event, 0, FALSE), 1);
	assert_int_equal(poll(&event), STATUS_SUCCESS);
	assert_int_equal(poll(&event), STATUS_SUCCESS);
	assert_int_equal(KeResetEvent(&event), 1);
	assert_int_equal(poll(&event), STATUS_TIMEOUT);

	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	assert_int_equal(KeReadStateEvent(&event), 1);
	assert_int_equal(poll(&event), STATUS_SUCCESS);
	assert_int_equal(KeReadStateEvent(&event), 0);
	assert_int_equal(poll(&event), STATUS_TIMEOUT);
}

static void timeout_is_relative_or_absolute(void **state)
{
	LARGE_INTEGER timeout = MILLISECONDS(20), before, after;
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeQuerySystemTimePrecise(&before);
	assert_int_equal(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &timeout),
			 STATUS_TIMEOUT);
	KeQuerySystemTimePrecise(&after);
	assert_true(after.QuadPart - before.QuadPart >= 190000);
	timeout.QuadPart = after.QuadPart + 200000;
	assert_int_equal(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &timeout),
			 STATUS_TIMEOUT);
	KeQuerySystemTimePrecise(&before);
	assert_true(before.QuadPart >= timeout.QuadPart - 10000);
	/* A moment that has passed. */
	timeout.QuadPart = 1;
	assert_int_equal(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &timeout),
			 STATUS_TIMEOUT);
}

static void semaphore_counts_to_its_limit(void **state)
{
	volatile NTSTATUS raised = STATUS_SUCCESS;
	KSEMAPHORE semaphore;

	KeInitializeSemaphore(&semaphore, 1, 3);
	assert_int_equal(poll(&semaphore), STATUS_SUCCESS);
	assert_int_equal(poll(&semaphore), STATUS_TIMEOUT);
	assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 3, FALSE), 0);
	__try {
		KeReleaseSemaphore(&semaphore, 0, 1, FALSE);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		raised = GetExceptionCode();
	}
	assert_int_equal(raised, STATUS_SEMAPHORE_LIMIT_EXCEEDED);
	assert_int_equal(KeReadStateSemaphore(&semaphore), 3);
}

static void take_mutex(void *mutex)
{
	assert_int_equal(poll(mutex), STATUS_TIMEOUT);
}

static void mutex_belongs_to_its_thread_and_counts(void **state)
{
	volatile NTSTATUS raised = STATUS_SUCCESS;
	KMUTEX mutex;

	KeInitializeMutex(&mutex, 0);
	assert_int_equal(poll(&mutex), STATUS_SUCCESS);
	assert_int_equal(poll(&mutex), STATUS_SUCCESS);
	join(start(take_mutex, &mutex));
	KeReleaseMutex(&mutex, FALSE);
	join(start(take_mutex, &mutex));
	KeReleaseMutex(&mutex, FALSE);
	assert_int_equal(KeReadStateMutex(&mutex), 1);
	__try {
		KeReleaseMutex(&mutex, FALSE);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		raised = GetExceptionCode();
	}
	assert_int_equal(raised, STATUS_MUTANT_NOT_OWNED);
}

static void set_event(void *event)
{
	KeSetEvent(event, 0, FALSE);
}

static void wait_any_says_which(void **state)
{
	LARGE_INTEGER brief = MILLISECONDS(10);
	KEVENT first, second;
	KSEMAPHORE third;
	PVOID objects[] = {&first, &second, &third};
	PKTHREAD thread;

	KeInitializeEvent(&first, SynchronizationEvent, FALSE);
	KeInitializeEvent(&second, SynchronizationEvent, FALSE);
	KeInitializeSemaphore(&third, 0, 10);
	assert_int_equal(KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE,
						  &brief, NULL),
			 STATUS_TIMEOUT);
	thread = start(set_event, &second);
	assert_int_equal(KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE,
						  NULL, NULL),
			 STATUS_WAIT_1);
	join(thread);
	assert_int_equal(KeReadStateEvent(&second), 0);
	KeReleaseSemaphore(&third, 0, 2, FALSE);
	assert_int_equal(KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE,
						  NULL, NULL),
			 STATUS_WAIT_2);
	assert_int_equal(KeReadStateSemaphore(&third), 1);
	assert_int_equal(KeWaitForMultipleObjects(0, objects, WaitAny, Executive, KernelMode, FALSE,
						  NULL, NULL),
			 STATUS_INVALID_PARAMETER);
}

static void wait_all_takes_all_or_none(void **state)
{
	LARGE_INTEGER brief = MILLISECONDS(10);
	KEVENT first, second;
	PVOID objects[] = {&first, &second};
	PKTHREAD thread;

	KeInitializeEvent(&first, SynchronizationEvent, TRUE);
	KeInitializeEvent(&second, SynchronizationEvent, FALSE);
	assert_int_equal(KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode, FALSE,
						  &brief, NULL),
			 STATUS_TIMEOUT);
	assert_int_equal(KeReadStateEvent(&first), 1);
	thread = start(set_event, &second);
	assert_int_equal(KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode, FALSE,
						  NULL, NULL),
			 STATUS_SUCCESS);
	join(thread);
	assert_int_equal(KeReadStateEvent(&first), 0);
	assert_int_equal(KeReadStateEvent(&second), 0);
}

/* Somebody sets events that vanish as soon as their waiter returns. */
static KSEMAPHORE handed;
static PKEVENT volatile given;

static void set_each(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		KeWaitForSingleObject(&handed, Executive, KernelMode, FALSE, NULL);
		KeSetEvent(__atomic_load_n(&given, __ATOMIC_ACQUIRE), 0, FALSE);
	}
}

static void __attribute__((__noinline__)) wait_on_the_stack(int i)
{
	KEVENT event;

	KeInitializeEvent(&event, i % 2 ? NotificationEvent : SynchronizationEvent, FALSE);
	__atomic_store_n(&given, &event, __ATOMIC_RELEASE);
	KeReleaseSemaphore(&handed, 0, 1, FALSE);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	memset(&event, 0xee, sizeof(event));
}

static void event_may_vanish_when_its_waiter_returns(void **state)
{
	PKTHREAD thread;

	KeInitializeSemaphore(&handed, 0, 1);
	thread = start(set_each, NULL);
	for (int i = 0; i < ROUNDS; i++)
		wait_on_the_stack(i);
	join(thread);
}

/* Many take from one semaphore and two events at once: nothing is taken twice, nothing lost. */
static KSEMAPHORE supply;
static KEVENT ticket, end;
static LONG taken, tickets;

static void consume(void *unused)
{
	PVOID objects[] = {&supply, &ticket, &end};

	for (;;) {
		switch (KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE,
						 NULL, NULL)) {
		case STATUS_WAIT_0:
			__atomic_add_fetch(&taken, 1, __ATOMIC_RELAXED);
			break;
		case STATUS_WAIT_1:
			__atomic_add_fetch(&tickets, 1, __ATOMIC_RELAXED);
			break;
		default:
			return;
		}
	}
}

static void nothing_is_taken_twice_by_many_waiters(void **state)
{
	PKTHREAD threads[4];
	LONG set = 0;

	KeInitializeSemaphore(&supply, 0, ROUNDS);
	KeInitializeEvent(&ticket, SynchronizationEvent, FALSE);
	KeInitializeEvent(&end, NotificationEvent, FALSE);
	for (int i = 0; i < 4; i++)
		threads[i] = start(consume, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		KeReleaseSemaphore(&supply, 0, 1, FALSE);
		if (i % 8 == 0 && KeReadStateEvent(&ticket) == 0)
			set += KeSetEvent(&ticket, 0, FALSE) == 0;
	}
	while (KeReadStateSemaphore(&supply) || KeReadStateEvent(&ticket))
		KeDelayExecutionThread(KernelMode, FALSE, &MILLISECONDS(1));
	KeSetEvent(&end, 0, FALSE);
	for (int i = 0; i < 4; i++)
		join(threads[i]);
	assert_int_equal(taken, ROUNDS);
	assert_int_equal(tickets, set);
}

static void terminate(void *context)
{
	*(int *)context = 1;
	PsTerminateSystemThread(STATUS_SUCCESS);
	*(int *)context = 2;
}

static void thread_ends_where_it_says(void **state)
{
	int reached = 0;
	HANDLE handle;

	join(start(terminate, &reached));
	assert_int_equal(reached, 1);
	assert_int_equal(PsTerminateSystemThread(STATUS_SUCCESS), STATUS_INVALID_PARAMETER);
	assert_int_equal(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, NULL, NULL),
			 STATUS_INVALID_PARAMETER);
}

static void event_by_handle_has_a_type(void **state)
{
	HANDLE handle;
	PVOID object;

	assert_int_equal(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE),
			 STATUS_SUCCESS);
	assert_int_equal(ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &object,
						   NULL),
			 STATUS_OBJECT_TYPE_MISMATCH);
	assert_int_equal(ZwSetEvent(handle, NULL), STATUS_SUCCESS);
	assert_int_equal(ZwWaitForSingleObject(handle, FALSE, NULL), STATUS_SUCCESS);
	assert_int_equal(ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &object, NULL),
			 STATUS_SUCCESS);
	ZwClose(handle);
	assert_int_equal(ZwSetEvent(handle, NULL), STATUS_INVALID_HANDLE);
	/* The reference outlives the handle. */
	assert_int_equal(KeReadStateEvent(object), 1);
	ObDereferenceObject(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notification_event_stays_and_synchronization_event_does_not),
		cmocka_unit_test(timeout_is_relative_or_absolute),
		cmocka_unit_test(semaphore_counts_to_its_limit),
		cmocka_unit_test(mutex_belongs_to_its_thread_and_counts),
		cmocka_unit_test(wait_any_says_which),
		cmocka_unit_test(wait_all_takes_all_or_none),
		cmocka_unit_test(event_may_vanish_when_its_waiter_returns),
		cmocka_unit_test(nothing_is_taken_twice_by_many_waiters),
		cmocka_unit_test(thread_ends_where_it_says),
		cmocka_unit_test(event_by_handle_has_a_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
