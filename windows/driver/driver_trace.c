/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* --trace: what the .tmh files of whither-cc call, by a weak reference. */
#include <stdio.h>
#include <string.h>

#include "driver_trace.h"

static bool is_on;

void driver_trace_set(bool on)
{
	__atomic_store_n(&is_on, on, __ATOMIC_RELAXED);
}

void whither_driver_trace(const char *file, int line, const char *function, const char *text)
{
	const char *name = strrchr(file, '/');

	if (__atomic_load_n(&is_on, __ATOMIC_RELAXED))
		fprintf(stderr, "%s:%d: %s: %s\n", name ? name + 1 : file, line, function, text);
}
