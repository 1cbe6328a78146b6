/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Text that is wide or is not, for what functions of both widths do alike. */
#pragma once

#include <basetsd.h>
#include <stdbool.h>
#include <stddef.h>

static inline void nt_unit_put(void *text, size_t at, char unit, bool wide)
{
	if (wide)
		((WCHAR *)text)[at] = (WCHAR)unit;
	else
		((char *)text)[at] = unit;
}
