/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Memory, time and the machine, of windows.h. */
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <windows.h>

/* From 1601 to 1970, in units of 100 ns. */
#define EPOCH 116444736000000000ull
#define HANDLERS_MAX 16

static PHANDLER_ROUTINE handlers[HANDLERS_MAX];

HANDLE WINAPI GetProcessHeap(void)
{
	static char heap;

	return &heap;
}

LPVOID WINAPI HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes)
{
	return dwFlags & HEAP_ZERO_MEMORY ? calloc(1, dwBytes ? dwBytes : 1) :
					    malloc(dwBytes ? dwBytes : 1);
}

LPVOID WINAPI HeapReAlloc(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes)
{
	size_t before = lpMem ? malloc_usable_size(lpMem) : 0;
	char *larger = realloc(lpMem, dwBytes ? dwBytes : 1);

	if (larger && dwFlags & HEAP_ZERO_MEMORY && dwBytes > before)
		memset(larger + before, 0, dwBytes - before);
	return larger;
}

BOOL WINAPI HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem)
{
	free(lpMem);
	return TRUE;
}

HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes)
{
	return HeapAlloc(NULL, uFlags & LMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0, uBytes);
}

HLOCAL WINAPI LocalFree(HLOCAL hMem)
{
	free(hMem);
	return NULL;
}

HGLOBAL WINAPI GlobalAlloc(UINT uFlags, SIZE_T dwBytes)
{
	return LocalAlloc(uFlags, dwBytes);
}

HGLOBAL WINAPI GlobalFree(HGLOBAL hMem)
{
	return LocalFree(hMem);
}

static ULONGLONG nanoseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (ULONGLONG)now.tv_sec * 1000000000 + (ULONGLONG)now.tv_nsec;
}

ULONGLONG WINAPI GetTickCount64(void)
{
	return nanoseconds(CLOCK_BOOTTIME) / 1000000;
}

DWORD WINAPI GetTickCount(void)
{
	return (DWORD)GetTickCount64();
}

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount)
{
	lpPerformanceCount->QuadPart = (LONGLONG)(nanoseconds(CLOCK_MONOTONIC) / 100);
	return TRUE;
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency)
{
	lpFrequency->QuadPart = 10000000;
	return TRUE;
}

void WINAPI GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime)
{
	ULONGLONG time = nanoseconds(CLOCK_REALTIME) / 100 + EPOCH;

	lpSystemTimeAsFileTime->dwLowDateTime = (DWORD)time;
	lpSystemTimeAsFileTime->dwHighDateTime = (DWORD)(time >> 32);
}

void WINAPI GetSystemInfo(LPSYSTEM_INFO lpSystemInfo)
{
	memset(lpSystemInfo, 0, sizeof(*lpSystemInfo));
	lpSystemInfo->dwPageSize = (DWORD)sysconf(_SC_PAGESIZE);
	lpSystemInfo->dwAllocationGranularity = 65536;
	lpSystemInfo->dwNumberOfProcessors = (DWORD)sysconf(_SC_NPROCESSORS_ONLN);
	lpSystemInfo->wProcessorArchitecture = 9;
}

DWORD WINAPI GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize)
{
	const char *value = lpName ? getenv(lpName) : NULL;
	size_t length = value ? strlen(value) : 0;

	if (!value) {
		SetLastError(203); /* ERROR_ENVVAR_NOT_FOUND */
		return 0;
	}
	if (!lpBuffer || length >= nSize)
		return (DWORD)length + 1;
	memcpy(lpBuffer, value, length + 1);
	return (DWORD)length;
}

/* On Windows a new thread runs the handlers; here one waits for the signals. */
static DWORD WINAPI wait_for_signals(LPVOID context)
{
	sigset_t signals;
	int number = 0;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	for (;;) {
		bool handled = false;

		if (sigwait(&signals, &number))
			continue;
		for (int i = HANDLERS_MAX - 1; i >= 0 && !handled; i--) {
			PHANDLER_ROUTINE handler = __atomic_load_n(&handlers[i], __ATOMIC_ACQUIRE);

			handled = handler &&
				  handler(number == SIGINT ? CTRL_C_EVENT : CTRL_CLOSE_EVENT);
		}
		if (!handled)
			_exit(128 + number);
	}
}

/* For programs that call this before they make threads: those that exist keep their signals. */
static void start_signals(void)
{
	static LONG started;
	sigset_t signals;
	HANDLE thread;

	if (__atomic_exchange_n(&started, 1, __ATOMIC_ACQ_REL))
		return;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	thread = CreateThread(NULL, 0, wait_for_signals, NULL, 0, NULL);
	if (thread)
		CloseHandle(thread);
}

BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE HandlerRoutine, BOOL Add)
{
	PHANDLER_ROUTINE wanted = Add ? NULL : HandlerRoutine;

	if (!HandlerRoutine)
		return signal(SIGINT, Add ? SIG_IGN : SIG_DFL) != SIG_ERR;
	for (int i = 0; i < HANDLERS_MAX; i++) {
		PHANDLER_ROUTINE expected = wanted;

		if (__atomic_compare_exchange_n(&handlers[i], &expected,
						Add ? HandlerRoutine : (PHANDLER_ROUTINE)NULL,
						false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			if (Add)
				start_signals();
			return TRUE;
		}
	}
	SetLastError(ERROR_INVALID_PARAMETER);
	return FALSE;
}
