/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Memory, byte order, strings, numbers and GUIDs: the run-time library. */
#ifndef WHITHER_WDM_RTL_H
#define WHITHER_WDM_RTL_H

#include <ntstatus.h>

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

VOID NTAPI RtlInitString(PSTRING DestinationString, PCSZ SourceString);
VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString);
NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString);
VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);
NTSTATUS NTAPI RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString);
VOID NTAPI RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString);
#define RtlInitEmptyUnicodeString(string, buffer, size)                                \
	((void)((string)->Buffer = (buffer), (string)->MaximumLength = (USHORT)(size), \
		(string)->Length = 0))
#define RtlInitEmptyAnsiString RtlInitEmptyUnicodeString

VOID NTAPI RtlCopyString(PSTRING DestinationString, const STRING *SourceString);
VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString);
LONG NTAPI RtlCompareString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive);
BOOLEAN NTAPI RtlEqualString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive);
LONG NTAPI RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
				   BOOLEAN CaseInSensitive);
BOOLEAN NTAPI RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
				    BOOLEAN CaseInSensitive);
BOOLEAN NTAPI RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
				     BOOLEAN CaseInSensitive);
BOOLEAN NTAPI RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
				     BOOLEAN CaseInSensitive);
NTSTATUS NTAPI RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive,
				    ULONG HashAlgorithm, PULONG HashValue);
#define HASH_STRING_ALGORITHM_DEFAULT 0
#define HASH_STRING_ALGORITHM_X65599 1
NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source);
NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source);
NTSTATUS NTAPI RtlUpcaseUnicodeString(PUNICODE_STRING Destination, PCUNICODE_STRING Source,
				      BOOLEAN AllocateDestinationString);
NTSTATUS NTAPI RtlDowncaseUnicodeString(PUNICODE_STRING Destination, PCUNICODE_STRING Source,
					BOOLEAN AllocateDestinationString);
/* Case is mapped for ASCII, Latin 1, Greek and Cyrillic. */
WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR SourceCharacter);
WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR SourceCharacter);
CHAR NTAPI RtlUpperChar(CHAR Character);
VOID NTAPI RtlUpperString(PSTRING DestinationString, const STRING *SourceString);
NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING Source,
					 PUNICODE_STRING Destination);
NTSTATUS NTAPI RtlValidateUnicodeString(ULONG Flags, PCUNICODE_STRING String);
VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString);
VOID NTAPI RtlFreeAnsiString(PANSI_STRING AnsiString);
VOID NTAPI RtlFreeUTF8String(PUTF8_STRING Utf8String);

/* The ANSI code page is UTF-8 here. */
NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING Destination, PCANSI_STRING Source,
					    BOOLEAN AllocateDestinationString);
NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING Destination, PCUNICODE_STRING Source,
					    BOOLEAN AllocateDestinationString);
NTSTATUS NTAPI RtlUnicodeStringToUTF8String(PUTF8_STRING Destination, PCUNICODE_STRING Source,
					    BOOLEAN AllocateDestinationString);
NTSTATUS NTAPI RtlUTF8StringToUnicodeString(PUNICODE_STRING Destination, PCUTF8_STRING Source,
					    BOOLEAN AllocateDestinationString);
NTSTATUS NTAPI RtlUnicodeToUTF8N(PCHAR Destination, ULONG MaxByteCount, PULONG ActualByteCount,
				 PCWCH Source, ULONG SourceByteCount);
NTSTATUS NTAPI RtlUTF8ToUnicodeN(PWSTR Destination, ULONG MaxByteCount, PULONG ActualByteCount,
				 PCCH Source, ULONG SourceByteCount);
NTSTATUS NTAPI RtlUnicodeToMultiByteN(PCHAR Destination, ULONG MaxBytes, PULONG ActualBytes,
				      PCWCH Source, ULONG SourceBytes);
NTSTATUS NTAPI RtlMultiByteToUnicodeN(PWCH Destination, ULONG MaxBytes, PULONG ActualBytes,
				      const CHAR *Source, ULONG SourceBytes);
ULONG NTAPI RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString);
ULONG NTAPI RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString);
#define RtlAnsiStringToUnicodeSize RtlxAnsiStringToUnicodeSize
#define RtlUnicodeStringToAnsiSize RtlxUnicodeStringToAnsiSize

NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String);
NTSTATUS NTAPI RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String);
NTSTATUS NTAPI RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value);
NTSTATUS NTAPI RtlUnicodeStringToInt64(PCUNICODE_STRING String, ULONG Base, PLONG64 Number,
				       PWSTR *EndPointer);
NTSTATUS NTAPI RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value);
#define RtlIntPtrToUnicodeString(value, base, string) \
	RtlInt64ToUnicodeString((ULONGLONG)(value), base, string)

NTSTATUS NTAPI RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString);
NTSTATUS NTAPI RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid);

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
