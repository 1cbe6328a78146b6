/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The annotations are in sal.h here. */
#ifndef WHITHER_CONCURRENCYSAL_H
#define WHITHER_CONCURRENCYSAL_H

#include <sal.h>

#endif
