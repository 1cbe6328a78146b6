/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the verifier says of IRPs and of the IRQL. */
#include <wdm_check.h>
#include <wdm_device.h>

#include "misdeed.h"
#include "nt_internal.h"
#include "verified_irp.h"
#include "verifier.h"

static void irql_too_high(void)
{
	KIRQL old;
	HANDLE handle;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, NULL, NULL);
	KeLowerIrql(old);
}

static void paged_at_dispatch(void)
{
	KIRQL old;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	ExFreePool(ExAllocatePool2(POOL_FLAG_PAGED, 10, 'tseT'));
	KeLowerIrql(old);
}

static void paged_code(void)
{
	KIRQL old;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	PAGED_CODE();
	KeLowerIrql(old);
}

static void lower_by_raising(void)
{
	KIRQL old;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KfRaiseIrql(PASSIVE_LEVEL);
}

static void callback_at_other_level(void)
{
	KIRQL old = nt_enter_callback();

	KeLowerIrql(PASSIVE_LEVEL);
	nt_leave_callback(old, "WskAcceptEvent");
}

static void wait_in_callback(void)
{
	LARGE_INTEGER brief = {.QuadPart = -10};
	KIRQL old = nt_enter_callback();
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &brief);
	nt_leave_callback(old, "WskAcceptEvent");
}

static void complete_twice(void)
{
	PIRP irp = make_irp();

	accept_irp(irp);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	IoFreeIrp(irp);
}

static NTSTATUS complete_and_complete(PDEVICE_OBJECT device, PIRP irp)
{
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	if (IoGetCurrentIrpStackLocation(irp) || true)
		IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static void call_device(PDRIVER_DISPATCH dispatch)
{
	PDRIVER_OBJECT driver = nt_driver_object_new("misdeed");
	PDEVICE_OBJECT device;
	IO_STATUS_BLOCK status;
	KEVENT event;

	driver->MajorFunction[IRP_MJ_SHUTDOWN] = dispatch;
	IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	IoCallDriver(device, IoBuildSynchronousFsdRequest(IRP_MJ_SHUTDOWN, device, NULL, 0, NULL,
							  &event, &status));
	nt_driver_object_free(driver);
}

static void dispatch_completes_twice(void)
{
	call_device(complete_and_complete);
}

static NTSTATUS complete_and_mark(PDEVICE_OBJECT device, PIRP irp)
{
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	IoMarkIrpPending(irp);
	return STATUS_PENDING;
}

static void mark_after_completion(void)
{
	call_device(complete_and_mark);
}

static void no_routine(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	nt_irp_check_routine(irp, "WskSend", NT_CALLER);
	IoFreeIrp(irp);
}

static void routine_not_always(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoSetCompletionRoutine(irp, keep_irp, NULL, TRUE, FALSE, TRUE);
	nt_irp_check_routine(irp, "WskSend", NT_CALLER);
	IoFreeIrp(irp);
}

static void free_pending(void)
{
	PIRP irp = make_irp();

	accept_irp(irp);
	IoFreeIrp(irp);
}

static void reuse_pending(void)
{
	PIRP irp = make_irp();

	accept_irp(irp);
	IoReuseIrp(irp, STATUS_SUCCESS);
}

static void free_irp_twice(void)
{
	PIRP irp = make_irp();

	IoFreeIrp(irp);
	IoFreeIrp(irp);
}

static void no_location(void)
{
	PIRP irp = IoAllocateIrp(0, FALSE);

	IoSetCompletionRoutine(irp, keep_irp, NULL, TRUE, TRUE, TRUE);
	IoFreeIrp(irp);
}

static void mark_without_location(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoMarkIrpPending(irp);
	IoFreeIrp(irp);
}

static const struct misdeed misdeeds[] = {
	{irql_too_high, "irql", "IRQL_NOT_LESS_OR_EQUAL (0xA)", "PsCreateSystemThread"},
	{paged_at_dispatch, "irql", "IRQL_NOT_LESS_OR_EQUAL (0xA)", "highest allowed is 1"},
	{paged_code, "irql", "DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xD1)", "PAGED_CODE"},
	{lower_by_raising, "irql", "DRIVER_VERIFIER_DETECTED_VIOLATION (0xC4)", "lowers"},
	{callback_at_other_level, "irql", "IRQL_UNEXPECTED_VALUE (0xC8)", "WskAcceptEvent"},
	{wait_in_callback, "wait", "IRQL_NOT_LESS_OR_EQUAL (0xA)", "inside a routine"},
	{complete_twice, "double-completion", "MULTIPLE_IRP_COMPLETE_REQUESTS (0x44)", "second"},
	{dispatch_completes_twice, "double-completion", "MULTIPLE_IRP_COMPLETE_REQUESTS (0x44)",
	 "second"},
	{mark_after_completion, "irp-touched", "DRIVER_VERIFIER_IOMANAGER_VIOLATION (0xC9)",
	 "IoMarkIrpPending"},
	{no_routine, "missing-routine", "DRIVER_VERIFIER_IOMANAGER_VIOLATION (0xC9)", "WskSend"},
	{routine_not_always, "missing-routine", "DRIVER_VERIFIER_IOMANAGER_VIOLATION (0xC9)",
	 "every case"},
	{free_pending, "freed-pending", "DRIVER_VERIFIER_DETECTED_VIOLATION (0xC4)", "WskReceive"},
	{reuse_pending, "freed-pending", "DRIVER_VERIFIER_DETECTED_VIOLATION (0xC4)", "WskReceive"},
	{free_irp_twice, "irp-touched", "DRIVER_VERIFIER_IOMANAGER_VIOLATION (0xC9)", "IoFreeIrp"},
	{no_location, "stack-location", "NO_MORE_IRP_STACK_LOCATIONS (0x35)", "no location"},
	{mark_without_location, "stack-location", "DRIVER_VERIFIER_IOMANAGER_VIOLATION (0xC9)",
	 "IoMarkIrpPending"},
};

static void each_misdeed_stops_under_its_rule(void **state)
{
	check_misdeeds(misdeeds, sizeof(misdeeds) / sizeof(misdeeds[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_misdeed_stops_under_its_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
