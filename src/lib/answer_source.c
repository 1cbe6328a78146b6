/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The kernel first; whoever it does not know may be in a "whither run" that has a supervisor. */
#include "answer_source.h"

#include <errno.h>

int wh_answer_get(int fd, int option, void *buffer, size_t size, size_t *ret_length)
{
	int error = wh_kernel_get(fd, option, buffer, size, ret_length);

	return error == -EOPNOTSUPP ? wh_supervisor_get(fd, option, buffer, size, ret_length) :
				      error;
}

int wh_answer_set(int fd, int option, const void *buffer, size_t size)
{
	int error = wh_kernel_set(fd, option, buffer, size);

	return error == -EOPNOTSUPP ? wh_supervisor_set(fd, option, buffer, size) : error;
}
