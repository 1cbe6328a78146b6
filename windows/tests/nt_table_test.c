/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Generic tables, balanced and splayed, against a plain array; bit maps against single bits. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wdm.h>

#include "cmocka_once.h"

#define KEYS 512

struct item {
	ULONG key;
	ULONG value;
};

static LONG allocated;
static CLONG last_size;
static bool no_memory;

static RTL_GENERIC_COMPARE_RESULTS order(PVOID first, PVOID second)
{
	const ULONG one = ((const struct item *)first)->key;
	const ULONG other = ((const struct item *)second)->key;

	if (one == other)
		return GenericEqual;
	return one < other ? GenericLessThan : GenericGreaterThan;
}

static PVOID obtain(CLONG size)
{
	last_size = size;
	if (no_memory)
		return NULL;
	allocated++;
	return malloc(size);
}

static RTL_GENERIC_COMPARE_RESULTS NTAPI avl_order(PRTL_AVL_TABLE table, PVOID one, PVOID other)
{
	return order(one, other);
}

static PVOID NTAPI avl_obtain(PRTL_AVL_TABLE table, CLONG size)
{
	return obtain(size);
}

static void NTAPI avl_release(PRTL_AVL_TABLE table, PVOID node)
{
	allocated--;
	free(node);
}

static RTL_GENERIC_COMPARE_RESULTS NTAPI splay_order(PRTL_GENERIC_TABLE table, PVOID one,
						     PVOID other)
{
	return order(one, other);
}

static PVOID NTAPI splay_obtain(PRTL_GENERIC_TABLE table, CLONG size)
{
	return obtain(size);
}

static void NTAPI splay_release(PRTL_GENERIC_TABLE table, PVOID node)
{
	allocated--;
	free(node);
}

static int heights(const RTL_BALANCED_LINKS *at)
{
	int left = 0;
	int right = 0;

	if (!at)
		return 0;
	left = heights(at->LeftChild);
	right = heights(at->RightChild);
	assert_in_range(left - right + 1, 0, 2);
	return 1 + (left > right ? left : right);
}

static void a_balanced_table_keeps_what_an_array_keeps(void **state)
{
	static bool has[KEYS];
	RTL_AVL_TABLE table;
	ULONG count = 0;
	ULONG seed = 7;
	PVOID restart;
	struct item *found;

	memset(has, 0, sizeof(has));
	RtlInitializeGenericTableAvl(&table, avl_order, avl_obtain, avl_release, &count);
	assert_ptr_equal(table.TableContext, &count);
	assert_true(RtlIsGenericTableEmptyAvl(&table));
	assert_null(RtlEnumerateGenericTableAvl(&table, TRUE));
	for (int i = 0; i < 20000; i++) {
		struct item item = {RtlRandomEx(&seed) % KEYS, (ULONG)i};
		BOOLEAN is_new = 2;

		if (RtlRandomEx(&seed) % 5 < 2) {
			assert_int_equal(RtlDeleteElementGenericTableAvl(&table, &item),
					 has[item.key]);
			count -= has[item.key];
			has[item.key] = false;
		} else {
			found = RtlInsertElementGenericTableAvl(&table, &item, sizeof(item),
								&is_new);
			assert_int_equal(is_new, !has[item.key]);
			assert_int_equal(found->key, item.key);
			count += is_new;
			has[item.key] = true;
		}
		assert_int_equal(RtlNumberGenericTableElementsAvl(&table), count);
		if (i % 500 == 0)
			heights(table.BalancedRoot.RightChild);
	}
	assert_int_equal(last_size, sizeof(struct item) + sizeof(RTL_BALANCED_LINKS));
	restart = NULL;
	found = RtlEnumerateGenericTableAvl(&table, TRUE);
	for (ULONG key = 0, at = 0; key < KEYS; key++) {
		struct item item = {key, 0};

		assert_int_equal(RtlLookupElementGenericTableAvl(&table, &item) != NULL, has[key]);
		if (!has[key])
			continue;
		assert_int_equal(found->key, key);
		assert_ptr_equal(RtlGetElementGenericTableAvl(&table, at++), found);
		assert_ptr_equal(RtlEnumerateGenericTableWithoutSplayingAvl(&table, &restart),
				 found);
		found = RtlEnumerateGenericTableAvl(&table, FALSE);
	}
	assert_null(found);
	assert_null(RtlGetElementGenericTableAvl(&table, count));
	/* As many drivers empty one. */
	while ((found = RtlGetElementGenericTableAvl(&table, 0)))
		assert_true(RtlDeleteElementGenericTableAvl(&table, found));
	assert_int_equal(allocated, 0);
}

