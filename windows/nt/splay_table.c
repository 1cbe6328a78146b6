/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Generic tables as splay trees: what was asked for last is at the root. Only the two children are kept. */
#include <string.h>

#include <wdm_list.h>
#include <wdm_table.h>

struct entry {
	RTL_SPLAY_LINKS links;
	LIST_ENTRY order;
};

static PVOID element_of(PRTL_SPLAY_LINKS at)
{
	return at ? (struct entry *)at + 1 : NULL;
}

/* GenericLessThan: the wanted is to the left of `at`. A NULL is before all. */
static RTL_GENERIC_COMPARE_RESULTS compare(PRTL_GENERIC_TABLE table, PVOID wanted,
					   PRTL_SPLAY_LINKS at)
{
	return wanted ? table->CompareRoutine(table, wanted, element_of(at)) : GenericLessThan;
}

/* From the top down. Brings the wanted, or one beside its place, to the root; how it compares to that. */
static RTL_GENERIC_COMPARE_RESULTS splay(PRTL_GENERIC_TABLE table, PVOID wanted)
{
	RTL_SPLAY_LINKS sides = {NULL, NULL, NULL};
	PRTL_SPLAY_LINKS left = &sides;
	PRTL_SPLAY_LINKS right = &sides;
	PRTL_SPLAY_LINKS at = table->TableRoot;
	PRTL_SPLAY_LINKS next;
	RTL_GENERIC_COMPARE_RESULTS result;

	for (;;) {
		result = compare(table, wanted, at);
		if (result == GenericLessThan) {
			if (at->LeftChild &&
			    compare(table, wanted, at->LeftChild) == GenericLessThan) {
				next = at->LeftChild;
				at->LeftChild = next->RightChild;
				next->RightChild = at;
				at = next;
			}
			if (!at->LeftChild)
				break;
			right->LeftChild = at;
			right = at;
			at = at->LeftChild;
		} else if (result == GenericGreaterThan) {
			if (at->RightChild &&
			    compare(table, wanted, at->RightChild) == GenericGreaterThan) {
				next = at->RightChild;
				at->RightChild = next->LeftChild;
				next->LeftChild = at;
				at = next;
			}
			if (!at->RightChild)
				break;
			left->RightChild = at;
			left = at;
			at = at->RightChild;
		} else {
			break;
		}
	}
	left->RightChild = at->LeftChild;
	right->LeftChild = at->RightChild;
	at->LeftChild = sides.RightChild;
	at->RightChild = sides.LeftChild;
	table->TableRoot = at;
	return result;
}

void NTAPI RtlInitializeGenericTable(PRTL_GENERIC_TABLE Table,
				     PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
				     PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
				     PRTL_GENERIC_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
	*Table = (RTL_GENERIC_TABLE){
		.CompareRoutine = CompareRoutine,
		.AllocateRoutine = AllocateRoutine,
		.FreeRoutine = FreeRoutine,
		.TableContext = TableContext,
	};
	InitializeListHead(&Table->InsertOrderList);
	Table->OrderedPointer = &Table->InsertOrderList;
}

PVOID NTAPI RtlInsertElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer, CLONG BufferSize,
					 PBOOLEAN NewElement)
{
	RTL_GENERIC_COMPARE_RESULTS result = GenericEqual;
	PRTL_SPLAY_LINKS root = Table->TableRoot;
	struct entry *added;

	if (NewElement)
		*NewElement = FALSE;
	if (root) {
		result = splay(Table, Buffer);
		root = Table->TableRoot;
		if (result == GenericEqual)
			return element_of(root);
	}
	if (BufferSize > MAXULONG - sizeof(*added))
		return NULL;
	added = Table->AllocateRoutine(Table, BufferSize + (CLONG)sizeof(*added));
	if (!added)
		return NULL;
	memcpy(added + 1, Buffer, BufferSize);
	added->links = (RTL_SPLAY_LINKS){NULL, NULL, NULL};
	if (root && result == GenericLessThan) {
		added->links.LeftChild = root->LeftChild;
		added->links.RightChild = root;
		root->LeftChild = NULL;
	} else if (root) {
		added->links.RightChild = root->RightChild;
		added->links.LeftChild = root;
		root->RightChild = NULL;
	}
	Table->TableRoot = &added->links;
	InsertTailList(&Table->InsertOrderList, &added->order);
	Table->NumberGenericTableElements++;
	if (NewElement)
		*NewElement = TRUE;
	return added + 1;
}

BOOLEAN NTAPI RtlDeleteElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
	PRTL_SPLAY_LINKS root;
	PRTL_SPLAY_LINKS right;

	if (!Table->TableRoot || splay(Table, Buffer) != GenericEqual)
		return FALSE;
	root = Table->TableRoot;
	right = root->RightChild;
	Table->TableRoot = root->LeftChild;
	if (Table->TableRoot) {
		/* All of it is before what goes: its last comes to the root. */
		splay(Table, Buffer);
		Table->TableRoot->RightChild = right;
	} else {
		Table->TableRoot = right;
	}
	RemoveEntryList(&((struct entry *)root)->order);
	Table->NumberGenericTableElements--;
	Table->OrderedPointer = &Table->InsertOrderList;
	Table->WhichOrderedElement = 0;
	Table->FreeRoutine(Table, root);
	return TRUE;
}

PVOID NTAPI RtlLookupElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
	if (!Table->TableRoot || splay(Table, Buffer) != GenericEqual)
		return NULL;
	return element_of(Table->TableRoot);
}

/* Behind the root, which is what was given last. */
PVOID NTAPI RtlEnumerateGenericTable(PRTL_GENERIC_TABLE Table, BOOLEAN Restart)
{
	PRTL_SPLAY_LINKS next = Table->TableRoot;

	if (!next)
		return NULL;
	if (Restart) {
		splay(Table, NULL);
		return element_of(Table->TableRoot);
	}
	next = next->RightChild;
	while (next && next->LeftChild)
		next = next->LeftChild;
	if (next)
		splay(Table, element_of(next));
	return element_of(next);
}

PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(PRTL_GENERIC_TABLE Table, PVOID *RestartKey)
{
	PVOID last = *RestartKey ? element_of(*RestartKey) : NULL;
	PRTL_SPLAY_LINKS at = Table->TableRoot;
	PRTL_SPLAY_LINKS next = NULL;

	while (at) {
		if (compare(Table, last, at) == GenericLessThan) {
			next = at;
			at = at->LeftChild;
		} else {
			at = at->RightChild;
		}
	}
	if (next)
		*RestartKey = next;
	return element_of(next);
}

PVOID NTAPI RtlGetElementGenericTable(PRTL_GENERIC_TABLE Table, ULONG I)
{
	PLIST_ENTRY at = Table->InsertOrderList.Flink;

	if (I >= Table->NumberGenericTableElements)
		return NULL;
	while (I--)
		at = at->Flink;
	return CONTAINING_RECORD(at, struct entry, order) + 1;
}

ULONG NTAPI RtlNumberGenericTableElements(PRTL_GENERIC_TABLE Table)
{
	return Table->NumberGenericTableElements;
}

BOOLEAN NTAPI RtlIsGenericTableEmpty(PRTL_GENERIC_TABLE Table)
{
	return Table->TableRoot == NULL;
}
