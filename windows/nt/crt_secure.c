/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The _s copies: what does not fit leaves an empty string; and narrow strings by case. */
#define WHITHER_WINDOWS_NAMES

#include <basetsd.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <wdm_wide.h>

#include "string_memory.h"

#define TRUNCATED 80 /* STRUNCATE */

/* A string of either width. */
struct span {
	char *at;
	size_t unit;
};

static bool is_end(struct span text, size_t index)
{
	return text.unit == 1 ? !text.at[index] : !((WCHAR *)(void *)text.at)[index];
}

static void terminate(struct span text, size_t index)
{
	memset(text.at + index * text.unit, 0, text.unit);
}

static size_t length_of(struct span text, size_t most)
{
	size_t length = 0;

	while (length < most && !is_end(text, length))
		length++;
	return length;
}

/* Puts `from` behind the first `used` units of `to`. */
static errno_t put(struct span to, size_t size, size_t used, struct span from, size_t count)
{
	size_t room = size - used - 1;
	size_t length;
	errno_t result = 0;

	if (!from.at) {
		terminate(to, 0);
		return count ? EINVAL : 0;
	}
	length = length_of(from, count < room + 1 ? count : room + 1);
	if (length > room) {
		if (count != _TRUNCATE) {
			terminate(to, 0);
			return ERANGE;
		}
		length = room;
		result = TRUNCATED;
	}
	memmove(to.at + used * to.unit, from.at, length * to.unit);
	terminate(to, used + length);
	return result;
}

static errno_t copy(struct span to, size_t size, struct span from, size_t count)
{
	if (!to.at || !size)
		return !to.at && !size && !count ? 0 : EINVAL;
	return put(to, size, 0, from, count);
}

static errno_t append(struct span to, size_t size, struct span from, size_t count)
{
	size_t used;

	if (!to.at || !size)
		return !to.at && !size && !count ? 0 : EINVAL;
	used = length_of(to, size);
	if (used == size) {
		terminate(to, 0);
		return EINVAL;
	}
	return put(to, size, used, from, count);
}

/* Without a count, and without _TRUNCATE's meaning. */
#define WHOLE (_TRUNCATE - 1)
#define WIDE(text) ((struct span){(char *)(text), sizeof(WCHAR)})
#define NARROW(text) ((struct span){(char *)(text), 1})

errno_t wcscpy_s(WCHAR *to, size_t size, const WCHAR *from)
{
	return copy(WIDE(to), size, WIDE(from), WHOLE);
}

errno_t wcsncpy_s(WCHAR *to, size_t size, const WCHAR *from, size_t count)
{
	return copy(WIDE(to), size, WIDE(from), count);
}

errno_t wcscat_s(WCHAR *to, size_t size, const WCHAR *from)
{
	return append(WIDE(to), size, WIDE(from), WHOLE);
}

errno_t wcsncat_s(WCHAR *to, size_t size, const WCHAR *from, size_t count)
{
	return append(WIDE(to), size, WIDE(from), count);
}

errno_t strcpy_s(char *to, size_t size, const char *from)
{
	return copy(NARROW(to), size, NARROW(from), WHOLE);
}

errno_t strncpy_s(char *to, size_t size, const char *from, size_t count)
{
	return copy(NARROW(to), size, NARROW(from), count);
}

errno_t strcat_s(char *to, size_t size, const char *from)
{
	return append(NARROW(to), size, NARROW(from), WHOLE);
}

errno_t strncat_s(char *to, size_t size, const char *from, size_t count)
{
	return append(NARROW(to), size, NARROW(from), count);
}

/* What cannot be copied whole empties the target. */
errno_t memcpy_s(void *to, size_t size, const void *from, size_t count)
{
	return memmove_s(to, size, from, count);
}

errno_t memmove_s(void *to, size_t size, const void *from, size_t count)
{
	if (!count)
		return 0;
	if (!to)
		return EINVAL;
	if (from && count <= size) {
		memmove(to, from, count);
		return 0;
	}
	memset(to, 0, size);
	return from ? ERANGE : EINVAL;
}

static int lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? byte + 0x20 : (unsigned char)byte;
}

int _strnicmp(const char *one, const char *other, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int left = lower(one[i]), right = lower(other[i]);

		if (left != right || !left)
			return left - right;
	}
	return 0;
}

int _stricmp(const char *one, const char *other)
{
	return _strnicmp(one, other, MAXSIZE_T);
}

char *_strlwr(char *text)
{
	for (size_t i = 0; text[i]; i++)
		text[i] = (char)lower(text[i]);
	return text;
}

char *_strupr(char *text)
{
	for (size_t i = 0; text[i]; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] = (char)(text[i] - 0x20);
	return text;
}

/* free() takes them. */
char *_strdup(const char *text)
{
	return text ? nt_heap_copy(text, strlen(text) + 1) : NULL;
}

WCHAR *_wcsdup(const WCHAR *text)
{
	return text ? nt_heap_copy(text, (wcslen(text) + 1) * sizeof(WCHAR)) : NULL;
}
