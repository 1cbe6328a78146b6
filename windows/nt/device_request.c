/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Requests that the I/O manager makes, and what becomes of an IRP when the last driver is done. */
#include <string.h>

#include <wdm_seh.h>

#include "irp_record.h"
#include "nt_internal.h"
#include "verifier.h"

#define BUFFER_TAG 'fuBI'

static void free_chain(PMDL mdl)
{
	while (mdl) {
		PMDL next = mdl->Next;

		if (mdl->MdlFlags & MDL_PAGES_LOCKED)
			MmUnlockPages(mdl);
		IoFreeMdl(mdl);
		mdl = next;
	}
}

/* What the request's maker gets: no more than he has room for, which is in Overlay.AllocationSize. */
static void copy_output(PIRP irp)
{
	const SIZE_T room = (SIZE_T)irp->Overlay.AllocationSize.QuadPart;
	SIZE_T size = irp->IoStatus.Information;

	if (!(irp->Flags & IRP_BUFFERED_IO) || !(irp->Flags & IRP_INPUT_OPERATION) ||
	    NT_ERROR(irp->IoStatus.Status))
		return;
	if (size > room) {
		if (nt_checks(NT_RULE_DOUBLE_COMPLETION))
			nt_violation(
				NT_RULE_DOUBLE_COMPLETION,
				NT_BUG_DRIVER_VERIFIER_IOMANAGER_VIOLATION, NULL, NULL,
				"IRP %p is completed with Information %zu; its output has room for "
				"%zu bytes",
				(void *)irp, size, room);
		size = room;
	}
	if (size)
		memcpy(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer, size);
}

/*
 * An IRP that was made for a thread ends here. Any other is its maker's, whose completion routine
 * should have kept it.
 */
void nt_irp_finish(PIRP irp)
{
	const IO_STATUS_BLOCK result = irp->IoStatus;
	PIO_STATUS_BLOCK status = irp->UserIosb;
	PKEVENT event = irp->UserEvent;

	irp->CurrentLocation = (CHAR)(irp->StackCount + 2);
	if (!irp->Tail.Overlay.Thread) {
		if (nt_tracks())
			nt_irp_returned(irp, NULL);
		return;
	}
	copy_output(irp);
	if (irp->Flags & IRP_DEALLOCATE_BUFFER)
		nt_pool_free(irp->AssociatedIrp.SystemBuffer, BUFFER_TAG, true, __func__, NULL);
	free_chain(irp->MdlAddress);
	if (nt_tracks())
		nt_irp_returned(irp, NULL);
	IoFreeIrp(irp);
	if (status)
		*status = result;
	/* The waiter may take the event and the status away at once. */
	if (event)
		KeSetEvent(event, IO_NO_INCREMENT, FALSE);
}

static PIRP make(PDEVICE_OBJECT device, PKEVENT event, PIO_STATUS_BLOCK status)
{
	PIRP irp = IoAllocateIrp(device->StackSize, FALSE);

	if (!irp)
		return NULL;
	irp->Tail.Overlay.Thread = PsGetCurrentThread();
	irp->UserEvent = event;
	irp->UserIosb = status;
	irp->Flags = IRP_SYNCHRONOUS_API;
	return irp;
}

static void unmake(PIRP irp)
{
	free_chain(irp->MdlAddress);
	if (irp->Flags & IRP_DEALLOCATE_BUFFER)
		ExFreePool(irp->AssociatedIrp.SystemBuffer);
	IoFreeIrp(irp);
}

/* A system buffer that holds the input and has room for the output. */
static bool add_system_buffer(PIRP irp, const void *input, ULONG input_size, void *output,
			      ULONG output_size)
{
	const ULONG size = input_size > output_size ? input_size : output_size;

	if (!size)
		return true;
	irp->AssociatedIrp.SystemBuffer =
		nt_pool_allocate(size, BUFFER_TAG, NT_POOL_ZERO, __func__, NULL);
	if (!irp->AssociatedIrp.SystemBuffer)
		return false;
	if (input_size)
		memcpy(irp->AssociatedIrp.SystemBuffer, input, input_size);
	irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
	irp->UserBuffer = output;
	irp->Overlay.AllocationSize.QuadPart = output_size;
	if (output_size)
		irp->Flags |= IRP_INPUT_OPERATION;
	return true;
}

