/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Spin locks, shared locks, mutexes, resources, rundown protection, interlocked lists, IRQL. */
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

#define THREADS 4
#define ROUNDS 20000

static struct {
	KSPIN_LOCK spin;
	EX_SPIN_LOCK shared;
	EX_PUSH_LOCK push;
	FAST_MUTEX fast;
	KGUARDED_MUTEX guarded;
	ERESOURCE resource;
	KMUTEX mutex;
	long count;
	long copy;
} guarded;

static void run_threads(PKSTART_ROUTINE routine)
{
	PVOID threads[THREADS];

	for (int i = 0; i < THREADS; i++) {
		HANDLE handle;

		assert_int_equal(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, routine,
						      (void *)(intptr_t)i),
				 STATUS_SUCCESS);
		ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &threads[i], NULL);
		ZwClose(handle);
	}
	for (int i = 0; i < THREADS; i++) {
		KeWaitForSingleObject(threads[i], Executive, KernelMode, FALSE, NULL);
		ObDereferenceObject(threads[i]);
	}
}

static void change(void)
{
	guarded.count++;
	guarded.copy++;
}

static void look(void)
{
	assert_int_equal(guarded.count, guarded.copy);
}

static void use_spin_lock(void *number)
{
	KLOCK_QUEUE_HANDLE handle;
	KIRQL irql;

	for (int i = 0; i < ROUNDS; i++) {
		if (i % 2) {
			KeAcquireSpinLock(&guarded.spin, &irql);
			assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
			change();
			KeReleaseSpinLock(&guarded.spin, irql);
		} else {
			KeAcquireInStackQueuedSpinLock(&guarded.spin, &handle);
			change();
			KeReleaseInStackQueuedSpinLock(&handle);
		}
		assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	}
}

static void use_shared_lock(void *number)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (i % 4 == 0) {
			KIRQL irql = ExAcquireSpinLockExclusive(&guarded.shared);

			change();
			ExReleaseSpinLockExclusive(&guarded.shared, irql);
		} else {
			KIRQL irql = ExAcquireSpinLockShared(&guarded.shared);

			look();
			ExReleaseSpinLockShared(&guarded.shared, irql);
		}
	}
}

static void use_push_lock(void *number)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (i % 4 == 0) {
			ExAcquirePushLockExclusive(&guarded.push);
			change();
			ExReleasePushLockExclusive(&guarded.push);
		} else {
			ExAcquirePushLockShared(&guarded.push);
			look();
			ExReleasePushLockShared(&guarded.push);
		}
	}
}

static void use_mutexes(void *number)
{
	for (int i = 0; i < ROUNDS / 4; i++) {
		ExAcquireFastMutex(&guarded.fast);
		assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
		change();
		ExReleaseFastMutex(&guarded.fast);
		ExAcquireFastMutex(&guarded.fast);
		KeAcquireGuardedMutex(&guarded.guarded);
		change();
		KeReleaseGuardedMutex(&guarded.guarded);
		ExReleaseFastMutex(&guarded.fast);
	}
}

static void use_kernel_mutex(void *number)
{
	for (int i = 0; i < ROUNDS / 4; i++) {
		KeWaitForSingleObject(&guarded.mutex, Executive, KernelMode, FALSE, NULL);
		KeWaitForSingleObject(&guarded.mutex, Executive, KernelMode, FALSE, NULL);
		change();
		KeReleaseMutex(&guarded.mutex, FALSE);
		KeReleaseMutex(&guarded.mutex, FALSE);
	}
}

static void use_resource(void *number)
{
	for (int i = 0; i < ROUNDS / 4; i++) {
		if (i % 4 == 0) {
			ExEnterCriticalRegionAndAcquireResourceExclusive(&guarded.resource);
			ExAcquireResourceSharedLite(&guarded.resource, TRUE);
			change();
			ExReleaseResourceLite(&guarded.resource);
			ExReleaseResourceAndLeaveCriticalRegion(&guarded.resource);
		} else {
			ExAcquireResourceSharedLite(&guarded.resource, TRUE);
			look();
			ExReleaseResourceLite(&guarded.resource);
		}
	}
}

