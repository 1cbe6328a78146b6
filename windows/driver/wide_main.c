/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* main() of a user-mode program that begins in wmain(): its words in UTF-16. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int wmain(int count, uint16_t **words, uint16_t **environment);
int main(int count, char **words);

/* The next character of well-formed UTF-8; any other byte for itself. */
static uint32_t next_character(const unsigned char **text)
{
	const unsigned char *at = *text;
	int more = at[0] >= 0xf0 ? 3 : at[0] >= 0xe0 ? 2 : at[0] >= 0xc2 ? 1 : 0;
	uint32_t value = more == 0 ? at[0] : at[0] & (0x3fu >> more);

	for (int i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			*text = at + 1;
			return at[0];
		}
		value = value << 6 | (at[i] & 0x3f);
	}
	*text = at + more + 1;
	return value;
}

static uint16_t *widen(const char *word)
{
	const unsigned char *text = (const unsigned char *)word;
	uint16_t *wide = calloc(strlen(word) + 1, sizeof(*wide)), *to = wide;

	while (wide && *text) {
		uint32_t value = next_character(&text);

		if (value < 0x10000) {
			*to++ = (uint16_t)value;
		} else {
			*to++ = (uint16_t)(0xd800 + ((value - 0x10000) >> 10 & 0x3ff));
			*to++ = (uint16_t)(0xdc00 + (value & 0x3ff));
		}
	}
	return wide;
}

int main(int count, char **words)
{
	uint16_t **wide = calloc((size_t)count + 1, sizeof(*wide)), *environment[1] = {NULL};
	int status = 1;

	for (int i = 0; wide && i < count; i++)
		wide[i] = widen(words[i]);
	if (wide)
		status = wmain(count, wide, environment);
	for (int i = 0; wide && i < count; i++)
		free(wide[i]);
	free(wide);
	return status;
}
