/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Thread-local slots, dates, pages, the thread pool, waiting on an address. */
#include <string.h>
#include <windows.h>

#include "cmocka_once.h"

static DWORD slot;

static DWORD WINAPI look(LPVOID context)
{
	*(void **)context = TlsGetValue(slot);
	return 0;
}

static void a_slot_is_each_thread_s_own(void **state)
{
	void *seen = &seen;
	HANDLE thread;

	slot = TlsAlloc();
	assert_int_not_equal(slot, TLS_OUT_OF_INDEXES);
	assert_null(TlsGetValue(slot));
	assert_true(TlsSetValue(slot, &slot));
	thread = CreateThread(NULL, 0, look, &seen, 0, NULL);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	assert_null(seen);
	assert_ptr_equal(TlsGetValue(slot), &slot);
	assert_int_equal(GetLastError(), 0);
	assert_true(TlsFree(slot));
	assert_false(TlsFree(0xfffff));
	assert_false(TlsSetValue(0xfffff, NULL));
}

static void dates(void **state)
{
	SYSTEMTIME parts = {.wYear = 1970, .wMonth = 1, .wDay = 2, .wMilliseconds = 5};
	FILETIME time;
	FILETIME later;

	assert_true(SystemTimeToFileTime(&parts, &time));
	assert_int_equal((ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime,
			 116444736000000000ull + 864000000000ull + 50000);
	memset(&parts, 0, sizeof(parts));
	assert_true(FileTimeToSystemTime(&time, &parts));
	assert_int_equal(parts.wYear, 1970);
	assert_int_equal(parts.wDay, 2);
	assert_int_equal(parts.wDayOfWeek, 5);
	assert_int_equal(parts.wMilliseconds, 5);
	parts.wDay = 32;
	assert_false(SystemTimeToFileTime(&parts, &time));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	later = time;
	later.dwHighDateTime++;
	assert_int_equal(CompareFileTime(&time, &later), -1);
	assert_int_equal(CompareFileTime(&later, &time), 1);
	assert_int_equal(CompareFileTime(&time, &time), 0);
	later.dwHighDateTime = 0x80000000;
	assert_false(FileTimeToSystemTime(&later, &parts));
	GetSystemTime(&parts);
	assert_true(parts.wYear > 2020);
	GetLocalTime(&parts);
	assert_in_range(parts.wMonth, 1, 12);
	GetSystemTimePreciseAsFileTime(&time);
	GetSystemTimeAsFileTime(&later);
	assert_true(CompareFileTime(&time, &later) <= 0);
}

static void pages_and_heaps(void **state)
{
	char *pages = VirtualAlloc(NULL, 5000, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
	HANDLE heap = HeapCreate(0, 0, 0);
	void *block = HeapAlloc(heap, 0, 10);

	assert_int_equal((ULONG_PTR)pages % 4096, 0);
	assert_int_equal(pages[4999], 0);
	pages[8191] = 1;
	assert_ptr_equal(VirtualAlloc(pages, 10, MEM_COMMIT, PAGE_READWRITE), pages);
	assert_false(VirtualFree(pages, 5000, MEM_RELEASE));
	assert_true(VirtualFree(pages, 0, MEM_RELEASE));
	assert_null(VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE));
	assert_null(VirtualAlloc(NULL, 10, MEM_COMMIT, PAGE_READONLY));
	assert_true(HeapSize(heap, 0, block) >= 10);
	HeapFree(heap, 0, block);
	assert_true(HeapDestroy(heap));
}

static void the_rest(void **state)
{
	char path[256];

	assert_true(SwitchToThread());
	assert_true(SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST));
	assert_false(SetThreadPriority(GetCurrentThread(), 99));
	assert_true(GetModuleFileNameA(NULL, path, sizeof(path)) > 4);
	assert_non_null(strstr(path, "win_more_test"));
	assert_int_equal(GetModuleFileNameA(NULL, path, 3), 3);
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(strlen(path), 2);
	assert_int_equal(GetModuleFileNameA((HMODULE)path, path, 3), 0);
	assert_false(TerminateProcess(NULL, 1));
	OutputDebugStringA("");
	OutputDebugStringW(u"");
}

