/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Numbers and GUIDs as text. */
#include <stdbool.h>
#include <string.h>
#include <wdm_string.h>

#include "string_memory.h"

static bool is_base(ULONG base)
{
	return base == 0 || base == 2 || base == 8 || base == 10 || base == 16;
}

/* The text and its terminator must fit. */
static NTSTATUS put_number(ULONGLONG value, ULONG base, PUNICODE_STRING string)
{
	WCHAR text[64];
	size_t at = 64, size;

	if (!is_base(base) || !string)
		return STATUS_INVALID_PARAMETER;
	base = base ? base : 10;
	do {
		text[--at] = (WCHAR) "0123456789ABCDEF"[value % base];
		value /= base;
	} while (value);
	size = (64 - at) * sizeof(WCHAR);
	if (size + sizeof(WCHAR) > string->MaximumLength)
		return STATUS_BUFFER_OVERFLOW;
	memcpy(string->Buffer, text + at, size);
	string->Buffer[size / sizeof(WCHAR)] = 0;
	string->Length = (USHORT)size;
	return STATUS_SUCCESS;
}

NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String)
{
	return put_number(Value, Base, String);
}

NTSTATUS RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String)
{
	return put_number(Value, Base, String);
}

/* A text of either width, as its units. */
struct digits {
	const WCHAR *wide;
	const char *narrow;
	size_t count;
};

static WCHAR unit_at(const struct digits *text, size_t at)
{
	if (at >= text->count)
		return 0;
	return text->wide ? text->wide[at] : (UCHAR)text->narrow[at];
}

static unsigned int digit_of(WCHAR unit)
{
	if (unit >= '0' && unit <= '9')
		return unit - '0';
	if (unit >= 'a' && unit <= 'f')
		return unit - 'a' + 10u;
	if (unit >= 'A' && unit <= 'F')
		return unit - 'A' + 10u;
	return 99;
}

/* 0x, 0o and 0b say a base that was not given. */
static ULONG prefixed_base(const struct digits *text, size_t *at)
{
	ULONG base = 10;

	if (unit_at(text, *at) != '0')
		return base;
	switch (unit_at(text, *at + 1)) {
	case 'x':
		base = 16;
		break;
	case 'o':
		base = 8;
		break;
	case 'b':
		base = 2;
		break;
	default:
		return base;
	}
	*at += 2;
	return base;
}

/* Digits that do not fit push the first ones out, as on Windows. Returns where the number ends. */
static size_t read_number(const struct digits *text, ULONG base, ULONGLONG *ret_value)
{
	ULONGLONG value = 0;
	bool negative = false;
	size_t at = 0;

	while (at < text->count && unit_at(text, at) <= ' ')
		at++;
	if (unit_at(text, at) == '-' || unit_at(text, at) == '+')
		negative = unit_at(text, at++) == '-';
	if (!base)
		base = prefixed_base(text, &at);
	for (; digit_of(unit_at(text, at)) < base; at++)
		value = value * base + digit_of(unit_at(text, at));
	*ret_value = negative ? 0 - value : value;
	return at;
}

static NTSTATUS read_ulong(const struct digits *text, ULONG base, PULONG ret_value)
{
	ULONGLONG value;

	if (!is_base(base))
		return STATUS_INVALID_PARAMETER;
	if (!ret_value)
		return STATUS_ACCESS_VIOLATION;
	read_number(text, base, &value);
	*ret_value = (ULONG)value;
	return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value)
{
	struct digits text = {String->Buffer, NULL, String->Length / sizeof(WCHAR)};

	return read_ulong(&text, Base, Value);
}

NTSTATUS RtlUnicodeStringToInt64(PCUNICODE_STRING String, ULONG Base, PLONG64 Number,
				 PWSTR *EndPointer)
{
	struct digits text = {String->Buffer, NULL, String->Length / sizeof(WCHAR)};
	ULONGLONG value;
	size_t end;

	if (!is_base(Base))
		return STATUS_INVALID_PARAMETER;
	if (!Number)
		return STATUS_ACCESS_VIOLATION;
	end = read_number(&text, Base, &value);
	*Number = (LONG64)value;
	if (EndPointer)
		*EndPointer = String->Buffer + end;
	return STATUS_SUCCESS;
}

NTSTATUS RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value)
{
	struct digits text = {NULL, String, strlen(String)};

	return read_ulong(&text, Base, Value);
}

/* Where the digits of each byte stand in {00000000-0000-0000-0000-000000000000}. */
static const UCHAR guid_places[16] = {1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35};

#define GUID_LENGTH 38

static bool is_guid_mark(size_t at)
{
	return at == 0 || at == 9 || at == 14 || at == 19 || at == 24 || at == 37;
}

static const WCHAR guid_form[GUID_LENGTH + 1] = u"{        -    -    -    -            }";

NTSTATUS RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString)
{
	size_t size = (GUID_LENGTH + 1) * sizeof(WCHAR);
	WCHAR *text = nt_string_allocate(size);
	UCHAR bytes[16] = {
		(UCHAR)(Guid->Data1 >> 24), (UCHAR)(Guid->Data1 >> 16), (UCHAR)(Guid->Data1 >> 8),
		(UCHAR)Guid->Data1,         (UCHAR)(Guid->Data2 >> 8),  (UCHAR)Guid->Data2,
		(UCHAR)(Guid->Data3 >> 8),  (UCHAR)Guid->Data3,
	};

	if (!text)
		return STATUS_NO_MEMORY;
	memcpy(bytes + 8, Guid->Data4, 8);
	memcpy(text, guid_form, size);
	for (size_t i = 0; i < 16; i++) {
		text[guid_places[i]] = (WCHAR) "0123456789ABCDEF"[bytes[i] >> 4];
		text[guid_places[i] + 1] = (WCHAR) "0123456789ABCDEF"[bytes[i] & 15];
	}
	*GuidString = (UNICODE_STRING){(USHORT)(size - sizeof(WCHAR)), (USHORT)size, text};
	return STATUS_SUCCESS;
}

NTSTATUS RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid)
{
	const WCHAR *text = GuidString->Buffer;
	UCHAR bytes[16];

	if (GuidString->Length < GUID_LENGTH * sizeof(WCHAR))
		return STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < GUID_LENGTH; i++)
		if (is_guid_mark(i) ? text[i] != guid_form[i] : digit_of(text[i]) > 15)
			return STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < 16; i++)
		bytes[i] = (UCHAR)(digit_of(text[guid_places[i]]) << 4 |
				   digit_of(text[guid_places[i] + 1]));
	Guid->Data1 = (ULONG)bytes[0] << 24 | (ULONG)bytes[1] << 16 | (ULONG)bytes[2] << 8 |
		      bytes[3];
	Guid->Data2 = (USHORT)(bytes[4] << 8 | bytes[5]);
	Guid->Data3 = (USHORT)(bytes[6] << 8 | bytes[7]);
	memcpy(Guid->Data4, bytes + 8, 8);
	return STATUS_SUCCESS;
}
