/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "ws_extension.h"

#include <stddef.h>

void *ws_extension(const GUID *guid)
{
	return NULL;
}
