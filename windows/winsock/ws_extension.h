/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The functions that are had by SIO_GET_EXTENSION_FUNCTION_POINTER. */
#ifndef WHITHER_WS_EXTENSION_H
#define WHITHER_WS_EXTENSION_H

#include <guiddef.h>

/* NULL: not offered. */
void *ws_extension(const GUID *guid);

#endif
