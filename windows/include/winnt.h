/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The types: see windef.h. */
#ifndef WHITHER_WINNT_H
#define WHITHER_WINNT_H

#include <windef.h>

#endif
