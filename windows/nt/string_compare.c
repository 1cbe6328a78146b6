/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Counted strings compared and hashed, with or without regard to case. */
#include <stdbool.h>
#include <string.h>
#include <wdm_string.h>

#include "utf_case.h"

static WCHAR folded(WCHAR unit, BOOLEAN fold)
{
	return fold ? nt_upcase(unit) : unit;
}

LONG RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2,
			      SIZE_T String2Length, BOOLEAN CaseInSensitive)
{
	SIZE_T shorter = String1Length < String2Length ? String1Length : String2Length;

	for (SIZE_T i = 0; i < shorter; i++) {
		WCHAR one = folded(String1[i], CaseInSensitive);
		WCHAR other = folded(String2[i], CaseInSensitive);

		if (one != other)
			return one - other;
	}
	if (String1Length == String2Length)
		return 0;
	return String1Length < String2Length ? -1 : 1;
}

LONG RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			     BOOLEAN CaseInSensitive)
{
	return RtlCompareUnicodeStrings(String1->Buffer, String1->Length / sizeof(WCHAR),
					String2->Buffer, String2->Length / sizeof(WCHAR),
					CaseInSensitive);
}

BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			      BOOLEAN CaseInSensitive)
{
	return String1->Length == String2->Length &&
	       RtlCompareUnicodeString(String1, String2, CaseInSensitive) == 0;
}

/* Whether String2 begins, or ends, with String1. */
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			       BOOLEAN CaseInSensitive)
{
	SIZE_T length = String1->Length / sizeof(WCHAR);

	return String1->Length <= String2->Length &&
	       RtlCompareUnicodeStrings(String1->Buffer, length, String2->Buffer, length,
					CaseInSensitive) == 0;
}

BOOLEAN RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			       BOOLEAN CaseInSensitive)
{
	SIZE_T length = String1->Length / sizeof(WCHAR);
	SIZE_T whole = String2->Length / sizeof(WCHAR);

	if (length > whole)
		return FALSE;
	return !length ||
	       RtlCompareUnicodeStrings(String1->Buffer, length, String2->Buffer + (whole - length),
					length, CaseInSensitive) == 0;
}

static LONG compare_narrow(const CHAR *one, size_t one_length, const CHAR *other,
			   size_t other_length, bool fold)
{
	size_t shorter = one_length < other_length ? one_length : other_length;

	for (size_t i = 0; i < shorter; i++) {
		UCHAR left = (UCHAR)(fold ? RtlUpperChar(one[i]) : one[i]);
		UCHAR right = (UCHAR)(fold ? RtlUpperChar(other[i]) : other[i]);

		if (left != right)
			return left - right;
	}
	if (one_length == other_length)
		return 0;
	return one_length < other_length ? -1 : 1;
}

LONG RtlCompareString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
	return compare_narrow(String1->Buffer, String1->Length, String2->Buffer, String2->Length,
			      CaseInSensitive);
}

BOOLEAN RtlEqualString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
	return String1->Length == String2->Length &&
	       RtlCompareString(String1, String2, CaseInSensitive) == 0;
}

BOOLEAN RtlPrefixString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
	return String1->Length <= String2->Length &&
	       compare_narrow(String1->Buffer, String1->Length, String2->Buffer, String1->Length,
			      CaseInSensitive) == 0;
}

/* The default algorithm is the only one: each unit added to 65599 times the sum so far. */
NTSTATUS RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive, ULONG HashAlgorithm,
			      PULONG HashValue)
{
	ULONG hash = 0;

	if (!String || !HashValue || HashAlgorithm > HASH_STRING_ALGORITHM_X65599)
		return STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < String->Length / sizeof(WCHAR); i++)
		hash = hash * 65599 + folded(String->Buffer[i], CaseInSensitive);
	*HashValue = hash;
	return STATUS_SUCCESS;
}
