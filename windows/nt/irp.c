/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* I/O request packets. Nothing is kept in or behind one but what its structure says. */
#include <string.h>

#include <wdm_check.h>

#include "irp_record.h"
#include "nt_internal.h"
#include "verifier.h"

static KSPIN_LOCK cancel_lock;

/* Of AllocationFlags. */
#define FROM_POOL 0x80

static void initialize(PIRP irp, USHORT size, CCHAR stack_size)
{
	memset(irp, 0, size);
	irp->Type = IO_TYPE_IRP;
	irp->Size = size;
	irp->StackCount = stack_size;
	irp->CurrentLocation = (CHAR)(stack_size + 1);
	irp->ApcEnvironment = 0;
	InitializeListHead(&irp->ThreadListEntry);
	irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(irp + 1) + stack_size;
}

void NTAPI IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	initialize(Irp, PacketSize, StackSize);
	if (nt_tracks())
		nt_irp_born(Irp, false, NT_CALLER);
}

static PIRP allocate(CCHAR stack_size, const void *place)
{
	PIRP irp;

	/* CurrentLocation is a CHAR, and one above the top must fit. */
	if (stack_size < 0 || stack_size > 125)
		return NULL;
	irp = nt_pool_allocate(IoSizeOfIrp(stack_size), 'prI ', 0, "IoAllocateIrp", place);
	if (!irp)
		return NULL;
	initialize(irp, IoSizeOfIrp(stack_size), stack_size);
	irp->AllocationFlags = FROM_POOL;
	if (nt_tracks())
		nt_irp_born(irp, true, place);
	return irp;
}

PIRP NTAPI IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return allocate(StackSize, NT_CALLER);
}

PIRP NTAPI IoAllocateIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize, BOOLEAN ChargeQuota)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return allocate(StackSize, NT_CALLER);
}

void NTAPI IoReuseIrp(PIRP Irp, NTSTATUS Status)
{
	UCHAR flags = Irp->AllocationFlags;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_tracks())
		nt_irp_check_idle(Irp, "IoReuseIrp", NT_CALLER);
	initialize(Irp, Irp->Size, Irp->StackCount);
	Irp->AllocationFlags = flags;
	Irp->IoStatus.Status = Status;
	if (nt_tracks())
		nt_irp_born(Irp, flags & FROM_POOL, NT_CALLER);
}

void NTAPI IoFreeIrp(PIRP Irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_tracks() && !nt_irp_freed(Irp, NT_CALLER))
		return;
	nt_pool_free(Irp, 'prI ', false, "IoFreeIrp", NT_CALLER);
}

void NTAPI IoMarkIrpPending(PIRP Irp)
{
	if (nt_tracks())
		nt_irp_check_alive(Irp, "IoMarkIrpPending", NT_CALLER);
	if (Irp->CurrentLocation > Irp->StackCount) {
		if (nt_checks(NT_RULE_STACK_LOCATION))
			nt_violation(
				NT_RULE_STACK_LOCATION, NT_BUG_DRIVER_VERIFIER_IOMANAGER_VIOLATION,
				NT_CALLER, NULL,
				"IoMarkIrpPending by the driver that allocated IRP %p: it has no "
				"stack location of its own",
				(void *)Irp);
		return;
	}
	IoGetCurrentIrpStackLocation(Irp)->Control |= SL_PENDING_RETURNED;
}

static bool set_routine(PIRP irp, PIO_COMPLETION_ROUTINE routine, void *context, BOOLEAN success,
			BOOLEAN error, BOOLEAN cancel, const void *place)
{
	PIO_STACK_LOCATION next;

	if (nt_tracks())
		nt_irp_check_alive(irp, "IoSetCompletionRoutine", place);
	if (irp->CurrentLocation <= 1) {
		if (nt_checks(NT_RULE_STACK_LOCATION))
			nt_violation(NT_RULE_STACK_LOCATION, NT_BUG_NO_MORE_IRP_STACK_LOCATIONS,
				     place, NULL,
				     "IoSetCompletionRoutine: IRP %p has no location below",
				     (void *)irp);
		return false;
	}
	next = IoGetNextIrpStackLocation(irp);
	next->CompletionRoutine = routine;
	next->Context = context;
	next->Control =
		(UCHAR)((success ? SL_INVOKE_ON_SUCCESS : 0) | (error ? SL_INVOKE_ON_ERROR : 0) |
			(cancel ? SL_INVOKE_ON_CANCEL : 0));
	return true;
}

void NTAPI IoSetCompletionRoutine(PIRP Irp, PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
				  BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError,
				  BOOLEAN InvokeOnCancel)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	set_routine(Irp, CompletionRoutine, Context, InvokeOnSuccess, InvokeOnError, InvokeOnCancel,
		    NT_CALLER);
}

