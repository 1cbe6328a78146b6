/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The part that network drivers use: all of it is in wdm.h here. */
#ifndef WHITHER_NTIFS_H
#define WHITHER_NTIFS_H

#include <ntddk.h>

#endif
