/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "ask_answer.h"

#include <errno.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

int wh_ask_verdict_read(const char *word, size_t size, enum wh_ask_verdict *ret_verdict)
{
	static const char *const words[] = {
		[WH_ASK_REDIRECT] = "redirect",
		[WH_ASK_BLOCK] = "block",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == size && !memcmp(words[i], word, size)) {
			*ret_verdict = (enum wh_ask_verdict)i;
			return 0;
		}
	return -EBADMSG;
}

int wh_ask_answer_read(const char *bytes, size_t size, bool ended, enum wh_ask_verdict *ret_verdict)
{
	const char *end = size ? memchr(bytes, '\n', size) : NULL;

	if (!end && !ended)
		return size < WH_ASK_LINE_MAX ? 0 : -EBADMSG;
	if (!size)
		return -EBADMSG;
	if (!end)
		end = bytes + size;
	while (bytes < end && is_blank(*bytes))
		bytes++;
	while (end > bytes && is_blank(end[-1]))
		end--;
	return wh_ask_verdict_read(bytes, (size_t)(end - bytes), ret_verdict) ? -EBADMSG : 1;
}
