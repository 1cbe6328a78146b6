/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Control codes, as drivers and their callers share them; a driver has them of wdm.h. */
#ifndef WHITHER_WINIOCTL_H
#define WHITHER_WINIOCTL_H

#include <ntdef.h>

typedef DWORD DEVICE_TYPE;
#ifndef CTL_CODE
#define CTL_CODE(type, function, method, access)                                      \
	(((ULONG)(type) << 16) | ((ULONG)(access) << 14) | ((ULONG)(function) << 2) | \
	 (ULONG)(method))
#define DEVICE_TYPE_FROM_CTL_CODE(code) (((ULONG)((code)&0xffff0000)) >> 16)
#define METHOD_FROM_CTL_CODE(code) ((ULONG)((code)&3))
#define METHOD_BUFFERED 0
#define METHOD_IN_DIRECT 1
#define METHOD_OUT_DIRECT 2
#define METHOD_NEITHER 3
#define FILE_ANY_ACCESS 0
#define FILE_SPECIAL_ACCESS FILE_ANY_ACCESS
#define FILE_READ_ACCESS 0x1
#define FILE_WRITE_ACCESS 0x2
#endif
#ifndef FILE_DEVICE_NETWORK
#define FILE_DEVICE_NETWORK 0x12
#define FILE_DEVICE_NULL 0x15
#define FILE_DEVICE_TRANSPORT 0x21
#define FILE_DEVICE_UNKNOWN 0x22
#endif
#ifndef FILE_DEVICE_DISK
#define FILE_DEVICE_CONTROLLER 0x4
#define FILE_DEVICE_DISK 0x7
#define FILE_DEVICE_FILE_SYSTEM 0x9
#define FILE_DEVICE_NAMED_PIPE 0x11
#define FILE_DEVICE_PHYSICAL_NETCARD 0x17
#define FILE_DEVICE_NETWORK_REDIRECTOR 0x28
#endif

#endif
