/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Counted strings: made, copied, compared, converted, as numbers, as GUIDs. */
#ifndef WHITHER_WDM_STRING_H
#define WHITHER_WDM_STRING_H

#include <ntstatus.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

VOID NTAPI RtlInitString(PSTRING DestinationString, PCSZ SourceString);
VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString);
NTSTATUS NTAPI RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString);
NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString);
VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);
NTSTATUS NTAPI RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString);
VOID NTAPI RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString);
NTSTATUS NTAPI RtlInitUTF8StringEx(PUTF8_STRING DestinationString, PCSZ SourceString);
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
#define HASH_STRING_ALGORITHM_INVALID 0xffffffffu
NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source);
NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source);
NTSTATUS NTAPI RtlUpcaseUnicodeString(PUNICODE_STRING Destination, PCUNICODE_STRING Source,
				      BOOLEAN AllocateDestinationString);
NTSTATUS NTAPI RtlDowncaseUnicodeString(PUNICODE_STRING Destination, PCUNICODE_STRING Source,
					BOOLEAN AllocateDestinationString);
/* Case is mapped unit by unit, as Unicode does where the mapping goes there and back. */
WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR SourceCharacter);
WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR SourceCharacter);
CHAR NTAPI RtlUpperChar(CHAR Character);
VOID NTAPI RtlUpperString(PSTRING DestinationString, const STRING *SourceString);
BOOLEAN NTAPI RtlPrefixString(const STRING *String1, const STRING *String2,
			      BOOLEAN CaseInSensitive);
NTSTATUS NTAPI RtlAppendStringToString(PSTRING Destination, const STRING *Source);
NTSTATUS NTAPI RtlAppendAsciizToString(PSTRING Destination, PCSZ Source);
/* Lengths count units, not bytes. */
LONG NTAPI RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2,
				    SIZE_T String2Length, BOOLEAN CaseInSensitive);
BOOLEAN NTAPI RtlCreateUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);
#define RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE 1
#define RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING 2
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
NTSTATUS NTAPI RtlUnicodeToMultiByteSize(PULONG Bytes, PCWCH Source, ULONG SourceBytes);
NTSTATUS NTAPI RtlMultiByteToUnicodeSize(PULONG Bytes, const CHAR *Source, ULONG SourceBytes);
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

WHITHER_END_C
#pragma GCC visibility pop

#endif
