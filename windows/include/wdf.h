/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Not here: whither runs drivers that are written to the driver model itself. */
#error "whither has no driver framework (wdf.h): write the driver to wdm.h, with DriverEntry and DriverUnload"
