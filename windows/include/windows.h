/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The part of windows.h that a socket program needs: handles, waiting, threads, locks, memory, time,
 * text. For user mode; a driver includes ntddk.h or wdm.h instead. A SOCKET is a descriptor and a HANDLE
 * never is: each set of functions takes its own, and CancelIo, CancelIoEx, SetHandleInformation,
 * CreateIoCompletionPort take both.
 */
#ifndef WHITHER_WINDOWS_H
#define WHITHER_WINDOWS_H

#ifdef WHITHER_WDM_H
#error "A file is of kernel mode (wdm.h, ntddk.h, ntifs.h) or of user mode (windows.h), not of both."
#endif

#include <guiddef.h>
#include <ntdef.h>
#include <sal.h>
#include <wdm_interlocked.h>
#include <winerror.h>

#ifndef _WINDOWS_
#define _WINDOWS_
#endif

#define WINAPI
#define APIENTRY WINAPI
#define CALLBACK
#define PASCAL
#define WINBASEAPI
#define WINAPIV

#include <minmax.h>

#if defined(_UNICODE) && !defined(UNICODE)
#define UNICODE
#endif
#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR, *LPTSTR, *PTSTR;
typedef const WCHAR *LPCTSTR, *PCTSTR;
#define __TEXT(text) L##text
#define WHITHER_AW(name) name##W
#else
typedef char TCHAR, *PTCHAR, *LPTSTR, *PTSTR;
typedef const char *LPCTSTR, *PCTSTR;
#define __TEXT(text) text
#define WHITHER_AW(name) name##A
#endif
#define TEXT(text) __TEXT(text)

typedef void *HMODULE, *HINSTANCE, *HLOCAL, *HGLOBAL, *HWND;
typedef INT_PTR (*FARPROC)(void);
typedef struct _FILETIME {
	DWORD dwLowDateTime;
	DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

typedef struct _SECURITY_ATTRIBUTES {
	DWORD nLength;
	LPVOID lpSecurityDescriptor;
	BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

/* Internal is the operation's NTSTATUS, InternalHigh its bytes. */
typedef struct _OVERLAPPED {
	ULONG_PTR Internal;
	ULONG_PTR InternalHigh;
	union {
		struct {
			DWORD Offset;
			DWORD OffsetHigh;
		};
		PVOID Pointer;
	};
	HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

typedef struct _OVERLAPPED_ENTRY {
	ULONG_PTR lpCompletionKey;
	LPOVERLAPPED lpOverlapped;
	ULONG_PTR Internal;
	DWORD dwNumberOfBytesTransferred;
} OVERLAPPED_ENTRY, *LPOVERLAPPED_ENTRY;

WHITHER_STATIC_ASSERT(sizeof(OVERLAPPED) == 32 && __builtin_offsetof(OVERLAPPED, hEvent) == 24);
WHITHER_STATIC_ASSERT(sizeof(OVERLAPPED_ENTRY) == 32);

#include <winbase.h>
#include <winfile.h>
#include <winmore.h>
#include <winnls.h>

/* Windows source proper: its formatted output and its wide strings are this library's. */
#if __SIZEOF_WCHAR_T__ == 2
#include <crt_words.h>
#endif

#endif
