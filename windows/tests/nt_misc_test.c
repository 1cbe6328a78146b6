/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Small things of many subjects. */
#include <stdbool.h>

#include <wdm.h>

#include "cmocka_once.h"
#include "nt_runner.h"

static void seconds_of_two_epochs(void **state)
{
	LARGE_INTEGER time;
	ULONG seconds = 7;

	RtlSecondsSince1970ToTime(0, &time);
	assert_int_equal(time.QuadPart, 116444736000000000);
	assert_true(RtlTimeToSecondsSince1970(&time, &seconds));
	assert_int_equal(seconds, 0);
	assert_false(RtlTimeToSecondsSince1980(&time, &seconds));
	RtlSecondsSince1980ToTime(0xffffffff, &time);
	assert_true(RtlTimeToSecondsSince1980(&time, &seconds));
	assert_int_equal(seconds, 0xffffffff);
	assert_false(RtlTimeToSecondsSince1970(&time, &seconds));
}

static void affinity_is_given_back(void **state)
{
	GROUP_AFFINITY before = {.Group = 9};
	GROUP_AFFINITY wanted = {.Mask = 2};
	PROCESSOR_NUMBER number;

	assert_int_equal(KeSetSystemAffinityThreadEx(1), 0);
	KeSetSystemGroupAffinityThread(&wanted, &before);
	assert_int_equal(before.Mask, 1);
	assert_int_equal(KeSetSystemAffinityThreadEx(4), 2);
	KeRevertToUserGroupAffinityThread(&before);
	KeRevertToUserAffinityThread();
	assert_int_equal(KeSetSystemAffinityThreadEx(0), 0);
	assert_int_equal(KeGetProcessorNumberFromIndex(0, &number), STATUS_SUCCESS);
	assert_int_equal(number.Number, 0);
	assert_int_equal(KeGetProcessorNumberFromIndex(100000, &number), STATUS_INVALID_PARAMETER);
}

static void NTAPI note(PVOID parameter)
{
	++*(int *)parameter;
}

static void stacks(void **state)
{
	void *frames[8] = {NULL};
	ULONG_PTR low;
	ULONG_PTR high;
	ULONG hash = 0;
	int calls = 0;

	assert_int_equal(KeExpandKernelStackAndCallout(note, &calls, 0x1000), STATUS_SUCCESS);
	assert_int_equal(KeExpandKernelStackAndCalloutEx(note, &calls, MAXIMUM_EXPANSION_SIZE + 1,
							 TRUE, NULL),
			 STATUS_INVALID_PARAMETER_3);
	assert_int_equal(calls, 1);
	IoGetStackLimits(&low, &high);
	/* Of a frame: AddressSanitizer keeps locals elsewhere. */
	assert_in_range((ULONG_PTR)__builtin_frame_address(0), low, high);
	assert_in_range(IoGetRemainingStackSize(), 4096, high - low);
	assert_true(RtlCaptureStackBackTrace(0, 8, frames, &hash) > 1);
	assert_non_null(frames[0]);
	assert_int_equal(RtlCaptureStackBackTrace(100, 8, frames, NULL), 0);
	assert_int_equal(RtlCaptureStackBackTrace(0, 1, frames, NULL), 1);
}

static void versions(void **state)
{
	ULONG major;
	ULONG minor;
	ULONG build;

	assert_false(PsGetVersion(&major, &minor, &build, NULL));
	assert_int_equal(major, 10);
	assert_int_equal(minor, 0);
	assert_int_equal(build, 19041);
	assert_true(RtlIsNtDdiVersionAvailable(NTDDI_WIN8));
	assert_false(RtlIsNtDdiVersionAvailable(0x0a000099));
	assert_true(IoIsWdmVersionAvailable(6, 0));
}

static void routines_of_this_library_alone_are_found(void **state)
{
	static WCHAR ours_text[] = u"ExAllocatePool2";
	UNICODE_STRING ours = RTL_CONSTANT_STRING(ours_text);
	static WCHAR of_libc_text[] = u"qsort";
	UNICODE_STRING of_libc = RTL_CONSTANT_STRING(of_libc_text);
	static WCHAR none_text[] = u"PsGetNothing\u00e9";
	UNICODE_STRING none = RTL_CONSTANT_STRING(none_text);

	assert_ptr_equal(MmGetSystemRoutineAddress(&ours), ExAllocatePool2);
	assert_null(MmGetSystemRoutineAddress(&of_libc));
	assert_null(MmGetSystemRoutineAddress(&none));
}

static void statuses_as_errors_of_the_windows_api(void **state)
{
	assert_int_equal(RtlNtStatusToDosError(STATUS_SUCCESS), 0);
	assert_int_equal(RtlNtStatusToDosError(STATUS_ACCESS_DENIED), 5);
	assert_int_equal(RtlNtStatusToDosError(STATUS_OBJECT_NAME_NOT_FOUND), 2);
	assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0xc0070057), 0x57);
	assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0xc0999999), 317);
}

static void words_of_memory(void **state)
{
	ULONG words[4] = {1, 1, 1, 1};

	RtlFillMemoryUlong(words, 11, 9);
	assert_int_equal(words[1], 9);
	assert_int_equal(words[2], 1);
	assert_int_equal(RtlCompareMemoryUlong(words, 16, 9), 8);
	assert_int_equal(RtlCompareMemoryUlong((char *)words + 1, 8, 9), 0);
}

