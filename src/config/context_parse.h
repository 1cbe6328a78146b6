/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* "context = ...": the bytes that a redirector's proxy is told. */
#ifndef WH_CONTEXT_PARSE_H
#define WH_CONTEXT_PARSE_H

#include "parse_fault.h"
#include "rule_set.h"

/* exact is the value with the blanks at its end. Sets the context_* fields of *ret. Returns 0,
 * -EINVAL with what was expected in fault, or -ENOMEM. */
int wh_parse_context(const char *exact, struct wh_redirector_rule *ret,
		     struct wh_parse_fault *fault);

#endif /* WH_CONTEXT_PARSE_H */
