/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Memory descriptor lists. All memory is mapped anyway: an MDL only says whether it may be used. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <wdm_irp.h>
#include <wdm_seh.h>

#include "nt_internal.h"
#include "verifier.h"

/* Linux 5.14; of an older kernel nothing is learnt about the page. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

#define USABLE (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)

SIZE_T NTAPI MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
	return sizeof(MDL) + ADDRESS_AND_SIZE_TO_SPAN_PAGES(Base, Length) * sizeof(PFN_NUMBER);
}

void NTAPI MmInitializeMdl(PMDL Mdl, PVOID Base, SIZE_T Length)
{
	SIZE_T size = MmSizeOfMdl(Base, Length);

	*Mdl = (MDL){
		/* Of more than it can say, as much as it can. */
		.Size = (CSHORT)(size > 0x7ff8 ? 0x7ff8 : size),
		.StartVa = PAGE_ALIGN(Base),
		.ByteOffset = BYTE_OFFSET(Base),
		.ByteCount = (ULONG)Length,
	};
}

PMDL NTAPI IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer,
			 BOOLEAN ChargeQuota, PIRP Irp)
{
	PMDL mdl;
	PMDL last;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	mdl = nt_pool_allocate(MmSizeOfMdl(VirtualAddress, Length), ' ldM', 0, __func__, NT_CALLER);
	if (!mdl)
		return NULL;
	MmInitializeMdl(mdl, VirtualAddress, Length);
	if (!Irp)
		return mdl;
	if (!SecondaryBuffer) {
		Irp->MdlAddress = mdl;
		return mdl;
	}
	for (last = Irp->MdlAddress; last && last->Next;)
		last = last->Next;
	if (last)
		last->Next = mdl;
	else
		Irp->MdlAddress = mdl;
	return mdl;
}

void NTAPI IoFreeMdl(PMDL Mdl)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_checks(NT_RULE_MDL) && Mdl && Mdl->MdlFlags & MDL_PAGES_LOCKED)
		nt_violation(NT_RULE_MDL, NT_BUG_DRIVER_LEFT_LOCKED_PAGES, NT_CALLER, NULL,
			     "IoFreeMdl of MDL %p, whose pages are still locked", (void *)Mdl);
	nt_pool_free(Mdl, ' ldM', false, __func__, NT_CALLER);
}

void NTAPI MmBuildMdlForNonPagedPool(PMDL Mdl)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_checks(NT_RULE_MDL) && Mdl->MdlFlags & (USABLE | MDL_PAGES_LOCKED | MDL_PARTIAL))
		nt_violation(NT_RULE_MDL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL, "MmBuildMdlForNonPagedPool of MDL %p, which is built already",
			     (void *)Mdl);
	Mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
	Mdl->MappedSystemVa = MmGetMdlVirtualAddress(Mdl);
}

/* Whether the kernel knows the advice: of a page that is there, it would then say yes. */
static bool is_known(int advice)
{
	static char page[2 * PAGE_SIZE];

	return madvise((void *)(((uintptr_t)page + PAGE_SIZE - 1) & ~(uintptr_t)(PAGE_SIZE - 1)), 1,
		       advice) == 0;
}

static bool touch(PVOID base, SIZE_T size, int advice)
{
	const uintptr_t start = (uintptr_t)base & ~(uintptr_t)(PAGE_SIZE - 1);
	uintptr_t end;

	if (!size)
		return true;
	if (__builtin_add_overflow((uintptr_t)base, size, &end) || end > (uintptr_t)1 << 47)
		return false;
	end = (end + PAGE_SIZE - 1) & ~(uintptr_t)(PAGE_SIZE - 1);
	/* EINVAL: the kernel does not know the advice, or the memory may not be used so. */
	return madvise((void *)start, end - start, advice) == 0 ||
	       (errno == EINVAL && !is_known(advice));
}

void NTAPI MmProbeAndLockPages(PMDL Mdl, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation)
{
	const int advice = Operation == IoReadAccess ? MADV_POPULATE_READ : MADV_POPULATE_WRITE;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_checks(NT_RULE_MDL) && Mdl->MdlFlags & (USABLE | MDL_PAGES_LOCKED | MDL_PARTIAL))
		nt_violation(NT_RULE_MDL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL,
			     "MmProbeAndLockPages of MDL %p, which is locked or built already",
			     (void *)Mdl);
	if (!touch(MmGetMdlVirtualAddress(Mdl), Mdl->ByteCount, advice))
		ExRaiseStatus(STATUS_ACCESS_VIOLATION);
	Mdl->MdlFlags |= MDL_PAGES_LOCKED;
	if (Operation != IoReadAccess)
		Mdl->MdlFlags |= MDL_WRITE_OPERATION;
}

