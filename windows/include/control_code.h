/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Control codes, as drivers (wdm.h) and their callers (winioctl.h) share them. Source that brings its own of
 * a group keeps them. */
#ifndef WHITHER_CONTROL_CODE_H
#define WHITHER_CONTROL_CODE_H

#include <basetsd.h>

typedef ULONG DEVICE_TYPE;
#ifndef FILE_DEVICE_NETWORK
#define FILE_DEVICE_NETWORK 0x12
#define FILE_DEVICE_NULL 0x15
#define FILE_DEVICE_TRANSPORT 0x21
#define FILE_DEVICE_UNKNOWN 0x22
#endif
#ifndef METHOD_BUFFERED
#define METHOD_BUFFERED 0
#define METHOD_IN_DIRECT 1
#define METHOD_OUT_DIRECT 2
#define METHOD_NEITHER 3
#endif
#ifndef FILE_ANY_ACCESS
#define FILE_ANY_ACCESS 0
#define FILE_SPECIAL_ACCESS FILE_ANY_ACCESS
#define FILE_READ_ACCESS 0x1
#define FILE_WRITE_ACCESS 0x2
#endif
#ifndef CTL_CODE
#define CTL_CODE(type, function, method, access)                                      \
	(((ULONG)(type) << 16) | ((ULONG)(access) << 14) | ((ULONG)(function) << 2) | \
	 (ULONG)(method))
#endif
#ifndef DEVICE_TYPE_FROM_CTL_CODE
#define DEVICE_TYPE_FROM_CTL_CODE(code) (((ULONG)((code)&0xffff0000)) >> 16)
#define METHOD_FROM_CTL_CODE(code) ((ULONG)((code)&3))
#endif

#endif