static void an_enumeration_goes_on_behind_what_was_deleted(void **state)
{
	RTL_AVL_TABLE table;
	ULONG seen = 0;

	RtlInitializeGenericTableAvl(&table, avl_order, avl_obtain, avl_release, NULL);
	for (ULONG key = 0; key < 32; key++) {
		struct item item = {key, 0};

		RtlInsertElementGenericTableAvl(&table, &item, sizeof(item), NULL);
	}
	for (struct item *found = RtlEnumerateGenericTableAvl(&table, TRUE); found;
	     found = RtlEnumerateGenericTableAvl(&table, FALSE)) {
		assert_int_equal(found->key, seen++);
		assert_true(RtlDeleteElementGenericTableAvl(&table, found));
	}
	assert_int_equal(seen, 32);
	assert_int_equal(allocated, 0);
}

static void a_place_that_was_looked_up_is_inserted_at(void **state)
{
	RTL_AVL_TABLE table;
	struct item item = {5, 1};
	TABLE_SEARCH_RESULT result;
	PVOID place;
	PVOID restart = NULL;
	struct item *found;
	BOOLEAN is_new;

	RtlInitializeGenericTableAvl(&table, avl_order, avl_obtain, avl_release, NULL);
	assert_null(RtlLookupElementGenericTableFullAvl(&table, &item, &place, &result));
	assert_int_equal(result, TableEmptyTree);
	found = RtlInsertElementGenericTableFullAvl(&table, &item, sizeof(item), &is_new, place,
						    result);
	assert_true(is_new);
	assert_ptr_equal(RtlLookupElementGenericTableFullAvl(&table, &item, &place, &result),
			 found);
	assert_int_equal(result, TableFoundNode);
	item.key = 3;
	RtlLookupElementGenericTableFullAvl(&table, &item, &place, &result);
	assert_int_equal(result, TableInsertAsLeft);
	item.key = 8;
	RtlLookupElementGenericTableFullAvl(&table, &item, &place, &result);
	assert_int_equal(result, TableInsertAsRight);
	no_memory = true;
	assert_null(RtlInsertElementGenericTableFullAvl(&table, &item, sizeof(item), &is_new, place,
							result));
	no_memory = false;
	assert_false(is_new);
	assert_int_equal(RtlNumberGenericTableElementsAvl(&table), 1);
	assert_null(RtlLookupFirstMatchingElementGenericTableAvl(&table, &item, &restart));
	item.key = 5;
	assert_ptr_equal(RtlLookupFirstMatchingElementGenericTableAvl(&table, &item, &restart),
			 found);
	assert_null(RtlEnumerateGenericTableWithoutSplayingAvl(&table, &restart));
	RtlLookupElementGenericTableFullAvl(&table, &item, &place, &result);
	RtlDeleteElementGenericTableAvlEx(&table, place);
	assert_int_equal(allocated, 0);
}

static void a_splayed_table_keeps_the_order_of_insertion_too(void **state)
{
	static bool has[KEYS];
	RTL_GENERIC_TABLE table;
	ULONG count = 0;
	ULONG seed = 9;
	PVOID restart = NULL;
	struct item *found;

	memset(has, 0, sizeof(has));
	RtlInitializeGenericTable(&table, splay_order, splay_obtain, splay_release, NULL);
	assert_true(RtlIsGenericTableEmpty(&table));
	assert_null(RtlEnumerateGenericTable(&table, TRUE));
	assert_null(RtlGetElementGenericTable(&table, 0));
	for (int i = 0; i < 20000; i++) {
		struct item item = {RtlRandomEx(&seed) % KEYS, (ULONG)i};
		BOOLEAN is_new = 2;

		if (RtlRandomEx(&seed) % 5 < 2) {
			assert_int_equal(RtlDeleteElementGenericTable(&table, &item),
					 has[item.key]);
			count -= has[item.key];
			has[item.key] = false;
		} else {
			found = RtlInsertElementGenericTable(&table, &item, sizeof(item), &is_new);
			assert_int_equal(is_new, !has[item.key]);
			assert_int_equal(found->key, item.key);
			count += is_new;
			has[item.key] = true;
		}
		assert_int_equal(RtlNumberGenericTableElements(&table), count);
	}
	found = RtlEnumerateGenericTable(&table, TRUE);
	for (ULONG key = 0; key < KEYS; key++) {
		if (!has[key])
			continue;
		assert_int_equal(found->key, key);
		assert_ptr_equal(RtlEnumerateGenericTableWithoutSplaying(&table, &restart), found);
		found = RtlEnumerateGenericTable(&table, FALSE);
	}
	assert_null(found);
	for (ULONG key = 0; key < KEYS; key++) {
		struct item item = {key, 0};

		assert_int_equal(RtlLookupElementGenericTable(&table, &item) != NULL, has[key]);
	}
	for (ULONG at = 1; at < count; at++)
		assert_true(((struct item *)RtlGetElementGenericTable(&table, at - 1))->value <
			    ((struct item *)RtlGetElementGenericTable(&table, at))->value);
	no_memory = true;
	for (ULONG key = 0; key < KEYS; key++) {
		struct item item = {key, 0};

		assert_int_equal(RtlInsertElementGenericTable(&table, &item, sizeof(item), NULL) !=
					 NULL,
				 has[key]);
	}
	no_memory = false;
	while ((found = RtlGetElementGenericTable(&table, 0)))
		assert_true(RtlDeleteElementGenericTable(&table, found));
	assert_true(RtlIsGenericTableEmpty(&table));
	assert_int_equal(allocated, 0);
}

