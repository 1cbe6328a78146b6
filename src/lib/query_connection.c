/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What an accepted socket is asked. */
#include "answer_source.h"
#include "library_export.h"

#include <errno.h>
#include <string.h>

/* size and hops, which every version of struct whither_origin has. */
#define ORIGIN_SIZE_MIN 8

/* The kernel does not say the length together with ENOBUFS, so it is asked again for it. Asked so,
 * it cannot mean a buffer: ENOBUFS then says that the kernel has no memory to keep the token in. */
static int report_needed(int fd, int option, size_t *needed)
{
	size_t length = 0;
	int error;

	error = wh_answer_get(fd, option, NULL, 0, &length);
	if (error == -ENOBUFS)
		return -ENOMEM;
	if (error)
		return error;
	if (needed)
		*needed = length;
	return -ENOBUFS;
}

static int query_bytes(int fd, int option, void *buffer, size_t size, size_t *needed)
{
	size_t length = 0;
	int error;

	if (!buffer && size)
		return -EINVAL;
	if (!size)
		return report_needed(fd, option, needed);
	error = wh_answer_get(fd, option, buffer, size, &length);
	if (error == -ENOBUFS && needed)
		return report_needed(fd, option, needed);
	if (error)
		return error;
	if (needed)
		*needed = length;
	return 0;
}

int whither_query_records(int fd, void *buffer, size_t size, size_t *needed)
{
	return query_bytes(fd, WHITHER_RECORDS, buffer, size, needed);
}

int whither_query_context(int fd, void *buffer, size_t size, size_t *needed)
{
	return query_bytes(fd, WHITHER_CONTEXT, buffer, size, needed);
}

int whither_query_origin(int fd, struct whither_origin *origin)
{
	/* As large as an answer can be: a newer kernel's structure is longer than ours. */
	unsigned char answer[WHITHER_ANSWER_MAX];
	size_t length = 0;
	uint32_t filled;
	int error;

	/* A size that no version has is an uninitialised one. */
	if (!origin || origin->size < ORIGIN_SIZE_MIN || origin->size > WHITHER_ANSWER_MAX)
		return -EINVAL;
	error = wh_answer_get(fd, WHITHER_ORIGIN, answer, sizeof(answer), &length);
	if (error)
		return error;
	filled = length < origin->size ? (uint32_t)length : origin->size;
	memset((unsigned char *)origin + filled, 0, origin->size - filled);
	memcpy(origin, answer, filled);
	origin->size = filled;
	return 0;
}

int whither_query_hops(int fd, struct whither_hop *hops, size_t capacity, size_t *count)
{
	size_t most = WHITHER_ANSWER_MAX / sizeof(*hops);
	size_t size = (capacity < most ? capacity : most) * sizeof(*hops);
	size_t needed = 0;
	int error;

	error = query_bytes(fd, WHITHER_HOPS, hops, size, &needed);
	if (count && (!error || error == -ENOBUFS))
		*count = needed / sizeof(*hops);
	return error;
}
