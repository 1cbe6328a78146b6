/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <string.h>

#include "config_section.h"

void wh_section_fault(struct wh_section_reader *reader, const struct wh_ini_entry *entry,
		      int result, const struct wh_parse_fault *fault)
{
	if (result == -ENOMEM)
		wh_report_no_memory(reader->writer);
	else
		wh_report_error(reader->writer, entry->line, entry->key, "found '%.*s'; %s",
				WH_SHOWN(entry->value), fault->text);
}

void wh_read_top(struct wh_section_reader *reader, const struct wh_ini_section *section)
{
	struct wh_keys_seen seen = {0};
	struct wh_parse_fault fault;

	for (size_t i = 0; i < section->entry_count; i++) {
		const struct wh_ini_entry *entry = &section->entries[i];
		int result;

		/* clients is the only key there is. */
		if (wh_key_admit(entry, WH_PLACE_TOP, &seen, reader->writer) == WH_KEY_NONE)
			continue;
		result = wh_resolve_cgroup(entry->value, &reader->clients.cgroup, &fault);
		if (result) {
			wh_section_fault(reader, entry, result, &fault);
			continue;
		}
		reader->clients.line = entry->line;
		reader->clients.written = entry->value;
	}
}
