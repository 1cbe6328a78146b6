/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What an outbound socket is told. */
#include "answer_source.h"
#include "library_export.h"

#include <errno.h>

int whither_set_records(int fd, void *buffer, size_t size, size_t *needed)
{
	int error;

	if (!buffer)
		return -EINVAL;
	error = wh_answer_set(fd, WHITHER_RECORDS, buffer, size);
	if (error)
		return error;
	if (needed)
		*needed = size;
	return 0;
}

int whither_relate(int outbound, int accepted)
{
	unsigned char token[WHITHER_RECORDS_MAX];
	size_t length = 0;
	int error;

	error = whither_query_records(accepted, token, sizeof(token), &length);
	if (error)
		return error;
	return whither_set_records(outbound, token, length, NULL);
}
