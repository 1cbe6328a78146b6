/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* No function is deprecated here. */
#ifndef WHITHER_DONTUSE_H
#define WHITHER_DONTUSE_H

#include <sal.h>

#endif