void NTAPI MmUnlockPages(PMDL Mdl)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_checks(NT_RULE_MDL) && !(Mdl->MdlFlags & MDL_PAGES_LOCKED))
		nt_violation(NT_RULE_MDL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL, "MmUnlockPages of MDL %p, whose pages are not locked",
			     (void *)Mdl);
	Mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA | MDL_WRITE_OPERATION);
	Mdl->MappedSystemVa = NULL;
}

PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDL Mdl, KPROCESSOR_MODE AccessMode,
					 MEMORY_CACHING_TYPE CacheType, PVOID RequestedAddress,
					 ULONG BugCheckOnFailure, ULONG Priority)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_checks(NT_RULE_MDL) && !(Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_PARTIAL | USABLE)))
		nt_violation(NT_RULE_MDL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL,
			     "MDL %p is mapped, but its pages are neither locked nor nonpaged pool",
			     (void *)Mdl);
	if (nt_fault(__func__, Mdl->ByteCount, 0))
		return NULL;
	Mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
	if (Mdl->MdlFlags & MDL_PARTIAL)
		Mdl->MdlFlags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
	Mdl->MappedSystemVa = MmGetMdlVirtualAddress(Mdl);
	return Mdl->MappedSystemVa;
}

PVOID NTAPI MmMapLockedPages(PMDL Mdl, KPROCESSOR_MODE AccessMode)
{
	return MmMapLockedPagesSpecifyCache(Mdl, AccessMode, MmCached, NULL, TRUE,
					    HighPagePriority);
}

void NTAPI MmUnmapLockedPages(PVOID BaseAddress, PMDL Mdl)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (Mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL)
		return;
	Mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
	Mdl->MappedSystemVa = NULL;
}

PVOID NTAPI MmGetSystemAddressForMdlSafe(PMDL Mdl, ULONG Priority)
{
	if (Mdl->MdlFlags & USABLE)
		return Mdl->MappedSystemVa;
	return MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE, Priority);
}

/* The numbers of the pages are those of their addresses. */
PPFN_NUMBER NTAPI MmGetMdlPfnArray(PMDL Mdl)
{
	PPFN_NUMBER numbers = (PPFN_NUMBER)(Mdl + 1);
	ULONG pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(Mdl), Mdl->ByteCount);

	for (ULONG i = 0; i < pages; i++)
		numbers[i] = ((ULONG_PTR)Mdl->StartVa >> PAGE_SHIFT) + i;
	return numbers;
}

void NTAPI MmPrepareMdlForReuse(PMDL Mdl)
{
	if (Mdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED)
		MmUnmapLockedPages(Mdl->MappedSystemVa, Mdl);
}

/* Length 0: from VirtualAddress to the end of the source. */
void NTAPI IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length)
{
	const char *start = MmGetMdlVirtualAddress(SourceMdl);
	const ULONG offset = (ULONG)((const char *)VirtualAddress - start);
	const CSHORT size = TargetMdl->Size;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_checks(NT_RULE_MDL) &&
	    ((const char *)VirtualAddress < start || offset > SourceMdl->ByteCount ||
	     Length > SourceMdl->ByteCount - offset))
		nt_violation(NT_RULE_MDL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL, "IoBuildPartialMdl: %u bytes at offset %u of an MDL of %u",
			     Length, offset, SourceMdl->ByteCount);
	if (!Length)
		Length = SourceMdl->ByteCount - offset;
	MmInitializeMdl(TargetMdl, VirtualAddress, Length);
	TargetMdl->Size = size;
	TargetMdl->Process = SourceMdl->Process;
	TargetMdl->MdlFlags = MDL_PARTIAL;
	if (SourceMdl->MdlFlags & USABLE) {
		TargetMdl->MdlFlags |= SourceMdl->MdlFlags & USABLE;
		TargetMdl->MappedSystemVa = (char *)SourceMdl->MappedSystemVa + offset;
	}
}

BOOLEAN NTAPI MmIsAddressValid(PVOID VirtualAddress)
{
	return touch(VirtualAddress, 1, MADV_POPULATE_READ);
}

static void probe(const volatile void *address, SIZE_T length, ULONG alignment, int advice)
{
	if (!length)
		return;
	if (alignment && (uintptr_t)address & (alignment - 1))
		ExRaiseDatatypeMisalignment();
	if (!touch((void *)address, length, advice))
		ExRaiseAccessViolation();
}

void NTAPI ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
	NT_MAX_IRQL(APC_LEVEL);
	probe(Address, Length, Alignment, MADV_POPULATE_READ);
}

void NTAPI ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
	NT_MAX_IRQL(APC_LEVEL);
	probe(Address, Length, Alignment, MADV_POPULATE_WRITE);
}
