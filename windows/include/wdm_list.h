/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Doubly and singly linked lists, with and without a lock, and lists that need none (SLIST). */
#ifndef WHITHER_WDM_LIST_H
#define WHITHER_WDM_LIST_H

#include <ntdef.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;

WHITHER_INLINE VOID InitializeListHead(PLIST_ENTRY head)
{
	head->Flink = head->Blink = head;
}

WHITHER_INLINE BOOLEAN IsListEmpty(const LIST_ENTRY *head)
{
	return (BOOLEAN)(head->Flink == head);
}

/* A list whose neighbours do not agree ends the program, as it ends Windows. */
DECLSPEC_NORETURN VOID NTAPI whither_list_corrupt(PVOID entry);

WHITHER_INLINE BOOLEAN RemoveEntryListUnsafe(PLIST_ENTRY entry)
{
	PLIST_ENTRY next = entry->Flink;
	PLIST_ENTRY previous = entry->Blink;

	previous->Flink = next;
	next->Blink = previous;
	return (BOOLEAN)(next == previous);
}

WHITHER_INLINE BOOLEAN RemoveEntryList(PLIST_ENTRY entry)
{
	if (entry->Flink->Blink != entry || entry->Blink->Flink != entry)
		whither_list_corrupt(entry);
	return RemoveEntryListUnsafe(entry);
}

WHITHER_INLINE PLIST_ENTRY RemoveHeadList(PLIST_ENTRY head)
{
	PLIST_ENTRY entry = head->Flink;

	RemoveEntryList(entry);
	return entry;
}

WHITHER_INLINE PLIST_ENTRY RemoveTailList(PLIST_ENTRY head)
{
	PLIST_ENTRY entry = head->Blink;

	RemoveEntryList(entry);
	return entry;
}

WHITHER_INLINE VOID InsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	PLIST_ENTRY next = head->Flink;

	if (next->Blink != head)
		whither_list_corrupt(head);
	entry->Flink = next;
	entry->Blink = head;
	next->Blink = entry;
	head->Flink = entry;
}

WHITHER_INLINE VOID InsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	PLIST_ENTRY previous = head->Blink;

	if (previous->Flink != head)
		whither_list_corrupt(head);
	entry->Flink = head;
	entry->Blink = previous;
	previous->Flink = entry;
	head->Blink = entry;
}

/* The list to append has no head of its own. */
WHITHER_INLINE VOID AppendTailList(PLIST_ENTRY head, PLIST_ENTRY list)
{
	PLIST_ENTRY end = head->Blink;

	head->Blink->Flink = list;
	head->Blink = list->Blink;
	list->Blink->Flink = head;
	list->Blink = end;
}

WHITHER_INLINE PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY head)
{
	PSINGLE_LIST_ENTRY first = head->Next;

	if (first)
		head->Next = first->Next;
	return first;
}

WHITHER_INLINE VOID PushEntryList(PSINGLE_LIST_ENTRY head, PSINGLE_LIST_ENTRY entry)
{
	entry->Next = head->Next;
	head->Next = entry;
}

/* Under a spin lock that is taken for the moment, at any IRQL. */
PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry,
					      PKSPIN_LOCK lock);
PLIST_ENTRY NTAPI ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry,
					      PKSPIN_LOCK lock);
PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock);
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY head,
						    PSINGLE_LIST_ENTRY entry, PKSPIN_LOCK lock);
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY head, PKSPIN_LOCK lock);
ULONG NTAPI ExInterlockedAddUlong(PULONG addend, ULONG increment, PKSPIN_LOCK lock);
LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(PLARGE_INTEGER addend, LARGE_INTEGER increment,
						 PKSPIN_LOCK lock);

typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
	struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
	struct {
		ULONGLONG Alignment;
		ULONGLONG Region;
	};
	/* As used here: the first entry, the depth, a lock. */
	struct {
		PSLIST_ENTRY whither_first;
		USHORT whither_depth;
		USHORT whither_sequence;
		ULONG whither_lock;
	};
} SLIST_HEADER, *PSLIST_HEADER;

VOID NTAPI InitializeSListHead(PSLIST_HEADER head);
PSLIST_ENTRY NTAPI InterlockedPushEntrySList(PSLIST_HEADER head, PSLIST_ENTRY entry);
PSLIST_ENTRY NTAPI InterlockedPopEntrySList(PSLIST_HEADER head);
PSLIST_ENTRY NTAPI InterlockedFlushSList(PSLIST_HEADER head);
USHORT NTAPI QueryDepthSList(PSLIST_HEADER head);
#define ExInitializeSListHead InitializeSListHead
#define ExQueryDepthSList QueryDepthSList
#define RtlInitializeSListHead InitializeSListHead
#define RtlFirstEntrySList(head) ((head)->whither_first)
#define ExInterlockedPushEntrySList(head, entry, lock) InterlockedPushEntrySList(head, entry)
#define ExInterlockedPopEntrySList(head, lock) InterlockedPopEntrySList(head)
#define ExInterlockedFlushSList(head) InterlockedFlushSList(head)

WHITHER_STATIC_ASSERT(sizeof(SLIST_ENTRY) == 16 && sizeof(SLIST_HEADER) == 16);

WHITHER_END_C
#pragma GCC visibility pop

#endif
