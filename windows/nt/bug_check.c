/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <stdio.h>
#include <stdlib.h>

#include <wdm_check.h>
#include <wdm_list.h>

#include "nt_internal.h"
#include "verifier.h"

static const struct {
	unsigned int code;
	const char *name;
} bug_names[] = {
	{0x01, "APC_INDEX_MISMATCH"},
	{0x0a, "IRQL_NOT_LESS_OR_EQUAL"},
	{0x0f, "SPIN_LOCK_ALREADY_OWNED"},
	{0x10, "SPIN_LOCK_NOT_OWNED"},
	{0x1e, "KMODE_EXCEPTION_NOT_HANDLED"},
	{0x2a, "INCONSISTENT_IRP"},
	{0x35, "NO_MORE_IRP_STACK_LOCATIONS"},
	{0x44, "MULTIPLE_IRP_COMPLETE_REQUESTS"},
	{0x48, "CANCEL_STATE_IN_COMPLETED_IRP"},
	{0xb8, "ATTEMPTED_SWITCH_FROM_DPC"},
	{0xc2, "BAD_POOL_CALLER"},
	{0xc4, "DRIVER_VERIFIER_DETECTED_VIOLATION"},
	{0xc7, "TIMER_OR_DPC_INVALID"},
	{0xc8, "IRQL_UNEXPECTED_VALUE"},
	{0xc9, "DRIVER_VERIFIER_IOMANAGER_VIOLATION"},
	{0xcb, "DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS"},
	{0xce, "DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS"},
	{0xd1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL"},
	{0xe2, "MANUALLY_INITIATED_CRASH"},
	{0x139, "KERNEL_SECURITY_CHECK_FAILURE"},
};

const char *nt_bug_name(unsigned int bug)
{
	for (size_t i = 0; i < sizeof(bug_names) / sizeof(bug_names[0]); i++)
		if (bug_names[i].code == bug)
			return bug_names[i].name;
	return "BUG_CHECK";
}

void NTAPI KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR Parameter1, ULONG_PTR Parameter2,
			ULONG_PTR Parameter3, ULONG_PTR Parameter4)
{
	fprintf(stderr, "whither: bug check %s (0x%X): 0x%lx, 0x%lx, 0x%lx, 0x%lx\n",
		nt_bug_name(BugCheckCode), BugCheckCode, (unsigned long)Parameter1,
		(unsigned long)Parameter2, (unsigned long)Parameter3, (unsigned long)Parameter4);
	abort();
}

void NTAPI KeBugCheck(ULONG BugCheckCode)
{
	KeBugCheckEx(BugCheckCode, 0, 0, 0, 0);
}

void NTAPI DbgBreakPoint(void)
{
	fputs("whither: DbgBreakPoint\n", stderr);
	__builtin_trap();
}

void NTAPI whither_assertion_failed(const char *expression, const char *file, int line)
{
	fprintf(stderr, "whither: assertion failed: %s, %s:%d\n", expression, file, line);
	abort();
}

void NTAPI whither_paged_code(const char *file, int line)
{
	if (nt_checks(NT_RULE_IRQL) && nt_context.irql > APC_LEVEL)
		nt_violation(NT_RULE_IRQL, NT_BUG_DRIVER_IRQL_NOT_LESS_OR_EQUAL, NT_CALLER, NULL,
			     "PAGED_CODE() at IRQL %u, %s:%d", nt_context.irql, file, line);
}

void NTAPI whither_list_corrupt(PVOID entry)
{
	KeBugCheckEx(NT_BUG_CORRUPT_LIST_ENTRY, 3, (ULONG_PTR)entry, 0, 0);
}
