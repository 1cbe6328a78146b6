/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* All of it is in windows.h here. */
#ifndef WHITHER_LIBLOADERAPI_H
#define WHITHER_LIBLOADERAPI_H

#include <windows.h>

#endif
