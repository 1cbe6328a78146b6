/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Memory, random numbers, the version of Windows, and new GUIDs. */
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>
#include <wdm_rtl.h>

PVOID RtlSecureZeroMemory(PVOID Pointer, SIZE_T Size)
{
	explicit_bzero(Pointer, Size);
	return Pointer;
}

SIZE_T RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length)
{
	const UCHAR *one = Source1, *other = Source2;
	SIZE_T equal = 0;

	while (equal < Length && one[equal] == other[equal])
		equal++;
	return equal;
}

BOOLEAN RtlIsZeroMemory(PVOID Buffer, SIZE_T Length)
{
	const UCHAR *bytes = Buffer;

	return !Length || (!bytes[0] && !memcmp(bytes, bytes + 1, Length - 1));
}

ULONG RtlNumberOfSetBitsUlongPtr(ULONG_PTR Target)
{
	return (ULONG)__builtin_popcountl(Target);
}

/* Lehmer's generator of 1951; the result is the next seed, from 1 to MAXLONG - 1. */
ULONG RtlRandom(PULONG Seed)
{
	ULONGLONG seed = *Seed % MAXLONG;

	*Seed = (ULONG)((seed ? seed : 1) * 16807 % MAXLONG);
	return *Seed;
}

ULONG RtlRandomEx(PULONG Seed)
{
	return RtlRandom(Seed);
}

NTSTATUS ExUuidCreate(GUID *Uuid)
{
	if (getrandom(Uuid, sizeof(*Uuid), 0) != sizeof(*Uuid))
		return STATUS_RETRY;
	Uuid->Data3 = (UINT16)((Uuid->Data3 & 0x0fff) | 0x4000);
	Uuid->Data4[0] = (UINT8)((Uuid->Data4[0] & 0x3f) | 0x80);
	return STATUS_SUCCESS;
}

#define LONG_VERSION_SIZE 284

NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW VersionInformation)
{
	ULONG size = VersionInformation->dwOSVersionInfoSize;

	if (size < sizeof(*VersionInformation))
		return STATUS_INVALID_PARAMETER;
	/* The longer structure's service pack and suite, too. */
	memset(VersionInformation, 0, size < LONG_VERSION_SIZE ? size : LONG_VERSION_SIZE);
	*VersionInformation = (RTL_OSVERSIONINFOW){
		.dwOSVersionInfoSize = size,
		.dwMajorVersion = 10,
		.dwBuildNumber = 19041,
		.dwPlatformId = 2,
	};
	return STATUS_SUCCESS;
}
