/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Lookaside lists: blocks that were freed and are kept for the next one. None is kept under a verifier. */
#include <string.h>

#include <wdm_seh.h>

#include "nt_internal.h"
#include "verifier.h"

#define MOST_KEPT 256

enum kind {
	PLAIN,
	EXTENDED
};

static void initialize(PGENERAL_LOOKASIDE list, POOL_TYPE type, void *allocate, void *free,
		       ULONG flags, SIZE_T size, ULONG tag, enum kind kind)
{
	memset(list, 0, sizeof(*list));
	InitializeSListHead(&list->ListHead);
	list->MaximumDepth = MOST_KEPT;
	list->Type = type;
	list->Tag = tag;
	/* A block that is kept is an entry of the list. */
	list->Size = (ULONG)(size < sizeof(SLIST_ENTRY) ? sizeof(SLIST_ENTRY) : size);
	list->AllocateEx = allocate;
	list->FreeEx = free;
	list->Flags = flags;
	list->whither_kind = kind;
}

static void *allocate(PGENERAL_LOOKASIDE list, const char *function, const void *place)
{
	void *block = InterlockedPopEntrySList(&list->ListHead);

	__atomic_add_fetch(&list->TotalAllocates, 1, __ATOMIC_RELAXED);
	if (block)
		return block;
	__atomic_add_fetch(&list->AllocateMisses, 1, __ATOMIC_RELAXED);
	if (!list->AllocateEx)
		return nt_pool_allocate(list->Size, list->Tag,
					((list->Type & 1) ? NT_POOL_PAGED : 0u) |
						((list->Flags & POOL_RAISE_IF_ALLOCATION_FAILURE &&
						  list->whither_kind == PLAIN) ?
							 NT_POOL_RAISE :
							 0u),
					function, place);
	if (list->whither_kind == EXTENDED)
		return ((PALLOCATE_FUNCTION_EX)list->AllocateEx)(
			list->Type, list->Size, list->Tag,
			CONTAINING_RECORD(list, LOOKASIDE_LIST_EX, L));
	return ((PALLOCATE_FUNCTION)list->AllocateEx)(list->Type, list->Size, list->Tag);
}

static void give_back(PGENERAL_LOOKASIDE list, void *block, const char *function, const void *place)
{
	if (!list->FreeEx)
		nt_pool_free(block, list->Tag, false, function, place);
	else if (list->whither_kind == EXTENDED)
		((PFREE_FUNCTION_EX)list->FreeEx)(block,
						  CONTAINING_RECORD(list, LOOKASIDE_LIST_EX, L));
	else
		((PFREE_FUNCTION)list->FreeEx)(block);
}

static void release(PGENERAL_LOOKASIDE list, void *block, const char *function, const void *place)
{
	__atomic_add_fetch(&list->TotalFrees, 1, __ATOMIC_RELAXED);
	if (!block)
		return;
	if (nt_tracks() || QueryDepthSList(&list->ListHead) >= list->MaximumDepth)
		give_back(list, block, function, place);
	else
		InterlockedPushEntrySList(&list->ListHead, block);
}

static void flush(PGENERAL_LOOKASIDE list, const char *function, const void *place)
{
	PSLIST_ENTRY entry = InterlockedFlushSList(&list->ListHead);

	while (entry) {
		PSLIST_ENTRY next = entry->Next;

		give_back(list, entry, function, place);
		entry = next;
	}
}

void NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside,
					   PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
					   ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	initialize(&Lookaside->L, NonPagedPoolNx, (void *)Allocate, (void *)Free, Flags, Size, Tag,
		   PLAIN);
}

void NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
	flush(&Lookaside->L, __func__, NT_CALLER);
}

PVOID NTAPI ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return allocate(&Lookaside->L, __func__, NT_CALLER);
}

void NTAPI ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	release(&Lookaside->L, Entry, __func__, NT_CALLER);
}

void NTAPI ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside,
					  PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
					  ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
	NT_MAX_IRQL(APC_LEVEL);
	initialize(&Lookaside->L, PagedPool, (void *)Allocate, (void *)Free, Flags, Size, Tag,
		   PLAIN);
}

void NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
	flush(&Lookaside->L, __func__, NT_CALLER);
}

PVOID NTAPI ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
	NT_MAX_IRQL(APC_LEVEL);
	return allocate(&Lookaside->L, __func__, NT_CALLER);
}

void NTAPI ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
	NT_MAX_IRQL(APC_LEVEL);
	release(&Lookaside->L, Entry, __func__, NT_CALLER);
}

NTSTATUS NTAPI ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside,
					   PALLOCATE_FUNCTION_EX Allocate, PFREE_FUNCTION_EX Free,
					   POOL_TYPE PoolType, ULONG Flags, SIZE_T Size, ULONG Tag,
					   USHORT Depth)
{
	if (Flags & ~(EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL |
		      EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE) ||
	    Depth)
		return STATUS_INVALID_PARAMETER;
	initialize(&Lookaside->L, PoolType, (void *)Allocate, (void *)Free, Flags, Size, Tag,
		   EXTENDED);
	return STATUS_SUCCESS;
}

void NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
	flush(&Lookaside->L, __func__, NT_CALLER);
}

void NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
	flush(&Lookaside->L, __func__, NT_CALLER);
}

PVOID NTAPI ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
	void *block = allocate(&Lookaside->L, __func__, NT_CALLER);

	if (!block && Lookaside->L.Flags & EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL)
		ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
	return block;
}

void NTAPI ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry)
{
	release(&Lookaside->L, Entry, __func__, NT_CALLER);
}
