/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "config_key.h"

#include <string.h>

#include "suggestion.h"

#define CONDITION (WH_PLACE_REDIRECTOR | WH_PLACE_FILTER | WH_PLACE_WORD)

static const struct {
	const char *name;
	unsigned int places;
	bool once;
} table[WH_KEY_COUNT] = {
	[WH_KEY_CLIENTS] = {"clients", WH_PLACE_TOP, true},
	[WH_KEY_LISTEN] = {"listen", WH_PLACE_REDIRECTOR, false},
	[WH_KEY_SPREAD] = {"spread", WH_PLACE_REDIRECTOR, false},
	[WH_KEY_WEIGHT] = {"weight", WH_PLACE_REDIRECTOR, true},
	[WH_KEY_OWNER_USER] = {"owner-user", WH_PLACE_REDIRECTOR, true},
	[WH_KEY_OWNER_EXE] = {"owner-exe", WH_PLACE_REDIRECTOR, true},
	[WH_KEY_OWNER_CGROUP] = {"owner-cgroup", WH_PLACE_REDIRECTOR, true},
	[WH_KEY_LISTEN_USER] = {"listen-user", WH_PLACE_REDIRECTOR, true},
	[WH_KEY_WHEN_ABSENT] = {"when-absent", WH_PLACE_REDIRECTOR, true},
	[WH_KEY_LOCAL_ADDRESS] = {"local-address", WH_PLACE_REDIRECTOR, true},
	[WH_KEY_CONTEXT] = {"context", WH_PLACE_REDIRECTOR, true},
	[WH_KEY_ACTION] = {"action", WH_PLACE_FILTER, true},
	[WH_KEY_REMOTE_ADDRESS] = {"remote-address", CONDITION, false},
	[WH_KEY_REMOTE_PORT] = {"remote-port", CONDITION, false},
	[WH_KEY_PROTOCOL] = {"protocol", CONDITION, false},
	[WH_KEY_USER] = {"user", CONDITION, false},
	[WH_KEY_EXE] = {"exe", CONDITION, false},
	[WH_KEY_CGROUP] = {"cgroup", CONDITION, false},
	[WH_KEY_NETNS] = {"netns", CONDITION, false},
};

const char *wh_key_name(enum wh_config_key key)
{
	return table[key].name;
}

static const char *place_name(unsigned int places)
{
	if (places & WH_PLACE_TOP)
		return "stands before the first section";
	if ((places & CONDITION) == CONDITION)
		return "is a condition, and stands in a [redirector NAME] or [filter NAME]";
	return places & WH_PLACE_REDIRECTOR ? "stands in a [redirector NAME]" :
					      "stands in a [filter NAME]";
}

static void report_unknown(const struct wh_ini_entry *entry, enum wh_key_place place,
			   struct wh_report_writer *writer)
{
	const char *candidates[WH_KEY_COUNT + 1];
	const char *suggestion;
	size_t count = 0;

	for (size_t i = 0; i < WH_KEY_COUNT; i++)
		if (table[i].places & place)
			candidates[count++] = table[i].name;
	candidates[count] = NULL;
	suggestion = wh_suggest(entry->key, candidates);
	if (suggestion)
		wh_report_error(writer, entry->line, NULL,
				"found unknown key '%.*s'; did you mean '%s'?",
				WH_SHOWN(entry->key), suggestion);
	else
		wh_report_error(writer, entry->line, NULL,
				"found unknown key '%.*s'; whither.conf(5) lists the keys",
				WH_SHOWN(entry->key));
}

enum wh_config_key wh_key_admit(const struct wh_ini_entry *entry, enum wh_key_place place,
				struct wh_keys_seen *seen, struct wh_report_writer *writer)
{
	enum wh_config_key key = 0;

	while (key < WH_KEY_COUNT && strcmp(entry->key, table[key].name) != 0)
		key++;
	if (key == WH_KEY_COUNT) {
		report_unknown(entry, place, writer);
		return WH_KEY_NONE;
	}
	if (!(table[key].places & place)) {
		wh_report_error(writer, entry->line, entry->key, "found in the wrong place; it %s",
				place_name(table[key].places));
		return WH_KEY_NONE;
	}
	if (seen->line[key] && table[key].once) {
		wh_report_error(writer, entry->line, entry->key,
				"found again; it is given once, and line %d has it",
				seen->line[key]);
		return WH_KEY_NONE;
	}
	if (!seen->line[key])
		seen->line[key] = entry->line;
	if (!*entry->value) {
		wh_report_error(writer, entry->line, entry->key,
				"found no value; whither.conf(5) says which it takes");
		return WH_KEY_NONE;
	}
	return key;
}
