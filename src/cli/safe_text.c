/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "safe_text.h"

#include <stdio.h>
#include <string.h>

#include "clean_text.h"

struct output {
	char *next;
	size_t left; /* without the final NUL */
};

/* All of a character or nothing: once one did not fit, none does. */
static void put(struct output *output, const char *text, size_t length)
{
	if (length > output->left) {
		output->left = 0;
		return;
	}
	memcpy(output->next, text, length);
	output->next += length;
	output->left -= length;
}

static void put_character(struct output *output, const char *text, size_t length, bool quoted)
{
	char escaped[WH_SAFE_FACTOR + 1];

	if (!length || *text == '\t') {
		snprintf(escaped, sizeof(escaped), "\\x%02x", (unsigned char)*text);
		put(output, escaped, WH_SAFE_FACTOR);
	} else if (*text == '\\' || (quoted && *text == '"')) {
		escaped[0] = '\\';
		escaped[1] = *text;
		put(output, escaped, 2);
	} else {
		put(output, text, length);
	}
}

char *wh_safe_text(const char *text, size_t length, bool quoted, char *ret, size_t size)
{
	struct output output = {.next = ret, .left = size - 1};

	quoted = quoted && (!length || memchr(text, ' ', length) || memchr(text, '"', length));
	if (quoted) {
		put(&output, "\"", 1);
		output.left -= output.left ? 1 : 0; /* for the other one */
	}
	for (size_t offset = 0; offset < length;) {
		size_t here = wh_clean_character(text + offset, length - offset);

		put_character(&output, text + offset, here, quoted);
		offset += here ? here : 1;
	}
	if (quoted && size > 2)
		*output.next++ = '"';
	*output.next = '\0';
	return ret;
}

bool wh_is_printable(const void *bytes, size_t length)
{
	return length && wh_clean_span(bytes, length) == length && !memchr(bytes, '\t', length);
}

char *wh_hex_text(const void *bytes, size_t length, char *ret, size_t size)
{
	const unsigned char *byte = bytes;
	struct output output = {.next = ret, .left = size - 1};

	for (size_t i = 0; i < length; i++) {
		char pair[3];

		snprintf(pair, sizeof(pair), "%02x", byte[i]);
		put(&output, pair, 2);
	}
	*output.next = '\0';
	return ret;
}
