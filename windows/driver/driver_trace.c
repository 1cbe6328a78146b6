/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* --trace: what the .tmh files of whither-cc call, by a weak reference. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "driver_trace.h"

static atomic_bool is_on;

void driver_trace_set(bool on)
{
	atomic_store(&is_on, on);
}

void whither_driver_trace(const char *file, int line, const char *function, const char *text)
{
	const char *name = strrchr(file, '/');

	if (atomic_load(&is_on))
		fprintf(stderr, "%s:%d: %s: %s\n", name ? name + 1 : file, line, function, text);
}
