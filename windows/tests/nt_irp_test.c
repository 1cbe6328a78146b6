/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* IRPs: where they come from, completion upward, pending, cancel, memory that is not ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <wdm_device.h>

#include "nt_runner.h"

struct note {
	int ran;
	NTSTATUS answer;
	NTSTATUS status;
	ULONG_PTR information;
	BOOLEAN pending;
	PDEVICE_OBJECT device;
	int order;
};

static int order;

static NTSTATUS take_note(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct note *note = context;

	note->ran++;
	note->status = irp->IoStatus.Status;
	note->information = irp->IoStatus.Information;
	note->pending = irp->PendingReturned;
	note->device = device;
	note->order = ++order;
	if (irp->PendingReturned && note->answer != STATUS_MORE_PROCESSING_REQUIRED)
		IoMarkIrpPending(irp);
	return note->answer;
}

/* What a provider without a device does with a client's IRP. */
static void complete_below(PIRP irp, NTSTATUS status, bool pending)
{
	IoSetNextIrpStackLocation(irp);
	if (pending)
		IoMarkIrpPending(irp);
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 7;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static void fresh_irp_has_every_location_free(void **state)
{
	PIRP irp = IoAllocateIrp(3, FALSE);

	assert_non_null(irp);
	assert_int_equal(irp->Type, IO_TYPE_IRP);
	assert_int_equal(irp->Size, sizeof(IRP) + 3 * sizeof(IO_STACK_LOCATION));
	assert_int_equal(irp->StackCount, 3);
	assert_int_equal(irp->CurrentLocation, 4);
	assert_ptr_equal(IoGetNextIrpStackLocation(irp), (PIO_STACK_LOCATION)(irp + 1) + 2);
	assert_false(irp->Cancel);
	IoFreeIrp(irp);
	assert_null(IoAllocateIrp(-1, FALSE));
	assert_null(IoAllocateIrp(127, FALSE));
}

static void routine_of_an_allocated_irp_keeps_it(void **state)
{
	struct note note = {.answer = STATUS_MORE_PROCESSING_REQUIRED};
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoSetCompletionRoutine(irp, take_note, &note, TRUE, TRUE, TRUE);
	complete_below(irp, STATUS_CONNECTION_RESET, true);
	assert_int_equal(note.ran, 1);
	assert_int_equal(note.status, STATUS_CONNECTION_RESET);
	assert_int_equal(note.information, 7);
	assert_true(note.pending);
	assert_null(note.device);
	/* It stands where it stood before it was sent. */
	assert_int_equal(irp->CurrentLocation, 2);

	IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
	assert_int_equal(irp->IoStatus.Status, STATUS_UNSUCCESSFUL);
	assert_null(IoGetNextIrpStackLocation(irp)->CompletionRoutine);
	IoSetCompletionRoutine(irp, take_note, &note, TRUE, TRUE, TRUE);
	complete_below(irp, STATUS_SUCCESS, false);
	assert_int_equal(note.ran, 2);
	assert_false(note.pending);
	IoFreeIrp(irp);
}

static void flags_choose_when_the_routine_runs(void **state)
{
	static const struct {
		BOOLEAN success, error, cancel, cancelled;
		NTSTATUS status;
		int runs;
	} cases[] = {
		{TRUE, FALSE, FALSE, FALSE, STATUS_SUCCESS, 1},
		{TRUE, FALSE, FALSE, FALSE, STATUS_CANCELLED, 0},
		{FALSE, TRUE, FALSE, FALSE, STATUS_SUCCESS, 0},
		{FALSE, TRUE, FALSE, FALSE, STATUS_NOT_FOUND, 1},
		{FALSE, TRUE, FALSE, FALSE, STATUS_BUFFER_OVERFLOW, 1},
		{FALSE, FALSE, TRUE, FALSE, STATUS_CANCELLED, 0},
		{FALSE, FALSE, TRUE, TRUE, STATUS_SUCCESS, 1},
		{FALSE, FALSE, FALSE, TRUE, STATUS_CANCELLED, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct note note = {.answer = STATUS_MORE_PROCESSING_REQUIRED};
		PIRP irp = IoAllocateIrp(1, FALSE);

		IoSetCompletionRoutine(irp, take_note, &note, cases[i].success, cases[i].error,
				       cases[i].cancel);
		irp->Cancel = cases[i].cancelled;
		complete_below(irp, cases[i].status, false);
		assert_int_equal(note.ran, cases[i].runs);
		IoFreeIrp(irp);
	}
}

/* Three devices, one above the other; the lowest completes at once or later. */
static PIRP held;

static NTSTATUS lowest(PDEVICE_OBJECT device, PIRP irp)
{
	if (device->DeviceExtension && *(int *)device->DeviceExtension) {
		IoMarkIrpPending(irp);
		held = irp;
		return STATUS_PENDING;
	}
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 5;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

struct filter {
	PDEVICE_OBJECT below;
	struct note *note;
};

static NTSTATUS filter(PDEVICE_OBJECT device, PIRP irp)
{
	struct filter *extension = device->DeviceExtension;

	if (!extension->note) {
		IoSkipCurrentIrpStackLocation(irp);
		return IoCallDriver(extension->below, irp);
	}
	IoCopyCurrentIrpStackLocationToNext(irp);
	IoSetCompletionRoutine(irp, take_note, extension->note, TRUE, TRUE, TRUE);
	return IoCallDriver(extension->below, irp);
}

struct stack {
	PDRIVER_OBJECT low, high;
	PDEVICE_OBJECT bottom, middle, top;
};

static struct stack build(struct note *middle, struct note *top, int pends)
{
	struct stack stack = {nt_driver_object_new("low"), nt_driver_object_new("high")};
	struct filter *extension;

	stack.low->MajorFunction[IRP_MJ_READ] = lowest;
	stack.high->MajorFunction[IRP_MJ_READ] = filter;
	assert_int_equal(IoCreateDevice(stack.low, sizeof(int), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
					&stack.bottom),
			 STATUS_SUCCESS);
	*(int *)stack.bottom->DeviceExtension = pends;
	IoCreateDevice(stack.high, sizeof(struct filter), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
		       &stack.middle);
	extension = stack.middle->DeviceExtension;
	extension->below = IoAttachDeviceToDeviceStack(stack.middle, stack.bottom);
	extension->note = middle;
	IoCreateDevice(stack.high, sizeof(struct filter), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
		       &stack.top);
	extension = stack.top->DeviceExtension;
	extension->below = IoAttachDeviceToDeviceStack(stack.top, stack.bottom);
	extension->note = top;
	assert_int_equal(stack.top->StackSize, 3);
	assert_ptr_equal(extension->below, stack.middle);
	assert_ptr_equal(IoGetAttachedDevice(stack.bottom), stack.top);
	return stack;
}

static void tear_down(struct stack *stack)
{
	nt_driver_object_free(stack->high);
	nt_driver_object_free(stack->low);
}

static void completion_walks_up_through_every_driver(void **state)
{
	struct note middle = {.answer = STATUS_SUCCESS}, top = {.answer = STATUS_SUCCESS};
	struct note own = {.answer = STATUS_MORE_PROCESSING_REQUIRED};
	struct stack stack = build(&middle, &top, 0);
	PIRP irp = IoAllocateIrp(stack.top->StackSize, FALSE);

	order = 0;
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	IoSetCompletionRoutine(irp, take_note, &own, TRUE, TRUE, TRUE);
	assert_int_equal(IoCallDriver(stack.top, irp), STATUS_SUCCESS);
	assert_int_equal(middle.order, 1);
	assert_int_equal(top.order, 2);
	assert_int_equal(own.order, 3);
	assert_ptr_equal(middle.device, stack.middle);
	assert_ptr_equal(top.device, stack.top);
	assert_null(own.device);
	assert_int_equal(own.information, 5);
	assert_false(own.pending);
	IoFreeIrp(irp);
	tear_down(&stack);
}

static void pending_is_carried_up_by_routines_and_past_drivers_without_one(void **state)
{
	struct note middle = {.answer = STATUS_SUCCESS};
	struct note own = {.answer = STATUS_MORE_PROCESSING_REQUIRED};
	struct note *const routines[] = {&middle, NULL};

	for (size_t i = 0; i < 2; i++) {
		struct stack stack = build(routines[i], NULL, 1);
		PIRP irp = IoAllocateIrp(stack.top->StackSize, FALSE);

		IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
		IoSetCompletionRoutine(irp, take_note, &own, TRUE, TRUE, TRUE);
		own.pending = FALSE;
		assert_int_equal(IoCallDriver(stack.top, irp), STATUS_PENDING);
		held->IoStatus.Status = STATUS_NOT_FOUND;
		IoCompleteRequest(held, IO_NO_INCREMENT);
		assert_true(own.pending);
		assert_int_equal(own.status, STATUS_NOT_FOUND);
		IoFreeIrp(irp);
		tear_down(&stack);
	}
}

static void driver_that_wants_more_completes_it_again(void **state)
{
	struct note middle = {.answer = STATUS_MORE_PROCESSING_REQUIRED};
	struct note top = {.answer = STATUS_SUCCESS};
	struct note own = {.answer = STATUS_MORE_PROCESSING_REQUIRED};
	struct stack stack = build(&middle, &top, 0);
	PIRP irp = IoAllocateIrp(stack.top->StackSize, FALSE);

	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	IoSetCompletionRoutine(irp, take_note, &own, TRUE, TRUE, TRUE);
	IoCallDriver(stack.top, irp);
	assert_int_equal(middle.ran, 1);
	assert_int_equal(top.ran, 0);
	irp->IoStatus.Status = STATUS_CANCELLED;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	assert_int_equal(middle.ran, 1);
	assert_int_equal(top.ran, 1);
	assert_int_equal(own.status, STATUS_CANCELLED);
	IoFreeIrp(irp);
	tear_down(&stack);
}

static NTSTATUS unmap(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	*(int *)context = 1;
	munmap(irp, 4096);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void irp_may_vanish_inside_its_routine(void **state)
{
	PIRP irp = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ran = 0;

	IoInitializeIrp(irp, IoSizeOfIrp(1), 1);
	IoSetCompletionRoutine(irp, unmap, &ran, TRUE, TRUE, TRUE);
	complete_below(irp, STATUS_SUCCESS, true);
	assert_int_equal(ran, 1);
}

static void nothing_is_written_beside_an_irp(void **state)
{
	struct {
		unsigned char before[64];
		union {
			IRP irp;
			unsigned char bytes[sizeof(IRP) + sizeof(IO_STACK_LOCATION)];
		};
		unsigned char after[64];
	} on_stack;
	struct note note = {.answer = STATUS_MORE_PROCESSING_REQUIRED};

	memset(&on_stack, 0x5a, sizeof(on_stack));
	IoInitializeIrp(&on_stack.irp, IoSizeOfIrp(1), 1);
	IoSetCompletionRoutine(&on_stack.irp, take_note, &note, TRUE, TRUE, TRUE);
	complete_below(&on_stack.irp, STATUS_SUCCESS, true);
	IoReuseIrp(&on_stack.irp, STATUS_SUCCESS);
	assert_int_equal(note.ran, 1);
	for (size_t i = 0; i < 64; i++) {
		assert_int_equal(on_stack.before[i], 0x5a);
		assert_int_equal(on_stack.after[i], 0x5a);
	}
}

static void cancel_routine(PDEVICE_OBJECT device, PIRP irp)
{
	assert_null(IoSetCancelRoutine(irp, NULL));
	IoReleaseCancelSpinLock(irp->CancelIrql);
	irp->IoStatus.Status = STATUS_CANCELLED;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static void cancel_calls_the_routine_once_or_sets_the_flag(void **state)
{
	struct note note = {.answer = STATUS_MORE_PROCESSING_REQUIRED};
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoSetCompletionRoutine(irp, take_note, &note, TRUE, TRUE, TRUE);
	IoSetNextIrpStackLocation(irp);
	assert_null(IoSetCancelRoutine(irp, cancel_routine));
	assert_true(IoCancelIrp(irp));
	assert_int_equal(note.ran, 1);
	assert_int_equal(note.status, STATUS_CANCELLED);
	assert_true(irp->Cancel);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	assert_false(IoCancelIrp(irp));
	IoFreeIrp(irp);
}

static void routine_needs_a_location_below(void **state)
{
	PIRP irp = IoAllocateIrp(0, FALSE);

	assert_int_equal(IoSetCompletionRoutineEx(NULL, irp, take_note, NULL, TRUE, TRUE, TRUE),
			 STATUS_INVALID_PARAMETER);
	IoFreeIrp(irp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_irp_has_every_location_free),
		cmocka_unit_test(routine_of_an_allocated_irp_keeps_it),
		cmocka_unit_test(flags_choose_when_the_routine_runs),
		cmocka_unit_test(completion_walks_up_through_every_driver),
		cmocka_unit_test(pending_is_carried_up_by_routines_and_past_drivers_without_one),
		cmocka_unit_test(driver_that_wants_more_completes_it_again),
		cmocka_unit_test(irp_may_vanish_inside_its_routine),
		cmocka_unit_test(nothing_is_written_beside_an_irp),
		cmocka_unit_test(cancel_calls_the_routine_once_or_sets_the_flag),
		cmocka_unit_test(routine_needs_a_location_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
