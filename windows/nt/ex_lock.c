/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Shared spin locks, push locks, fast mutexes, critical regions. */
#include <wdm_check.h>

#include "nt_internal.h"
#include "shared_lock.h"
#include "verifier.h"

static void check_released(bool released, const char *function, const void *place)
{
	if (!released && nt_checks(NT_RULE_LOCK))
		nt_violation(NT_RULE_LOCK, NT_BUG_SPIN_LOCK_NOT_OWNED, place, NULL,
			     "%s of a lock that is not held so", function);
}

static KIRQL raise_to_dispatch(void)
{
	KIRQL old = nt_context.irql;

	if (old < DISPATCH_LEVEL)
		nt_context.irql = DISPATCH_LEVEL;
	return old;
}

KIRQL NTAPI ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock)
{
	KIRQL old;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	old = raise_to_dispatch();
	nt_shared_acquire(SpinLock);
	return old;
}

KIRQL NTAPI ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
	KIRQL old;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	old = raise_to_dispatch();
	nt_exclusive_acquire(SpinLock);
	return old;
}

void NTAPI ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
	check_released(nt_shared_release(SpinLock), __func__, NT_CALLER);
	nt_context.irql = OldIrql;
}

void NTAPI ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
	check_released(nt_exclusive_release(SpinLock), __func__, NT_CALLER);
	nt_context.irql = OldIrql;
}

void NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	nt_shared_acquire(SpinLock);
}

void NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	nt_exclusive_acquire(SpinLock);
}

void NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	check_released(nt_shared_release(SpinLock), __func__, NT_CALLER);
}

void NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	check_released(nt_exclusive_release(SpinLock), __func__, NT_CALLER);
}

LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
	return nt_shared_upgrade(SpinLock);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written to by a builtin. */
void NTAPI ExInitializePushLock(PEX_PUSH_LOCK PushLock)
{
	__atomic_store_n(PushLock, 0, __ATOMIC_RELAXED);
}

void NTAPI ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
	NT_MAX_IRQL(APC_LEVEL);
	nt_exclusive_acquire(PushLock);
}

void NTAPI ExAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
	NT_MAX_IRQL(APC_LEVEL);
	nt_shared_acquire(PushLock);
}

void NTAPI ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
	check_released(nt_exclusive_release(PushLock), __func__, NT_CALLER);
}

void NTAPI ExReleasePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
	check_released(nt_shared_release(PushLock), __func__, NT_CALLER);
}

/* A fast mutex: Count is the lock, Owner whom it belongs to. */
void NTAPI ExInitializeFastMutex(PFAST_MUTEX FastMutex)
{
	*FastMutex = (FAST_MUTEX){.Count = 0};
	KeInitializeEvent(&FastMutex->Event, SynchronizationEvent, FALSE);
}

static void *self(void)
{
	return (void *)(uintptr_t)nt_thread_id();
}

static void acquire_mutex(PFAST_MUTEX mutex, const char *function, const void *place)
{
	if (nt_checks(NT_RULE_LOCK) && __atomic_load_n(&mutex->Owner, __ATOMIC_RELAXED) == self())
		nt_violation(NT_RULE_LOCK, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, place, NULL,
			     "%s: this thread holds the mutex already", function);
	nt_exclusive_acquire(&mutex->Count);
	__atomic_store_n(&mutex->Owner, self(), __ATOMIC_RELAXED);
}

static void release_mutex(PFAST_MUTEX mutex, const char *function, const void *place)
{
	if (nt_checks(NT_RULE_LOCK) && __atomic_load_n(&mutex->Owner, __ATOMIC_RELAXED) != self())
		nt_violation(NT_RULE_LOCK, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, place, NULL,
			     "%s: this thread does not hold the mutex", function);
	__atomic_store_n(&mutex->Owner, NULL, __ATOMIC_RELAXED);
	nt_exclusive_release(&mutex->Count);
}

void NTAPI ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
	KIRQL old = nt_context.irql;

	NT_MAX_IRQL(APC_LEVEL);
	acquire_mutex(FastMutex, __func__, NT_CALLER);
	nt_context.irql = APC_LEVEL;
	FastMutex->OldIrql = old;
}

void NTAPI ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
	KIRQL old = (KIRQL)FastMutex->OldIrql;

	release_mutex(FastMutex, __func__, NT_CALLER);
	nt_context.irql = old;
}

void NTAPI ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	acquire_mutex(FastMutex, __func__, NT_CALLER);
}

void NTAPI ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
	release_mutex(FastMutex, __func__, NT_CALLER);
}

BOOLEAN NTAPI ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (!nt_exclusive_try(&FastMutex->Count))
		return FALSE;
	__atomic_store_n(&FastMutex->Owner, self(), __ATOMIC_RELAXED);
	FastMutex->OldIrql = nt_context.irql;
	nt_context.irql = APC_LEVEL;
	return TRUE;
}

void NTAPI KeInitializeGuardedMutex(PKGUARDED_MUTEX Mutex)
{
	ExInitializeFastMutex(Mutex);
}

void NTAPI KeAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	acquire_mutex(Mutex, __func__, NT_CALLER);
}

void NTAPI KeReleaseGuardedMutex(PKGUARDED_MUTEX Mutex)
{
	release_mutex(Mutex, __func__, NT_CALLER);
}

BOOLEAN NTAPI KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
	if (!nt_exclusive_try(&Mutex->Count))
		return FALSE;
	__atomic_store_n(&Mutex->Owner, self(), __ATOMIC_RELAXED);
	return TRUE;
}

void NTAPI KeEnterCriticalRegion(void)
{
	nt_context.apc_disabled++;
}

void NTAPI KeLeaveCriticalRegion(void)
{
	if (!nt_context.apc_disabled)
		KeBugCheckEx(1, 0, 0, 0, 0);
	nt_context.apc_disabled--;
}

void NTAPI KeEnterGuardedRegion(void)
{
	KeEnterCriticalRegion();
}

void NTAPI KeLeaveGuardedRegion(void)
{
	KeLeaveCriticalRegion();
}

BOOLEAN NTAPI KeAreApcsDisabled(void)
{
	return nt_context.apc_disabled || nt_context.irql >= APC_LEVEL;
}
