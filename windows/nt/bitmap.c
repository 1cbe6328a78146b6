/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Bit maps. */
#include <stdbool.h>

#include <wdm_bitmap.h>

#define NOT_FOUND MAXULONG

void NTAPI RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap)
{
	BitMapHeader->SizeOfBitMap = SizeOfBitMap;
	BitMapHeader->Buffer = BitMapBuffer;
}

BOOLEAN NTAPI RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
	return BitMapHeader->Buffer[BitNumber / 32] >> BitNumber % 32 & 1;
}

void NTAPI RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
	BitMapHeader->Buffer[BitNumber / 32] &= ~(1u << BitNumber % 32);
}

void NTAPI RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
	BitMapHeader->Buffer[BitNumber / 32] |= 1u << BitNumber % 32;
}

static bool within(PRTL_BITMAP map, ULONG start, ULONG count)
{
	return start <= map->SizeOfBitMap && count <= map->SizeOfBitMap - start;
}

/* A word at a time where a whole one is meant. */
static void change(PRTL_BITMAP map, ULONG start, ULONG count, bool set)
{
	if (!within(map, start, count))
		return;
	while (count) {
		const bool whole = start % 32 == 0 && count >= 32;

		if (whole)
			map->Buffer[start / 32] = set ? MAXULONG : 0;
		else if (set)
			RtlSetBit(map, start);
		else
			RtlClearBit(map, start);
		start += whole ? 32 : 1;
		count -= whole ? 32 : 1;
	}
}

void NTAPI RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear)
{
	change(BitMapHeader, StartingIndex, NumberToClear, false);
}

void NTAPI RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet)
{
	change(BitMapHeader, StartingIndex, NumberToSet, true);
}

/* Whole words, also what lies behind the last bit. */
static void fill(PRTL_BITMAP map, ULONG word)
{
	for (ULONG i = 0; i < map->SizeOfBitMap / 32 + (map->SizeOfBitMap % 32 != 0); i++)
		map->Buffer[i] = word;
}

void NTAPI RtlClearAllBits(PRTL_BITMAP BitMapHeader)
{
	fill(BitMapHeader, 0);
}

void NTAPI RtlSetAllBits(PRTL_BITMAP BitMapHeader)
{
	fill(BitMapHeader, MAXULONG);
}

/* How many bits from `at` on are `set`, at most `most`. */
static ULONG run_length(PRTL_BITMAP map, ULONG at, ULONG most, bool set)
{
	const ULONG word = set ? MAXULONG : 0;
	ULONG count = 0;

	if (most > map->SizeOfBitMap - at)
		most = map->SizeOfBitMap - at;
	while (count < most) {
		if ((at + count) % 32 == 0 && most - count >= 32 &&
		    map->Buffer[(at + count) / 32] == word)
			count += 32;
		else if (RtlTestBit(map, at + count) == set)
			count++;
		else
			break;
	}
	return count;
}

static ULONG find_between(PRTL_BITMAP map, ULONG from, ULONG end, ULONG count, bool set)
{
	while (from < end && count <= map->SizeOfBitMap - from) {
		const ULONG length = run_length(map, from, count, set);

		if (length >= count)
			return from;
		from += length + 1;
	}
	return NOT_FOUND;
}

static ULONG find(PRTL_BITMAP map, ULONG count, ULONG hint, bool set)
{
	ULONG found;

	if (hint >= map->SizeOfBitMap)
		hint = 0;
	if (!count)
		return hint & ~7u;
	found = find_between(map, hint, map->SizeOfBitMap, count, set);
	return found != NOT_FOUND ? found : find_between(map, 0, hint, count, set);
}

ULONG NTAPI RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
	return find(BitMapHeader, NumberToFind, HintIndex, false);
}

ULONG NTAPI RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
	return find(BitMapHeader, NumberToFind, HintIndex, true);
}

ULONG NTAPI RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
	const ULONG found = find(BitMapHeader, NumberToFind, HintIndex, false);

	if (found != NOT_FOUND)
		RtlSetBits(BitMapHeader, found, NumberToFind);
	return found;
}

ULONG NTAPI RtlFindSetBitsAndClear(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
	const ULONG found = find(BitMapHeader, NumberToFind, HintIndex, true);

	if (found != NOT_FOUND)
		RtlClearBits(BitMapHeader, found, NumberToFind);
	return found;
}

ULONG NTAPI RtlFindNextForwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
				       PULONG StartingRunIndex)
{
	ULONG at = FromIndex;

	if (at < BitMapHeader->SizeOfBitMap)
		at += run_length(BitMapHeader, at, MAXULONG, true);
	*StartingRunIndex = at;
	return at < BitMapHeader->SizeOfBitMap ? run_length(BitMapHeader, at, MAXULONG, false) : 0;
}

ULONG NTAPI RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
	return RtlFindNextForwardRunClear(BitMapHeader, 0, StartingIndex);
}

ULONG NTAPI RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
	ULONG longest = 0;
	ULONG start;
	ULONG length;

	*StartingIndex = 0;
	for (ULONG at = 0; (length = RtlFindNextForwardRunClear(BitMapHeader, at, &start));
	     at = start + length)
		if (length > longest) {
			longest = length;
			*StartingIndex = start;
		}
	return longest;
}

ULONG NTAPI RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader)
{
	const ULONG words = BitMapHeader->SizeOfBitMap / 32;
	const ULONG rest = BitMapHeader->SizeOfBitMap % 32;
	ULONG count = 0;

	for (ULONG i = 0; i < words; i++)
		count += (ULONG)__builtin_popcount(BitMapHeader->Buffer[i]);
	if (rest)
		count +=
			(ULONG)__builtin_popcount(BitMapHeader->Buffer[words] & ((1u << rest) - 1));
	return count;
}

ULONG NTAPI RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader)
{
	return BitMapHeader->SizeOfBitMap - RtlNumberOfSetBits(BitMapHeader);
}

static bool are(PRTL_BITMAP map, ULONG start, ULONG count, bool set)
{
	return count && within(map, start, count) && run_length(map, start, count, set) == count;
}

BOOLEAN NTAPI RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
	return are(BitMapHeader, StartingIndex, Length, false);
}

BOOLEAN NTAPI RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
	return are(BitMapHeader, StartingIndex, Length, true);
}

CCHAR NTAPI RtlFindMostSignificantBit(ULONGLONG Set)
{
	return (CCHAR)(Set ? 63 - __builtin_clzll(Set) : -1);
}

CCHAR NTAPI RtlFindLeastSignificantBit(ULONGLONG Set)
{
	return (CCHAR)(Set ? __builtin_ctzll(Set) : -1);
}
