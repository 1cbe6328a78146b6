/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The names of sets, redirectors and filters. */
#ifndef WH_RULE_NAME_H
#define WH_RULE_NAME_H

#include "ini_reader.h"
#include "report_writer.h"
#include "rule_table.h"

/* The name of a section. Returns 0, or -EINVAL when it is none, which is then reported. */
int wh_rule_name_take(const struct wh_ini_section *section, char ret[WH_NAME_SIZE],
		      struct wh_report_writer *writer);

/* The name of a set: name, or when that is NULL what the path says. */
int wh_set_name_take(const char *path, const char *name, char ret[WH_NAME_SIZE],
		     struct wh_report_writer *writer);

#endif /* WH_RULE_NAME_H */
