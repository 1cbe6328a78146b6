/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* All of it is in windows.h here. */
#ifndef WHITHER_SYSINFOAPI_H
#define WHITHER_SYSINFOAPI_H

#include <windows.h>

#endif
