/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* For a library that has no verifier yet. */
#include <errno.h>
#include <stddef.h>

#include "nt_runner.h"

#define STAND_IN __attribute__((weak))

STAND_IN int nt_verify_set(const char *rules)
{
	return rules && *rules ? -EINVAL : 0;
}

STAND_IN const char *nt_verify_names(void)
{
	return "(none)";
}

STAND_IN unsigned long nt_verify_violations(void)
{
	return 0;
}

STAND_IN void nt_verify_unloaded(const char *driver)
{
}

STAND_IN void nt_fault_set(uint64_t number)
{
}

STAND_IN void nt_report_open(nt_line *line, void *data)
{
}