#define PIECES 200
static LONG done;
static HANDLE all_done;

static void CALLBACK work(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK self)
{
	InterlockedIncrement(&done);
}

static void CALLBACK simple(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
	if (InterlockedIncrement(&done) == (LONG)(LONG_PTR)context)
		SetEvent(all_done);
}

static DWORD WINAPI item(LPVOID context)
{
	simple(NULL, context);
	return 0;
}

static HANDLE gate;

static void CALLBACK wait_at_gate(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK self)
{
	WaitForSingleObject(gate, INFINITE);
	InterlockedIncrement(&done);
}

static void CALLBACK open_gate(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK self)
{
	SetEvent(gate);
}

static void the_pool_runs_all_and_waits_for_all(void **state)
{
	TP_CALLBACK_ENVIRON environment;
	PTP_WORK one;
	PTP_WORK other;

	InitializeThreadpoolEnvironment(&environment);
	one = CreateThreadpoolWork(work, NULL, &environment);
	for (int i = 0; i < PIECES; i++)
		SubmitThreadpoolWork(one);
	WaitForThreadpoolWorkCallbacks(one, FALSE);
	assert_int_equal(done, PIECES);
	CloseThreadpoolWork(one);
	assert_null(CreateThreadpoolWork(NULL, NULL, NULL));
	/* One that waits for another does not keep it from running. */
	done = 0;
	gate = CreateEventA(NULL, TRUE, FALSE, NULL);
	one = CreateThreadpoolWork(wait_at_gate, NULL, NULL);
	other = CreateThreadpoolWork(open_gate, NULL, NULL);
	for (int i = 0; i < 8; i++)
		SubmitThreadpoolWork(one);
	SubmitThreadpoolWork(other);
	WaitForThreadpoolWorkCallbacks(one, FALSE);
	WaitForThreadpoolWorkCallbacks(other, TRUE);
	assert_int_equal(done, 8);
	CloseThreadpoolWork(one);
	CloseThreadpoolWork(other);
	CloseHandle(gate);
	DestroyThreadpoolEnvironment(&environment);
}

static void callbacks_of_their_own(void **state)
{
	done = 0;
	all_done = CreateEventA(NULL, TRUE, FALSE, NULL);
	for (int i = 0; i < PIECES; i++) {
		assert_true(TrySubmitThreadpoolCallback(simple, (PVOID)(2 * PIECES), NULL));
		assert_true(QueueUserWorkItem(item, (PVOID)(2 * PIECES), WT_EXECUTEDEFAULT));
	}
	assert_int_equal(WaitForSingleObject(all_done, 10000), WAIT_OBJECT_0);
	CloseHandle(all_done);
	assert_false(TrySubmitThreadpoolCallback(NULL, NULL, NULL));
	assert_false(QueueUserWorkItem(NULL, NULL, 0));
}

static volatile LONG watched;

static DWORD WINAPI change(LPVOID context)
{
	InterlockedExchange(&watched, 1);
	WakeByAddressSingle((PVOID)&watched);
	return 0;
}

static void one_waits_until_the_value_is_another(void **state)
{
	LONG before = 0;
	LONGLONG odd = 0;
	HANDLE thread = CreateThread(NULL, 0, change, NULL, 0, NULL);

	while (ReadAcquire(&watched) == before)
		assert_true(WaitOnAddress(&watched, &before, sizeof(before), INFINITE));
	assert_true(WaitOnAddress(&watched, &before, sizeof(before), 0));
	before = 1;
	assert_false(WaitOnAddress(&watched, &before, sizeof(before), 10));
	assert_int_equal(GetLastError(), ERROR_TIMEOUT);
	assert_false(WaitOnAddress(&odd, &odd, 3, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	WakeByAddressAll((PVOID)&watched);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_is_each_thread_s_own),
		cmocka_unit_test(dates),
		cmocka_unit_test(pages_and_heaps),
		cmocka_unit_test(the_rest),
		cmocka_unit_test(the_pool_runs_all_and_waits_for_all),
		cmocka_unit_test(callbacks_of_their_own),
		cmocka_unit_test(one_waits_until_the_value_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
