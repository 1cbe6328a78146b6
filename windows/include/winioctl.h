/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Control codes and kinds of devices, for the callers of drivers; a driver has its of wdm.h. */
#ifndef WHITHER_WINIOCTL_H
#define WHITHER_WINIOCTL_H

#include <control_code.h>
#include <ntdef.h>

#ifndef FILE_DEVICE_DISK
#define FILE_DEVICE_CONTROLLER 0x4
#define FILE_DEVICE_DISK 0x7
#define FILE_DEVICE_FILE_SYSTEM 0x9
#define FILE_DEVICE_NAMED_PIPE 0x11
#define FILE_DEVICE_PHYSICAL_NETCARD 0x17
#define FILE_DEVICE_NETWORK_REDIRECTOR 0x28
#endif

#endif
