/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The form of a rule file: sections, keys, values, each with its line, in the order written,
 * nothing merged and nothing lost. What they mean is decided elsewhere.
 *
 *	; or # as the first character of a line: a comment
 *	[kind name]
 *	key = value
 *
 * Blanks around key and value do not count. Nothing within a value is special.
 */
#ifndef WH_INI_READER_H
#define WH_INI_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "report_writer.h"

#define WH_INI_LINE_MAX 4096 /* bytes, without its end */

struct wh_ini_entry {
	int line;
	const char *key;
	const char *value; /* without blanks at its ends */
	const char *exact; /* with those at its end */
};

struct wh_ini_section {
	int line;
	const char *kind; /* empty: what stands before the first header */
	const char *name; /* empty: none given */
	bool broken;      /* its header was an error: its entries belong nowhere */
	struct wh_ini_entry *entries;
	size_t entry_count, entry_capacity;
};

struct wh_ini_file {
	struct wh_ini_section *sections; /* the first is what stands before the first header */
	size_t section_count, section_capacity;
	char *text, *exact; /* what all strings point into */
};

/* Reads length bytes of text. Errors are reported and skipped; the rest is in *ret, to be freed
 * by wh_ini_free(). Returns 0 or -ENOMEM. */
int wh_ini_read(const char *text, size_t length, struct wh_report_writer *writer,
		struct wh_ini_file *ret);

void wh_ini_free(struct wh_ini_file *file);

#endif /* WH_INI_READER_H */
