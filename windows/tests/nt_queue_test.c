/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Queues that threads wait at, and timers that the system allocates. */
#include <wdm.h>

#include "cmocka_once.h"
#include "nt_runner.h"

static LARGE_INTEGER milliseconds(LONGLONG count)
{
	return (LARGE_INTEGER){.QuadPart = -10000 * count};
}

static void entries_come_in_their_order(void **state)
{
	LIST_ENTRY entries[3];
	LARGE_INTEGER now = {.QuadPart = 0};
	LARGE_INTEGER soon = milliseconds(10);
	PLIST_ENTRY left;
	KQUEUE queue;

	KeInitializeQueue(&queue, 0);
	assert_int_equal(KeReadStateQueue(&queue), 0);
	assert_int_equal((LONG_PTR)KeRemoveQueue(&queue, KernelMode, &now), STATUS_TIMEOUT);
	assert_int_equal((LONG_PTR)KeRemoveQueue(&queue, KernelMode, &soon), STATUS_TIMEOUT);
	assert_int_equal(KeInsertQueue(&queue, &entries[0]), 0);
	assert_int_equal(KeInsertQueue(&queue, &entries[1]), 1);
	assert_int_equal(KeInsertHeadQueue(&queue, &entries[2]), 2);
	assert_int_equal(KeReadStateQueue(&queue), 3);
	assert_ptr_equal(KeRemoveQueue(&queue, KernelMode, NULL), &entries[2]);
	assert_ptr_equal(KeRemoveQueue(&queue, KernelMode, &now), &entries[0]);
	KeInsertQueue(&queue, &entries[0]);
	left = KeRundownQueue(&queue);
	assert_ptr_equal(left, &entries[1]);
	assert_ptr_equal(left->Flink, &entries[0]);
	assert_ptr_equal(left->Flink->Flink, left);
	assert_null(KeRundownQueue(&queue));
}

#define WORKERS 3
#define PIECES 3000

static KQUEUE shared;
static LONG done;
static LONG abandoned;

