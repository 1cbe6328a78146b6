/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The bytes of a rule file. */
#ifndef WH_FILE_TEXT_H
#define WH_FILE_TEXT_H

#include <stddef.h>

#include "report_writer.h"

#define WH_FILE_MAX ((size_t)1024 * 1024) /* bytes */

/* Reads all of path, or of standard input when it is "-". *ret_text is to be freed. Returns 0 or
 * a negative errno, which has been reported. */
int wh_file_read(const char *path, char **ret_text, size_t *ret_length,
		 struct wh_report_writer *writer);

#endif /* WH_FILE_TEXT_H */
