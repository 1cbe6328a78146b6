/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Timers, deferred procedure calls, work items, times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <wdm_device.h>
#include <wdm_interlocked.h>

#include "nt_runner.h"

#define MILLISECONDS(n) ((LARGE_INTEGER){.QuadPart = -10000LL * (n)})

static KEVENT done;
static LONG calls;
static PVOID arguments[3];
static KIRQL level;

static void note_call(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	arguments[0] = context;
	arguments[1] = argument1;
	arguments[2] = argument2;
	level = KeGetCurrentIrql();
	if (InterlockedIncrement(&calls) >= (LONG)(intptr_t)context)
		KeSetEvent(&done, 0, FALSE);
}

static NTSTATUS wait_for(void *object)
{
	LARGE_INTEGER timeout = MILLISECONDS(20000);

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &timeout);
}

static void dpc_runs_once_at_dispatch_level(void **state)
{
	KDPC dpc;

	calls = 0;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	KeInitializeDpc(&dpc, note_call, (void *)1);
	assert_true(KeInsertQueueDpc(&dpc, (void *)7, (void *)8));
	assert_int_equal(wait_for(&done), STATUS_SUCCESS);
	KeFlushQueuedDpcs();
	assert_int_equal(calls, 1);
	assert_int_equal(level, DISPATCH_LEVEL);
	assert_ptr_equal(arguments[1], 7);
	assert_ptr_equal(arguments[2], 8);
	assert_false(KeRemoveQueueDpc(&dpc));
}

static void timer_signals_and_queues_its_dpc(void **state)
{
	KTIMER timer;
	KDPC dpc;

	calls = 0;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	KeInitializeDpc(&dpc, note_call, (void *)1);
	KeInitializeTimer(&timer);
	assert_false(KeSetTimer(&timer, MILLISECONDS(10), &dpc));
	assert_int_equal(wait_for(&timer), STATUS_SUCCESS);
	assert_int_equal(wait_for(&done), STATUS_SUCCESS);
	assert_true(KeReadStateTimer(&timer));
	assert_false(KeCancelTimer(&timer));
	assert_false(KeSetTimer(&timer, MILLISECONDS(60000), &dpc));
	assert_false(KeReadStateTimer(&timer));
	/* Again: it is armed already, and then earlier. */
	assert_true(KeSetTimer(&timer, MILLISECONDS(1), NULL));
	assert_int_equal(wait_for(&timer), STATUS_SUCCESS);
	assert_false(KeSetTimer(&timer, MILLISECONDS(60000), &dpc));
	assert_true(KeCancelTimer(&timer));
	KeFlushQueuedDpcs();
	assert_int_equal(calls, 1);
}

static void periodic_timer_goes_on_until_cancelled(void **state)
{
	KTIMER timer;
	KDPC dpc;

	calls = 0;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	KeInitializeDpc(&dpc, note_call, (void *)5);
	KeInitializeTimerEx(&timer, SynchronizationTimer);
	KeSetTimerEx(&timer, MILLISECONDS(1), 2, &dpc);
	assert_int_equal(wait_for(&timer), STATUS_SUCCESS);
	assert_int_equal(wait_for(&timer), STATUS_SUCCESS);
	assert_int_equal(wait_for(&done), STATUS_SUCCESS);
	assert_true(KeCancelTimer(&timer));
	KeFlushQueuedDpcs();
}

static void earlier_timer_comes_first(void **state)
{
	KTIMER timers[3];
	PVOID objects[] = {&timers[0], &timers[1], &timers[2]};
	static const int delays[] = {60000, 5, 30000};

	for (int i = 0; i < 3; i++) {
		KeInitializeTimer(&timers[i]);
		KeSetTimer(&timers[i], MILLISECONDS(delays[i]), NULL);
	}
	assert_int_equal(KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE,
						  NULL, NULL),
			 STATUS_WAIT_1);
	assert_true(KeCancelTimer(&timers[0]));
	assert_true(KeCancelTimer(&timers[2]));
}

static void count_work(PVOID context)
{
	if (InterlockedIncrement(&calls) == 100)
		KeSetEvent(&done, 0, FALSE);
	ExFreePool(context);
}

static void work_items_may_be_freed_by_their_routine(void **state)
{
	calls = 0;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	for (int i = 0; i < 100; i++) {
		PWORK_QUEUE_ITEM item =
			ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*item), 'tseT');

		ExInitializeWorkItem(item, count_work, item);
		ExQueueWorkItem(item, DelayedWorkQueue);
	}
	assert_int_equal(wait_for(&done), STATUS_SUCCESS);
}

/* Each waits until all have begun: a pool that does not grow would stand still. */
#define TOGETHER 40

static void meet(PDEVICE_OBJECT device, PVOID context)
{
	if (InterlockedIncrement(&calls) == TOGETHER)
		KeSetEvent(&done, 0, FALSE);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	assert_int_equal(wait_for(&done), STATUS_SUCCESS);
	KeReleaseSemaphore(context, 0, 1, FALSE);
}

static void work_items_may_wait_for_each_other(void **state)
{
	PDRIVER_OBJECT driver = nt_driver_object_new("worker");
	PIO_WORKITEM items[TOGETHER];
	PDEVICE_OBJECT device;
	KSEMAPHORE left;

	calls = 0;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	KeInitializeSemaphore(&left, 0, TOGETHER);
	IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	for (int i = 0; i < TOGETHER; i++) {
		items[i] = IoAllocateWorkItem(device);
		IoQueueWorkItem(items[i], meet, DelayedWorkQueue, &left);
	}
	for (int i = 0; i < TOGETHER; i++)
		assert_int_equal(wait_for(&left), STATUS_SUCCESS);
	nt_stop_threads();
	for (int i = 0; i < TOGETHER; i++)
		IoFreeWorkItem(items[i]);
	nt_driver_object_free(driver);
}

static void clocks_agree(void **state)
{
	LARGE_INTEGER now, frequency, local, back;
	TIME_FIELDS fields;

	KeQuerySystemTime(&now);
	RtlTimeToTimeFields(&now, &fields);
	assert_true(fields.Year >= 2024 && fields.Month >= 1 && fields.Month <= 12);
	assert_true(RtlTimeFieldsToTime(&fields, &back));
	assert_true(now.QuadPart - back.QuadPart >= 0 && now.QuadPart - back.QuadPart < 10000);
	fields.Day = 31;
	fields.Month = 2;
	assert_false(RtlTimeFieldsToTime(&fields, &back));
	assert_true(KeQueryPerformanceCounter(&frequency).QuadPart > 0);
	assert_int_equal(frequency.QuadPart, 10000000);
	ExSystemTimeToLocalTime(&now, &local);
	ExLocalTimeToSystemTime(&local, &back);
	assert_int_equal(back.QuadPart, now.QuadPart);
	KeQueryTickCount(&now);
	assert_true(now.QuadPart > 0);
	assert_int_equal(KeQueryTimeIncrement(), 156250);
}

static int stop_threads(void **state)
{
	nt_stop_threads();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dpc_runs_once_at_dispatch_level),
		cmocka_unit_test(timer_signals_and_queues_its_dpc),
		cmocka_unit_test(periodic_timer_goes_on_until_cancelled),
		cmocka_unit_test(earlier_timer_comes_first),
		cmocka_unit_test(work_items_may_be_freed_by_their_routine),
		cmocka_unit_test(work_items_may_wait_for_each_other),
		cmocka_unit_test(clocks_agree),
	};

	return cmocka_run_group_tests(tests, NULL, stop_threads);
}