static void bits_are_found_set_and_counted(void **state)
{
	ULONG words[4] = {0};
	RTL_BITMAP map;
	ULONG start;

	RtlInitializeBitMap(&map, words, 100);
	words[3] = 0xfffffff0;
	assert_int_equal(RtlNumberOfSetBits(&map), 0);
	assert_int_equal(RtlNumberOfClearBits(&map), 100);
	RtlSetBits(&map, 10, 60);
	assert_int_equal(RtlNumberOfSetBits(&map), 60);
	assert_true(RtlAreBitsSet(&map, 10, 60));
	assert_false(RtlAreBitsSet(&map, 9, 61));
	assert_false(RtlAreBitsSet(&map, 10, 0));
	assert_true(RtlAreBitsClear(&map, 70, 30));
	assert_false(RtlAreBitsClear(&map, 70, 31));
	RtlSetBits(&map, 99, 2);
	assert_false(RtlTestBit(&map, 99));
	assert_int_equal(RtlFindClearBits(&map, 10, 0), 0);
	assert_int_equal(RtlFindClearBits(&map, 11, 0), 70);
	assert_int_equal(RtlFindClearBits(&map, 10, 80), 80);
	assert_int_equal(RtlFindClearBits(&map, 10, 95), 0);
	assert_int_equal(RtlFindClearBits(&map, 31, 0), 0xffffffff);
	assert_int_equal(RtlFindSetBits(&map, 60, 0), 10);
	assert_int_equal(RtlFindSetBits(&map, 61, 0), 0xffffffff);
	assert_int_equal(RtlFindClearBitsAndSet(&map, 30, 0), 70);
	assert_int_equal(RtlFindClearBitsAndSet(&map, 30, 0), 0xffffffff);
	assert_int_equal(RtlFindSetBitsAndClear(&map, 2, 20), 20);
	assert_int_equal(RtlFindFirstRunClear(&map, &start), 10);
	assert_int_equal(start, 0);
	assert_int_equal(RtlFindNextForwardRunClear(&map, 10, &start), 2);
	assert_int_equal(start, 20);
	assert_int_equal(RtlFindNextForwardRunClear(&map, 22, &start), 0);
	RtlClearBits(&map, 40, 33);
	assert_int_equal(RtlFindLongestRunClear(&map, &start), 33);
	assert_int_equal(start, 40);
	RtlSetBit(&map, 50);
	assert_true(RtlCheckBit(&map, 50));
	RtlClearBit(&map, 50);
	assert_false(RtlTestBit(&map, 50));
	RtlSetAllBits(&map);
	assert_int_equal(RtlNumberOfSetBits(&map), 100);
	RtlClearAllBits(&map);
	assert_int_equal(words[3], 0);
	assert_int_equal(RtlFindMostSignificantBit(0x8000000000000001), 63);
	assert_int_equal(RtlFindLeastSignificantBit(0x8000000000000000), 63);
	assert_int_equal(RtlFindMostSignificantBit(0), -1);
	assert_int_equal(RtlFindLeastSignificantBit(0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_balanced_table_keeps_what_an_array_keeps),
		cmocka_unit_test(an_enumeration_goes_on_behind_what_was_deleted),
		cmocka_unit_test(a_place_that_was_looked_up_is_inserted_at),
		cmocka_unit_test(a_splayed_table_keeps_the_order_of_insertion_too),
		cmocka_unit_test(bits_are_found_set_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
