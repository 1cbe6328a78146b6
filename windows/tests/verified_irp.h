/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* An IRP with a routine, and what the library does to one that it accepts: for the verifier's tests. */
#ifndef WHITHER_VERIFIED_IRP_H
#define WHITHER_VERIFIED_IRP_H

#include <wdm_check.h>
#include <wdm_device.h>

#include "nt_internal.h"
#include "verifier.h"

static inline NTSTATUS keep_irp(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static inline PIRP make_irp(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	IoSetCompletionRoutine(irp, keep_irp, NULL, TRUE, TRUE, TRUE);
	return irp;
}

static inline void accept_irp(PIRP irp)
{
	nt_irp_check_routine(irp, "WskReceive", NT_CALLER);
	nt_irp_sent(irp, "WskReceive", NT_CALLER);
	IoSetNextIrpStackLocation(irp);
	IoMarkIrpPending(irp);
	irp->IoStatus.Status = STATUS_SUCCESS;
}

#endif /* WHITHER_VERIFIED_IRP_H */
