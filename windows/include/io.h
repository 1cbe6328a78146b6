/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Files by descriptor. */
#ifndef WHITHER_IO_H
#define WHITHER_IO_H

#include <crt_files.h>

#endif
