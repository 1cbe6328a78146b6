/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* cmocka, with what it needs first. */
#ifndef WHITHER_CMOCKA_ONCE_H
#define WHITHER_CMOCKA_ONCE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
