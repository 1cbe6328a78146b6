/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "report_writer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "clean_text.h"

#define ENTRIES_MAX 1000 /* a file that was never meant to be one must not fill the memory */
#define SHOWN_MAX 100    /* bytes of a value */

void wh_report_no_memory(struct wh_report_writer *writer)
{
	writer->failure = -ENOMEM;
}

int wh_report_width(const char *value)
{
	size_t length = strlen(value), shown = 0;

	if (length <= SHOWN_MAX)
		return (int)length;
	while (shown < SHOWN_MAX) {
		size_t size = wh_clean_character(value + shown, length - shown);

		shown += size ? size : 1;
	}
	return (int)shown;
}

/* The front of a message: where it is. */
static int place(const struct wh_report_writer *writer, int line, const char *key, char **ret)
{
	const char *colon = key ? ": " : "";

	key = key ? key : "";
	if (writer->word)
		return asprintf(ret, "argument '%.*s': %s%s", WH_SHOWN(writer->word), key, colon);
	if (line == WH_LINE_NONE)
		return asprintf(ret, "%s: %s%s", writer->file, key, colon);
	return asprintf(ret, "%s:%d: %s%s", writer->file, line, key, colon);
}

/* Takes text over. */
static void append(struct wh_report_writer *writer, bool warning, int line, char *text)
{
	if (writer->count == writer->capacity) {
		size_t capacity = writer->capacity ? 2 * writer->capacity : 16;
		struct wh_report_entry *entries =
			reallocarray(writer->entries, capacity, sizeof(*entries));

		if (!entries) {
			wh_report_no_memory(writer);
			free(text);
			return;
		}
		writer->entries = entries;
		writer->capacity = capacity;
	}
	writer->entries[writer->count] = (struct wh_report_entry){
		.line = line, .sequence = writer->count, .warning = warning, .text = text};
	writer->count++;
}

__attribute__((format(printf, 5, 0))) static void
report_message(struct wh_report_writer *writer, bool warning, int line, const char *key,
	       const char *format, va_list arguments)
{
	char *front, *what, *text;

	writer->errors += !warning;
	if (writer->count >= ENTRIES_MAX) {
		writer->omitted++;
		return;
	}
	if (vasprintf(&what, format, arguments) < 0) {
		wh_report_no_memory(writer);
		return;
	}
	if (place(writer, line, key, &front) < 0) {
		wh_report_no_memory(writer);
	} else {
		if (asprintf(&text, "%s%s", front, what) < 0)
			wh_report_no_memory(writer);
		else
			append(writer, warning, line, text);
		free(front);
	}
	free(what);
}

void wh_report_error(struct wh_report_writer *writer, int line, const char *key, const char *format,
		     ...)
{
	va_list arguments;

	va_start(arguments, format);
	report_message(writer, false, line, key, format, arguments);
	va_end(arguments);
}

void wh_report_warning(struct wh_report_writer *writer, int line, const char *key,
		       const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report_message(writer, true, line, key, format, arguments);
	va_end(arguments);
}

/* By line, and on one line as they were found. */
static int compare(const void *left, const void *right)
{
	const struct wh_report_entry *a = left, *b = right;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->sequence < b->sequence ? -1 : 1;
}

/* Takes text over. */
static int text_add(char ***texts, size_t *count, char *text)
{
	char **larger = reallocarray(*texts, *count + 1, sizeof(*larger));

	if (!larger) {
		free(text);
		return -ENOMEM;
	}
	*texts = larger;
	larger[(*count)++] = text;
	return 0;
}

int wh_report_finish(struct wh_report_writer *writer, struct wh_config_report *report)
{
	int result = writer->errors ? -EINVAL : 0;
	char *more;

	if (writer->count)
		qsort(writer->entries, writer->count, sizeof(*writer->entries), compare);
	if (writer->omitted) {
		if (asprintf(&more, "%s: %zu more messages",
			     writer->file ? writer->file : "arguments", writer->omitted) < 0)
			wh_report_no_memory(writer);
		else
			append(writer, !writer->errors, WH_LINE_NONE, more);
	}
	for (size_t i = 0; i < writer->count; i++) {
		struct wh_report_entry *entry = &writer->entries[i];

		if (entry->warning ?
			    text_add(&report->warnings, &report->warning_count, entry->text) :
			    text_add(&report->errors, &report->error_count, entry->text))
			wh_report_no_memory(writer);
	}
	if (writer->failure)
		result = writer->failure;
	free(writer->entries);
	*writer = (struct wh_report_writer){0};
	return result;
}

static void free_texts(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

void wh_config_report_free(struct wh_config_report *report)
{
	free_texts(report->errors, report->error_count);
	free_texts(report->warnings, report->warning_count);
	*report = (struct wh_config_report){0};
}
