/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Thread-local slots, dates, pages, and what else a program of sockets calls. */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <windows.h>

/* From 1601 to 1970, in units of 100 ns. */
#define EPOCH 116444736000000000LL
#define SECOND 10000000LL

DWORD WINAPI TlsAlloc(void)
{
	pthread_key_t key;

	if (!pthread_key_create(&key, NULL))
		return key;
	SetLastError(ERROR_NOT_ENOUGH_MEMORY);
	return TLS_OUT_OF_INDEXES;
}

BOOL WINAPI TlsFree(DWORD dwTlsIndex)
{
	if (!pthread_key_delete(dwTlsIndex))
		return TRUE;
	SetLastError(ERROR_INVALID_PARAMETER);
	return FALSE;
}

/* NULL is a value as well: the last error tells. */
LPVOID WINAPI TlsGetValue(DWORD dwTlsIndex)
{
	SetLastError(ERROR_SUCCESS);
	return pthread_getspecific(dwTlsIndex);
}

BOOL WINAPI TlsSetValue(DWORD dwTlsIndex, LPVOID lpTlsValue)
{
	if (!pthread_setspecific(dwTlsIndex, lpTlsValue))
		return TRUE;
	SetLastError(ERROR_INVALID_PARAMETER);
	return FALSE;
}

void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME lpSystemTimeAsFileTime)
{
	GetSystemTimeAsFileTime(lpSystemTimeAsFileTime);
}

static LONGLONG value_of(const FILETIME *time)
{
	return (LONGLONG)((ULONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime);
}

static void put_parts(const struct tm *parts, WORD milliseconds, LPSYSTEMTIME ret_time)
{
	*ret_time = (SYSTEMTIME){
		.wYear = (WORD)(parts->tm_year + 1900),
		.wMonth = (WORD)(parts->tm_mon + 1),
		.wDayOfWeek = (WORD)parts->tm_wday,
		.wDay = (WORD)parts->tm_mday,
		.wHour = (WORD)parts->tm_hour,
		.wMinute = (WORD)parts->tm_min,
		.wSecond = (WORD)parts->tm_sec,
		.wMilliseconds = milliseconds,
	};
}

static void now(LPSYSTEMTIME ret_time, struct tm *(*split)(const time_t *, struct tm *))
{
	struct timespec time;
	struct tm parts;

	clock_gettime(CLOCK_REALTIME, &time);
	split(&time.tv_sec, &parts);
	put_parts(&parts, (WORD)(time.tv_nsec / 1000000), ret_time);
}

void WINAPI GetSystemTime(LPSYSTEMTIME lpSystemTime)
{
	now(lpSystemTime, gmtime_r);
}

void WINAPI GetLocalTime(LPSYSTEMTIME lpSystemTime)
{
	now(lpSystemTime, localtime_r);
}

BOOL WINAPI FileTimeToSystemTime(const FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime)
{
	const LONGLONG value = value_of(lpFileTime);
	const LONGLONG since = value < 0 ? 0 : value - EPOCH;
	LONGLONG seconds = since / SECOND;
	LONGLONG rest = since % SECOND;
	struct tm parts;

	if (rest < 0) {
		rest += SECOND;
		seconds--;
	}
	if (value < 0 || !gmtime_r(&seconds, &parts)) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	put_parts(&parts, (WORD)(rest / 10000), lpSystemTime);
	return TRUE;
}

BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime)
{
	struct tm parts = {
		.tm_year = lpSystemTime->wYear - 1900,
		.tm_mon = lpSystemTime->wMonth - 1,
		.tm_mday = lpSystemTime->wDay,
		.tm_hour = lpSystemTime->wHour,
		.tm_min = lpSystemTime->wMinute,
		.tm_sec = lpSystemTime->wSecond,
	};
	const struct tm asked = parts;
	const time_t seconds = timegm(&parts);
	ULONGLONG value;

	/* A day that there is not has become another. */
	if (lpSystemTime->wYear < 1601 || lpSystemTime->wMilliseconds > 999 ||
	    parts.tm_mday != asked.tm_mday || parts.tm_mon != asked.tm_mon ||
	    parts.tm_hour != asked.tm_hour || parts.tm_min != asked.tm_min ||
	    parts.tm_sec != asked.tm_sec) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	value = (ULONGLONG)(seconds * SECOND + EPOCH + lpSystemTime->wMilliseconds * 10000LL);
	lpFileTime->dwLowDateTime = (DWORD)value;
	lpFileTime->dwHighDateTime = (DWORD)(value >> 32);
	return TRUE;
}

