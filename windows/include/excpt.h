/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* __try and its like. */
#ifndef WHITHER_EXCPT_H
#define WHITHER_EXCPT_H

#include <wdm_seh.h>

#endif
