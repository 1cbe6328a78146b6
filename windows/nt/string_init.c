/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Counted strings from texts with a terminator, and their end. */
#include <stdbool.h>
#include <string.h>
#include <wdm_string.h>

#include "string_memory.h"
#include "utf_units.h"

#define NARROW_MOST 0xfffe
#define WIDE_MOST 0xfffc

/* Longer texts are cut by the functions that give no status. */
static NTSTATUS init_narrow(PSTRING string, PCSZ text)
{
	size_t length = text ? strlen(text) : 0;
	size_t kept = length < NARROW_MOST ? length : NARROW_MOST;

	string->Length = (USHORT)kept;
	string->MaximumLength = text ? (USHORT)(kept + 1) : 0;
	string->Buffer = (PCHAR)text;
	return length > NARROW_MOST ? STATUS_NAME_TOO_LONG : STATUS_SUCCESS;
}

static NTSTATUS init_wide(PUNICODE_STRING string, PCWSTR text)
{
	size_t most = WIDE_MOST / sizeof(WCHAR);
	size_t length = text ? nt_utf16_length(text, most + 1) : 0;
	size_t kept = length < most ? length : most;

	string->Length = (USHORT)(kept * sizeof(WCHAR));
	string->MaximumLength = text ? (USHORT)((kept + 1) * sizeof(WCHAR)) : 0;
	string->Buffer = (PWCH)text;
	return length > most ? STATUS_NAME_TOO_LONG : STATUS_SUCCESS;
}

VOID RtlInitString(PSTRING DestinationString, PCSZ SourceString)
{
	init_narrow(DestinationString, SourceString);
}

VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
	init_narrow(DestinationString, SourceString);
}

VOID RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString)
{
	init_narrow(DestinationString, SourceString);
}

VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
	init_wide(DestinationString, SourceString);
}

NTSTATUS RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString)
{
	STRING string;
	NTSTATUS status = init_narrow(&string, SourceString);

	if (NT_SUCCESS(status))
		*DestinationString = string;
	return status;
}

NTSTATUS RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString)
{
	return RtlInitStringEx(DestinationString, SourceString);
}

NTSTATUS RtlInitUTF8StringEx(PUTF8_STRING DestinationString, PCSZ SourceString)
{
	return RtlInitStringEx(DestinationString, SourceString);
}

NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
	UNICODE_STRING string;
	NTSTATUS status = init_wide(&string, SourceString);

	if (NT_SUCCESS(status))
		*DestinationString = string;
	return status;
}

BOOLEAN RtlCreateUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
	UNICODE_STRING source;

	return NT_SUCCESS(init_wide(&source, SourceString)) &&
	       NT_SUCCESS(RtlDuplicateUnicodeString(
		       RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE |
			       RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING,
		       &source, DestinationString));
}

NTSTATUS RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING Source,
				   PUNICODE_STRING Destination)
{
	bool terminate = Flags & RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE;
	bool allocate_none = Flags & RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING;
	size_t length = Source ? Source->Length : 0;
	size_t size = length + (terminate ? sizeof(WCHAR) : 0);
	UNICODE_STRING string = {0};

	if (!Destination || Flags > 3 || (allocate_none && !terminate) ||
	    (Source && !NT_SUCCESS(RtlValidateUnicodeString(0, Source))))
		return STATUS_INVALID_PARAMETER;
	if (size > UNICODE_STRING_MAX_BYTES)
		return STATUS_NAME_TOO_LONG;
	if (length || allocate_none) {
		string.Buffer = nt_string_allocate(size);
		if (!string.Buffer)
			return STATUS_NO_MEMORY;
		if (length)
			memcpy(string.Buffer, Source->Buffer, length);
		if (terminate)
			string.Buffer[length / sizeof(WCHAR)] = 0;
		string.Length = (USHORT)length;
		string.MaximumLength = (USHORT)size;
	}
	*Destination = string;
	return STATUS_SUCCESS;
}

NTSTATUS RtlValidateUnicodeString(ULONG Flags, PCUNICODE_STRING String)
{
	if (Flags)
		return STATUS_INVALID_PARAMETER;
	if (!String)
		return STATUS_SUCCESS;
	if (String->Length % sizeof(WCHAR) || String->MaximumLength % sizeof(WCHAR) ||
	    String->Length > String->MaximumLength ||
	    (!String->Buffer && (String->Length || String->MaximumLength)))
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
	nt_string_release(UnicodeString->Buffer);
	*UnicodeString = (UNICODE_STRING){0};
}

VOID RtlFreeAnsiString(PANSI_STRING AnsiString)
{
	nt_string_release(AnsiString->Buffer);
	*AnsiString = (ANSI_STRING){0};
}

VOID RtlFreeUTF8String(PUTF8_STRING Utf8String)
{
	RtlFreeAnsiString(Utf8String);
}
