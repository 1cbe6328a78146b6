/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Generic tables as balanced trees. The root hangs at BalancedRoot.RightChild; Balance is a node's height. */
#include <stdbool.h>
#include <string.h>

#include <wdm_table.h>

typedef RTL_BALANCED_LINKS node;

static PVOID element_of(node *at)
{
	return at ? at + 1 : NULL;
}

static int height(const node *at)
{
	return at ? at->Balance : 0;
}

static void measure(node *at)
{
	const int left = height(at->LeftChild);
	const int right = height(at->RightChild);

	at->Balance = (CHAR)(1 + (left > right ? left : right));
}

/* Puts `next` where `at` hangs. */
static void replace(node *at, node *next)
{
	if (at->Parent->LeftChild == at)
		at->Parent->LeftChild = next;
	else
		at->Parent->RightChild = next;
	if (next)
		next->Parent = at->Parent;
}

static node *rotate(node *at, bool to_left)
{
	node *up = to_left ? at->RightChild : at->LeftChild;
	node *inner = to_left ? up->LeftChild : up->RightChild;

	replace(at, up);
	if (to_left) {
		at->RightChild = inner;
		up->LeftChild = at;
	} else {
		at->LeftChild = inner;
		up->RightChild = at;
	}
	at->Parent = up;
	if (inner)
		inner->Parent = at;
	measure(at);
	measure(up);
	return up;
}

static void rebalance(PRTL_AVL_TABLE table, node *at)
{
	for (; at != &table->BalancedRoot; at = at->Parent) {
		const int tilt = height(at->LeftChild) - height(at->RightChild);

		if (tilt > 1) {
			if (height(at->LeftChild->LeftChild) < height(at->LeftChild->RightChild))
				rotate(at->LeftChild, true);
			at = rotate(at, false);
		} else if (tilt < -1) {
			if (height(at->RightChild->RightChild) < height(at->RightChild->LeftChild))
				rotate(at->RightChild, false);
			at = rotate(at, true);
		} else {
			measure(at);
		}
	}
	table->DepthOfTree = (ULONG)height(table->BalancedRoot.RightChild);
}

static node *first_of(node *at)
{
	while (at && at->LeftChild)
		at = at->LeftChild;
	return at;
}

/* The next in the order, or the one before; NULL: none. */
static node *next_of(PRTL_AVL_TABLE table, node *at)
{
	if (at->RightChild)
		return first_of(at->RightChild);
	while (at->Parent != &table->BalancedRoot && at->Parent->RightChild == at)
		at = at->Parent;
	return at->Parent == &table->BalancedRoot ? NULL : at->Parent;
}

static node *before(PRTL_AVL_TABLE table, node *at)
{
	node *down = at->LeftChild;

	if (down) {
		while (down->RightChild)
			down = down->RightChild;
		return down;
	}
	while (at->Parent != &table->BalancedRoot && at->Parent->LeftChild == at)
		at = at->Parent;
	return at->Parent == &table->BalancedRoot ? NULL : at->Parent;
}

static TABLE_SEARCH_RESULT search(PRTL_AVL_TABLE table, PVOID wanted, node **ret_at)
{
	node *at = table->BalancedRoot.RightChild;

	*ret_at = NULL;
	while (at) {
		*ret_at = at;
		switch (table->CompareRoutine(table, wanted, element_of(at))) {
		case GenericLessThan:
			if (!at->LeftChild)
				return TableInsertAsLeft;
			at = at->LeftChild;
			break;
		case GenericGreaterThan:
			if (!at->RightChild)
				return TableInsertAsRight;
			at = at->RightChild;
			break;
		default:
			return TableFoundNode;
		}
	}
	return TableEmptyTree;
}

void NTAPI RtlInitializeGenericTableAvl(PRTL_AVL_TABLE Table,
					PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
					PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
					PRTL_AVL_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
	*Table = (RTL_AVL_TABLE){
		.BalancedRoot.Parent = &Table->BalancedRoot,
		.CompareRoutine = CompareRoutine,
		.AllocateRoutine = AllocateRoutine,
		.FreeRoutine = FreeRoutine,
		.TableContext = TableContext,
	};
}

