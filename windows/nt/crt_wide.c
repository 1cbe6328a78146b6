/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#define WHITHER_WINDOWS_NAMES

#include <basetsd.h>
#include <wdm_wide.h>

#include "utf_case.h"
#include "utf_units.h"

size_t wcslen(const WCHAR *text)
{
	return nt_utf16_length(text, MAXSIZE_T);
}

size_t wcsnlen(const WCHAR *text, size_t most)
{
	return nt_utf16_length(text, most);
}

WCHAR *wcscpy(WCHAR *to, const WCHAR *from)
{
	size_t i = 0;

	do
		to[i] = from[i];
	while (from[i++]);
	return to;
}

WCHAR *wcsncpy(WCHAR *to, const WCHAR *from, size_t count)
{
	size_t length = nt_utf16_length(from, count);

	for (size_t i = 0; i < count; i++)
		to[i] = i < length ? from[i] : 0;
	return to;
}

WCHAR *wcscat(WCHAR *to, const WCHAR *from)
{
	wcscpy(to + wcslen(to), from);
	return to;
}

WCHAR *wcsncat(WCHAR *to, const WCHAR *from, size_t count)
{
	size_t used = wcslen(to);
	size_t length = nt_utf16_length(from, count);

	for (size_t i = 0; i < length; i++)
		to[used + i] = from[i];
	to[used + length] = 0;
	return to;
}

int wcscmp(const WCHAR *one, const WCHAR *other)
{
	return wcsncmp(one, other, MAXSIZE_T);
}

int wcsncmp(const WCHAR *one, const WCHAR *other, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (one[i] != other[i])
			return one[i] < other[i] ? -1 : 1;
		if (!one[i])
			break;
	}
	return 0;
}

int _wcsicmp(const WCHAR *one, const WCHAR *other)
{
	return _wcsnicmp(one, other, MAXSIZE_T);
}

int _wcsnicmp(const WCHAR *one, const WCHAR *other, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int left = nt_downcase(one[i]), right = nt_downcase(other[i]);

		if (left != right || !left)
			return left - right;
	}
	return 0;
}

WCHAR *wmemchr(const WCHAR *text, WCHAR unit, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text[i] == unit)
			return (WCHAR *)text + i;
	return NULL;
}

WCHAR *wcschr(const WCHAR *text, WCHAR unit)
{
	return wmemchr(text, unit, wcslen(text) + 1);
}

WCHAR *wcsrchr(const WCHAR *text, WCHAR unit)
{
	for (size_t i = wcslen(text) + 1; i > 0; i--)
		if (text[i - 1] == unit)
			return (WCHAR *)text + i - 1;
	return NULL;
}

WCHAR *wcsstr(const WCHAR *text, const WCHAR *part)
{
	size_t length = wcslen(part);

	for (;; text++) {
		if (!wcsncmp(text, part, length))
			return (WCHAR *)text;
		if (!*text)
			return NULL;
	}
}

size_t wcsspn(const WCHAR *text, const WCHAR *set)
{
	size_t length = 0;

	while (text[length] && wcschr(set, text[length]))
		length++;
	return length;
}

size_t wcscspn(const WCHAR *text, const WCHAR *set)
{
	size_t length = 0;

	while (text[length] && !wcschr(set, text[length]))
		length++;
	return length;
}

WCHAR *wcspbrk(const WCHAR *text, const WCHAR *set)
{
	text += wcscspn(text, set);
	return *text ? (WCHAR *)text : NULL;
}

unsigned int towupper(unsigned int unit)
{
	return unit <= 0xffff ? nt_upcase((uint16_t)unit) : unit;
}

unsigned int towlower(unsigned int unit)
{
	return unit <= 0xffff ? nt_downcase((uint16_t)unit) : unit;
}

WCHAR *_wcslwr(WCHAR *text)
{
	for (size_t i = 0; text[i]; i++)
		text[i] = nt_downcase(text[i]);
	return text;
}

WCHAR *_wcsupr(WCHAR *text)
{
	for (size_t i = 0; text[i]; i++)
		text[i] = nt_upcase(text[i]);
	return text;
}

WCHAR *_wcsrev(WCHAR *text)
{
	size_t length = wcslen(text);

	for (size_t i = 0; i < length / 2; i++) {
		WCHAR kept = text[i];

		text[i] = text[length - 1 - i];
		text[length - 1 - i] = kept;
	}
	return text;
}
