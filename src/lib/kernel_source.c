/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The kernel answers: getsockopt() and setsockopt() at SOL_WHITHER. */
#include "answer_source.h"
#include "library_export.h"

#include <errno.h>
#include <limits.h>

/* A socklen_t that the kernel does not take for negative. No answer is as large. */
static socklen_t clamp_size(size_t size)
{
	return size > INT_MAX ? INT_MAX : (socklen_t)size;
}

/* Takes the call's errno and puts the caller's back. Where whither is not active, the protocol
 * itself refuses the unknown level: with which of the two depends on family and call. */
static int take_error(int saved_errno)
{
	int error = errno;

	errno = saved_errno;
	return error == ENOPROTOOPT ? -EOPNOTSUPP : -error;
}

int wh_kernel_get(int fd, int option, void *buffer, size_t size, size_t *ret_length)
{
	/* The kernel reports the length for NULL with 0, but refuses 0 with a buffer (EFAULT). */
	socklen_t length = buffer ? clamp_size(size) : 0;
	int saved_errno = errno;

	if (getsockopt(fd, SOL_WHITHER, option, length ? buffer : NULL, &length) < 0)
		return take_error(saved_errno);
	*ret_length = length;
	return 0;
}

int wh_kernel_set(int fd, int option, const void *buffer, size_t size)
{
	int saved_errno = errno;

	if (setsockopt(fd, SOL_WHITHER, option, buffer, clamp_size(size)) < 0)
		return take_error(saved_errno);
	return 0;
}