PVOID NTAPI RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
						CLONG BufferSize, PBOOLEAN NewElement,
						PVOID NodeOrParent,
						TABLE_SEARCH_RESULT SearchResult)
{
	node *at = NodeOrParent;
	node *added;

	if (NewElement)
		*NewElement = FALSE;
	if (SearchResult == TableFoundNode)
		return element_of(at);
	if (BufferSize > MAXULONG - sizeof(node))
		return NULL;
	added = Table->AllocateRoutine(Table, BufferSize + (CLONG)sizeof(node));
	if (!added)
		return NULL;
	*added = (node){.Balance = 1};
	memcpy(added + 1, Buffer, BufferSize);
	added->Parent = SearchResult == TableEmptyTree ? &Table->BalancedRoot : at;
	if (SearchResult == TableInsertAsLeft)
		added->Parent->LeftChild = added;
	else
		added->Parent->RightChild = added;
	Table->NumberGenericTableElements++;
	rebalance(Table, added->Parent);
	if (NewElement)
		*NewElement = TRUE;
	return element_of(added);
}

PVOID NTAPI RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize,
					    PBOOLEAN NewElement)
{
	node *at;
	TABLE_SEARCH_RESULT result = search(Table, Buffer, &at);

	return RtlInsertElementGenericTableFullAvl(Table, Buffer, BufferSize, NewElement, at,
						   result);
}

void NTAPI RtlDeleteElementGenericTableAvlEx(PRTL_AVL_TABLE Table, PVOID NodeOrParent)
{
	node *at = NodeOrParent;
	node *changed = at->Parent;

	/* An enumeration goes on behind the one before it. */
	if (Table->RestartKey == at)
		Table->RestartKey = before(Table, at);
	if (at->LeftChild && at->RightChild) {
		node *next = first_of(at->RightChild);

		changed = next->Parent == at ? next : next->Parent;
		if (next->Parent != at) {
			replace(next, next->RightChild);
			next->RightChild = at->RightChild;
			next->RightChild->Parent = next;
		}
		next->LeftChild = at->LeftChild;
		next->LeftChild->Parent = next;
		replace(at, next);
	} else {
		replace(at, at->LeftChild ? at->LeftChild : at->RightChild);
	}
	Table->NumberGenericTableElements--;
	Table->DeleteCount++;
	rebalance(Table, changed);
	Table->FreeRoutine(Table, at);
}

BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
	node *at;

	if (search(Table, Buffer, &at) != TableFoundNode)
		return FALSE;
	RtlDeleteElementGenericTableAvlEx(Table, at);
	return TRUE;
}

PVOID NTAPI RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
						PVOID *NodeOrParent,
						TABLE_SEARCH_RESULT *SearchResult)
{
	node *at;

	*SearchResult = search(Table, Buffer, &at);
	*NodeOrParent = at;
	return *SearchResult == TableFoundNode ? element_of(at) : NULL;
}

PVOID NTAPI RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
	node *at;

	return search(Table, Buffer, &at) == TableFoundNode ? element_of(at) : NULL;
}

/* Of several that compare equal, the first in the order. */
PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
							 PVOID *RestartKey)
{
	node *at;
	node *earlier;

	if (search(Table, Buffer, &at) != TableFoundNode)
		return NULL;
	while ((earlier = before(Table, at)) &&
	       Table->CompareRoutine(Table, Buffer, element_of(earlier)) == GenericEqual)
		at = earlier;
	*RestartKey = at;
	return element_of(at);
}

PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE Table, PVOID *RestartKey)
{
	node *at = *RestartKey;

	at = at ? next_of(Table, at) : first_of(Table->BalancedRoot.RightChild);
	if (at)
		*RestartKey = at;
	return element_of(at);
}

PVOID NTAPI RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE Table, BOOLEAN Restart)
{
	PVOID key = Restart ? NULL : Table->RestartKey;
	PVOID element = RtlEnumerateGenericTableWithoutSplayingAvl(Table, &key);

	Table->RestartKey = key;
	return element;
}

PVOID NTAPI RtlGetElementGenericTableAvl(PRTL_AVL_TABLE Table, ULONG I)
{
	node *at = first_of(Table->BalancedRoot.RightChild);

	for (; at && I; I--)
		at = next_of(Table, at);
	return element_of(at);
}

ULONG NTAPI RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE Table)
{
	return Table->NumberGenericTableElements;
}

BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE Table)
{
	return Table->NumberGenericTableElements == 0;
}
