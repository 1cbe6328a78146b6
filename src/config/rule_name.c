/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "rule_name.h"

#include <errno.h>
#include <string.h>

#include "clean_text.h"

#define NAME_FORM "a name of letters, digits, '.', '_' and '-', at most 31, a letter or digit first"

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static int is_name(const char *text, size_t length)
{
	return length > 0 && length < WH_NAME_SIZE && strchr(LETTERS_AND_DIGITS, text[0]) &&
	       strspn(text, LETTERS_AND_DIGITS "._-") >= length;
}

int wh_rule_name_take(const struct wh_ini_section *section, char ret[WH_NAME_SIZE],
		      struct wh_report_writer *writer)
{
	size_t length = strlen(section->name);

	if (!length) {
		wh_report_error(writer, section->line, NULL,
				"found a %s without a name; expected [%s NAME]", section->kind,
				section->kind);
		return -EINVAL;
	}
	if (!is_name(section->name, length)) {
		wh_report_error(writer, section->line, NULL, "found '%.*s'; expected " NAME_FORM,
				WH_SHOWN(section->name));
		return -EINVAL;
	}
	memcpy(ret, section->name, length + 1);
	return 0;
}

int wh_set_name_take(const char *path, const char *name, char ret[WH_NAME_SIZE],
		     struct wh_report_writer *writer)
{
	static const char suffix[] = ".conf";
	size_t length;

	if (!name && !strcmp(path, "-")) {
		wh_report_error(writer, WH_LINE_NONE, NULL,
				"the set has no name; expected one beside '-'");
		return -EINVAL;
	}
	if (!name) {
		name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
		length = strlen(name);
		if (length > strlen(suffix) && !strcmp(name + length - strlen(suffix), suffix))
			length -= strlen(suffix);
	} else {
		length = strlen(name);
	}
	if (!is_name(name, length)) {
		/* It does not come out of a file, and may be anything. */
		if (wh_clean_span(name, strlen(name)) < strlen(name))
			name = "?";
		wh_report_error(writer, WH_LINE_NONE, NULL,
				"the set cannot be called '%.*s'; expected " NAME_FORM,
				WH_SHOWN(name));
		return -EINVAL;
	}
	memcpy(ret, name, length);
	ret[length] = '\0';
	return 0;
}
