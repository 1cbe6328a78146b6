/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Where a verb's rules come from: "NAME", "FILE" or "-". */
#ifndef WH_RULE_SOURCE_H
#define WH_RULE_SOURCE_H

#include "config.h"

#define WH_RULE_DIRECTORY "/etc/whither"

/* Whether word is a file rather than the name of a set: it has a slash, or ends in ".conf". */
int wh_rule_source_is_file(const char *word);

/*
 * The path to read: word itself if it is a file or "-", else the set's file in the directory.
 * Returns 0, -ENOMEM, or -ENOENT after saying on stderr that there is no such set.
 */
int wh_rule_source_path(const char *word, char **ret_path);

/*
 * Reads the rules of word. name: of the set, NULL: what word says ("-": "stdin"). What is wrong
 * is in report, as after wh_config_read(), which this is; a word that names nothing has been said
 * on stderr, and the report is empty.
 */
int wh_rule_source_read(const char *word, const char *name, struct wh_rule_set **ret_set,
			struct wh_config_report *report);

/* Prints all of a report on stderr, each line as one of this program's. */
void wh_report_say(const struct wh_config_report *report);

#endif /* WH_RULE_SOURCE_H */
