/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* IoCreateDeviceSecure and its descriptors are in wdm.h here. */
#ifndef WHITHER_WDMSEC_H
#define WHITHER_WDMSEC_H

#include <wdm.h>

#endif