NTSTATUS NTAPI IoSetCompletionRoutineEx(PDEVICE_OBJECT DeviceObject, PIRP Irp,
					PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
					BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError,
					BOOLEAN InvokeOnCancel)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return set_routine(Irp, CompletionRoutine, Context, InvokeOnSuccess, InvokeOnError,
			   InvokeOnCancel, NT_CALLER) ?
		       STATUS_SUCCESS :
		       STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION location;

	if (nt_tracks())
		nt_irp_check_alive(Irp, "IoCallDriver", NT_CALLER);
	if (Irp->CurrentLocation <= 1)
		KeBugCheckEx(NT_BUG_NO_MORE_IRP_STACK_LOCATIONS, (ULONG_PTR)Irp, 0, 0, 0);
	if (nt_tracks())
		nt_irp_sent(Irp, "IoCallDriver", NT_CALLER);
	IoSetNextIrpStackLocation(Irp);
	location = IoGetCurrentIrpStackLocation(Irp);
	location->DeviceObject = DeviceObject;
	return DeviceObject->DriverObject->MajorFunction[location->MajorFunction](DeviceObject,
										  Irp);
}

static bool wants(const IRP *irp, UCHAR control)
{
	return (control & SL_INVOKE_ON_CANCEL && __atomic_load_n(&irp->Cancel, __ATOMIC_RELAXED)) ||
	       control & (NT_SUCCESS(irp->IoStatus.Status) ? SL_INVOKE_ON_SUCCESS :
							     SL_INVOKE_ON_ERROR);
}

/*
 * From the location of whoever completes upward: each routine stands in the location below its
 * driver's. Once one has asked for more processing the IRP belongs to it, and may be gone.
 */
void NTAPI IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_tracks() && !nt_irp_check_completion(Irp, NT_CALLER))
		return;
	if (Irp->CurrentLocation > Irp->StackCount + 1)
		KeBugCheckEx(NT_BUG_MULTIPLE_IRP_COMPLETE_REQUESTS, (ULONG_PTR)Irp, 0, 0, 0);
	while (Irp->CurrentLocation <= Irp->StackCount) {
		PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
		PIO_COMPLETION_ROUTINE routine = location->CompletionRoutine;
		void *const context = location->Context;
		const UCHAR control = location->Control;
		PDEVICE_OBJECT device = NULL;

		Irp->PendingReturned = control & SL_PENDING_RETURNED;
		IoSkipCurrentIrpStackLocation(Irp);
		memset(location, 0, __builtin_offsetof(IO_STACK_LOCATION, DeviceObject));
		location->CompletionRoutine = NULL;
		location->Context = NULL;
		if (Irp->CurrentLocation <= Irp->StackCount)
			device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
		if (routine && wants(Irp, control)) {
			if (nt_tracks())
				nt_irp_at_routine(Irp, Irp->CurrentLocation > Irp->StackCount,
						  NT_CALLER);
			if (routine(device, Irp, context) == STATUS_MORE_PROCESSING_REQUIRED)
				return;
		} else if (Irp->PendingReturned && Irp->CurrentLocation <= Irp->StackCount) {
			IoMarkIrpPending(Irp);
		}
	}
	nt_irp_finish(Irp);
}

void NTAPI IoAcquireCancelSpinLock(PKIRQL Irql)
{
	*Irql = KeAcquireSpinLockRaiseToDpc(&cancel_lock);
}

void NTAPI IoReleaseCancelSpinLock(KIRQL Irql)
{
	KeReleaseSpinLock(&cancel_lock, Irql);
}

PDRIVER_CANCEL NTAPI IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL CancelRoutine)
{
	return __atomic_exchange_n(&Irp->CancelRoutine, CancelRoutine, __ATOMIC_SEQ_CST);
}

BOOLEAN NTAPI IoCancelIrp(PIRP Irp)
{
	PDRIVER_CANCEL routine;
	PDEVICE_OBJECT device = NULL;
	KIRQL irql;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_tracks())
		nt_irp_check_alive(Irp, "IoCancelIrp", NT_CALLER);
	IoAcquireCancelSpinLock(&irql);
	__atomic_store_n(&Irp->Cancel, TRUE, __ATOMIC_SEQ_CST);
	routine = IoSetCancelRoutine(Irp, NULL);
	if (!routine) {
		IoReleaseCancelSpinLock(irql);
		return FALSE;
	}
	Irp->CancelIrql = irql;
	if (Irp->CurrentLocation <= Irp->StackCount)
		device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
	/* It releases the lock, and perhaps the IRP. */
	routine(device, Irp);
	return TRUE;
}
