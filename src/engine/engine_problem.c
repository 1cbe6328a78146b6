/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "engine_problem.h"

#include <stdarg.h>
#include <stdio.h>

void wh_problem_write(struct wh_problem *problem, const char *format, ...)
{
	va_list arguments;

	if (!problem)
		return;
	va_start(arguments, format);
	vsnprintf(problem->text, sizeof(problem->text), format, arguments);
	va_end(arguments);
}
