/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Pool in all its forms, lookaside lists, MDLs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include <cmocka.h>

#include <wdm_device.h>
#include <wdm_seh.h>

static bool is_zero(const unsigned char *block, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (block[i])
			return false;
	return true;
}

static void every_form_allocates_and_the_zero_ones_zero(void **state)
{
	for (size_t size = 1; size <= 70000; size = size * 3 + 1) {
		unsigned char *zeroed[] = {
			ExAllocatePool2(POOL_FLAG_NON_PAGED, size, 'tseT'),
			ExAllocatePool2(POOL_FLAG_PAGED, size, 'tseT'),
			ExAllocatePool3(POOL_FLAG_NON_PAGED, size, 'tseT', NULL, 0),
			ExAllocatePoolZero(NonPagedPoolNx, size, 'tseT'),
			ExAllocatePoolQuotaZero(PagedPool, size, 'tseT'),
			ExAllocatePoolPriorityZero(PagedPool, size, 'tseT', NormalPoolPriority),
		};
		unsigned char *plain[] = {
			ExAllocatePool(NonPagedPool, size),
			ExAllocatePoolWithTag(NonPagedPoolNx, size, 'tseT'),
			ExAllocatePoolWithTagPriority(PagedPool, size, 'tseT', LowPoolPriority),
			ExAllocatePoolWithQuota(PagedPool, size),
			ExAllocatePoolWithQuotaTag(PagedPool, size, 'tseT'),
			ExAllocatePoolUninitialized(NonPagedPoolNx, size, 'tseT'),
			ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, size,
					'tseT'),
		};

		for (size_t i = 0; i < sizeof(zeroed) / sizeof(zeroed[0]); i++) {
			assert_non_null(zeroed[i]);
			assert_true(is_zero(zeroed[i], size));
			assert_int_equal((uintptr_t)zeroed[i] % 16, 0);
			memset(zeroed[i], 1, size);
			ExFreePoolWithTag(zeroed[i], 'tseT');
		}
		for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
			assert_non_null(plain[i]);
			memset(plain[i], 1, size);
			ExFreePool(plain[i]);
		}
	}
}

static void what_cannot_be_is_refused(void **state)
{
	POOL_EXTENDED_PARAMETER unknown = {.Type = 7};
	volatile NTSTATUS raised = 0;

	assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 0));
	assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, 'tseT'));
	assert_null(ExAllocatePool2(0, 16, 'tseT'));
	assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 16, 'tseT'));
	assert_null(ExAllocatePool3(POOL_FLAG_PAGED, 16, 'tseT', &unknown, 1));
	assert_null(ExAllocatePoolWithTag(NonPagedPoolNx, MAXSIZE_T, 'tseT'));
	assert_null(ExAllocatePoolWithTag(NonPagedPoolNx, MAXSIZE_T - 15, 'tseT'));
	assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, MAXSIZE_T / 2, 'tseT'));
	__try {
		ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_RAISE_ON_FAILURE, MAXSIZE_T, 'tseT');
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		raised = GetExceptionCode();
	}
	assert_int_equal(raised, STATUS_INSUFFICIENT_RESOURCES);
	raised = 0;
	__try {
		ExAllocatePoolWithQuotaTag(PagedPool, MAXSIZE_T, 'tseT');
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		raised = GetExceptionCode();
	}
	assert_int_equal(raised, STATUS_INSUFFICIENT_RESOURCES);
	assert_null(ExAllocatePoolWithQuotaTag(
		(POOL_TYPE)(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE), MAXSIZE_T, 'tseT'));
}

static int made, unmade;

static PVOID make(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	made++;
	return ExAllocatePoolWithTag(type, size, tag);
}

static void unmake(PVOID block)
{
	unmade++;
	ExFreePool(block);
}

