/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Cancel-safe queues: who has an IRP that is taken out and cancelled at once. */
#include <stdbool.h>

#include <wdm.h>

#include "cmocka_once.h"

static IO_CSQ queue;
static LIST_ENTRY list;
static KSPIN_LOCK lock;
static LONG cancelled;
static bool refuses;

static void NTAPI insert(PIO_CSQ csq, PIRP irp)
{
	InsertTailList(&list, &irp->Tail.Overlay.ListEntry);
}

static NTSTATUS NTAPI insert_ex(PIO_CSQ csq, PIRP irp, PVOID context)
{
	if (refuses)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (context)
		InsertHeadList(&list, &irp->Tail.Overlay.ListEntry);
	else
		InsertTailList(&list, &irp->Tail.Overlay.ListEntry);
	return STATUS_PENDING;
}

static void NTAPI take_out(PIO_CSQ csq, PIRP irp)
{
	RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

/* With a context, the IRP that is the context. */
static PIRP NTAPI peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
	PLIST_ENTRY next = irp ? irp->Tail.Overlay.ListEntry.Flink : list.Flink;

	for (; next != &list; next = next->Flink) {
		PIRP found = CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);

		if (!context || found == context)
			return found;
	}
	return NULL;
}

static void NTAPI acquire(PIO_CSQ csq, PKIRQL irql)
{
	KeAcquireSpinLock(&lock, irql);
}

static void NTAPI release(PIO_CSQ csq, KIRQL irql)
{
	KeReleaseSpinLock(&lock, irql);
}

static void NTAPI complete(PIO_CSQ csq, PIRP irp)
{
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	InterlockedIncrement(&cancelled);
	irp->IoStatus.Status = STATUS_CANCELLED;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS NTAPI keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	InterlockedIncrement((LONG *)context);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* One that a driver has been handed. */
static PIRP make_irp(LONG *done)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoSetCompletionRoutine(irp, keep, done, TRUE, TRUE, TRUE);
	IoSetNextIrpStackLocation(irp);
	return irp;
}

static int prepare(void **state)
{
	InitializeListHead(&list);
	KeInitializeSpinLock(&lock);
	cancelled = 0;
	refuses = false;
	return !NT_SUCCESS(
		IoCsqInitialize(&queue, insert, take_out, peek, acquire, release, complete));
}

static void what_is_taken_out_is_not_cancelled_any_more(void **state)
{
	LONG done = 0;
	PIRP irp = make_irp(&done);

	IoCsqInsertIrp(&queue, irp, NULL);
	assert_int_equal(IoGetCurrentIrpStackLocation(irp)->Control & SL_PENDING_RETURNED,
			 SL_PENDING_RETURNED);
	assert_ptr_equal(IoCsqRemoveNextIrp(&queue, NULL), irp);
	assert_null(IoCsqRemoveNextIrp(&queue, NULL));
	assert_true(IsListEmpty(&list));
	assert_false(IoCancelIrp(irp));
	assert_int_equal(cancelled, 0);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_int_equal(done, 1);
	IoFreeIrp(irp);
}

static void a_cancelled_irp_leaves_the_queue_and_its_context(void **state)
{
	IO_CSQ_IRP_CONTEXT context;
	LONG done = 0;
	PIRP irp = make_irp(&done);

	IoCsqInsertIrp(&queue, irp, &context);
	assert_ptr_equal(context.Irp, irp);
	assert_true(IoCancelIrp(irp));
	assert_int_equal(cancelled, 1);
	assert_int_equal(done, 1);
	assert_int_equal(irp->IoStatus.Status, STATUS_CANCELLED);
	assert_null(context.Irp);
	assert_null(IoCsqRemoveIrp(&queue, &context));
	IoFreeIrp(irp);
}

static void one_that_was_cancelled_before_is_completed_at_once(void **state)
{
	LONG done = 0;
	PIRP irp = make_irp(&done);

	assert_false(IoCancelIrp(irp));
	IoCsqInsertIrp(&queue, irp, NULL);
	assert_int_equal(cancelled, 1);
	assert_int_equal(done, 1);
	assert_true(IsListEmpty(&list));
	IoFreeIrp(irp);
}

