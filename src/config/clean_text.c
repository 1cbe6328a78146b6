/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "clean_text.h"

#include <stdlib.h>
#include <string.h>

/* How many bytes follow the first byte of a character; -1: no character begins so. */
static int following(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first >= 0xc2 && first < 0xe0)
		return 1;
	if (first >= 0xe0 && first < 0xf0)
		return 2;
	if (first >= 0xf0 && first < 0xf5)
		return 3;
	return -1;
}

size_t wh_clean_character(const char *text, size_t length)
{
	static const unsigned int smallest[] = {0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)text[0];
	int count = following(first);
	unsigned int point;

	if (count == 0)
		return (first >= 0x20 && first != 0x7f) || first == '\t' ? 1 : 0;
	if (count < 0 || (size_t)count >= length)
		return 0;
	point = first & (0x3fu >> count);
	for (int i = 1; i <= count; i++) {
		unsigned char next = (unsigned char)text[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (next & 0x3f);
	}
	/* Written longer than need be, a half of a UTF-16 pair, past the end, a C1 control. */
	if (point < smallest[count] || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff ||
	    point < 0xa0)
		return 0;
	return (size_t)count + 1;
}

size_t wh_clean_span(const char *text, size_t length)
{
	size_t offset = 0;

	while (offset < length) {
		size_t size = wh_clean_character(text + offset, length - offset);

		if (!size)
			break;
		offset += size;
	}
	return offset;
}

char *wh_clean_copy(const char *text)
{
	size_t length = strlen(text);
	char *copy = strdup(text);

	if (!copy)
		return NULL;
	for (size_t offset = 0; offset < length;) {
		size_t size = wh_clean_character(copy + offset, length - offset);

		if (!size)
			copy[offset] = '?';
		offset += size ? size : 1;
	}
	return copy;
}
