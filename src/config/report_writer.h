/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Collects what is wrong with a file, in whatever order it is found, and puts it in the order of
 * the file's lines. Everything that reads the configuration reports here and goes on.
 */
#ifndef WH_REPORT_WRITER_H
#define WH_REPORT_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"

#define WH_LINE_NONE 0 /* the message is about the whole file */

struct wh_report_entry {
	int line;
	size_t sequence;
	bool warning;
	char *text;
};

struct wh_report_writer {
	const char *file; /* before every message; else */
	const char *word; /* the argument that is being read */
	struct wh_report_entry *entries;
	size_t count, capacity;
	size_t errors;  /* all, also those that were too many to keep */
	size_t omitted; /* messages */
	int failure;    /* -ENOMEM: the report is not complete */
};

/* "FILE:LINE: KEY: ..."; key may be NULL. */
void wh_report_error(struct wh_report_writer *writer, int line, const char *key, const char *format,
		     ...) __attribute__((format(printf, 4, 5)));
void wh_report_warning(struct wh_report_writer *writer, int line, const char *key,
		       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Notes that memory ran out. */
void wh_report_no_memory(struct wh_report_writer *writer);

/* Moves all messages to the end of report and empties the writer. Returns 0, -EINVAL when there
 * were errors, or -ENOMEM. */
int wh_report_finish(struct wh_report_writer *writer, struct wh_config_report *report);

/* The bytes of a value that a message shows: "%.*s", wh_report_width(value), value. */
int wh_report_width(const char *value);
#define WH_SHOWN(value) wh_report_width(value), (value)

#endif /* WH_REPORT_WRITER_H */
