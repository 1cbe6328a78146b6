/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Names of warnings that nothing gives here. */
#ifndef WHITHER_SUPPRESS_H
#define WHITHER_SUPPRESS_H

#include <sal.h>

#endif
