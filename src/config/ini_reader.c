/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "ini_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clean_text.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_blanks(char *text)
{
	while (is_blank(*text))
		text++;
	return text;
}

/* Ends text before the blanks at its end. */
static void cut_blanks(char *text)
{
	size_t length = strlen(text);

	while (length && is_blank(text[length - 1]))
		length--;
	text[length] = '\0';
}

/* Makes room for one more element. Returns 0 or -ENOMEM. */
static int grow(void **elements, size_t count, size_t *capacity, size_t size)
{
	size_t larger = *capacity ? 2 * *capacity : 8;
	void *moved;

	if (count < *capacity)
		return 0;
	moved = reallocarray(*elements, larger, size);
	if (!moved)
		return -ENOMEM;
	*elements = moved;
	*capacity = larger;
	return 0;
}

static struct wh_ini_section *section_add(struct wh_ini_file *file, int line)
{
	struct wh_ini_section *section;

	if (grow((void **)&file->sections, file->section_count, &file->section_capacity,
		 sizeof(*file->sections)))
		return NULL;
	section = &file->sections[file->section_count++];
	*section = (struct wh_ini_section){.line = line, .kind = "", .name = ""};
	return section;
}

/* "[kind name]"; text begins with the bracket and has no blanks at its end. */
static int read_header(struct wh_ini_file *file, char *text, int line,
		       struct wh_report_writer *writer)
{
	struct wh_ini_section *section = section_add(file, line);
	char *end = strchr(text, ']');
	char *kind, *name;

	if (!section)
		return -ENOMEM;
	if (!end || end[1]) {
		section->broken = true;
		wh_report_error(writer, line, NULL,
				"found '%.*s'; expected a section such as [redirector NAME], with "
				"nothing after the bracket",
				WH_SHOWN(text));
		return 0;
	}
	*end = '\0';
	kind = skip_blanks(text + 1);
	name = kind + strcspn(kind, " \t");
	if (*name) {
		*name = '\0';
		name = skip_blanks(name + 1);
		cut_blanks(name);
	}
	section->kind = kind;
	section->name = name;
	if (!*kind) {
		section->broken = true;
		wh_report_error(writer, line, NULL,
				"found a section without a name; expected [redirector NAME] or "
				"[filter NAME]");
	}
	return 0;
}

static int read_entry(struct wh_ini_file *file, char *text, int line,
		      struct wh_report_writer *writer)
{
	struct wh_ini_section *section = &file->sections[file->section_count - 1];
	char *equals = strchr(text, '=');
	char *value;

	if (!equals || equals == text) {
		wh_report_error(writer, line, NULL, "found '%.*s'; expected KEY = VALUE",
				WH_SHOWN(text));
		return 0;
	}
	*equals = '\0';
	cut_blanks(text);
	value = skip_blanks(equals + 1);
	cut_blanks(value);
	if (grow((void **)&section->entries, section->entry_count, &section->entry_capacity,
		 sizeof(*section->entries)))
		return -ENOMEM;
	section->entries[section->entry_count++] = (struct wh_ini_entry){
		.line = line,
		.key = text,
		.value = value,
		.exact = file->exact + (value - file->text),
	};
	return 0;
}

/* Reports why length bytes of text are no line. */
static bool line_is_clean(const char *text, size_t length, int line,
			  struct wh_report_writer *writer)
{
	size_t clean = wh_clean_span(text, length);

	if (length > WH_INI_LINE_MAX) {
		wh_report_error(writer, line, NULL, "found a line of %zu bytes; %d are the most",
				length, WH_INI_LINE_MAX);
		return false;
	}
	if (clean == length)
		return true;
	wh_report_error(
		writer, line, NULL,
		"found byte 0x%02x at column %zu; expected UTF-8 without control characters",
		(unsigned char)text[clean], clean + 1);
	return false;
}

/* One line, of length bytes, with a byte to spare behind it. */
static int read_line(struct wh_ini_file *file, char *text, size_t length, int line,
		     struct wh_report_writer *writer)
{
	if (length && text[length - 1] == '\r')
		length--;
	if (!line_is_clean(text, length, line, writer)) {
		/* The header may have been this one. */
		if (*skip_blanks(text) == '[') {
			struct wh_ini_section *section = section_add(file, line);

			if (!section)
				return -ENOMEM;
			section->broken = true;
		}
		return 0;
	}
	file->exact[text - file->text + (ptrdiff_t)length] = '\0';
	text[length] = '\0';
	text = skip_blanks(text);
	if (!*text || *text == ';' || *text == '#')
		return 0;
	if (*text == '[') {
		cut_blanks(text);
		return read_header(file, text, line, writer);
	}
	return read_entry(file, text, line, writer);
}

int wh_ini_read(const char *text, size_t length, struct wh_report_writer *writer,
		struct wh_ini_file *ret)
{
	static const char mark[] = "\xef\xbb\xbf"; /* UTF-8's byte order mark */
	struct wh_ini_file file = {0};
	int result = 0, line = 0;
	char *here, *end;

	if (length >= strlen(mark) && !memcmp(text, mark, strlen(mark))) {
		text += strlen(mark);
		length -= strlen(mark);
	}
	file.text = malloc(length + 1);
	file.exact = malloc(length + 1);
	if (!file.text || !file.exact || !section_add(&file, WH_LINE_NONE)) {
		wh_ini_free(&file);
		return -ENOMEM;
	}
	memcpy(file.text, text, length);
	memcpy(file.exact, text, length);
	end = file.text + length;
	*end = '\0';
	for (here = file.text; here < end && !result; here++) {
		size_t size = (size_t)(end - here);
		char *newline = memchr(here, '\n', size);

		if (newline)
			size = (size_t)(newline - here);
		result = read_line(&file, here, size, ++line, writer);
		here += size;
	}
	if (result) {
		wh_ini_free(&file);
		return result;
	}
	*ret = file;
	return 0;
}

void wh_ini_free(struct wh_ini_file *file)
{
	for (size_t i = 0; i < file->section_count; i++)
		free(file->sections[i].entries);
	free(file->sections);
	free(file->text);
	free(file->exact);
	*file = (struct wh_ini_file){0};
}
