/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* printf to streams of the C library, with the conversions of Windows. */
#define WHITHER_WINDOWS_NAMES

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wdm_stream.h>

#include "cmocka_once.h"

static void streams_take_both_widths(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(fprintf(stream, "%I64u %ws|", 5ULL, u"\u20ac"), 6);
	assert_int_equal(fwprintf(stream, u"%s %hs|", u"\u20ac", "n"), 6);
	assert_int_equal(fprintf(stream, "%200d|", 1), 201);
	assert_int_equal(fputws(u"end", stream), 3);
	assert_int_equal(fprintf(stream, "%n", NULL), -1);
	assert_int_equal(fprintf(stream, NULL), -1);
	fclose(stream);
	assert_memory_equal(text, "5 \xe2\x82\xac|\xe2\x82\xac n|  ", 14);
	assert_int_equal(size, 6 + 6 + 201 + 3);
	free(text);
}

static void a_stream_that_cannot_be_written_gives_minus_one(void **state)
{
	FILE *stream = fopen("/dev/null", "r");

	assert_non_null(stream);
	assert_int_equal(fprintf(stream, "text"), -1);
	fclose(stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_take_both_widths),
		cmocka_unit_test(a_stream_that_cannot_be_written_gives_minus_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
