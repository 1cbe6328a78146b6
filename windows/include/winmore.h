/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Included by windows.h: thread-local slots, dates, pages, the thread pool, waiting on an address. */
#ifndef WHITHER_WINMORE_H
#define WHITHER_WINMORE_H

#ifndef WHITHER_WINDOWS_H
#include <windows.h>
#endif

#define TLS_OUT_OF_INDEXES 0xffffffffu
#define MEM_COMMIT 0x1000
#define MEM_RESERVE 0x2000
#define MEM_DECOMMIT 0x4000
#define MEM_RELEASE 0x8000
#define PAGE_NOACCESS 0x01
#define PAGE_READONLY 0x02
#define PAGE_READWRITE 0x04
#define THREAD_PRIORITY_IDLE (-15)
#define THREAD_PRIORITY_LOWEST (-2)
#define THREAD_PRIORITY_BELOW_NORMAL (-1)
#define THREAD_PRIORITY_NORMAL 0
#define THREAD_PRIORITY_ABOVE_NORMAL 1
#define THREAD_PRIORITY_HIGHEST 2
#define THREAD_PRIORITY_TIME_CRITICAL 15
#define THREAD_PRIORITY_ERROR_RETURN MAXLONG
#define WT_EXECUTEDEFAULT 0
#define WT_EXECUTEINIOTHREAD 1
#define WT_EXECUTELONGFUNCTION 0x10
#define LANG_ENGLISH 9
#define SUBLANG_ENGLISH_US 1
#define SUBLANG_NEUTRAL 0
#define IsDebuggerPresent() FALSE
#define DebugBreak() __builtin_trap()
#define MulDiv(a, b, c) ((int)((LONGLONG)(a) * (b) / (c)))

typedef struct _SYSTEMTIME {
	WORD wYear;
	WORD wMonth;
	WORD wDayOfWeek;
	WORD wDay;
	WORD wHour;
	WORD wMinute;
	WORD wSecond;
	WORD wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

typedef struct _TP_POOL *PTP_POOL;
typedef struct _TP_WORK *PTP_WORK;
typedef struct _TP_CALLBACK_INSTANCE *PTP_CALLBACK_INSTANCE;
typedef struct _TP_CLEANUP_GROUP *PTP_CLEANUP_GROUP;
typedef struct _TP_CALLBACK_ENVIRON {
	DWORD Version;
	PTP_POOL Pool;
	PTP_CLEANUP_GROUP CleanupGroup;
	PVOID Reserved[6];
} TP_CALLBACK_ENVIRON, *PTP_CALLBACK_ENVIRON;
typedef VOID(CALLBACK *PTP_WORK_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context,
					  PTP_WORK Work);
typedef VOID(CALLBACK *PTP_SIMPLE_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context);

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

DWORD WINAPI TlsAlloc(void);
BOOL WINAPI TlsFree(DWORD dwTlsIndex);
LPVOID WINAPI TlsGetValue(DWORD dwTlsIndex);
BOOL WINAPI TlsSetValue(DWORD dwTlsIndex, LPVOID lpTlsValue);

void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME lpSystemTimeAsFileTime);
void WINAPI GetSystemTime(LPSYSTEMTIME lpSystemTime);
void WINAPI GetLocalTime(LPSYSTEMTIME lpSystemTime);
BOOL WINAPI FileTimeToSystemTime(const FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime);
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime);
LONG WINAPI CompareFileTime(const FILETIME *lpFileTime1, const FILETIME *lpFileTime2);

/* Pages that are reserved are committed. */
LPVOID WINAPI VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType,
			   DWORD flProtect);
BOOL WINAPI VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType);
/* Of the process's heap: a heap of one's own is the same. */
HANDLE WINAPI HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize);
BOOL WINAPI HeapDestroy(HANDLE hHeap);
SIZE_T WINAPI HeapSize(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem);

BOOL WINAPI SwitchToThread(void);
/* Not looked at: the host schedules. */
BOOL WINAPI SetThreadPriority(HANDLE hThread, int nPriority);
void WINAPI OutputDebugStringA(LPCSTR lpOutputString);
void WINAPI OutputDebugStringW(LPCWSTR lpOutputString);
DWORD WINAPI GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize);
BOOL WINAPI TerminateProcess(HANDLE hProcess, UINT uExitCode);

/* Sizes 1, 2, 4, 8. */
BOOL WINAPI WaitOnAddress(volatile VOID *Address, PVOID CompareAddress, SIZE_T AddressSize,
			  DWORD dwMilliseconds);
void WINAPI WakeByAddressSingle(PVOID Address);
void WINAPI WakeByAddressAll(PVOID Address);

/* One pool for all: the environment is not looked at. */
PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK pfnwk, PVOID pv, PTP_CALLBACK_ENVIRON pcbe);
void WINAPI SubmitThreadpoolWork(PTP_WORK pwk);
void WINAPI WaitForThreadpoolWorkCallbacks(PTP_WORK pwk, BOOL fCancelPendingCallbacks);
void WINAPI CloseThreadpoolWork(PTP_WORK pwk);
BOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK pfns, PVOID pv,
					PTP_CALLBACK_ENVIRON pcbe);
BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE Function, PVOID Context, ULONG Flags);

WHITHER_END_C
#pragma GCC visibility pop

WHITHER_INLINE void InitializeThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment)
{
	__builtin_memset(environment, 0, sizeof(*environment));
}
WHITHER_INLINE void DestroyThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment)
{
	(void)environment;
}
#define OutputDebugString WHITHER_AW(OutputDebugString)
#define GetModuleFileName GetModuleFileNameA

#endif