static void by_context_and_by_a_driver_s_choice(void **state)
{
	IO_CSQ_IRP_CONTEXT context;
	LONG done = 0;
	PIRP first = make_irp(&done);
	PIRP second = make_irp(&done);

	IoCsqInsertIrp(&queue, first, NULL);
	IoCsqInsertIrp(&queue, second, &context);
	assert_ptr_equal(IoCsqRemoveIrp(&queue, &context), second);
	assert_null(IoCsqRemoveIrp(&queue, &context));
	IoCsqInsertIrp(&queue, second, &context);
	assert_ptr_equal(IoCsqRemoveNextIrp(&queue, second), second);
	assert_null(context.Irp);
	assert_ptr_equal(IoCsqRemoveNextIrp(&queue, NULL), first);
	IoFreeIrp(first);
	IoFreeIrp(second);
}

static void an_insertion_may_refuse(void **state)
{
	IO_CSQ_IRP_CONTEXT context;
	LONG done = 0;
	PIRP first = make_irp(&done);
	PIRP second = make_irp(&done);

	IoCsqInitializeEx(&queue, insert_ex, take_out, peek, acquire, release, complete);
	refuses = true;
	assert_int_equal(IoCsqInsertIrpEx(&queue, first, &context, NULL),
			 STATUS_INSUFFICIENT_RESOURCES);
	assert_null(context.Irp);
	assert_false(IoCancelIrp(first));
	assert_int_equal(IoGetCurrentIrpStackLocation(first)->Control & SL_PENDING_RETURNED, 0);
	IoReuseIrp(first, STATUS_SUCCESS);
	IoSetCompletionRoutine(first, keep, &done, TRUE, TRUE, TRUE);
	IoSetNextIrpStackLocation(first);
	refuses = false;
	assert_int_equal(IoCsqInsertIrpEx(&queue, first, NULL, NULL), STATUS_PENDING);
	assert_int_equal(IoCsqInsertIrpEx(&queue, second, NULL, &queue), STATUS_PENDING);
	assert_ptr_equal(IoCsqRemoveNextIrp(&queue, NULL), second);
	assert_ptr_equal(IoCsqRemoveNextIrp(&queue, NULL), first);
	IoFreeIrp(first);
	IoFreeIrp(second);
}

#define ROUNDS 2000
static PIRP racing;
static KSEMAPHORE begin;
static KSEMAPHORE end;

static void NTAPI cancel_often(PVOID context)
{
	for (int i = 0; i < ROUNDS; i++) {
		KeWaitForSingleObject(&begin, Executive, KernelMode, FALSE, NULL);
		IoCancelIrp(racing);
		KeReleaseSemaphore(&end, 0, 1, FALSE);
	}
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static void either_the_taker_or_the_canceller_has_it(void **state)
{
	HANDLE handle;
	LONG done = 0;
	LONG taken = 0;

	KeInitializeSemaphore(&begin, 0, 1);
	KeInitializeSemaphore(&end, 0, 1);
	assert_int_equal(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL,
					      cancel_often, NULL),
			 STATUS_SUCCESS);
	for (int i = 0; i < ROUNDS; i++) {
		PIRP found;

		racing = make_irp(&done);
		IoCsqInsertIrp(&queue, racing, NULL);
		KeReleaseSemaphore(&begin, 0, 1, FALSE);
		found = IoCsqRemoveNextIrp(&queue, NULL);
		if (found)
			taken++;
		KeWaitForSingleObject(&end, Executive, KernelMode, FALSE, NULL);
		assert_int_equal(taken + cancelled, i + 1);
		IoFreeIrp(racing);
	}
	assert_int_equal(done, cancelled);
	ZwWaitForSingleObject(handle, FALSE, NULL);
	ZwClose(handle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_taken_out_is_not_cancelled_any_more, prepare),
		cmocka_unit_test_setup(a_cancelled_irp_leaves_the_queue_and_its_context, prepare),
		cmocka_unit_test_setup(one_that_was_cancelled_before_is_completed_at_once, prepare),
		cmocka_unit_test_setup(by_context_and_by_a_driver_s_choice, prepare),
		cmocka_unit_test_setup(an_insertion_may_refuse, prepare),
		cmocka_unit_test_setup(either_the_taker_or_the_canceller_has_it, prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
