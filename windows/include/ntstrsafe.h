/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Bounded strings for drivers. STATUS_BUFFER_OVERFLOW: the text was cut and is terminated;
 * STATUS_INVALID_PARAMETER: a size of 0 or too large, a destination without terminator to append to, or
 * a format with %n.
 */
#ifndef WHITHER_NTSTRSAFE_H
#define WHITHER_NTSTRSAFE_H

#include <ntstatus.h>
#include <strsafe_family.h>

#define NTSTRSAFE_MAX_CCH STRSAFE_MAX_CCH
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))
#define NTSTRSAFEDDI NTSTATUS
#define NTSTRSAFE_PSTR PSTR
#define NTSTRSAFE_PCSTR PCSTR
#define NTSTRSAFE_PWSTR PWSTR
#define NTSTRSAFE_PCWSTR PCWSTR

WHITHER_SAFE_INLINE NTSTATUS whither_safe_status(int code)
{
	if (!code)
		return STATUS_SUCCESS;
	return code == 1 ? STATUS_BUFFER_OVERFLOW : STATUS_INVALID_PARAMETER;
}

WHITHER_SAFE_FAMILY(NTSTATUS, whither_safe_status, RtlStringCb, A, CHAR, 1, 1,
		    whither_safe_left_bytes)
WHITHER_SAFE_FAMILY(NTSTATUS, whither_safe_status, RtlStringCb, W, WCHAR, 1, sizeof(WCHAR),
		    whither_safe_left_bytes)
WHITHER_SAFE_FAMILY(NTSTATUS, whither_safe_status, RtlStringCch, A, CHAR, 1, 1,
		    whither_safe_left_units)
WHITHER_SAFE_FAMILY(NTSTATUS, whither_safe_status, RtlStringCch, W, WCHAR, sizeof(WCHAR), 1,
		    whither_safe_left_units)

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

/* Counted strings: no terminator is written, and a cut text fills the buffer. */
NTSTATUS NTAPI RtlUnicodeStringInit(PUNICODE_STRING DestinationString, PCWSTR pszSrc);
NTSTATUS NTAPI RtlUnicodeStringInitEx(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
				      ULONG dwFlags);
NTSTATUS NTAPI RtlUnicodeStringValidate(PCUNICODE_STRING SourceString);
NTSTATUS NTAPI RtlUnicodeStringValidateEx(PCUNICODE_STRING SourceString, ULONG dwFlags);
NTSTATUS NTAPI RtlUnicodeStringCopyString(PUNICODE_STRING DestinationString, PCWSTR pszSrc);
NTSTATUS NTAPI RtlUnicodeStringCchCopyStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
					      SIZE_T cchToCopy);
NTSTATUS NTAPI RtlUnicodeStringCbCopyStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
					     SIZE_T cbToCopy);
NTSTATUS NTAPI RtlUnicodeStringCopy(PUNICODE_STRING DestinationString,
				    PCUNICODE_STRING SourceString);
NTSTATUS NTAPI RtlUnicodeStringCchCopyN(PUNICODE_STRING DestinationString,
					PCUNICODE_STRING SourceString, SIZE_T cchToCopy);
NTSTATUS NTAPI RtlUnicodeStringCbCopyN(PUNICODE_STRING DestinationString,
				       PCUNICODE_STRING SourceString, SIZE_T cbToCopy);
NTSTATUS NTAPI RtlUnicodeStringCatString(PUNICODE_STRING DestinationString, PCWSTR pszSrc);
NTSTATUS NTAPI RtlUnicodeStringCchCatStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
					     SIZE_T cchToAppend);
NTSTATUS NTAPI RtlUnicodeStringCbCatStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
					    SIZE_T cbToAppend);
NTSTATUS NTAPI RtlUnicodeStringCat(PUNICODE_STRING DestinationString,
				   PCUNICODE_STRING SourceString);
NTSTATUS NTAPI RtlUnicodeStringCchCatN(PUNICODE_STRING DestinationString,
				       PCUNICODE_STRING SourceString, SIZE_T cchToAppend);
NTSTATUS NTAPI RtlUnicodeStringCbCatN(PUNICODE_STRING DestinationString,
				      PCUNICODE_STRING SourceString, SIZE_T cbToAppend);
NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString, PCWSTR pszFormat, ...);
NTSTATUS NTAPI RtlUnicodeStringVPrintf(PUNICODE_STRING DestinationString, PCWSTR pszFormat,
				       va_list argList);

/* To a buffer, which is terminated. */
NTSTATUS NTAPI RtlStringCchCopyUnicodeString(PWSTR pszDest, SIZE_T cchDest,
					     PCUNICODE_STRING SourceString);
NTSTATUS NTAPI RtlStringCbCopyUnicodeString(PWSTR pszDest, SIZE_T cbDest,
					    PCUNICODE_STRING SourceString);

WHITHER_END_C
#pragma GCC visibility pop

#ifdef UNICODE
#define RtlStringCbCopy RtlStringCbCopyW
#define RtlStringCbCopyN RtlStringCbCopyNW
#define RtlStringCbCat RtlStringCbCatW
#define RtlStringCbCatN RtlStringCbCatNW
#define RtlStringCbCopyEx RtlStringCbCopyExW
#define RtlStringCbCopyNEx RtlStringCbCopyNExW
#define RtlStringCbCatEx RtlStringCbCatExW
#define RtlStringCbCatNEx RtlStringCbCatNExW
#define RtlStringCbPrintf RtlStringCbPrintfW
#define RtlStringCbVPrintf RtlStringCbVPrintfW
#define RtlStringCbPrintfEx RtlStringCbPrintfExW
#define RtlStringCbVPrintfEx RtlStringCbVPrintfExW
#define RtlStringCbLength RtlStringCbLengthW
#define RtlStringCchCopy RtlStringCchCopyW
#define RtlStringCchCopyN RtlStringCchCopyNW
#define RtlStringCchCat RtlStringCchCatW
#define RtlStringCchCatN RtlStringCchCatNW
#define RtlStringCchCopyEx RtlStringCchCopyExW
#define RtlStringCchCopyNEx RtlStringCchCopyNExW
#define RtlStringCchCatEx RtlStringCchCatExW
#define RtlStringCchCatNEx RtlStringCchCatNExW
#define RtlStringCchPrintf RtlStringCchPrintfW
#define RtlStringCchVPrintf RtlStringCchVPrintfW
#define RtlStringCchPrintfEx RtlStringCchPrintfExW
#define RtlStringCchVPrintfEx RtlStringCchVPrintfExW
#define RtlStringCchLength RtlStringCchLengthW
#else
#define RtlStringCbCopy RtlStringCbCopyA
#define RtlStringCbCopyN RtlStringCbCopyNA
#define RtlStringCbCat RtlStringCbCatA
#define RtlStringCbCatN RtlStringCbCatNA
#define RtlStringCbCopyEx RtlStringCbCopyExA
#define RtlStringCbCopyNEx RtlStringCbCopyNExA
#define RtlStringCbCatEx RtlStringCbCatExA
#define RtlStringCbCatNEx RtlStringCbCatNExA
#define RtlStringCbPrintf RtlStringCbPrintfA
#define RtlStringCbVPrintf RtlStringCbVPrintfA
#define RtlStringCbPrintfEx RtlStringCbPrintfExA
#define RtlStringCbVPrintfEx RtlStringCbVPrintfExA
#define RtlStringCbLength RtlStringCbLengthA
#define RtlStringCchCopy RtlStringCchCopyA
#define RtlStringCchCopyN RtlStringCchCopyNA
#define RtlStringCchCat RtlStringCchCatA
#define RtlStringCchCatN RtlStringCchCatNA
#define RtlStringCchCopyEx RtlStringCchCopyExA
#define RtlStringCchCopyNEx RtlStringCchCopyNExA
#define RtlStringCchCatEx RtlStringCchCatExA
#define RtlStringCchCatNEx RtlStringCchCatNExA
#define RtlStringCchPrintf RtlStringCchPrintfA
#define RtlStringCchVPrintf RtlStringCchVPrintfA
#define RtlStringCchPrintfEx RtlStringCchPrintfExA
#define RtlStringCchVPrintfEx RtlStringCchVPrintfExA
#define RtlStringCchLength RtlStringCchLengthA
#endif

#endif
