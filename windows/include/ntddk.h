/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* All of it is in wdm.h here. */
#ifndef WHITHER_NTDDK_H
#define WHITHER_NTDDK_H

#include <wdm.h>

#endif