static void every_lock_excludes(void **state)
{
	static const PKSTART_ROUTINE users[] = {use_spin_lock, use_shared_lock,  use_push_lock,
						use_mutexes,   use_kernel_mutex, use_resource};

	KeInitializeSpinLock(&guarded.spin);
	ExInitializePushLock(&guarded.push);
	ExInitializeFastMutex(&guarded.fast);
	KeInitializeGuardedMutex(&guarded.guarded);
	ExInitializeResourceLite(&guarded.resource);
	KeInitializeMutex(&guarded.mutex, 0);
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		run_threads(users[i]);
		look();
	}
	assert_int_equal(guarded.count, THREADS * (ROUNDS + ROUNDS / 4 + ROUNDS / 4 + ROUNDS / 2 +
						   ROUNDS / 4 + ROUNDS / 16));
	assert_int_equal(guarded.spin, 0);
	assert_int_equal(guarded.shared, 0);
	assert_int_equal(guarded.push, 0);
	assert_int_equal(ExDeleteResourceLite(&guarded.resource), STATUS_SUCCESS);
}

static void trying_does_not_wait(void **state)
{
	EX_SPIN_LOCK shared = 0;
	KSPIN_LOCK spin;
	KIRQL irql;

	KeInitializeSpinLock(&spin);
	KeAcquireSpinLock(&spin, &irql);
	assert_false(KeTryToAcquireSpinLockAtDpcLevel(&spin));
	assert_false(KeTestSpinLock(&spin));
	KeReleaseSpinLock(&spin, irql);
	assert_true(KeTestSpinLock(&spin));
	ExAcquireSpinLockSharedAtDpcLevel(&shared);
	assert_true(ExTryConvertSharedSpinLockExclusive(&shared));
	ExReleaseSpinLockExclusiveFromDpcLevel(&shared);
	ExAcquireSpinLockSharedAtDpcLevel(&shared);
	ExAcquireSpinLockSharedAtDpcLevel(&shared);
	assert_false(ExTryConvertSharedSpinLockExclusive(&shared));
	ExReleaseSpinLockSharedFromDpcLevel(&shared);
	ExReleaseSpinLockSharedFromDpcLevel(&shared);
	ExAcquireFastMutex(&guarded.fast);
	assert_false(ExTryToAcquireFastMutex(&guarded.fast));
	ExReleaseFastMutex(&guarded.fast);
}

static EX_RUNDOWN_REF rundown;
static LONG inside, entered, ended;

static void go_in_and_out(void *number)
{
	while (ExAcquireRundownProtection(&rundown)) {
		InterlockedIncrement(&inside);
		InterlockedIncrement(&entered);
		assert_int_equal(ReadAcquire(&ended), 0);
		InterlockedDecrement(&inside);
		ExReleaseRundownProtection(&rundown);
	}
}

static void run_down(void *number)
{
	if (number) {
		go_in_and_out(number);
		return;
	}
	while (ReadAcquire(&entered) < 1000)
		YieldProcessor();
	ExWaitForRundownProtectionRelease(&rundown);
	InterlockedIncrement(&ended);
	assert_int_equal(ReadAcquire(&inside), 0);
}

static void rundown_waits_for_the_last_and_lets_nobody_in(void **state)
{
	ExInitializeRundownProtection(&rundown);
	run_threads(run_down);
	assert_false(ExAcquireRundownProtection(&rundown));
	ExReInitializeRundownProtection(&rundown);
	assert_true(ExAcquireRundownProtection(&rundown));
	ExReleaseRundownProtection(&rundown);
}

