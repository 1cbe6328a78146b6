/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Socket options with Windows' numbers, types and sizes, on the host's sockets. */
#ifndef WHITHER_OPTION_TABLE_H
#define WHITHER_OPTION_TABLE_H

#include <stddef.h>

/* The row of option_rows.h, or -1. */
int net_option_row(int level, int option);

/*
 * 0 or a negative errno: -ENOPROTOOPT when the option is not in the table, -EFAULT when value is NULL or
 * size too small for its type. net_get_option() sets *size to what it wrote, on success alone.
 */
int net_set_option(int fd, int level, int option, const void *value, size_t size);
int net_get_option(int fd, int level, int option, void *value, size_t *size);

#endif
