/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Threads of the C library, and the process. */
#ifndef WHITHER_PROCESS_H
#define WHITHER_PROCESS_H

#include <crt_files.h>
#include <windows.h>

#endif
