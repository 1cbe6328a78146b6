/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What stands behind the macros of wdm_seh.h: a stack of handlers for each thread. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wdm_seh.h>

#include "nt_internal.h"
#include "verifier.h"

_Static_assert(sizeof(((struct whither_seh *)0)->jump) >= sizeof(jmp_buf), "room for setjmp");

enum phase {
	UNBORN,
	BODY,
	HANDLER,
	OVER
};

void whither_seh_link(struct whither_seh *frame)
{
	frame->outer = nt_context.handlers;
	frame->irql = nt_context.irql;
	frame->linked = 1;
	nt_context.handlers = frame;
}

/* Frames within this one go too: a longjmp of the driver's own may have passed over them. */
void whither_seh_close(struct whither_seh *frame)
{
	if (!frame->linked)
		return;
	frame->linked = 0;
	nt_context.handlers = frame->outer;
}

static void fill_record(EXCEPTION_RECORD *record, NTSTATUS status, void *address)
{
	memset(record, 0, sizeof(*record));
	record->ExceptionCode = status;
	record->ExceptionAddress = address;
}

static void __attribute__((__noreturn__)) raise_exception(const EXCEPTION_RECORD *record)
{
	struct whither_seh *frame = nt_context.handlers;

	if (!frame) {
		fprintf(stderr, "whither: bug check %s (0x1E): no handler for exception 0x%08X\n",
			nt_bug_name(0x1e), (unsigned int)record->ExceptionCode);
		abort();
	}
	whither_seh_close(frame);
	nt_context.irql = frame->irql;
	frame->raised = 1;
	frame->record = *record;
	frame->pointers.ExceptionRecord = &frame->record;
	longjmp((void *)frame->jump, 1);
}

/* One turn for the body, one for the handler. */
int whither_seh_step(struct whither_seh *frame)
{
	frame->phase++;
	if (frame->phase == HANDLER)
		whither_seh_close(frame);
	if (frame->phase == OVER && frame->finally && frame->raised)
		raise_exception(&frame->record);
	return frame->phase < OVER;
}

int whither_seh_except(struct whither_seh *frame)
{
	return frame->raised;
}

int whither_seh_accept(struct whither_seh *frame, int filter)
{
	if (filter == EXCEPTION_CONTINUE_EXECUTION) {
		fprintf(stderr, "whither: an exception filter wants to continue; that cannot be\n");
		abort();
	}
	if (filter == EXCEPTION_CONTINUE_SEARCH)
		raise_exception(&frame->record);
	return 1;
}

int whither_seh_finally(struct whither_seh *frame)
{
	frame->finally = 1;
	return 1;
}

void NTAPI ExRaiseStatus(NTSTATUS Status)
{
	EXCEPTION_RECORD record;

	fill_record(&record, Status, NT_CALLER);
	raise_exception(&record);
}

void NTAPI RtlRaiseStatus(NTSTATUS Status)
{
	EXCEPTION_RECORD record;

	fill_record(&record, Status, NT_CALLER);
	raise_exception(&record);
}

void NTAPI ExRaiseAccessViolation(void)
{
	ExRaiseStatus(STATUS_ACCESS_VIOLATION);
}

void NTAPI ExRaiseDatatypeMisalignment(void)
{
	ExRaiseStatus(STATUS_DATATYPE_MISALIGNMENT);
}
