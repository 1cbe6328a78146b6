/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clean_text.h"
#include "config_section.h"
#include "file_text.h"
#include "ini_reader.h"
#include "report_writer.h"
#include "rule_name.h"
#include "set_warnings.h"
#include "suggestion.h"

/* A set while it is being read. */
struct set_reader {
	struct wh_section_reader section;
	struct wh_rule_set *set;
	size_t redirectors_found, filters_found; /* also those that are too many */
};

/* A new element for a section of a kind, or NULL when there are max of them. */
static void *next_rule(void *rules, __u32 *count, size_t size, size_t *found, size_t max,
		       const struct wh_ini_section *section, struct wh_report_writer *writer)
{
	if ((*found)++ >= max) {
		if (*found == max + 1)
			wh_report_error(writer, section->line, NULL,
					"found more than %zu %ss; '%.*s' is one too many", max,
					section->kind, WH_SHOWN(section->name));
		return NULL;
	}
	return (char *)rules + (*count)++ * size;
}

static void take_redirector(struct set_reader *reader, const struct wh_ini_section *section)
{
	struct wh_rule_set *set = reader->set;
	struct wh_report_writer *writer = reader->section.writer;
	struct wh_redirector_rule *rule = next_rule(set->redirectors, &set->redirector_count,
						    sizeof(*rule), &reader->redirectors_found,
						    WH_SET_REDIRECTORS_MAX, section, writer);

	if (!rule)
		return;
	rule->line = section->line;
	if (!wh_rule_name_take(section, rule->name, writer))
		for (__u32 i = 0; i + 1 < set->redirector_count; i++)
			if (!strcmp(set->redirectors[i].name, rule->name))
				wh_report_error(writer, section->line, NULL,
						"found redirector '%s' again; line %d has one of "
						"that name",
						rule->name, set->redirectors[i].line);
	wh_read_redirector(&reader->section, section, rule);
}

static void take_filter(struct set_reader *reader, const struct wh_ini_section *section)
{
	struct wh_rule_set *set = reader->set;
	struct wh_report_writer *writer = reader->section.writer;
	struct wh_filter_rule *rule = next_rule(set->filters, &set->filter_count, sizeof(*rule),
						&reader->filters_found, WH_SET_FILTERS_MAX, section,
						writer);

	if (!rule)
		return;
	rule->line = section->line;
	if (!wh_rule_name_take(section, rule->name, writer))
		for (__u32 i = 0; i + 1 < set->filter_count; i++)
			if (!strcmp(set->filters[i].name, rule->name))
				wh_report_error(writer, section->line, NULL,
						"found filter '%s' again; line %d has one of that "
						"name",
						rule->name, set->filters[i].line);
	wh_read_filter(&reader->section, section, rule);
}

static void report_unknown_section(const struct wh_ini_section *section,
				   struct wh_report_writer *writer)
{
	static const char *const kinds[] = {"redirector", "filter", NULL};
	const char *suggestion = wh_suggest(section->kind, kinds);

	if (suggestion)
		wh_report_error(writer, section->line, NULL,
				"found unknown section [%.*s]; did you mean [%s NAME]?",
				WH_SHOWN(section->kind), suggestion);
	else
		wh_report_error(writer, section->line, NULL,
				"found unknown section [%.*s]; expected [redirector NAME] or "
				"[filter NAME]",
				WH_SHOWN(section->kind));
}

static void take_sections(struct set_reader *reader, const struct wh_ini_file *file)
{
	struct wh_report_writer *writer = reader->section.writer;

	wh_read_top(&reader->section, &file->sections[0]);
	for (size_t i = 1; i < file->section_count; i++) {
		const struct wh_ini_section *section = &file->sections[i];

		if (section->broken)
			continue;
		if (!strcmp(section->kind, "redirector"))
			take_redirector(reader, section);
		else if (!strcmp(section->kind, "filter"))
			take_filter(reader, section);
		else
			report_unknown_section(section, writer);
	}
	if (!writer->errors && !reader->redirectors_found && !reader->filters_found)
		wh_report_error(writer, WH_LINE_NONE, NULL,
				"found no redirector and no filter; expected at least one section "
				"[redirector NAME] or [filter NAME]");
}

static struct wh_rule_set *make_set(const char *name, const char *source)
{
	struct wh_rule_set *set = calloc(1, sizeof(*set));

	if (!set)
		return NULL;
	memcpy(set->name, name, strlen(name) + 1);
	set->source = strdup(source);
	set->redirectors = calloc(WH_SET_REDIRECTORS_MAX, sizeof(*set->redirectors));
	set->filters = calloc(WH_SET_FILTERS_MAX, sizeof(*set->filters));
	if (!set->source || !set->redirectors || !set->filters) {
		wh_config_free(set);
		return NULL;
	}
	return set;
}

static void read_text(const char *text, size_t length, const char *name, uint64_t netns,
		      struct wh_report_writer *writer, struct wh_rule_set **ret_set)
{
	struct set_reader reader = {
		.section = {.writer = writer, .netns = netns},
		.set = make_set(name, writer->file),
	};
	struct wh_ini_file file;

	if (!reader.set) {
		wh_report_no_memory(writer);
		return;
	}
	if (wh_ini_read(text, length, writer, &file)) {
		wh_report_no_memory(writer);
	} else {
		take_sections(&reader, &file);
		wh_ini_free(&file);
		if (!writer->errors && !writer->failure)
			wh_warn_set(reader.set, writer);
	}
	*ret_set = reader.set;
}

int wh_config_read(const char *path, const char *name, uint64_t netns, struct wh_rule_set **ret_set,
		   struct wh_config_report *report)
{
	char *shown = wh_clean_copy(strcmp(path, "-") ? path : "<stdin>");
	struct wh_report_writer writer = {.file = shown};
	struct wh_rule_set *set = NULL;
	char set_name[WH_NAME_SIZE];
	char *text = NULL;
	size_t length;
	int result, failure = 0;

	if (!shown)
		return -ENOMEM;
	if (!wh_set_name_take(path, name, set_name, &writer)) {
		failure = wh_file_read(path, &text, &length, &writer);
		if (!failure)
			read_text(text, length, set_name, netns, &writer, &set);
	}
	free(text);
	result = wh_report_finish(&writer, report);
	if (failure)
		result = failure;
	free(shown);
	if (result) {
		wh_config_free(set);
		return result;
	}
	*ret_set = set;
	return 0;
}
