/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Memory, byte order and what else the run-time library has beside strings. */
#ifndef WHITHER_WDM_RTL_H
#define WHITHER_WDM_RTL_H

#include <ntstatus.h>
#include <wdm_string.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

#define RtlCopyMemory(to, from, size) __builtin_memcpy((to), (from), (size))
#define RtlCopyBytes RtlCopyMemory
#define RtlMoveMemory(to, from, size) __builtin_memmove((to), (from), (size))
#define RtlFillMemory(to, size, byte) __builtin_memset((to), (byte), (size))
#define RtlZeroMemory(to, size) __builtin_memset((to), 0, (size))
#define RtlZeroBytes RtlZeroMemory
#define RtlFillBytes RtlFillMemory
#define RtlCopyMemoryNonTemporal RtlCopyMemory
#define RtlEqualMemory(a, b, size) (__builtin_memcmp((a), (b), (size)) == 0)
PVOID NTAPI RtlSecureZeroMemory(PVOID Pointer, SIZE_T Size);
/* How many leading bytes are equal. */
SIZE_T NTAPI RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length);

#ifndef CopyMemory
#define CopyMemory RtlCopyMemory
#define MoveMemory RtlMoveMemory
#define FillMemory RtlFillMemory
#define ZeroMemory RtlZeroMemory
#define SecureZeroMemory RtlSecureZeroMemory
#endif

#define RtlUshortByteSwap(value) ((USHORT)__builtin_bswap16((USHORT)(value)))
#define RtlUlongByteSwap(value) ((ULONG)__builtin_bswap32((ULONG)(value)))
#define RtlUlonglongByteSwap(value) ((ULONGLONG)__builtin_bswap64((ULONGLONG)(value)))
#define _byteswap_ushort RtlUshortByteSwap
#define _byteswap_ulong RtlUlongByteSwap
#define _byteswap_uint64 RtlUlonglongByteSwap

ULONG NTAPI RtlRandomEx(PULONG Seed);
ULONG NTAPI RtlRandom(PULONG Seed);
ULONG NTAPI RtlNumberOfSetBitsUlongPtr(ULONG_PTR Target);
BOOLEAN NTAPI RtlIsZeroMemory(PVOID Buffer, SIZE_T Length);
NTSTATUS NTAPI ExUuidCreate(GUID *Uuid);

typedef struct _OSVERSIONINFOW {
	ULONG dwOSVersionInfoSize;
	ULONG dwMajorVersion;
	ULONG dwMinorVersion;
	ULONG dwBuildNumber;
	ULONG dwPlatformId;
	WCHAR szCSDVersion[128];
} OSVERSIONINFOW, *POSVERSIONINFOW, RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;
/* Says Windows 10, build 19041. */
NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW VersionInformation);

WHITHER_END_C
#pragma GCC visibility pop

#endif
