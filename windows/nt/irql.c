/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The level that each thread runs at. */
#include <stdatomic.h>

#include "nt_internal.h"
#include "verifier.h"

_Thread_local struct nt_context nt_context;

uint32_t nt_thread_id(void)
{
	static atomic_uint last;

	if (!nt_context.id)
		nt_context.id = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
	return nt_context.id;
}

KIRQL NTAPI KeGetCurrentIrql(void)
{
	return nt_context.irql;
}

KIRQL NTAPI KfRaiseIrql(KIRQL NewIrql)
{
	KIRQL old = nt_context.irql;

	if (NewIrql < old && nt_checks(NT_RULE_IRQL))
		nt_violation(NT_RULE_IRQL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL, "KeRaiseIrql lowers the IRQL from %u to %u", old, NewIrql);
	nt_context.irql = NewIrql;
	return old;
}

KIRQL NTAPI KeRaiseIrqlToDpcLevel(void)
{
	return KfRaiseIrql(DISPATCH_LEVEL);
}

void NTAPI KeLowerIrql(KIRQL NewIrql)
{
	if (nt_checks(NT_RULE_IRQL)) {
		if (NewIrql > nt_context.irql)
			nt_violation(NT_RULE_IRQL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION,
				     NT_CALLER, NULL, "KeLowerIrql raises the IRQL from %u to %u",
				     nt_context.irql, NewIrql);
		else if (NewIrql < DISPATCH_LEVEL && nt_context.spin_locks)
			nt_violation(NT_RULE_IRQL, NT_BUG_IRQL_NOT_LESS_OR_EQUAL, NT_CALLER, NULL,
				     "KeLowerIrql to %u while %u spin locks are held", NewIrql,
				     nt_context.spin_locks);
	}
	nt_context.irql = NewIrql;
}

void nt_check_irql(const char *function, KIRQL highest, const void *place)
{
	if (nt_context.irql > highest)
		nt_violation(NT_RULE_IRQL, NT_BUG_IRQL_NOT_LESS_OR_EQUAL, place, NULL,
			     "%s called at IRQL %u; the highest allowed is %u", function,
			     nt_context.irql, highest);
}

KIRQL nt_enter_callback(void)
{
	KIRQL old = nt_context.irql;

	nt_context.irql = DISPATCH_LEVEL;
	nt_context.callbacks++;
	return old;
}

void nt_leave_callback(KIRQL old, const char *what)
{
	if (nt_checks(NT_RULE_IRQL) && nt_context.irql != DISPATCH_LEVEL)
		nt_violation(NT_RULE_IRQL, NT_BUG_IRQL_UNEXPECTED_VALUE, NULL, NULL,
			     "%s was entered at IRQL 2 and returned at %u", what, nt_context.irql);
	nt_context.irql = old;
	nt_context.callbacks--;
}

bool nt_in_callback(void)
{
	return nt_context.callbacks != 0;
}
