/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <string.h>

#include "condition_draft.h"
#include "config_section.h"

static void read_action(struct wh_section_reader *reader, const struct wh_ini_entry *entry,
			struct wh_filter_rule *rule)
{
	if (!strcmp(entry->value, "permit"))
		rule->kind = WH_RULE_PERMIT;
	else if (!strcmp(entry->value, "block"))
		rule->kind = WH_RULE_BLOCK;
	else
		wh_report_error(reader->writer, entry->line, entry->key,
				"found '%.*s'; expected permit or block", WH_SHOWN(entry->value));
}

void wh_read_filter(struct wh_section_reader *reader, const struct wh_ini_section *section,
		    struct wh_filter_rule *ret)
{
	struct wh_condition_draft draft = {.clients = &reader->clients, .netns = reader->netns};
	struct wh_keys_seen seen = {0};

	for (size_t i = 0; i < section->entry_count; i++) {
		const struct wh_ini_entry *entry = &section->entries[i];
		enum wh_config_key key =
			wh_key_admit(entry, WH_PLACE_FILTER, &seen, reader->writer);

		if (key == WH_KEY_ACTION)
			read_action(reader, entry, ret);
		else if (key != WH_KEY_NONE)
			wh_draft_add(&draft, key, entry->value, entry->line, reader->writer);
	}
	if (!seen.line[WH_KEY_ACTION])
		wh_report_error(reader->writer, section->line, "action",
				"found none; expected action = permit or action = block");
	if (wh_draft_finish(&draft, &ret->conditions))
		wh_report_no_memory(reader->writer);
	wh_draft_free(&draft);
}
