/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The rules of the verifier: silent of good behaviour, chosen by name; faults on demand. */
#include <errno.h>

#include <wdm_check.h>
#include <wdm_device.h>

#include "misdeed.h"
#include "nt_internal.h"
#include "verified_irp.h"
#include "verifier.h"

static void well_behaved(void)
{
	char *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'tseT');
	PMDL mdl = IoAllocateMdl(block, 100, FALSE, FALSE, NULL);
	PIRP irp = make_irp();
	KSPIN_LOCK lock;
	KIRQL irql;
	KEVENT event;
	LARGE_INTEGER now = {.QuadPart = 0};

	KeInitializeSpinLock(&lock);
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeAcquireSpinLock(&lock, &irql);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &now);
	KeSetEvent(&event, 0, FALSE);
	KeReleaseSpinLock(&lock, irql);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	PAGED_CODE();
	MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
	MmUnlockPages(mdl);
	IoFreeMdl(mdl);
	nt_buffer_lent(block, 100, "WskReceive", NULL);
	nt_buffer_returned(block);
	for (int i = 0; i < 3; i++) {
		accept_irp(irp);
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(irp, keep_irp, NULL, TRUE, TRUE, TRUE);
	}
	IoFreeIrp(irp);
	ExFreePoolWithTag(block, 'tseT');
	for (int i = 0; i < 5000; i++)
		ExFreePool(ExAllocatePoolZero(NonPagedPoolNx, 64, 'tseT'));
}

static void irql_too_high(void)
{
	KIRQL old;
	HANDLE handle;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, NULL, NULL);
	KeLowerIrql(old);
}

static void complete_twice(void)
{
	PIRP irp = make_irp();

	accept_irp(irp);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	IoFreeIrp(irp);
}

static void free_twice(void)
{
	void *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'tseT');

	ExFreePool(block);
	ExFreePool(block);
}

static void leak(void)
{
	/* Kept where LeakSanitizer sees it. */
	static void *kept;

	kept = ExAllocatePool2(POOL_FLAG_NON_PAGED, 123, 'kaeL');
	assert_non_null(kept);
}

static void report_goes_on(void **state)
{
	assert_int_equal(commit(irql_too_high, "irql=report"), 1);
	assert_non_null(strstr(said, "IRQL_NOT_LESS_OR_EQUAL"));
	assert_int_equal(commit(complete_twice, "report"), 1);
	assert_int_equal(commit(free_twice, "all=report"), 1);
	assert_int_equal(commit(leak, "pool-leak=report"), 1);
	assert_int_equal(commit(irql_too_high, "irql=off,pool=stop"), 0);
}

static void good_behaviour_is_silent(void **state)
{
	assert_int_equal(commit(well_behaved, ""), 0);
	assert_string_equal(said, "");
}

static void words_that_mean_nothing_are_refused(void **state)
{
	static const char *const words[] = {"irq=stop", "irql=halt", "irql=", "=stop",
					    "pool,nothing"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(nt_verify_set(words[i]), -EINVAL);
	assert_int_equal(nt_verify_set(NULL), 0);
}

static void names_are_those_of_the_rules(void **state)
{
	char names[512];
	int count = 0;

	snprintf(names, sizeof(names), "%s", nt_verify_names());
	for (char *name = strtok(names, " "); name; name = strtok(NULL, " "), count++)
		assert_int_equal(nt_verify_set(name), 0);
	assert_int_equal(count, NT_RULES);
	nt_verify_set(NULL);
}

static void numbered_allocation_fails_and_only_it(void **state)
{
	void *blocks[6];

	nt_fault_set(4);
	for (int i = 0; i < 6; i++)
		blocks[i] = ExAllocatePool2(POOL_FLAG_NON_PAGED, 10, 'tseT');
	assert_int_equal(nt_fault_count(), 6);
	nt_fault_set(0);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(blocks[i] == NULL, i == 3);
		if (blocks[i])
			ExFreePool(blocks[i]);
	}
	nt_fault_set(1);
	assert_null(IoAllocateIrp(1, FALSE));
	nt_fault_set(1);
	assert_null(IoAllocateMdl(blocks, 1, FALSE, FALSE, NULL));
	nt_fault_set(0);
}

static void *__attribute__((__noinline__)) allocate_here(void)
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, 10, 'tseT');
}

static void each_call_stack_fails_once(void **state)
{
	int failed = 0;

	nt_fault_each();
	for (int i = 0; i < 10; i++) {
		void *block = allocate_here();

		failed += !block;
		if (block)
			ExFreePool(block);
	}
	assert_int_equal(failed, 1);
	assert_null(IoAllocateIrp(1, FALSE));
	nt_fault_set(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_goes_on),
		cmocka_unit_test(good_behaviour_is_silent),
		cmocka_unit_test(words_that_mean_nothing_are_refused),
		cmocka_unit_test(names_are_those_of_the_rules),
		cmocka_unit_test(numbered_allocation_fails_and_only_it),
		cmocka_unit_test(each_call_stack_fails_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
