/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* From here on DEFINE_GUID defines. */
#ifndef INITGUID
#define INITGUID
#endif
#include <guiddef.h>
