/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The keys of a rule file: their names, where each may stand, and whether it may be repeated. */
#ifndef WH_CONFIG_KEY_H
#define WH_CONFIG_KEY_H

#include "ini_reader.h"
#include "report_writer.h"

enum wh_config_key {
	WH_KEY_CLIENTS,
	WH_KEY_LISTEN,
	WH_KEY_SPREAD,
	WH_KEY_WEIGHT,
	WH_KEY_OWNER_USER,
	WH_KEY_OWNER_EXE,
	WH_KEY_OWNER_CGROUP,
	WH_KEY_LISTEN_USER,
	WH_KEY_WHEN_ABSENT,
	WH_KEY_LOCAL_ADDRESS,
	WH_KEY_CONTEXT,
	WH_KEY_ACTION,
	WH_KEY_REMOTE_ADDRESS,
	WH_KEY_REMOTE_PORT,
	WH_KEY_PROTOCOL,
	WH_KEY_USER,
	WH_KEY_EXE,
	WH_KEY_CGROUP,
	WH_KEY_NETNS,
	WH_KEY_COUNT,
	WH_KEY_NONE = WH_KEY_COUNT,
};

enum wh_key_place {
	WH_PLACE_TOP = 1 << 0, /* before the first section */
	WH_PLACE_REDIRECTOR = 1 << 1,
	WH_PLACE_FILTER = 1 << 2,
	WH_PLACE_WORD = 1 << 3, /* an argument of the command line */
};

const char *wh_key_name(enum wh_config_key key);

/* The line on which each key of one section was first seen; 0: not yet. */
struct wh_keys_seen {
	int line[WH_KEY_COUNT];
};

/* The key of an entry that stands at place. WH_KEY_NONE when it is unknown, misplaced, repeated
 * though it has but one value, or without a value, which has then been reported. */
enum wh_config_key wh_key_admit(const struct wh_ini_entry *entry, enum wh_key_place place,
				struct wh_keys_seen *seen, struct wh_report_writer *writer);

#endif /* WH_CONFIG_KEY_H */
