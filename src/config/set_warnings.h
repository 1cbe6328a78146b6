/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What is allowed and probably not meant. */
#ifndef WH_SET_WARNINGS_H
#define WH_SET_WARNINGS_H

#include "report_writer.h"
#include "rule_set.h"

void wh_warn_set(const struct wh_rule_set *set, struct wh_report_writer *writer);

#endif /* WH_SET_WARNINGS_H */