LONG WINAPI CompareFileTime(const FILETIME *lpFileTime1, const FILETIME *lpFileTime2)
{
	const ULONGLONG one = (ULONGLONG)value_of(lpFileTime1);
	const ULONGLONG other = (ULONGLONG)value_of(lpFileTime2);

	return (one > other) - (one < other);
}

/* The size stands before the pages that are given away, for VirtualFree(): on a page of its own. */
LPVOID WINAPI VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType, DWORD flProtect)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t size = (dwSize + page - 1) / page * page;
	char *pages;

	/* What was reserved is committed already. */
	if (lpAddress && flAllocationType == MEM_COMMIT)
		return lpAddress;
	if (lpAddress || !dwSize || size < dwSize || flProtect != PAGE_READWRITE) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	pages = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	memcpy(pages, &size, sizeof(size));
	return pages + page;
}

BOOL WINAPI VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size;

	if (!lpAddress || dwFreeType != MEM_RELEASE || dwSize) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	memcpy(&size, (char *)lpAddress - page, sizeof(size));
	munmap((char *)lpAddress - page, size + page);
	return TRUE;
}

HANDLE WINAPI HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize)
{
	return GetProcessHeap();
}

BOOL WINAPI HeapDestroy(HANDLE hHeap)
{
	return TRUE;
}

SIZE_T WINAPI HeapSize(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem)
{
	return malloc_usable_size((void *)(ULONG_PTR)lpMem);
}

BOOL WINAPI SwitchToThread(void)
{
	return sched_yield() == 0;
}

BOOL WINAPI SetThreadPriority(HANDLE hThread, int nPriority)
{
	if (nPriority >= THREAD_PRIORITY_IDLE && nPriority <= THREAD_PRIORITY_TIME_CRITICAL)
		return TRUE;
	SetLastError(ERROR_INVALID_PARAMETER);
	return FALSE;
}

void WINAPI OutputDebugStringA(LPCSTR lpOutputString)
{
	if (lpOutputString)
		fputs(lpOutputString, stderr);
}

void WINAPI OutputDebugStringW(LPCWSTR lpOutputString)
{
	char text[4096];

	if (lpOutputString &&
	    WideCharToMultiByte(CP_UTF8, 0, lpOutputString, -1, text, sizeof(text), NULL, NULL))
		OutputDebugStringA(text);
}

DWORD WINAPI GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize)
{
	char path[4096];
	const ssize_t length = readlink("/proc/self/exe", path, sizeof(path));

	if (hModule || length < 0 || !nSize) {
		SetLastError(hModule ? ERROR_MOD_NOT_FOUND : ERROR_INVALID_PARAMETER);
		return 0;
	}
	if ((size_t)length < nSize) {
		memcpy(lpFilename, path, (size_t)length);
		lpFilename[length] = 0;
		return (DWORD)length;
	}
	memcpy(lpFilename, path, nSize - 1);
	lpFilename[nSize - 1] = 0;
	SetLastError(ERROR_INSUFFICIENT_BUFFER);
	return nSize;
}

/* This process alone. */
BOOL WINAPI TerminateProcess(HANDLE hProcess, UINT uExitCode)
{
	if (hProcess != GetCurrentProcess()) {
		SetLastError(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	_exit((int)uExitCode);
}
