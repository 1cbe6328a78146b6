/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* All of it is in windows.h here. */
#ifndef WHITHER_HANDLEAPI_H
#define WHITHER_HANDLEAPI_H

#include <windows.h>

#endif
