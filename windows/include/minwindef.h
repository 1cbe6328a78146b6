/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The types: see windef.h. */
#ifndef WHITHER_MINWINDEF_H
#define WHITHER_MINWINDEF_H

#include <windef.h>

#endif
