/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Lists under a spin lock that is held for the moment, and lists that need none. */
#include <string.h>

#include "nt_internal.h"
#include "shared_lock.h"

PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(lock);
	PLIST_ENTRY first = IsListEmpty(head) ? NULL : head->Flink;

	InsertHeadList(head, entry);
	KeReleaseSpinLock(lock, irql);
	return first;
}

PLIST_ENTRY NTAPI ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(lock);
	PLIST_ENTRY last = IsListEmpty(head) ? NULL : head->Blink;

	InsertTailList(head, entry);
	KeReleaseSpinLock(lock, irql);
	return last;
}

PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(lock);
	PLIST_ENTRY first = IsListEmpty(head) ? NULL : RemoveHeadList(head);

	KeReleaseSpinLock(lock, irql);
	return first;
}

PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY head,
						    PSINGLE_LIST_ENTRY entry, PKSPIN_LOCK lock)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(lock);
	PSINGLE_LIST_ENTRY first = head->Next;

	PushEntryList(head, entry);
	KeReleaseSpinLock(lock, irql);
	return first;
}

PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY head, PKSPIN_LOCK lock)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(lock);
	PSINGLE_LIST_ENTRY first = PopEntryList(head);

	KeReleaseSpinLock(lock, irql);
	return first;
}

ULONG NTAPI ExInterlockedAddUlong(PULONG addend, ULONG increment, PKSPIN_LOCK lock)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(lock);
	ULONG before = *addend;

	*addend += increment;
	KeReleaseSpinLock(lock, irql);
	return before;
}

LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(PLARGE_INTEGER addend, LARGE_INTEGER increment,
						 PKSPIN_LOCK lock)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(lock);
	LARGE_INTEGER before = *addend;

	addend->QuadPart = (LONGLONG)((ULONGLONG)before.QuadPart + (ULONGLONG)increment.QuadPart);
	KeReleaseSpinLock(lock, irql);
	return before;
}

void NTAPI InitializeSListHead(PSLIST_HEADER head)
{
	memset(head, 0, sizeof(*head));
}

PSLIST_ENTRY NTAPI InterlockedPushEntrySList(PSLIST_HEADER head, PSLIST_ENTRY entry)
{
	PSLIST_ENTRY first;

	nt_exclusive_acquire(&head->whither_lock);
	first = head->whither_first;
	entry->Next = first;
	head->whither_first = entry;
	head->whither_depth++;
	nt_exclusive_release(&head->whither_lock);
	return first;
}

PSLIST_ENTRY NTAPI InterlockedPopEntrySList(PSLIST_HEADER head)
{
	PSLIST_ENTRY first;

	nt_exclusive_acquire(&head->whither_lock);
	first = head->whither_first;
	if (first) {
		head->whither_first = first->Next;
		head->whither_depth--;
	}
	nt_exclusive_release(&head->whither_lock);
	return first;
}

PSLIST_ENTRY NTAPI InterlockedFlushSList(PSLIST_HEADER head)
{
	PSLIST_ENTRY first;

	nt_exclusive_acquire(&head->whither_lock);
	first = head->whither_first;
	head->whither_first = NULL;
	head->whither_depth = 0;
	nt_exclusive_release(&head->whither_lock);
	return first;
}

USHORT NTAPI QueryDepthSList(PSLIST_HEADER head)
{
	return __atomic_load_n(&head->whither_depth, __ATOMIC_RELAXED);
}
