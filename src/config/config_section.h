/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A section of a rule file into a rule. What is wrong is reported, and the rule then of no use. */
#ifndef WH_CONFIG_SECTION_H
#define WH_CONFIG_SECTION_H

#include "condition_parse.h"
#include "ini_reader.h"
#include "report_writer.h"
#include "rule_set.h"

/* What all sections of a file have in common. */
struct wh_section_reader {
	struct wh_report_writer *writer;
	struct wh_clients clients;
	uint64_t netns;
};

/* The entries before the first header. */
void wh_read_top(struct wh_section_reader *reader, const struct wh_ini_section *section);

/* *ret is zeroed but for name and line, which the caller sets; who frees it, frees what is there
 * by then. */
void wh_read_redirector(struct wh_section_reader *reader, const struct wh_ini_section *section,
			struct wh_redirector_rule *ret);

void wh_read_filter(struct wh_section_reader *reader, const struct wh_ini_section *section,
		    struct wh_filter_rule *ret);

/* Reports "found 'VALUE'; FAULT", or notes that memory ran out. */
void wh_section_fault(struct wh_section_reader *reader, const struct wh_ini_entry *entry,
		      int result, const struct wh_parse_fault *fault);

#endif /* WH_CONFIG_SECTION_H */
