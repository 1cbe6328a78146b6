/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The annotations are in sal.h here. */
#ifndef WHITHER_KERNELSPECS_H
#define WHITHER_KERNELSPECS_H

#include <sal.h>

#endif