static void remove_lock_refuses_after_removal(void **state)
{
	IO_REMOVE_LOCK lock;

	IoInitializeRemoveLock(&lock, 'tseT', 0, 0);
	assert_int_equal(IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
	assert_int_equal(IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
	IoReleaseRemoveLock(&lock, NULL);
	IoReleaseRemoveLockAndWait(&lock, NULL);
	assert_int_equal(IoAcquireRemoveLock(&lock, NULL), STATUS_DELETE_PENDING);
}

static SLIST_HEADER stack;
static SLIST_ENTRY entries[THREADS * 16];
static LONG popped;

static void push_and_pop(void *number)
{
	for (int i = 0; i < 16; i++)
		InterlockedPushEntrySList(&stack, &entries[(intptr_t)number * 16 + i]);
	for (int i = 0; i < ROUNDS; i++) {
		PSLIST_ENTRY entry = InterlockedPopEntrySList(&stack);

		if (entry)
			InterlockedPushEntrySList(&stack, entry);
	}
	for (int i = 0; i < 16; i++)
		if (InterlockedPopEntrySList(&stack))
			InterlockedIncrement(&popped);
}

static void slist_loses_nothing(void **state)
{
	InitializeSListHead(&stack);
	run_threads(push_and_pop);
	while (InterlockedPopEntrySList(&stack))
		popped++;
	assert_int_equal(popped, THREADS * 16);
	assert_int_equal(QueryDepthSList(&stack), 0);
}

static void lists_keep_their_order(void **state)
{
	LIST_ENTRY head, other, a, b, c;
	KSPIN_LOCK lock = 0;

	InitializeListHead(&head);
	InitializeListHead(&other);
	assert_true(IsListEmpty(&head));
	InsertTailList(&head, &b);
	InsertHeadList(&head, &a);
	assert_ptr_equal(ExInterlockedInsertTailList(&head, &c, &lock), &b);
	assert_ptr_equal(RemoveTailList(&head), &c);
	assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &a);
	assert_true(RemoveEntryList(&b));
	assert_null(ExInterlockedRemoveHeadList(&head, &lock));
	assert_null(ExInterlockedInsertHeadList(&head, &a, &lock));
	assert_ptr_equal(RemoveHeadList(&head), &a);
}

static void interlocked_operations_return_what_windows_returns(void **state)
{
	LONG value = 5;
	LONG64 wide = 5;
	SHORT narrow = 5;
	PVOID pointer = NULL;

	assert_int_equal(InterlockedIncrement(&value), 6);
	assert_int_equal(InterlockedDecrement(&value), 5);
	assert_int_equal(InterlockedExchangeAdd(&value, 10), 5);
	assert_int_equal(InterlockedAdd(&value, -5), 10);
	assert_int_equal(InterlockedExchange(&value, 3), 10);
	assert_int_equal(InterlockedCompareExchange(&value, 9, 4), 3);
	assert_int_equal(InterlockedCompareExchange(&value, 9, 3), 3);
	assert_int_equal(value, 9);
	assert_int_equal(InterlockedOr(&value, 6), 9);
	assert_int_equal(InterlockedAnd(&value, 3), 15);
	assert_int_equal(InterlockedXor(&value, 1), 3);
	assert_int_equal(InterlockedIncrement64(&wide), 6);
	assert_int_equal(InterlockedCompareExchange64(&wide, 1, 6), 6);
	assert_int_equal(InterlockedIncrement16(&narrow), 6);
	assert_null(InterlockedExchangePointer(&pointer, &value));
	assert_ptr_equal(InterlockedCompareExchangePointer(&pointer, NULL, &value), &value);
	value = 0;
	assert_false(InterlockedBitTestAndSet(&value, 31));
	assert_true(InterlockedBitTestAndReset(&value, 31));
	assert_int_equal(value, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_lock_excludes),
		cmocka_unit_test(trying_does_not_wait),
		cmocka_unit_test(rundown_waits_for_the_last_and_lets_nobody_in),
		cmocka_unit_test(remove_lock_refuses_after_removal),
		cmocka_unit_test(slist_loses_nothing),
		cmocka_unit_test(lists_keep_their_order),
		cmocka_unit_test(interlocked_operations_return_what_windows_returns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
