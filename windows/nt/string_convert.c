/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* UTF-16 to UTF-8 and back. The ANSI code page is UTF-8, so that both families are one. */
#include <stdbool.h>
#include <string.h>
#include <wdm_string.h>

#include "string_memory.h"
#include "utf_units.h"

/* In bytes: all of it, and what of its whole characters fits. */
struct conversion {
	size_t needed;
	size_t fits;
	bool replaced;
};

/* `to` may be NULL: only counted. */
static struct conversion to_utf8(char *to, size_t size, const WCHAR *from, size_t count)
{
	struct conversion result = {0};

	for (size_t at = 0; at < count;) {
		char bytes[4];
		uint32_t code;
		size_t taken = nt_utf16_decode(from + at, count - at, &code);
		size_t made = nt_utf8_encode(code, bytes);

		if (code == NT_REPLACEMENT && from[at] != NT_REPLACEMENT)
			result.replaced = true;
		if (result.fits == result.needed && made <= size - result.fits) {
			if (to)
				memcpy(to + result.fits, bytes, made);
			result.fits += made;
		}
		result.needed += made;
		at += taken;
	}
	return result;
}

static struct conversion to_utf16(WCHAR *to, size_t size, const char *from, size_t count)
{
	struct conversion result = {0};

	for (size_t at = 0; at < count;) {
		WCHAR units[2];
		uint32_t code;
		size_t taken = nt_utf8_decode(from + at, count - at, &code);
		size_t made = nt_utf16_encode(code, units) * sizeof(WCHAR);

		if (code == NT_REPLACEMENT && (taken != 3 || memcmp(from + at, "\xef\xbf\xbd", 3)))
			result.replaced = true;
		if (result.fits == result.needed && made <= size - result.fits) {
			if (to)
				memcpy((char *)to + result.fits, units, made);
			result.fits += made;
		}
		result.needed += made;
		at += taken;
	}
	return result;
}

static NTSTATUS utf_status(struct conversion result, bool writes, ULONG *ret_size)
{
	bool short_of_room = writes && result.fits < result.needed;

	if (result.needed > MAXULONG)
		return STATUS_INVALID_PARAMETER;
	if (ret_size)
		*ret_size = (ULONG)(short_of_room ? result.fits : result.needed);
	if (short_of_room)
		return STATUS_BUFFER_TOO_SMALL;
	return result.replaced ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeToUTF8N(PCHAR Destination, ULONG MaxByteCount, PULONG ActualByteCount,
			   PCWCH Source, ULONG SourceByteCount)
{
	if (!Source)
		return STATUS_INVALID_PARAMETER_4;
	if (!Destination && !ActualByteCount)
		return STATUS_INVALID_PARAMETER;
	if (SourceByteCount % sizeof(WCHAR))
		return STATUS_INVALID_PARAMETER_5;
	return utf_status(to_utf8(Destination, MaxByteCount, Source,
				  SourceByteCount / sizeof(WCHAR)),
			  Destination, ActualByteCount);
}

NTSTATUS RtlUTF8ToUnicodeN(PWSTR Destination, ULONG MaxByteCount, PULONG ActualByteCount,
			   PCCH Source, ULONG SourceByteCount)
{
	if (!Source)
		return STATUS_INVALID_PARAMETER_4;
	if (!Destination && !ActualByteCount)
		return STATUS_INVALID_PARAMETER;
	return utf_status(to_utf16(Destination, MaxByteCount, Source, SourceByteCount), Destination,
			  ActualByteCount);
}

/* What does not fit is cut, and that is a success. */
NTSTATUS RtlUnicodeToMultiByteN(PCHAR Destination, ULONG MaxBytes, PULONG ActualBytes, PCWCH Source,
				ULONG SourceBytes)
{
	struct conversion result =
		to_utf8(Destination, MaxBytes, Source, SourceBytes / sizeof(WCHAR));

	if (ActualBytes)
		*ActualBytes = (ULONG)result.fits;
	return STATUS_SUCCESS;
}

NTSTATUS RtlMultiByteToUnicodeN(PWCH Destination, ULONG MaxBytes, PULONG ActualBytes,
				const CHAR *Source, ULONG SourceBytes)
{
	struct conversion result = to_utf16(Destination, MaxBytes, Source, SourceBytes);

	if (ActualBytes)
		*ActualBytes = (ULONG)result.fits;
	return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeToMultiByteSize(PULONG Bytes, PCWCH Source, ULONG SourceBytes)
{
	*Bytes = (ULONG)to_utf8(NULL, 0, Source, SourceBytes / sizeof(WCHAR)).needed;
	return STATUS_SUCCESS;
}

NTSTATUS RtlMultiByteToUnicodeSize(PULONG Bytes, const CHAR *Source, ULONG SourceBytes)
{
	*Bytes = (ULONG)to_utf16(NULL, 0, Source, SourceBytes).needed;
	return STATUS_SUCCESS;
}

/* These two with the terminator. */
ULONG RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString)
{
	struct conversion result = to_utf16(NULL, 0, AnsiString->Buffer, AnsiString->Length);

	return (ULONG)(result.needed + sizeof(WCHAR));
}

ULONG RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString)
{
	struct conversion result =
		to_utf8(NULL, 0, UnicodeString->Buffer, UnicodeString->Length / sizeof(WCHAR));

	return (ULONG)(result.needed + 1);
}

