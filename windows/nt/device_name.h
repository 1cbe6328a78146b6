/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The names of devices and the symbolic links to them. */
#ifndef WHITHER_NT_DEVICE_NAME_H
#define WHITHER_NT_DEVICE_NAME_H

#include <wdm_device.h>

NTSTATUS nt_device_name_add(PCUNICODE_STRING name, PDEVICE_OBJECT device);
/* Of a device that has none: nothing. */
void nt_device_name_remove(PDEVICE_OBJECT device);
/* Through symbolic links, and from \\.\ and \\?\. With a reference that the caller gives back. */
NTSTATUS nt_device_name_find(PCUNICODE_STRING name, PDEVICE_OBJECT *ret_device);

#endif
