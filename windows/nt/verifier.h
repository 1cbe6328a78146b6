/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the verifier checks, what a violation does, and what others tell it. Off unless asked for. */
#ifndef WHITHER_NT_VERIFIER_H
#define WHITHER_NT_VERIFIER_H

#include <stdbool.h>
#include <stddef.h>

#include <wdm_irp.h>

/* In the order of their names in verifier.c. */
enum nt_rule {
	NT_RULE_IRQL,
	NT_RULE_DOUBLE_COMPLETION,
	NT_RULE_MISSING_ROUTINE,
	NT_RULE_IRP_TOUCHED,
	NT_RULE_FREED_PENDING,
	NT_RULE_BUFFER_FREED,
	NT_RULE_STACK_LOCATION,
	NT_RULE_MDL,
	NT_RULE_POOL,
	NT_RULE_POOL_LEAK,
	NT_RULE_LOCK,
	NT_RULE_WAIT,
	NT_RULE_HANDLE,
	NT_RULE_SOCKET_LEFT,
	NT_RULE_NESTED_REQUEST,
	NT_RULES
};

enum nt_action {
	NT_OFF,
	NT_REPORT,
	NT_STOP
};

/* The bug checks of Windows that a violation may carry. */
enum nt_bug {
	NT_BUG_IRQL_NOT_LESS_OR_EQUAL = 0x0a,
	NT_BUG_SPIN_LOCK_ALREADY_OWNED = 0x0f,
	NT_BUG_SPIN_LOCK_NOT_OWNED = 0x10,
	NT_BUG_NO_MORE_IRP_STACK_LOCATIONS = 0x35,
	NT_BUG_MULTIPLE_IRP_COMPLETE_REQUESTS = 0x44,
	NT_BUG_INCONSISTENT_IRP = 0x2a,
	NT_BUG_CANCEL_STATE_IN_COMPLETED_IRP = 0x48,
	NT_BUG_DRIVER_LEFT_LOCKED_PAGES = 0xcb,
	NT_BUG_ATTEMPTED_SWITCH_FROM_DPC = 0xb8,
	NT_BUG_BAD_POOL_CALLER = 0xc2,
	NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION = 0xc4,
	NT_BUG_IRQL_UNEXPECTED_VALUE = 0xc8,
	NT_BUG_DRIVER_VERIFIER_IOMANAGER_VIOLATION = 0xc9,
	NT_BUG_DRIVER_IRQL_NOT_LESS_OR_EQUAL = 0xd1,
	NT_BUG_CORRUPT_LIST_ENTRY = 0x139,
};

/* The driver's code that called the function in which this stands. */
#define NT_CALLER __builtin_return_address(0)

int nt_rule_action(enum nt_rule rule);

static inline bool nt_checks(enum nt_rule rule)
{
	/* Beyond NT_STOP until WHITHER_VERIFY has been read. */
	extern unsigned char nt_rule_actions[NT_RULES];
	unsigned char action = __atomic_load_n(&nt_rule_actions[rule], __ATOMIC_RELAXED);

	return __builtin_expect(action != NT_OFF, 0) && nt_rule_action(rule) != NT_OFF;
}

/* Whether memory is watched: any rule that needs records of IRPs, MDLs and pool. */
bool nt_tracks(void);

/*
 * Says what was wrong in one sentence, `format`, and the places: where it was noticed, and where the
 * other half happened (NULL: there is none). Ends the program if the rule says stop.
 */
void nt_violation(enum nt_rule rule, enum nt_bug bug, const void *place, const void *other,
		  const char *format, ...) __attribute__((__format__(__printf__, 5, 6)));
/* The same, at most doing this: NT_REPORT does not end the program. */
void nt_violation_of(enum nt_action most, enum nt_rule rule, enum nt_bug bug, const void *place,
		     const void *other, const char *format, ...)
	__attribute__((__format__(__printf__, 6, 7)));
unsigned long nt_violations(enum nt_rule rule);
const char *nt_bug_name(unsigned int bug);

void nt_check_irql(const char *function, KIRQL highest, const void *place);
#define NT_MAX_IRQL(highest)                                           \
	do {                                                           \
		if (nt_checks(NT_RULE_IRQL))                           \
			nt_check_irql(__func__, (highest), NT_CALLER); \
	} while (0)

/*
 * An IRP that a provider has accepted: until nt_irp_returned() it may be neither freed, reused nor
 * sent again. Called by IoCallDriver() and by providers without a device; `what` is the call's name.
 */
void nt_irp_sent(PIRP irp, const char *what, const void *place);
void nt_irp_returned(PIRP irp, const void *place);
/* Before an IRP without a location above is accepted: it must have a completion routine. */
void nt_irp_check_routine(PIRP irp, const char *what, const void *place);

/* Memory that a pending request uses: ExFreePool() of it is a violation until it is given back. */
void nt_buffer_lent(const void *buffer, size_t size, const char *what, const void *place);
void nt_buffer_returned(const void *buffer);

/* Names what is left of the driver's pool and IRPs; returns how many blocks. Call it at unload. */
size_t nt_pool_leaks(const char *driver);

/* Whether this allocation must fail. Counts; prints the number of one that does. */
bool nt_fault(const char *function, size_t size, unsigned int tag);

#endif