static void objects_by_number_and_by_pointer(void **state)
{
	PEPROCESS process;
	PETHREAD thread;
	HANDLE handle;
	void *object;

	assert_int_equal(PsLookupProcessByProcessId(PsGetCurrentProcessId(), &process),
			 STATUS_SUCCESS);
	assert_ptr_equal(process, PsGetCurrentProcess());
	ObDereferenceObject(process);
	assert_int_equal(PsLookupProcessByProcessId((HANDLE)1, &process), STATUS_INVALID_PARAMETER);
	assert_int_equal(PsLookupThreadByThreadId(PsGetCurrentThreadId(), &thread), STATUS_SUCCESS);
	assert_int_equal(ObOpenObjectByPointer(thread, OBJ_KERNEL_HANDLE, NULL, THREAD_ALL_ACCESS,
					       *PsThreadType, KernelMode, &handle),
			 STATUS_SUCCESS);
	assert_int_equal(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType,
						   KernelMode, &object, NULL),
			 STATUS_SUCCESS);
	assert_ptr_equal(object, thread);
	ObDereferenceObject(object);
	ZwClose(handle);
	assert_int_equal(ObReferenceObjectByPointer(thread, 0, *PsThreadType, KernelMode),
			 STATUS_SUCCESS);
	ObDereferenceObject(thread);
	ObDereferenceObject(thread);
	assert_int_equal(PsLookupThreadByThreadId((HANDLE)1, &thread), STATUS_INVALID_PARAMETER);
	assert_int_equal(ObReferenceObjectByPointer(NULL, 0, NULL, KernelMode),
			 STATUS_OBJECT_TYPE_MISMATCH);
}

static PDRIVER_OBJECT driver;
static bool pends;

static void NTAPI complete_later(PVOID context)
{
	PIRP irp = context;

	irp->IoStatus.Status = STATUS_NOT_FOUND;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS NTAPI lower(PDEVICE_OBJECT device, PIRP irp)
{
	static WORK_QUEUE_ITEM item;

	if (!pends) {
		irp->IoStatus.Status = STATUS_NOT_FOUND;
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		return STATUS_NOT_FOUND;
	}
	IoMarkIrpPending(irp);
	ExInitializeWorkItem(&item, complete_later, irp);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	return STATUS_PENDING;
}

static NTSTATUS NTAPI stay(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void an_irp_comes_back_from_below(void **state)
{
	PDEVICE_OBJECT device;

	driver = nt_driver_object_new("misc");
	driver->MajorFunction[IRP_MJ_PNP] = lower;
	assert_int_equal(IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
			 STATUS_SUCCESS);
	for (int i = 0; i < 2; i++) {
		PIRP irp = IoAllocateIrp(2, FALSE);

		pends = i;
		IoSetCompletionRoutine(irp, stay, NULL, TRUE, TRUE, TRUE);
		IoSetNextIrpStackLocation(irp);
		IoGetCurrentIrpStackLocation(irp)->MajorFunction = IRP_MJ_PNP;
		assert_true(IoForwardIrpSynchronously(device, irp));
		assert_int_equal(irp->IoStatus.Status, STATUS_NOT_FOUND);
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		IoFreeIrp(irp);
	}
	for (int i = 0; i < 1; i++) {
		PIRP irp = IoAllocateIrp(1, FALSE);

		IoSetNextIrpStackLocation(irp);
		assert_false(IoForwardIrpSynchronously(device, irp));
		IoFreeIrp(irp);
	}
	IoDeleteDevice(device);
	nt_driver_object_free(driver);
	nt_stop_threads();
}

static void atomics_of_every_width(void **state)
{
	volatile LONG64 wide[2] = {0, 0};
	volatile LONG word = 1;
	volatile BOOLEAN flag = FALSE;
	PVOID pointer = NULL;
	ULONG index = 0;
	ULONG64 high;

	assert_false(InterlockedBitTestAndSet64(wide, 70));
	assert_int_equal(wide[1], 64);
	assert_true(InterlockedBitTestAndReset64(wide, 70));
	assert_true(InterlockedBitTestAndComplement(&word, 0));
	assert_int_equal(word, 0);
	assert_null(InterlockedExchangePointerAcquire(&pointer, &index));
	WriteBooleanRelease(&flag, TRUE);
	assert_true(ReadBooleanAcquire(&flag));
	assert_true(_BitScanReverse64(&index, 1ull << 40));
	assert_int_equal(index, 40);
	assert_false(_BitScanForward(&index, 0));
	assert_int_equal(index, 40);
	assert_int_equal(_umul128(~0ull, 16, &high), 0xfffffffffffffff0);
	assert_int_equal(high, 15);
	assert_int_equal(_rotl(0x80000001u, 4), 0x18);
	assert_int_equal(_rotr64(1, 1), 0x8000000000000000);
	assert_int_equal(_rotl16(0x8001, 1), 3);
	assert_int_equal(__shiftleft128(0x8000000000000000, 1, 1), 3);
	assert_int_equal(__popcnt64(~0ull), 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seconds_of_two_epochs),
		cmocka_unit_test(affinity_is_given_back),
		cmocka_unit_test(stacks),
		cmocka_unit_test(versions),
		cmocka_unit_test(routines_of_this_library_alone_are_found),
		cmocka_unit_test(statuses_as_errors_of_the_windows_api),
		cmocka_unit_test(words_of_memory),
		cmocka_unit_test(objects_by_number_and_by_pointer),
		cmocka_unit_test(an_irp_comes_back_from_below),
		cmocka_unit_test(atomics_of_every_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
