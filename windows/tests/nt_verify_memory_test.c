/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What the verifier says of pool, MDLs, locks and handles. */
#include <wdm_check.h>
#include <wdm_device.h>

#include "misdeed.h"
#include "nt_internal.h"
#include "verifier.h"

static void free_lent_buffer(void)
{
	char *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'tseT');

	nt_buffer_lent(block + 50, 10, "WskReceive", NULL);
	ExFreePool(block);
}

static void free_locked_mdl(void)
{
	static char bytes[10];
	PMDL mdl = IoAllocateMdl(bytes, 10, FALSE, FALSE, NULL);

	MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
	IoFreeMdl(mdl);
}

static void map_unlocked_mdl(void)
{
	static char bytes[10];
	PMDL mdl = IoAllocateMdl(bytes, 10, FALSE, FALSE, NULL);

	MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
	IoFreeMdl(mdl);
}

static void unlock_unlocked_mdl(void)
{
	static char bytes[10];
	PMDL mdl = IoAllocateMdl(bytes, 10, FALSE, FALSE, NULL);

	MmBuildMdlForNonPagedPool(mdl);
	MmUnlockPages(mdl);
	IoFreeMdl(mdl);
}

static void free_twice(void)
{
	void *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'tseT');

	ExFreePool(block);
	ExFreePool(block);
}

static void free_what_is_not_pool(void)
{
	int here;

	ExFreePool(&here);
}

static void wrong_tag(void)
{
	ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'tseT'), 'rehO');
}

static void leak(void)
{
	/* Kept where LeakSanitizer sees it. */
	static void *kept[2];
	static int count;

	kept[count] = ExAllocatePool2(POOL_FLAG_NON_PAGED, 123, 'kaeL');
	assert_non_null(kept[count++]);
}

static void lock_twice(void)
{
	KSPIN_LOCK lock = 0;
	KIRQL irql;

	KeAcquireSpinLock(&lock, &irql);
	KeAcquireSpinLock(&lock, &irql);
}

static void release_free_lock(void)
{
	KSPIN_LOCK lock = 0;

	KeReleaseSpinLock(&lock, PASSIVE_LEVEL);
}

static void close_nothing(void)
{
	ZwClose((HANDLE)1234);
}

static const struct misdeed misdeeds[] = {
	{free_lent_buffer, "buffer-freed", "DRIVER_VERIFIER_DETECTED_VIOLATION (0xC4)",
	 "WskReceive"},
	{free_locked_mdl, "mdl", "DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS (0xCB)", "locked"},
	{map_unlocked_mdl, "mdl", "DRIVER_VERIFIER_DETECTED_VIOLATION (0xC4)", "neither locked"},
	{unlock_unlocked_mdl, "mdl", "DRIVER_VERIFIER_DETECTED_VIOLATION (0xC4)", "not locked"},
	{free_twice, "pool", "BAD_POOL_CALLER (0xC2)", "tag 'Test', a second time"},
	{free_what_is_not_pool, "pool", "BAD_POOL_CALLER (0xC2)", "no block of pool"},
	{wrong_tag, "pool", "BAD_POOL_CALLER (0xC2)", "'Oher'"},
	{leak, "pool-leak", "DRIVER_VERIFIER_DETECTED_VIOLATION (0xC4)", "123 bytes, tag 'Leak'"},
	{lock_twice, "lock", "SPIN_LOCK_ALREADY_OWNED (0xF)", "already"},
	{release_free_lock, "lock", "SPIN_LOCK_NOT_OWNED (0x10)", "does not hold"},
	{close_nothing, "handle", "DRIVER_VERIFIER_DETECTED_VIOLATION (0xC4)", "ZwClose"},
};

static void each_misdeed_stops_under_its_rule(void **state)
{
	check_misdeeds(misdeeds, sizeof(misdeeds) / sizeof(misdeeds[0]));
}

static void the_places_are_named(void **state)
{
	char *here, *before;

	assert_int_equal(commit(free_twice, "pool=stop"), -6);
	here = strstr(said, "whither:   here: ");
	before = strstr(said, "whither:   before: ");
	assert_non_null(here);
	assert_non_null(before);
	assert_non_null(strstr(here, "nt_verify_memory_test"));
	assert_non_null(strstr(before, "nt_verify_memory_test"));
}

static void leak_two(void)
{
	leak();
	leak();
}

static void every_leak_is_named_before_the_end(void **state)
{
	const char *first;

	assert_int_equal(commit(leak_two, "pool-leak=stop"), -6);
	first = strstr(said, "tag 'Leak'");
	assert_non_null(first);
	assert_non_null(strstr(first + 1, "tag 'Leak'"));
}

static void lend_twice(void)
{
	char *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'tseT');

	nt_buffer_lent(block, 10, "WskSend", NULL);
	nt_buffer_lent(block, 10, "WskSend", NULL);
	nt_buffer_returned(block);
	ExFreePool(block);
}

static void buffer_of_two_requests_is_lent_until_both_are_done(void **state)
{
	assert_int_equal(commit(lend_twice, "buffer-freed=stop"), -6);
	assert_non_null(strstr(said, "a pending WskSend owns 10 bytes"));
}

static void write_after_free(void)
{
	char *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'etaL');

	ExFreePool(block);
	block[5] = 1;
	for (int i = 0; i < 5000; i++)
		ExFreePool(ExAllocatePoolZero(NonPagedPoolNx, 64, 'tseT'));
}

static void late_write_is_seen(void **state)
{
	int result = commit(write_after_free, "pool=stop");

	/* AddressSanitizer sees it itself. */
	assert_true(result != 0);
	assert_true(strstr(said, "written to at offset 5") || strstr(said, "AddressSanitizer"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_misdeed_stops_under_its_rule),
		cmocka_unit_test(the_places_are_named),
		cmocka_unit_test(every_leak_is_named_before_the_end),
		cmocka_unit_test(buffer_of_two_requests_is_lent_until_both_are_done),
		cmocka_unit_test(late_write_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
