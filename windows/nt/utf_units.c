/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "utf_units.h"

#include <stdbool.h>

static bool is_trail(char byte)
{
	return ((unsigned char)byte & 0xc0u) == 0x80u;
}

/* How many bytes follow the lead, and what the first of them may be; 0: no lead. */
static unsigned int trail_count(unsigned char lead, unsigned char *ret_low, unsigned char *ret_high)
{
	*ret_low = 0x80;
	*ret_high = 0xbf;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 1;
	if (lead >= 0xe0 && lead <= 0xef) {
		if (lead == 0xe0)
			*ret_low = 0xa0;
		if (lead == 0xed)
			*ret_high = 0x9f;
		return 2;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		if (lead == 0xf0)
			*ret_low = 0x90;
		if (lead == 0xf4)
			*ret_high = 0x8f;
		return 3;
	}
	return 0;
}

size_t nt_utf8_decode(const char *bytes, size_t count, uint32_t *ret_code)
{
	unsigned char lead = (unsigned char)bytes[0];
	unsigned char low, high;
	unsigned int trail;
	uint32_t code;

	*ret_code = lead;
	if (lead < 0x80)
		return 1;
	*ret_code = NT_REPLACEMENT;
	trail = trail_count(lead, &low, &high);
	if (!trail || count < 2 || (unsigned char)bytes[1] < low || (unsigned char)bytes[1] > high)
		return 1;
	code = lead & (0x3fu >> trail);
	for (unsigned int i = 1; i <= trail; i++) {
		if (i >= count || !is_trail(bytes[i]))
			return i;
		code = code << 6 | ((unsigned char)bytes[i] & 0x3fu);
	}
	*ret_code = code;
	return trail + 1;
}

size_t nt_utf16_decode(const uint16_t *units, size_t count, uint32_t *ret_code)
{
	uint32_t first = units[0];

	*ret_code = first;
	if (first < 0xd800 || first > 0xdfff)
		return 1;
	*ret_code = NT_REPLACEMENT;
	if (first > 0xdbff || count < 2 || units[1] < 0xdc00 || units[1] > 0xdfff)
		return 1;
	*ret_code = 0x10000u + ((first - 0xd800u) << 10) + (units[1] - 0xdc00u);
	return 2;
}

size_t nt_utf8_encode(uint32_t code, char bytes[4])
{
	if (code < 0x80) {
		bytes[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		bytes[0] = (char)(0xc0 | code >> 6);
		bytes[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		bytes[0] = (char)(0xe0 | code >> 12);
		bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	bytes[0] = (char)(0xf0 | code >> 18);
	bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
	bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
	bytes[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

size_t nt_utf16_encode(uint32_t code, uint16_t units[2])
{
	if (code < 0x10000) {
		units[0] = (uint16_t)code;
		return 1;
	}
	units[0] = (uint16_t)(0xd800 + ((code - 0x10000) >> 10));
	units[1] = (uint16_t)(0xdc00 + ((code - 0x10000) & 0x3ff));
	return 2;
}

size_t nt_utf16_length(const uint16_t *units, size_t most)
{
	size_t length = 0;

	while (length < most && units[length])
		length++;
	return length;
}
