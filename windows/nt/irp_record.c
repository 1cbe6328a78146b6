/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "irp_record.h"
#include "record_table.h"
#include "verifier.h"

enum state {
	IDLE,
	SENT,
	COMPLETED,
	FREED
};

/* A copy of what is known, so that nothing is locked while a violation is printed. */
static bool look(PIRP irp, struct nt_record *ret_record)
{
	struct nt_record *record = nt_record_find(NT_RECORD_IRP, irp);

	if (!record)
		return false;
	*ret_record = *record;
	nt_record_unlock(record);
	return true;
}

static void change(PIRP irp, enum state state, const char *what, const void *place)
{
	struct nt_record *record = nt_record_find(NT_RECORD_IRP, irp);

	if (!record)
		return;
	record->state = (unsigned char)state;
	record->last = place;
	if (what)
		record->what = what;
	nt_record_unlock(record);
}

void nt_irp_born(PIRP irp, bool from_pool, const void *place)
{
	struct nt_record *record = nt_record_begin(NT_RECORD_IRP, irp);

	if (!record)
		return;
	record->state = IDLE;
	record->flags = from_pool;
	record->born = record->last = place;
	nt_record_unlock(record);
}

void nt_irp_sent(PIRP irp, const char *what, const void *place)
{
	struct nt_record record;

	if (look(irp, &record) && record.state == SENT)
		return;
	change(irp, SENT, what, place);
}

void nt_irp_returned(PIRP irp, const void *place)
{
	change(irp, IDLE, NULL, place);
}

bool nt_irp_check_alive(PIRP irp, const char *function, const void *place)
{
	struct nt_record record;

	if (!nt_checks(NT_RULE_IRP_TOUCHED) || !look(irp, &record) || record.state != FREED)
		return true;
	nt_violation(NT_RULE_IRP_TOUCHED, NT_BUG_DRIVER_VERIFIER_IOMANAGER_VIOLATION, place,
		     record.last, "%s: IRP %p has been completed and freed", function, (void *)irp);
	return false;
}

bool nt_irp_check_idle(PIRP irp, const char *function, const void *place)
{
	struct nt_record record;

	if (!nt_checks(NT_RULE_FREED_PENDING) || !look(irp, &record) || record.state != SENT)
		return nt_irp_check_alive(irp, function, place);
	nt_violation(NT_RULE_FREED_PENDING, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, place,
		     record.last, "%s: IRP %p is still pending, since %s", function, (void *)irp,
		     record.what ? record.what : "it was sent");
	return false;
}

bool nt_irp_check_completion(PIRP irp, const void *place)
{
	struct nt_record record;

	if (!look(irp, &record))
		return true;
	if (record.state != FREED &&
	    !(record.state != SENT && irp->CurrentLocation > irp->StackCount)) {
		if (nt_checks(NT_RULE_DOUBLE_COMPLETION) && irp->IoStatus.Status == STATUS_PENDING)
			nt_violation(NT_RULE_DOUBLE_COMPLETION,
				     NT_BUG_DRIVER_VERIFIER_IOMANAGER_VIOLATION, place, record.last,
				     "IRP %p is completed with STATUS_PENDING", (void *)irp);
		if (nt_checks(NT_RULE_DOUBLE_COMPLETION) && irp->CancelRoutine)
			nt_violation(NT_RULE_DOUBLE_COMPLETION,
				     NT_BUG_CANCEL_STATE_IN_COMPLETED_IRP, place, record.last,
				     "IRP %p is completed and still has a cancel routine",
				     (void *)irp);
		change(irp, record.state, NULL, place);
		return true;
	}
	if (!nt_checks(NT_RULE_DOUBLE_COMPLETION))
		return true;
	nt_violation(NT_RULE_DOUBLE_COMPLETION, NT_BUG_MULTIPLE_IRP_COMPLETE_REQUESTS, place,
		     record.last, "IRP %p is completed a second time", (void *)irp);
	return false;
}

void nt_irp_at_routine(PIRP irp, bool top, const void *place)
{
	if (top)
		change(irp, IDLE, NULL, place);
}

bool nt_irp_freed(PIRP irp, const void *place)
{
	struct nt_record record;

	if (!look(irp, &record))
		return true;
	if (record.state == SENT && nt_checks(NT_RULE_FREED_PENDING)) {
		nt_irp_check_idle(irp, "IoFreeIrp", place);
		return false;
	}
	if (record.state == FREED && nt_checks(NT_RULE_IRP_TOUCHED)) {
		nt_irp_check_alive(irp, "IoFreeIrp", place);
		return false;
	}
	change(irp, FREED, NULL, place);
	return true;
}

void nt_irp_check_routine(PIRP irp, const char *what, const void *place)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	if (!nt_checks(NT_RULE_MISSING_ROUTINE) || irp->CurrentLocation <= irp->StackCount ||
	    irp->CurrentLocation <= 1)
		return;
	if (!next->CompletionRoutine)
		nt_violation(NT_RULE_MISSING_ROUTINE, NT_BUG_DRIVER_VERIFIER_IOMANAGER_VIOLATION,
			     place, NULL,
			     "%s: IRP %p has no driver above and no completion routine", what,
			     (void *)irp);
	else if ((next->Control &
		  (SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL)) !=
		 (SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL))
		nt_violation(
			NT_RULE_MISSING_ROUTINE, NT_BUG_DRIVER_VERIFIER_IOMANAGER_VIOLATION, place,
			NULL,
			"%s: the completion routine of IRP %p is not to run in every case, and "
			"there is no driver above",
			what, (void *)irp);
}
