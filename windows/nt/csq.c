/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Cancel-safe queues. An IRP's DriverContext[3] leads to its queue, or to its context, which does; their
 * first member tells which. Whoever takes the cancel routine away, under the driver's lock or in
 * IoCancelIrp, has the IRP.
 */
#include <wdm_csq.h>

#include "nt_internal.h"
#include "verifier.h"

#define LINK(irp) ((irp)->Tail.Overlay.DriverContext[3])

static NTSTATUS initialize(PIO_CSQ csq, ULONG type, PIO_CSQ_INSERT_IRP insert,
			   PIO_CSQ_REMOVE_IRP remove, PIO_CSQ_PEEK_NEXT_IRP peek,
			   PIO_CSQ_ACQUIRE_LOCK acquire, PIO_CSQ_RELEASE_LOCK release,
			   PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	*csq = (IO_CSQ){
		.Type = type,
		.CsqInsertIrp = insert,
		.CsqRemoveIrp = remove,
		.CsqPeekNextIrp = peek,
		.CsqAcquireLock = acquire,
		.CsqReleaseLock = release,
		.CsqCompleteCanceledIrp = complete,
	};
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
			       PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
			       PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
			       PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
			       PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
			       PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
	return initialize(Csq, IO_TYPE_CSQ, CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp,
			  CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);
}

NTSTATUS NTAPI IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
				 PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
				 PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
				 PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
				 PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
				 PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
	return initialize(Csq, IO_TYPE_CSQ_EX, (PIO_CSQ_INSERT_IRP)(void *)CsqInsertIrp,
			  CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock, CsqReleaseLock,
			  CsqCompleteCanceledIrp);
}

/* Locked: out of the driver's list, and no longer of its context. */
static void take_out(PIO_CSQ csq, PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context = LINK(irp);

	csq->CsqRemoveIrp(csq, irp);
	if (context && context->Type == IO_TYPE_CSQ_IRP_CONTEXT)
		context->Irp = NULL;
	LINK(irp) = NULL;
}

static void NTAPI cancel(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context = LINK(irp);
	PIO_CSQ csq = context->Type == IO_TYPE_CSQ_IRP_CONTEXT ? context->Csq : LINK(irp);
	KIRQL irql;

	IoReleaseCancelSpinLock(irp->CancelIrql);
	csq->CsqAcquireLock(csq, &irql);
	take_out(csq, irp);
	csq->CsqReleaseLock(csq, irql);
	csq->CsqCompleteCanceledIrp(csq, irp);
}

NTSTATUS NTAPI IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context,
				PVOID InsertContext)
{
	NTSTATUS status = STATUS_SUCCESS;
	bool cancelled = false;
	KIRQL irql;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	Csq->CsqAcquireLock(Csq, &irql);
	if (Context) {
		*Context = (IO_CSQ_IRP_CONTEXT){IO_TYPE_CSQ_IRP_CONTEXT, Irp, Csq};
		LINK(Irp) = Context;
	} else {
		LINK(Irp) = Csq;
	}
	if (Csq->Type == IO_TYPE_CSQ_EX)
		status =
			((PIO_CSQ_INSERT_IRP_EX)(void *)Csq->CsqInsertIrp)(Csq, Irp, InsertContext);
	else
		Csq->CsqInsertIrp(Csq, Irp);
	if (!NT_SUCCESS(status)) {
		if (Context)
			Context->Irp = NULL;
		LINK(Irp) = NULL;
		Csq->CsqReleaseLock(Csq, irql);
		return status;
	}
	if (Irp->CurrentLocation <= Irp->StackCount)
		IoMarkIrpPending(Irp);
	IoSetCancelRoutine(Irp, cancel);
	/* Cancelled before there was a routine to call. */
	if (__atomic_load_n(&Irp->Cancel, __ATOMIC_SEQ_CST) && IoSetCancelRoutine(Irp, NULL)) {
		cancelled = true;
		take_out(Csq, Irp);
	}
	Csq->CsqReleaseLock(Csq, irql);
	if (cancelled)
		Csq->CsqCompleteCanceledIrp(Csq, Irp);
	return status;
}

void NTAPI IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
	IoCsqInsertIrpEx(Csq, Irp, Context, NULL);
}

PIRP NTAPI IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
	PIRP irp;
	KIRQL irql;

	Csq->CsqAcquireLock(Csq, &irql);
	irp = Context->Irp;
	/* Without a routine it is being cancelled. */
	if (irp && !IoSetCancelRoutine(irp, NULL))
		irp = NULL;
	if (irp)
		take_out(Csq, irp);
	Csq->CsqReleaseLock(Csq, irql);
	return irp;
}

PIRP NTAPI IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
	PIRP irp = NULL;
	KIRQL irql;

	Csq->CsqAcquireLock(Csq, &irql);
	do
		irp = Csq->CsqPeekNextIrp(Csq, irp, PeekContext);
	while (irp && !IoSetCancelRoutine(irp, NULL));
	if (irp)
		take_out(Csq, irp);
	Csq->CsqReleaseLock(Csq, irql);
	return irp;
}