static void NTAPI work(PVOID context)
{
	for (;;) {
		PLIST_ENTRY entry = KeRemoveQueue(&shared, KernelMode, NULL);

		if ((LONG_PTR)entry == STATUS_ABANDONED)
			break;
		entry->Blink = NULL;
		InterlockedIncrement(&done);
	}
	InterlockedIncrement(&abandoned);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static void each_entry_goes_to_one_thread_and_none_is_left_behind(void **state)
{
	static LIST_ENTRY pieces[PIECES];
	HANDLE workers[WORKERS];
	LARGE_INTEGER pause = milliseconds(1);

	done = abandoned = 0;
	KeInitializeQueue(&shared, 0);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(PsCreateSystemThread(&workers[i], THREAD_ALL_ACCESS, NULL, NULL,
						      NULL, work, NULL),
				 STATUS_SUCCESS);
	for (int i = 0; i < PIECES; i++)
		KeInsertQueue(&shared, &pieces[i]);
	while (ReadAcquire(&done) < PIECES)
		KeDelayExecutionThread(KernelMode, FALSE, &pause);
	/* Until all wait again; then they are sent away. */
	for (int i = 0; i < 1000 && ReadAcquire(&abandoned) < WORKERS; i++) {
		assert_null(KeRundownQueue(&shared));
		KeDelayExecutionThread(KernelMode, FALSE, &pause);
	}
	for (int i = 0; i < WORKERS; i++) {
		ZwWaitForSingleObject(workers[i], FALSE, NULL);
		ZwClose(workers[i]);
	}
	assert_int_equal(done, PIECES);
}

static LONG rings;
static LONG deletions;
static KEVENT rung;

static void NTAPI ring(PEX_TIMER timer, PVOID context)
{
	assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
	if (InterlockedIncrement(&rings) == (LONG)(LONG_PTR)context)
		KeSetEvent(&rung, 0, FALSE);
}

static void NTAPI on_delete(PVOID context)
{
	InterlockedIncrement(&deletions);
	KeSetEvent(context, 0, FALSE);
}

static void a_timer_of_the_system_rings_and_is_deleted(void **state)
{
	EXT_DELETE_PARAMETERS parameters;
	KEVENT gone;
	PEX_TIMER timer;

	rings = deletions = 0;
	KeInitializeEvent(&rung, NotificationEvent, FALSE);
	KeInitializeEvent(&gone, NotificationEvent, FALSE);
	assert_null(ExAllocateTimer(ring, NULL, 0x1));
	timer = ExAllocateTimer(ring, (PVOID)3, EX_TIMER_HIGH_RESOLUTION);
	assert_false(ExSetTimer(timer, -10000, 10000, NULL));
	KeWaitForSingleObject(&rung, Executive, KernelMode, FALSE, NULL);
	ExCancelTimer(timer, NULL);
	KeFlushQueuedDpcs();
	rings = 0;
	assert_false(ExCancelTimer(timer, NULL));
	assert_false(ExSetTimer(timer, -600000000, 0, NULL));
	assert_true(ExSetTimer(timer, -600000000, 0, NULL));
	ExInitializeDeleteTimerParameters(&parameters);
	parameters.DeleteCallback = on_delete;
	parameters.DeleteContext = &gone;
	assert_true(ExDeleteTimer(timer, TRUE, TRUE, &parameters));
	assert_int_equal(deletions, 1);
	assert_int_equal(rings, 0);
	/* Without waiting; and one that is to come once more first. */
	timer = ExAllocateTimer(ring, (PVOID)1, EX_TIMER_NOTIFICATION);
	KeResetEvent(&gone);
	assert_false(ExDeleteTimer(timer, TRUE, FALSE, &parameters));
	KeWaitForSingleObject(&gone, Executive, KernelMode, FALSE, NULL);
	timer = ExAllocateTimer(ring, (PVOID)1, 0);
	KeResetEvent(&gone);
	ExSetTimer(timer, -20000, 0, NULL);
	ExDeleteTimer(timer, FALSE, FALSE, &parameters);
	KeWaitForSingleObject(&gone, Executive, KernelMode, FALSE, NULL);
	assert_int_equal(deletions, 3);
	assert_int_equal(rings, 1);
}

static void NTAPI delete_itself(PEX_TIMER timer, PVOID context)
{
	EXT_DELETE_PARAMETERS parameters = {.DeleteCallback = on_delete, .DeleteContext = context};

	ExDeleteTimer(timer, TRUE, FALSE, &parameters);
}

static void a_timer_may_delete_itself(void **state)
{
	KEVENT gone;
	PEX_TIMER timer;

	KeInitializeEvent(&gone, NotificationEvent, FALSE);
	timer = ExAllocateTimer(delete_itself, &gone, 0);
	ExSetTimer(timer, -1, 0, NULL);
	KeWaitForSingleObject(&gone, Executive, KernelMode, FALSE, NULL);
}

static void one_waits_for_a_timer_of_the_system(void **state)
{
	PEX_TIMER timer = ExAllocateTimer(NULL, NULL, EX_TIMER_NOTIFICATION);

	ExSetTimer(timer, -10000, 0, NULL);
	assert_int_equal(KeWaitForSingleObject(timer, Executive, KernelMode, FALSE, NULL),
			 STATUS_SUCCESS);
	ExDeleteTimer(timer, TRUE, TRUE, NULL);
}

static int stop(void **state)
{
	nt_stop_threads();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_in_their_order),
		cmocka_unit_test(each_entry_goes_to_one_thread_and_none_is_left_behind),
		cmocka_unit_test(a_timer_of_the_system_rings_and_is_deleted),
		cmocka_unit_test(a_timer_may_delete_itself),
		cmocka_unit_test(one_waits_for_a_timer_of_the_system),
	};

	return cmocka_run_group_tests(tests, NULL, stop);
}
