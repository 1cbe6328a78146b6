/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "context_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

static int is_separator(char c)
{
	return c == ' ' || c == '\t' || c == ':';
}

/* "01 02", "01:02", "0102" into at most size bytes, counted in *ret_count even beyond size. */
static int parse_hex(const char *text, __u8 *bytes, size_t size, size_t *ret_count,
		     struct wh_parse_fault *fault)
{
	size_t count = 0;

	while (*text) {
		int high, low;

		if (is_separator(*text)) {
			text++;
			continue;
		}
		high = digit_value(text[0]);
		low = high < 0 ? -1 : digit_value(text[1]);
		if (low < 0)
			return wh_parse_fault(fault, "expected hex: and two hexadecimal digits for "
						     "each byte");
		if (count < size)
			bytes[count] = (__u8)(high << 4 | low);
		count++;
		text += 2;
	}
	*ret_count = count;
	return 0;
}

static int keep_bytes(const __u8 *bytes, size_t count, struct wh_redirector_rule *ret,
		      struct wh_parse_fault *fault)
{
	__u8 *copy;

	if (count > WH_CONTEXT_MAX)
		return wh_parse_fault(fault, "it has %zu bytes; expected at most %d", count,
				      WH_CONTEXT_MAX);
	copy = malloc(count + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, bytes, count);
	ret->context_kind = WH_CONTEXT_BYTES;
	ret->context = copy;
	ret->context_size = (__u32)count;
	return 0;
}

/* The kind of the contexts that are one word; -1: value is none of them. */
static int word_kind(const char *value, size_t length)
{
	static const struct {
		const char *word;
		int kind;
	} words[] = {
		{"none", WH_CONTEXT_NONE},
		{"destination", WH_CONTEXT_DESTINATION},
		{"endpoints", WH_CONTEXT_ENDPOINTS},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i].word) == length && !strncmp(value, words[i].word, length))
			return words[i].kind;
	return -1;
}

int wh_parse_context(const char *exact, struct wh_redirector_rule *ret,
		     struct wh_parse_fault *fault)
{
	__u8 bytes[WH_CONTEXT_MAX];
	size_t length = strlen(exact);
	size_t count = 0;
	int kind;

	if (!strncmp(exact, "text:", 5))
		return keep_bytes((const __u8 *)exact + 5, length - 5, ret, fault);
	if (!strncmp(exact, "hex:", 4)) {
		int result = parse_hex(exact + 4, bytes, sizeof(bytes), &count, fault);

		return result ? result : keep_bytes(bytes, count, ret, fault);
	}
	while (length && (exact[length - 1] == ' ' || exact[length - 1] == '\t'))
		length--;
	kind = word_kind(exact, length);
	if (kind < 0)
		return wh_parse_fault(fault, "expected none, text:TEXT, hex:DIGITS, destination or "
					     "endpoints");
	ret->context_kind = (__u32)kind;
	return 0;
}