/* False when the memory is not there. */
static bool lock_pages(PMDL mdl, LOCK_OPERATION operation)
{
	volatile bool locked = true;

	__try {
		MmProbeAndLockPages(mdl, KernelMode, operation);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		locked = false;
	}
	return locked;
}

static bool add_mdl(PIRP irp, void *buffer, ULONG size, LOCK_OPERATION operation)
{
	if (!size)
		return true;
	return IoAllocateMdl(buffer, size, FALSE, FALSE, irp) &&
	       lock_pages(irp->MdlAddress, operation);
}

/* NOLINTNEXTLINE(readability-function-size): the parameters that Windows gave it. */
PIRP NTAPI IoBuildDeviceIoControlRequest(ULONG IoControlCode, PDEVICE_OBJECT DeviceObject,
					 PVOID InputBuffer, ULONG InputBufferLength,
					 PVOID OutputBuffer, ULONG OutputBufferLength,
					 BOOLEAN InternalDeviceIoControl, PKEVENT Event,
					 PIO_STATUS_BLOCK IoStatusBlock)
{
	const ULONG method = METHOD_FROM_CTL_CODE(IoControlCode);
	PIRP irp;
	PIO_STACK_LOCATION next;
	bool made;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	irp = make(DeviceObject, Event, IoStatusBlock);
	if (!irp)
		return NULL;
	next = IoGetNextIrpStackLocation(irp);
	next->MajorFunction = InternalDeviceIoControl ? IRP_MJ_INTERNAL_DEVICE_CONTROL :
							IRP_MJ_DEVICE_CONTROL;
	next->Parameters.DeviceIoControl.IoControlCode = IoControlCode;
	next->Parameters.DeviceIoControl.InputBufferLength = InputBufferLength;
	next->Parameters.DeviceIoControl.OutputBufferLength = OutputBufferLength;
	switch (method) {
	case METHOD_BUFFERED:
		made = add_system_buffer(irp, InputBuffer, InputBufferLength, OutputBuffer,
					 OutputBufferLength);
		break;
	case METHOD_NEITHER:
		next->Parameters.DeviceIoControl.Type3InputBuffer = InputBuffer;
		irp->UserBuffer = OutputBuffer;
		made = true;
		break;
	default:
		made = add_system_buffer(irp, InputBuffer, InputBufferLength, NULL, 0) &&
		       add_mdl(irp, OutputBuffer, OutputBufferLength,
			       method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess);
	}
	if (made)
		return irp;
	unmake(irp);
	return NULL;
}

static bool add_transfer(PIRP irp, PDEVICE_OBJECT device, UCHAR major, void *buffer, ULONG length,
			 const LARGE_INTEGER *offset)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
	const bool reads = major == IRP_MJ_READ;

	next->MajorFunction = major;
	if (!reads && major != IRP_MJ_WRITE)
		return true;
	next->Parameters.Read.Length = length;
	if (offset)
		next->Parameters.Read.ByteOffset = *offset;
	if (device->Flags & DO_BUFFERED_IO)
		return add_system_buffer(irp, buffer, reads ? 0 : length, buffer,
					 reads ? length : 0);
	if (device->Flags & DO_DIRECT_IO)
		return add_mdl(irp, buffer, length, reads ? IoWriteAccess : IoReadAccess);
	irp->UserBuffer = buffer;
	return true;
}

PIRP NTAPI IoBuildSynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject,
					PVOID Buffer, ULONG Length, PLARGE_INTEGER StartingOffset,
					PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock)
{
	PIRP irp;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	irp = make(DeviceObject, Event, IoStatusBlock);
	if (irp && !add_transfer(irp, DeviceObject, (UCHAR)MajorFunction, Buffer, Length,
				 StartingOffset)) {
		unmake(irp);
		return NULL;
	}
	return irp;
}

/* Its maker frees the IRP, and what hangs on it, in his completion routine. */
PIRP NTAPI IoBuildAsynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject,
					 PVOID Buffer, ULONG Length, PLARGE_INTEGER StartingOffset,
					 PIO_STATUS_BLOCK IoStatusBlock)
{
	PIRP irp = IoBuildSynchronousFsdRequest(MajorFunction, DeviceObject, Buffer, Length,
						StartingOffset, NULL, IoStatusBlock);

	if (irp)
		irp->Tail.Overlay.Thread = NULL;
	return irp;
}
