/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Counted strings copied and appended within their maximum, and changed in case. */
#include <stdbool.h>
#include <string.h>
#include <wdm_string.h>

#include "string_memory.h"
#include "utf_case.h"
#include "utf_units.h"

VOID RtlCopyString(PSTRING DestinationString, const STRING *SourceString)
{
	USHORT length = SourceString ? SourceString->Length : 0;

	if (length > DestinationString->MaximumLength)
		length = DestinationString->MaximumLength;
	if (length)
		memmove(DestinationString->Buffer, SourceString->Buffer, length);
	DestinationString->Length = length;
}

/* A terminator where there is room for one; it is not counted. */
static void terminate(PUNICODE_STRING string)
{
	if (string->Length + sizeof(WCHAR) <= string->MaximumLength)
		string->Buffer[string->Length / sizeof(WCHAR)] = 0;
}

VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
	USHORT length = SourceString ? SourceString->Length : 0;

	if (!SourceString) {
		DestinationString->Length = 0;
		return;
	}
	if (length > DestinationString->MaximumLength)
		length = DestinationString->MaximumLength;
	if (length)
		memmove(DestinationString->Buffer, SourceString->Buffer, length);
	DestinationString->Length = length;
	terminate(DestinationString);
}

static NTSTATUS append_wide(PUNICODE_STRING string, const WCHAR *text, size_t size)
{
	if (!size)
		return STATUS_SUCCESS;
	if (string->Length + size > string->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	memmove((char *)string->Buffer + string->Length, text, size);
	string->Length = (USHORT)(string->Length + size);
	terminate(string);
	return STATUS_SUCCESS;
}

NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source)
{
	return append_wide(Destination, Source ? Source->Buffer : NULL,
			   Source ? Source->Length : 0);
}

NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
	size_t length = Source ? nt_utf16_length(Source, MAXUSHORT) : 0;

	return append_wide(Destination, Source, length * sizeof(WCHAR));
}

static NTSTATUS append_narrow(PSTRING string, const char *text, size_t size)
{
	if (!size)
		return STATUS_SUCCESS;
	if (string->Length + size > string->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	memmove(string->Buffer + string->Length, text, size);
	string->Length = (USHORT)(string->Length + size);
	return STATUS_SUCCESS;
}

NTSTATUS RtlAppendStringToString(PSTRING Destination, const STRING *Source)
{
	return append_narrow(Destination, Source ? Source->Buffer : NULL,
			     Source ? Source->Length : 0);
}

NTSTATUS RtlAppendAsciizToString(PSTRING Destination, PCSZ Source)
{
	return append_narrow(Destination, Source, Source ? strlen(Source) : 0);
}

static NTSTATUS change_case(PUNICODE_STRING to, PCUNICODE_STRING from, bool allocate,
			    uint16_t (*change)(uint16_t unit))
{
	if (allocate) {
		WCHAR *buffer = nt_string_allocate(from->Length);

		if (!buffer)
			return STATUS_NO_MEMORY;
		to->Buffer = buffer;
		to->MaximumLength = from->Length;
	} else if (from->Length > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	for (size_t i = 0; i < from->Length / sizeof(WCHAR); i++)
		to->Buffer[i] = change(from->Buffer[i]);
	to->Length = from->Length;
	return STATUS_SUCCESS;
}

NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING Destination, PCUNICODE_STRING Source,
				BOOLEAN AllocateDestinationString)
{
	return change_case(Destination, Source, AllocateDestinationString, nt_upcase);
}

NTSTATUS RtlDowncaseUnicodeString(PUNICODE_STRING Destination, PCUNICODE_STRING Source,
				  BOOLEAN AllocateDestinationString)
{
	return change_case(Destination, Source, AllocateDestinationString, nt_downcase);
}

WCHAR RtlUpcaseUnicodeChar(WCHAR SourceCharacter)
{
	return nt_upcase(SourceCharacter);
}

WCHAR RtlDowncaseUnicodeChar(WCHAR SourceCharacter)
{
	return nt_downcase(SourceCharacter);
}

CHAR RtlUpperChar(CHAR Character)
{
	return Character >= 'a' && Character <= 'z' ? (CHAR)(Character - 0x20) : Character;
}

VOID RtlUpperString(PSTRING DestinationString, const STRING *SourceString)
{
	USHORT length = SourceString->Length;

	if (length > DestinationString->MaximumLength)
		length = DestinationString->MaximumLength;
	for (USHORT i = 0; i < length; i++)
		DestinationString->Buffer[i] = RtlUpperChar(SourceString->Buffer[i]);
	DestinationString->Length = length;
}
