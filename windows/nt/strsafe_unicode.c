/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The part of <ntstrsafe.h> that is about counted strings. */
#include <ntstrsafe.h>
#include <stdbool.h>
#include <string.h>

#include "format_engine.h"
#include "utf_units.h"

#define MOST_UNITS NTSTRSAFE_UNICODE_STRING_MAX_CCH
#define EVERYTHING STRSAFE_MAX_CCH

NTSTATUS RtlUnicodeStringInitEx(PUNICODE_STRING DestinationString, PCWSTR pszSrc, ULONG dwFlags)
{
	size_t length = pszSrc ? nt_utf16_length(pszSrc, MOST_UNITS + 1) : 0;
	size_t size = length * sizeof(WCHAR);

	if (!DestinationString || (dwFlags & ~0x1fffu) || length > MOST_UNITS)
		return STATUS_INVALID_PARAMETER;
	DestinationString->Buffer = (PWCH)pszSrc;
	DestinationString->Length = (USHORT)size;
	DestinationString->MaximumLength =
		(USHORT)(!pszSrc || length == MOST_UNITS ? size : size + sizeof(WCHAR));
	return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING DestinationString, PCWSTR pszSrc)
{
	return RtlUnicodeStringInitEx(DestinationString, pszSrc, 0);
}

NTSTATUS RtlUnicodeStringValidateEx(PCUNICODE_STRING SourceString, ULONG dwFlags)
{
	if (dwFlags & ~0x1fffu)
		return STATUS_INVALID_PARAMETER;
	if (!SourceString)
		return dwFlags & STRSAFE_IGNORE_NULLS ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
	if (SourceString->Length % sizeof(WCHAR) || SourceString->MaximumLength % sizeof(WCHAR) ||
	    SourceString->Length > SourceString->MaximumLength ||
	    (!SourceString->Buffer && SourceString->MaximumLength))
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringValidate(PCUNICODE_STRING SourceString)
{
	return RtlUnicodeStringValidateEx(SourceString, 0);
}

/* Puts units behind the first `used` bytes. */
static NTSTATUS put(PUNICODE_STRING string, size_t used, const WCHAR *from, size_t count)
{
	size_t room = string->MaximumLength - used;
	size_t size = count * sizeof(WCHAR);
	size_t part = size < room ? size : room;

	if (part)
		memmove((char *)string->Buffer + used, from, part);
	string->Length = (USHORT)(used + part);
	return size > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS put_text(PUNICODE_STRING string, PCWSTR text, size_t most, bool append)
{
	if (!NT_SUCCESS(RtlUnicodeStringValidate(string)) || !text || most > STRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	if (most > MOST_UNITS + 1)
		most = MOST_UNITS + 1;
	return put(string, append ? string->Length : 0, text, nt_utf16_length(text, most));
}

static NTSTATUS put_string(PUNICODE_STRING string, PCUNICODE_STRING from, size_t most, bool append)
{
	size_t count;

	if (!NT_SUCCESS(RtlUnicodeStringValidate(string)) ||
	    !NT_SUCCESS(RtlUnicodeStringValidate(from)) || most > STRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	count = from->Length / sizeof(WCHAR);
	return put(string, append ? string->Length : 0, from->Buffer, count < most ? count : most);
}

NTSTATUS RtlUnicodeStringCopyString(PUNICODE_STRING DestinationString, PCWSTR pszSrc)
{
	return put_text(DestinationString, pszSrc, EVERYTHING, false);
}

NTSTATUS RtlUnicodeStringCchCopyStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
					SIZE_T cchToCopy)
{
	return put_text(DestinationString, pszSrc, cchToCopy, false);
}

NTSTATUS RtlUnicodeStringCbCopyStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
				       SIZE_T cbToCopy)
{
	return put_text(DestinationString, pszSrc, cbToCopy / sizeof(WCHAR), false);
}

NTSTATUS RtlUnicodeStringCopy(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
	return put_string(DestinationString, SourceString, EVERYTHING, false);
}

NTSTATUS RtlUnicodeStringCchCopyN(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
				  SIZE_T cchToCopy)
{
	return put_string(DestinationString, SourceString, cchToCopy, false);
}

NTSTATUS RtlUnicodeStringCbCopyN(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
				 SIZE_T cbToCopy)
{
	return put_string(DestinationString, SourceString, cbToCopy / sizeof(WCHAR), false);
}

NTSTATUS RtlUnicodeStringCatString(PUNICODE_STRING DestinationString, PCWSTR pszSrc)
{
	return put_text(DestinationString, pszSrc, EVERYTHING, true);
}

NTSTATUS RtlUnicodeStringCchCatStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
				       SIZE_T cchToAppend)
{
	return put_text(DestinationString, pszSrc, cchToAppend, true);
}

NTSTATUS RtlUnicodeStringCbCatStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
				      SIZE_T cbToAppend)
{
	return put_text(DestinationString, pszSrc, cbToAppend / sizeof(WCHAR), true);
}

NTSTATUS RtlUnicodeStringCat(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
	return put_string(DestinationString, SourceString, EVERYTHING, true);
}

NTSTATUS RtlUnicodeStringCchCatN(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
				 SIZE_T cchToAppend)
{
	return put_string(DestinationString, SourceString, cchToAppend, true);
}

NTSTATUS RtlUnicodeStringCbCatN(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
				SIZE_T cbToAppend)
{
	return put_string(DestinationString, SourceString, cbToAppend / sizeof(WCHAR), true);
}

NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING DestinationString, PCWSTR pszFormat,
				 va_list argList)
{
	size_t room;
	int length;

	if (!NT_SUCCESS(RtlUnicodeStringValidate(DestinationString)) || !pszFormat)
		return STATUS_INVALID_PARAMETER;
	room = DestinationString->MaximumLength / sizeof(WCHAR);
	length = nt_format_units(DestinationString->Buffer, room, pszFormat, argList);
	if (length == NT_FORMAT_REFUSED) {
		DestinationString->Length = 0;
		return STATUS_INVALID_PARAMETER;
	}
	if (length < 0 || (size_t)length > room) {
		DestinationString->Length = DestinationString->MaximumLength;
		return STATUS_BUFFER_OVERFLOW;
	}
	DestinationString->Length = (USHORT)((size_t)length * sizeof(WCHAR));
	return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString, PCWSTR pszFormat, ...)
{
	va_list arguments;
	NTSTATUS status;

	va_start(arguments, pszFormat);
	status = RtlUnicodeStringVPrintf(DestinationString, pszFormat, arguments);
	va_end(arguments);
	return status;
}

/* Embedded terminators are copied too, as the source is counted. */
NTSTATUS RtlStringCchCopyUnicodeString(PWSTR pszDest, SIZE_T cchDest, PCUNICODE_STRING SourceString)
{
	size_t count, part;

	if (!pszDest || !cchDest || cchDest > STRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	if (!NT_SUCCESS(RtlUnicodeStringValidate(SourceString))) {
		pszDest[0] = 0;
		return STATUS_INVALID_PARAMETER;
	}
	count = SourceString->Length / sizeof(WCHAR);
	part = count < cchDest ? count : cchDest - 1;
	if (part)
		memmove(pszDest, SourceString->Buffer, part * sizeof(WCHAR));
	pszDest[part] = 0;
	return part < count ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS RtlStringCbCopyUnicodeString(PWSTR pszDest, SIZE_T cbDest, PCUNICODE_STRING SourceString)
{
	return RtlStringCchCopyUnicodeString(pszDest, cbDest / sizeof(WCHAR), SourceString);
}
