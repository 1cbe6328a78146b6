/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Rundown protection, remove locks and resources: who may still go in, and waiting for the last one. */
#include <limits.h>
#include <string.h>

#include "nt_internal.h"
#include "shared_lock.h"
#include "verifier.h"

/* The lowest bit: nobody may go in any more. The rest counts who is in, by twos. */
#define RUN_DOWN 1ul

void NTAPI ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	__atomic_store_n(&RunRef->Count, 0, __ATOMIC_RELAXED);
}

void NTAPI ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	__atomic_store_n(&RunRef->Count, 0, __ATOMIC_RELEASE);
}

BOOLEAN NTAPI ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
	ULONG_PTR seen = __atomic_load_n(&RunRef->Count, __ATOMIC_RELAXED);

	while (!(seen & RUN_DOWN))
		if (__atomic_compare_exchange_n(&RunRef->Count, &seen, seen + 2ul * Count, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return TRUE;
	return FALSE;
}

BOOLEAN NTAPI ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	return ExAcquireRundownProtectionEx(RunRef, 1);
}

void NTAPI ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
	/* Whoever waits may free the reference as soon as the count is down. */
	const ULONG_PTR before = __atomic_fetch_sub(&RunRef->Count, 2ul * Count, __ATOMIC_ACQ_REL);

	if (before == (RUN_DOWN | 2ul * Count))
		nt_futex_wake(&RunRef->Count, INT_MAX);
	else if (before < 2ul * Count && nt_checks(NT_RULE_LOCK))
		nt_violation(NT_RULE_LOCK, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL, "ExReleaseRundownProtection, more often than it was acquired");
}

void NTAPI ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	ExReleaseRundownProtectionEx(RunRef, 1);
}

void NTAPI ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
	ULONG_PTR seen;

	NT_MAX_IRQL(APC_LEVEL);
	seen = __atomic_or_fetch(&RunRef->Count, RUN_DOWN, __ATOMIC_ACQ_REL);
	while (seen != RUN_DOWN) {
		nt_futex_wait(&RunRef->Count, (uint32_t)seen, NULL);
		seen = __atomic_load_n(&RunRef->Count, __ATOMIC_ACQUIRE);
	}
}

void NTAPI ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
	__atomic_store_n(&RunRef->Count, RUN_DOWN, __ATOMIC_RELEASE);
}

void NTAPI IoInitializeRemoveLock(PIO_REMOVE_LOCK Lock, ULONG AllocateTag, ULONG MaxLockedMinutes,
				  ULONG HighWatermark)
{
	Lock->Removed = FALSE;
	Lock->IoCount = 1;
	KeInitializeEvent(&Lock->RemoveEvent, SynchronizationEvent, FALSE);
}

static void release_remove_lock(PIO_REMOVE_LOCK lock)
{
	if (__atomic_sub_fetch(&lock->IoCount, 1, __ATOMIC_ACQ_REL) == 0)
		KeSetEvent(&lock->RemoveEvent, IO_NO_INCREMENT, FALSE);
}

NTSTATUS NTAPI IoAcquireRemoveLock(PIO_REMOVE_LOCK Lock, PVOID Tag)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	__atomic_add_fetch(&Lock->IoCount, 1, __ATOMIC_ACQ_REL);
	if (!__atomic_load_n(&Lock->Removed, __ATOMIC_ACQUIRE))
		return STATUS_SUCCESS;
	release_remove_lock(Lock);
	return STATUS_DELETE_PENDING;
}

void NTAPI IoReleaseRemoveLock(PIO_REMOVE_LOCK Lock, PVOID Tag)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	release_remove_lock(Lock);
}

/* The caller has acquired it once; and once it was acquired when it was made. */
void NTAPI IoReleaseRemoveLockAndWait(PIO_REMOVE_LOCK Lock, PVOID Tag)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	__atomic_store_n(&Lock->Removed, TRUE, __ATOMIC_RELEASE);
	release_remove_lock(Lock);
	if (__atomic_sub_fetch(&Lock->IoCount, 1, __ATOMIC_ACQ_REL) > 0)
		KeWaitForSingleObject(&Lock->RemoveEvent, Executive, KernelMode, FALSE, NULL);
}

/* A resource: State is the lock, Owner who has it for himself, Recursion how often. */
NTSTATUS NTAPI ExInitializeResourceLite(PERESOURCE Resource)
{
	memset(Resource, 0, sizeof(*Resource));
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ExDeleteResourceLite(PERESOURCE Resource)
{
	if (nt_checks(NT_RULE_LOCK) && __atomic_load_n(&Resource->State, __ATOMIC_ACQUIRE))
		nt_violation(NT_RULE_LOCK, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL, "ExDeleteResourceLite of a resource that is held");
	return STATUS_SUCCESS;
}

BOOLEAN NTAPI ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource)
{
	return __atomic_load_n(&Resource->Owner, __ATOMIC_RELAXED) ==
	       (void *)(uintptr_t)nt_thread_id();
}

BOOLEAN NTAPI ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (ExIsResourceAcquiredExclusiveLite(Resource)) {
		Resource->Recursion++;
		return TRUE;
	}
	if (Wait)
		nt_exclusive_acquire(&Resource->State);
	else if (!nt_exclusive_try(&Resource->State))
		return FALSE;
	__atomic_store_n(&Resource->Owner, (void *)(uintptr_t)nt_thread_id(), __ATOMIC_RELAXED);
	Resource->Recursion = 1;
	return TRUE;
}

/* Readers pass waiting writers, so that a reader may read again. */
BOOLEAN NTAPI ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (ExIsResourceAcquiredExclusiveLite(Resource)) {
		Resource->Recursion++;
		return TRUE;
	}
	if (!Wait)
		return nt_shared_try(&Resource->State);
	nt_shared_acquire(&Resource->State);
	return TRUE;
}

void NTAPI ExReleaseResourceLite(PERESOURCE Resource)
{
	bool released;

	if (ExIsResourceAcquiredExclusiveLite(Resource)) {
		if (--Resource->Recursion)
			return;
		__atomic_store_n(&Resource->Owner, NULL, __ATOMIC_RELAXED);
		released = nt_exclusive_release(&Resource->State);
	} else {
		released = nt_shared_release(&Resource->State);
	}
	if (!released && nt_checks(NT_RULE_LOCK))
		nt_violation(NT_RULE_LOCK, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL,
			     "ExReleaseResourceLite of a resource that this thread does not hold");
}

void NTAPI ExConvertExclusiveToSharedLite(PERESOURCE Resource)
{
	__atomic_store_n(&Resource->Owner, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&Resource->State, 1, __ATOMIC_RELEASE);
	nt_futex_wake(&Resource->State, INT_MAX);
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource)
{
	KeEnterCriticalRegion();
	ExAcquireResourceExclusiveLite(Resource, TRUE);
	return NULL;
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource)
{
	KeEnterCriticalRegion();
	ExAcquireResourceSharedLite(Resource, TRUE);
	return NULL;
}

void NTAPI ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource)
{
	ExReleaseResourceLite(Resource);
	KeLeaveCriticalRegion();
}
