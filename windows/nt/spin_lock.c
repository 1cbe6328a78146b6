/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Spin locks that sleep when they must: the owner may have been preempted, or be on this processor. */
#include "nt_internal.h"
#include "verifier.h"

/* In a KSPIN_LOCK: who holds it in the upper half, these in the lower. */
#define HELD 1ul
#define WAITED 2ul
#define OWNER_SHIFT 32
#define SPINS 100

static void pause_briefly(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#endif
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written to by a builtin. */
static bool try_lock(PKSPIN_LOCK lock, ULONG_PTR value)
{
	ULONG_PTR free = 0;

	return __atomic_compare_exchange_n(lock, &free, value, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static void lock_slowly(PKSPIN_LOCK lock, ULONG_PTR mine)
{
	for (int i = 0; i < SPINS; i++) {
		if (__atomic_load_n(lock, __ATOMIC_RELAXED) == 0 && try_lock(lock, mine))
			return;
		pause_briefly();
	}
	while (!try_lock(lock, mine | WAITED)) {
		ULONG_PTR seen = __atomic_load_n(lock, __ATOMIC_RELAXED);

		if (!seen)
			continue;
		if (!(seen & WAITED) &&
		    !__atomic_compare_exchange_n(lock, &seen, seen | WAITED, false,
						 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			continue;
		nt_futex_wait(lock, (uint32_t)(HELD | WAITED), NULL);
	}
}

static void acquire(PKSPIN_LOCK lock, const char *function, const void *place)
{
	ULONG_PTR mine = (ULONG_PTR)nt_thread_id() << OWNER_SHIFT | HELD;

	if (nt_checks(NT_RULE_LOCK) && (__atomic_load_n(lock, __ATOMIC_RELAXED) & ~WAITED) == mine)
		nt_violation(NT_RULE_LOCK, NT_BUG_SPIN_LOCK_ALREADY_OWNED, place, NULL,
			     "%s: this thread holds the spin lock already", function);
	if (!try_lock(lock, mine))
		lock_slowly(lock, mine);
	nt_context.spin_locks++;
}

static void release(PKSPIN_LOCK lock, const char *function, const void *place)
{
	ULONG_PTR mine = (ULONG_PTR)nt_thread_id() << OWNER_SHIFT | HELD;
	ULONG_PTR was;

	if (nt_checks(NT_RULE_LOCK) && (__atomic_load_n(lock, __ATOMIC_RELAXED) & ~WAITED) != mine)
		nt_violation(NT_RULE_LOCK, NT_BUG_SPIN_LOCK_NOT_OWNED, place, NULL,
			     "%s: this thread does not hold the spin lock", function);
	nt_context.spin_locks--;
	was = __atomic_exchange_n(lock, 0, __ATOMIC_RELEASE);
	if (was & WAITED)
		nt_futex_wake(lock, 1);
}

static KIRQL raise_to_dispatch(const char *function, const void *place)
{
	KIRQL old = nt_context.irql;

	if (nt_checks(NT_RULE_IRQL))
		nt_check_irql(function, DISPATCH_LEVEL, place);
	nt_context.irql = DISPATCH_LEVEL;
	return old;
}

static void check_at_dispatch(const char *function, const void *place)
{
	if (nt_checks(NT_RULE_IRQL) && nt_context.irql < DISPATCH_LEVEL)
		nt_violation(NT_RULE_IRQL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, place, NULL,
			     "%s called at IRQL %u, below DISPATCH_LEVEL", function,
			     nt_context.irql);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written to by a builtin. */
void NTAPI KeInitializeSpinLock(PKSPIN_LOCK SpinLock)
{
	__atomic_store_n(SpinLock, 0, __ATOMIC_RELAXED);
}

KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
	KIRQL old = raise_to_dispatch("KeAcquireSpinLock", NT_CALLER);

	acquire(SpinLock, "KeAcquireSpinLock", NT_CALLER);
	return old;
}

void NTAPI KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
	release(SpinLock, __func__, NT_CALLER);
	nt_context.irql = NewIrql;
}

void NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	check_at_dispatch(__func__, NT_CALLER);
	acquire(SpinLock, __func__, NT_CALLER);
}

void NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
	check_at_dispatch(__func__, NT_CALLER);
	release(SpinLock, __func__, NT_CALLER);
}

BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	if (!try_lock(SpinLock, (ULONG_PTR)nt_thread_id() << OWNER_SHIFT | HELD))
		return FALSE;
	nt_context.spin_locks++;
	return TRUE;
}

/* TRUE: nobody held it. */
/* NOLINTNEXTLINE(readability-non-const-parameter): as Windows has it. */
BOOLEAN NTAPI KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
	return __atomic_load_n(SpinLock, __ATOMIC_ACQUIRE) == 0;
}

KIRQL NTAPI KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock)
{
	return KeAcquireSpinLockRaiseToDpc(SpinLock);
}

void NTAPI KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql)
{
	KeReleaseSpinLock(SpinLock, OldIrql);
}

void NTAPI KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE Handle)
{
	KIRQL old = raise_to_dispatch(__func__, NT_CALLER);

	acquire(SpinLock, __func__, NT_CALLER);
	Handle->LockQueue.Next = NULL;
	Handle->LockQueue.Lock = SpinLock;
	Handle->OldIrql = old;
}

void NTAPI KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE Handle)
{
	KIRQL old = Handle->OldIrql;

	release(Handle->LockQueue.Lock, __func__, NT_CALLER);
	nt_context.irql = old;
}

void NTAPI KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock,
						    PKLOCK_QUEUE_HANDLE Handle)
{
	check_at_dispatch(__func__, NT_CALLER);
	acquire(SpinLock, __func__, NT_CALLER);
	Handle->LockQueue.Next = NULL;
	Handle->LockQueue.Lock = SpinLock;
	Handle->OldIrql = DISPATCH_LEVEL;
}

void NTAPI KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE Handle)
{
	release(Handle->LockQueue.Lock, __func__, NT_CALLER);
}