static void lookaside_list_keeps_what_is_freed(void **state)
{
	NPAGED_LOOKASIDE_LIST list;
	LOOKASIDE_LIST_EX extended;
	void *first, *second;

	ExInitializeNPagedLookasideList(&list, make, unmake, 0, 100, 'tseT', 0);
	first = ExAllocateFromNPagedLookasideList(&list);
	second = ExAllocateFromNPagedLookasideList(&list);
	ExFreeToNPagedLookasideList(&list, first);
	assert_ptr_equal(ExAllocateFromNPagedLookasideList(&list), first);
	assert_int_equal(made, 2);
	ExFreeToNPagedLookasideList(&list, first);
	ExFreeToNPagedLookasideList(&list, second);
	ExDeleteNPagedLookasideList(&list);
	assert_int_equal(unmade, 2);

	assert_int_equal(ExInitializeLookasideListEx(&extended, NULL, NULL, PagedPool, 8, 1, 'tseT',
						     0),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(ExInitializeLookasideListEx(&extended, NULL, NULL, PagedPool, 0, 1, 'tseT',
						     0),
			 STATUS_SUCCESS);
	ExFreeToLookasideListEx(&extended, ExAllocateFromLookasideListEx(&extended));
	ExDeleteLookasideListEx(&extended);
}

static void mdl_describes_its_bytes(void **state)
{
	char *pages = mmap(NULL, 4UL * PAGE_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	PMDL mdl = IoAllocateMdl(pages + 100, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
	PMDL part = IoAllocateMdl(pages + 100, PAGE_SIZE, FALSE, FALSE, NULL);

	assert_int_equal(MmGetMdlByteCount(mdl), 2 * PAGE_SIZE);
	assert_int_equal(MmGetMdlByteOffset(mdl), 100);
	assert_ptr_equal(MmGetMdlVirtualAddress(mdl), pages + 100);
	assert_ptr_equal(mdl->StartVa, pages);
	assert_int_equal(mdl->Size, sizeof(MDL) + 3 * sizeof(PFN_NUMBER));
	MmBuildMdlForNonPagedPool(mdl);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), pages + 100);
	IoBuildPartialMdl(mdl, part, pages + 5000, 10);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(part, NormalPagePriority), pages + 5000);
	assert_int_equal(part->ByteCount, 10);
	IoBuildPartialMdl(mdl, part, pages + 5000, 0);
	assert_int_equal(part->ByteCount, 2 * PAGE_SIZE - 4900);
	assert_ptr_equal(MmGetMdlPfnArray(mdl), mdl + 1);
	IoFreeMdl(part);
	IoFreeMdl(mdl);
	munmap(pages, 4UL * PAGE_SIZE);
}

static NTSTATUS try_lock(void *address, ULONG size, LOCK_OPERATION operation)
{
	PMDL mdl = IoAllocateMdl(address, size, FALSE, FALSE, NULL);
	volatile NTSTATUS status = STATUS_SUCCESS;

	__try {
		MmProbeAndLockPages(mdl, KernelMode, operation);
		MmUnlockPages(mdl);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	IoFreeMdl(mdl);
	return status;
}

static void probing_raises_for_memory_that_is_not_there(void **state)
{
	char *pages = mmap(NULL, 3UL * PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(pages + 2L * PAGE_SIZE, PAGE_SIZE);
	assert_int_equal(try_lock(pages, 2 * PAGE_SIZE, IoReadAccess), STATUS_SUCCESS);
	assert_int_equal(try_lock(pages, 2 * PAGE_SIZE, IoWriteAccess), STATUS_ACCESS_VIOLATION);
	assert_int_equal(try_lock(pages, 2 * PAGE_SIZE + 1, IoReadAccess), STATUS_ACCESS_VIOLATION);
	assert_int_equal(try_lock(NULL, 10, IoReadAccess), STATUS_ACCESS_VIOLATION);
	assert_int_equal(try_lock((void *)~15ul, 64, IoReadAccess), STATUS_ACCESS_VIOLATION);
	assert_true(MmIsAddressValid(pages));
	assert_false(MmIsAddressValid(pages + 2L * PAGE_SIZE));
	munmap(pages, 2UL * PAGE_SIZE);
}

static void probe_checks_alignment_and_length(void **state)
{
	_Alignas(8) char buffer[16] = {0};
	volatile NTSTATUS status = STATUS_SUCCESS;

	ProbeForRead(buffer, 16, 8);
	ProbeForRead(NULL, 0, 1);
	ProbeForWrite(buffer, 16, 1);
	__try {
		ProbeForRead(buffer + 1, 4, 4);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	assert_int_equal(status, STATUS_DATATYPE_MISALIGNMENT);
	__try {
		ProbeForRead(buffer, MAXSIZE_T, 1);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	assert_int_equal(status, STATUS_ACCESS_VIOLATION);
}

static void mdl_hangs_on_its_irp(void **state)
{
	PIRP irp = IoAllocateIrp(1, FALSE);
	char bytes[3];
	PMDL first = IoAllocateMdl(bytes, 1, FALSE, FALSE, irp);
	PMDL second = IoAllocateMdl(bytes + 1, 1, TRUE, FALSE, irp);
	PMDL third = IoAllocateMdl(bytes + 2, 1, TRUE, FALSE, irp);

	assert_ptr_equal(irp->MdlAddress, first);
	assert_ptr_equal(first->Next, second);
	assert_ptr_equal(second->Next, third);
	assert_null(third->Next);
	IoFreeMdl(third);
	IoFreeMdl(second);
	IoFreeMdl(first);
	IoFreeIrp(irp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_allocates_and_the_zero_ones_zero),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(lookaside_list_keeps_what_is_freed),
		cmocka_unit_test(mdl_describes_its_bytes),
		cmocka_unit_test(probing_raises_for_memory_that_is_not_there),
		cmocka_unit_test(probe_checks_alignment_and_length),
		cmocka_unit_test(mdl_hangs_on_its_irp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
