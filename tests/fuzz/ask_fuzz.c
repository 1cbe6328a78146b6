/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What a program that is asked may say, in pieces of any size. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ask_answer.h"

static void must(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* In memory of its own size: what is read beyond is noticed. */
	enum wh_ask_verdict whole = 99, part = 99;
	char *bytes = malloc(size + !size);
	int result, earlier = 0;

	if (!bytes)
		return 0;
	if (size)
		memcpy(bytes, data, size);
	result = wh_ask_answer_read(bytes, size, true, &whole);
	must(result == 1 || result == -EBADMSG);
	must(result != 1 || whole == WH_ASK_REDIRECT || whole == WH_ASK_BLOCK);
	/* What has been decided before all of it was there is not decided otherwise later. */
	for (size_t length = 0; !earlier && length <= size; length++)
		earlier = wh_ask_answer_read(bytes, length, false, &part);
	must(earlier != 1 || (result == 1 && part == whole));
	if (size && memchr(data, '\n', size < WH_ASK_LINE_MAX ? size : WH_ASK_LINE_MAX))
		must(earlier == result);
	free(bytes);
	return 0;
}
