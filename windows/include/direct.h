/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Folders. */
#ifndef WHITHER_DIRECT_H
#define WHITHER_DIRECT_H

#include <crt_files.h>

#endif
