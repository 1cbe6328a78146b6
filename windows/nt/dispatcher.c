/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Events, semaphores and mutexes: what changes their state. */
#include <string.h>

#include <wdm_check.h>
#include <wdm_seh.h>

#include "nt_internal.h"
#include "verifier.h"

static void initialize(DISPATCHER_HEADER *object, UCHAR type, size_t size, LONG state)
{
	object->Type = type;
	object->Signalling = 0;
	object->Size = (UCHAR)(size / sizeof(LONG));
	object->Reserved1 = 0;
	object->WaitListHead.Flink = object->WaitListHead.Blink = &object->WaitListHead;
	__atomic_store_n(&object->SignalState, state, __ATOMIC_RELEASE);
}

void NTAPI KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
	initialize(&Event->Header, (UCHAR)Type, sizeof(*Event), State != FALSE);
}

LONG NTAPI KeReadStateEvent(PRKEVENT Event)
{
	return __atomic_load_n(&Event->Header.SignalState, __ATOMIC_ACQUIRE);
}

LONG NTAPI KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
	LONG before;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	before = KeReadStateEvent(Event);
	nt_signal(&Event->Header, 1);
	return before;
}

LONG NTAPI KeResetEvent(PRKEVENT Event)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return __atomic_exchange_n(&Event->Header.SignalState, 0, __ATOMIC_ACQ_REL);
}

void NTAPI KeClearEvent(PRKEVENT Event)
{
	__atomic_store_n(&Event->Header.SignalState, 0, __ATOMIC_RELEASE);
}

/* Whoever waits now goes on; the event ends reset. */
LONG NTAPI KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
	LONG before = KeSetEvent(Event, Increment, Wait);

	KeClearEvent(Event);
	return before;
}

void NTAPI KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
	initialize(&Semaphore->Header, NT_SEMAPHORE, sizeof(*Semaphore), Count);
	Semaphore->Limit = Limit;
}

LONG NTAPI KeReadStateSemaphore(PRKSEMAPHORE Semaphore)
{
	return __atomic_load_n(&Semaphore->Header.SignalState, __ATOMIC_ACQUIRE);
}

LONG NTAPI KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment,
			      BOOLEAN Wait)
{
	LONG before;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!nt_semaphore_release(Semaphore, Adjustment, &before))
		ExRaiseStatus(STATUS_SEMAPHORE_LIMIT_EXCEEDED);
	return before;
}

void NTAPI KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
	initialize(&Mutex->Header, NT_MUTANT, sizeof(*Mutex), 1);
	Mutex->OwnerThread = NULL;
	Mutex->Abandoned = FALSE;
	Mutex->ApcDisable = 1;
	InitializeListHead(&Mutex->MutantListEntry);
}

LONG NTAPI KeReadStateMutex(PRKMUTEX Mutex)
{
	return __atomic_load_n(&Mutex->Header.SignalState, __ATOMIC_ACQUIRE);
}

LONG NTAPI KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
	LONG before;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!nt_mutant_release(Mutex, (PKTHREAD)PsGetCurrentThread(), &before)) {
		if (nt_checks(NT_RULE_LOCK))
			nt_violation(NT_RULE_LOCK, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION,
				     NT_CALLER, NULL,
				     "KeReleaseMutex of a mutex of another thread");
		ExRaiseStatus(STATUS_MUTANT_NOT_OWNED);
	}
	return before;
}

bool nt_is_waitable(const DISPATCHER_HEADER *object)
{
	switch (object->Type) {
	case NotificationEvent:
	case SynchronizationEvent:
	case NT_MUTANT:
	case NT_SEMAPHORE:
	case NT_THREAD:
	case NT_TIMER_NOTIFICATION:
	case NT_TIMER_SYNCHRONIZATION:
		return true;
	default:
		return false;
	}
}

void nt_check_wait(const char *function, const LARGE_INTEGER *timeout, const void *place)
{
	if ((timeout && timeout->QuadPart == 0) || nt_context.irql <= APC_LEVEL)
		return;
	nt_violation(NT_RULE_WAIT, NT_BUG_IRQL_NOT_LESS_OR_EQUAL, place, NULL,
		     "%s waits at IRQL %u%s", function, nt_context.irql,
		     nt_context.callbacks ? ", inside a routine that the system called" : "");
}

NTSTATUS NTAPI KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				      PLARGE_INTEGER Interval)
{
	struct timespec deadline;

	if (!Interval)
		return STATUS_INVALID_PARAMETER;
	if (nt_checks(NT_RULE_WAIT))
		nt_check_wait(__func__, NULL, NT_CALLER);
	deadline = nt_deadline(Interval->QuadPart);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL))
		continue;
	return STATUS_SUCCESS;
}
