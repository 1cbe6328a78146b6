/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Pool: malloc, with faults on demand, and with records and a quarantine while the verifier is on. */
#include <stdlib.h>
#include <string.h>

#include <wdm_seh.h>

#include "nt_internal.h"
#include "pool_record.h"
#include "verifier.h"

/* More is a mistake: a size that wrapped, most often. */
#define MOST ((SIZE_T)1 << 34)

PVOID nt_pool_allocate(SIZE_T size, ULONG tag, ULONG flags, const char *function, const void *place)
{
	void *block = NULL;

	if (nt_checks(NT_RULE_IRQL))
		nt_check_irql(function, flags & NT_POOL_PAGED ? APC_LEVEL : DISPATCH_LEVEL, place);
	if (nt_checks(NT_RULE_POOL) && !size)
		nt_violation(NT_RULE_POOL, NT_BUG_BAD_POOL_CALLER, place, NULL,
			     "%s of no bytes at all", function);
	if (size <= MOST && !nt_fault(function, size, tag))
		block = size >= PAGE_SIZE ? aligned_alloc(PAGE_SIZE, ROUND_TO_PAGES(size)) :
					    malloc(size ? size : 1);
	if (!block) {
		if (flags & NT_POOL_RAISE)
			ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
		return NULL;
	}
	if (flags & NT_POOL_ZERO)
		memset(block, 0, size);
	if (nt_tracks())
		nt_pool_born(block, size, tag, flags, place);
	return block;
}

void nt_pool_free(PVOID block, ULONG tag, bool check_tag, const char *function, const void *place)
{
	if (nt_checks(NT_RULE_IRQL))
		nt_check_irql(function, DISPATCH_LEVEL, place);
	if (nt_tracks())
		nt_pool_died(block, tag, check_tag, function, place);
	else
		free(block);
}

static ULONG flags_of(POOL_TYPE type)
{
	return ((type & 1) ? NT_POOL_PAGED : 0u) |
	       ((type & POOL_RAISE_IF_ALLOCATION_FAILURE) ? NT_POOL_RAISE : 0u) |
	       ((type & POOL_ZERO_ALLOCATION) ? NT_POOL_ZERO : 0u);
}

/* The quota forms raise unless told not to. */
static ULONG quota_flags_of(POOL_TYPE type)
{
	return flags_of(type) | ((type & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) ? 0u : NT_POOL_RAISE);
}

PVOID NTAPI ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
	return nt_pool_allocate(NumberOfBytes, 'enoN', flags_of(PoolType), __func__, NT_CALLER);
}

PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return nt_pool_allocate(NumberOfBytes, Tag, flags_of(PoolType), __func__, NT_CALLER);
}

PVOID NTAPI ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
					  EX_POOL_PRIORITY Priority)
{
	return nt_pool_allocate(NumberOfBytes, Tag, flags_of(PoolType), __func__, NT_CALLER);
}

PVOID NTAPI ExAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
	return nt_pool_allocate(NumberOfBytes, 'enoN', quota_flags_of(PoolType), __func__,
				NT_CALLER);
}

PVOID NTAPI ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return nt_pool_allocate(NumberOfBytes, Tag, quota_flags_of(PoolType), __func__, NT_CALLER);
}

PVOID NTAPI ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return nt_pool_allocate(NumberOfBytes, Tag, flags_of(PoolType) | NT_POOL_ZERO, __func__,
				NT_CALLER);
}

PVOID NTAPI ExAllocatePoolUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return nt_pool_allocate(NumberOfBytes, Tag, flags_of(PoolType), __func__, NT_CALLER);
}

PVOID NTAPI ExAllocatePoolPriorityZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
				       EX_POOL_PRIORITY Priority)
{
	return nt_pool_allocate(NumberOfBytes, Tag, flags_of(PoolType) | NT_POOL_ZERO, __func__,
				NT_CALLER);
}

PVOID NTAPI ExAllocatePoolPriorityUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
						EX_POOL_PRIORITY Priority)
{
	return nt_pool_allocate(NumberOfBytes, Tag, flags_of(PoolType), __func__, NT_CALLER);
}

PVOID NTAPI ExAllocatePoolQuotaZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return nt_pool_allocate(NumberOfBytes, Tag, quota_flags_of(PoolType) | NT_POOL_ZERO,
				__func__, NT_CALLER);
}

PVOID NTAPI ExAllocatePoolQuotaUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return nt_pool_allocate(NumberOfBytes, Tag, quota_flags_of(PoolType), __func__, NT_CALLER);
}

/* Which pool must be said, once; without a tag, and of no bytes, there is nothing. */
static PVOID allocate_by_flags(POOL_FLAGS flags, SIZE_T size, ULONG tag, const char *function,
			       const void *place)
{
	const POOL_FLAGS kind =
		flags & (POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED);
	const ULONG wanted = (flags & POOL_FLAG_UNINITIALIZED ? 0u : NT_POOL_ZERO) |
			     (flags & POOL_FLAG_PAGED ? NT_POOL_PAGED : 0u) |
			     (flags & POOL_FLAG_RAISE_ON_FAILURE ? NT_POOL_RAISE : 0u);

	if (!kind || kind & (kind - 1) || !tag || !size) {
		if (nt_checks(NT_RULE_POOL))
			nt_violation(NT_RULE_POOL, NT_BUG_BAD_POOL_CALLER, place, NULL,
				     "%s with flags 0x%lx, %zu bytes, tag 0x%x", function,
				     (unsigned long)flags, size, tag);
		if (flags & POOL_FLAG_RAISE_ON_FAILURE)
			ExRaiseStatus(STATUS_INVALID_PARAMETER);
		return NULL;
	}
	return nt_pool_allocate(size, tag, wanted, function, place);
}

PVOID NTAPI ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
	return allocate_by_flags(Flags, NumberOfBytes, Tag, __func__, NT_CALLER);
}

/* A parameter that is not optional is none that we know. */
PVOID NTAPI ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag,
			    PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
			    ULONG ExtendedParametersCount)
{
	for (ULONG i = 0; ExtendedParameters && i < ExtendedParametersCount; i++)
		/* Type 1 is the priority. */
		if (!ExtendedParameters[i].Optional && ExtendedParameters[i].Type != 1)
			return NULL;
	return allocate_by_flags(Flags, NumberOfBytes, Tag, __func__, NT_CALLER);
}

void NTAPI ExFreePool(PVOID P)
{
	nt_pool_free(P, 0, false, __func__, NT_CALLER);
}

void NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag)
{
	nt_pool_free(P, Tag, Tag != 0, __func__, NT_CALLER);
}

void NTAPI ExFreePool2(PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
		       ULONG ExtendedParametersCount)
{
	nt_pool_free(P, Tag, Tag != 0, __func__, NT_CALLER);
}

PVOID NTAPI MmAllocateContiguousMemory(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS HighestAcceptable)
{
	return nt_pool_allocate(ROUND_TO_PAGES(NumberOfBytes), 'tnoC', 0, __func__, NT_CALLER);
}

void NTAPI MmFreeContiguousMemory(PVOID BaseAddress)
{
	nt_pool_free(BaseAddress, 0, false, __func__, NT_CALLER);
}

PVOID NTAPI MmAllocateNonCachedMemory(SIZE_T NumberOfBytes)
{
	return nt_pool_allocate(ROUND_TO_PAGES(NumberOfBytes), 'hcaN', 0, __func__, NT_CALLER);
}

void NTAPI MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
	nt_pool_free(BaseAddress, 0, false, __func__, NT_CALLER);
}
