/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Who answers: the kernel, through socket options (kernel_source.c); or, where that says that
 * whither is not active, the supervisor of a "whither run" (supervisor_source.c).
 *
 * All return 0 or a negative errno of whither.h, and leave errno alone.
 */
#ifndef WH_ANSWER_SOURCE_H
#define WH_ANSWER_SOURCE_H

#include <stddef.h>

/*
 * Reads an option. A NULL buffer with size 0 asks for the length alone. -ENOBUFS: buffer is too
 * small and untouched; the length is not known then. ret_length is the answer's length, in bytes.
 */
int wh_answer_get(int fd, int option, void *buffer, size_t size, size_t *ret_length);

/* Writes an option. */
int wh_answer_set(int fd, int option, const void *buffer, size_t size);

/* The two of each source; -EOPNOTSUPP: it is not active here. */
int wh_kernel_get(int fd, int option, void *buffer, size_t size, size_t *ret_length);
int wh_kernel_set(int fd, int option, const void *buffer, size_t size);
int wh_supervisor_get(int fd, int option, void *buffer, size_t size, size_t *ret_length);
int wh_supervisor_set(int fd, int option, const void *buffer, size_t size);

#endif /* WH_ANSWER_SOURCE_H */