/* Room for `size` bytes: what there is, or new. */
static NTSTATUS provide(ULONG size, BOOLEAN allocate, void **buffer, USHORT *most)
{
	void *allocated;

	if (size > MAXUSHORT)
		return STATUS_INVALID_PARAMETER_2;
	if (!allocate)
		return size > *most ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
	allocated = nt_string_allocate(size);
	if (!allocated)
		return STATUS_NO_MEMORY;
	*buffer = allocated;
	*most = (USHORT)size;
	return STATUS_SUCCESS;
}

/* The text and its terminator must fit; otherwise the destination stays as it was. */
NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING Destination, PCANSI_STRING Source,
				      BOOLEAN AllocateDestinationString)
{
	ULONG size = RtlxAnsiStringToUnicodeSize(Source);
	void *buffer = AllocateDestinationString ? NULL : Destination->Buffer;
	NTSTATUS status =
		provide(size, AllocateDestinationString, &buffer, &Destination->MaximumLength);

	if (!NT_SUCCESS(status))
		return status;
	Destination->Buffer = buffer;
	Destination->Length = (USHORT)(size - sizeof(WCHAR));
	to_utf16(Destination->Buffer, Destination->Length, Source->Buffer, Source->Length);
	Destination->Buffer[Destination->Length / sizeof(WCHAR)] = 0;
	return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING Destination, PCUNICODE_STRING Source,
				      BOOLEAN AllocateDestinationString)
{
	ULONG size = RtlxUnicodeStringToAnsiSize(Source);
	void *buffer = AllocateDestinationString ? NULL : Destination->Buffer;
	NTSTATUS status =
		provide(size, AllocateDestinationString, &buffer, &Destination->MaximumLength);

	if (!NT_SUCCESS(status))
		return status;
	Destination->Buffer = buffer;
	Destination->Length = (USHORT)(size - 1);
	to_utf8(Destination->Buffer, Destination->Length, Source->Buffer,
		Source->Length / sizeof(WCHAR));
	Destination->Buffer[Destination->Length] = 0;
	return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringToUTF8String(PUTF8_STRING Destination, PCUNICODE_STRING Source,
				      BOOLEAN AllocateDestinationString)
{
	return RtlUnicodeStringToAnsiString(Destination, Source, AllocateDestinationString);
}

NTSTATUS RtlUTF8StringToUnicodeString(PUNICODE_STRING Destination, PCUTF8_STRING Source,
				      BOOLEAN AllocateDestinationString)
{
	return RtlAnsiStringToUnicodeString(Destination, Source, AllocateDestinationString);
}
