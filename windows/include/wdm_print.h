/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The debugger's prints. A line goes to standard error in one write, at most 4095 bytes of it; level
 * and component are not filtered.
 */
#ifndef WHITHER_WDM_PRINT_H
#define WHITHER_WDM_PRINT_H

#include <crt_more.h>
#include <ntstatus.h>
#include <wdm_narrow.h>
#include <wdm_stdio.h>
#include <wdm_wide.h>

#define DPFLTR_ERROR_LEVEL 0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL 2
#define DPFLTR_INFO_LEVEL 3
#define DPFLTR_MASK 0x80000000u

typedef enum _DPFLTR_TYPE {
	DPFLTR_SYSTEM_ID = 0,
	DPFLTR_IHVDRIVER_ID = 77,
	DPFLTR_IHVVIDEO_ID = 78,
	DPFLTR_IHVAUDIO_ID = 79,
	DPFLTR_IHVNETWORK_ID = 80,
	DPFLTR_IHVSTREAMING_ID = 81,
	DPFLTR_IHVBUS_ID = 82,
	DPFLTR_DEFAULT_ID = 101
} DPFLTR_TYPE;

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

ULONG DbgPrint(PCSTR Format, ...);
ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
ULONG vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list List);
ULONG vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format, va_list List);

WHITHER_END_C
#pragma GCC visibility pop

#ifndef DBG
#define DBG 0
#endif
#if DBG
#define KdPrint(arguments) DbgPrint arguments
#define KdPrintEx(arguments) DbgPrintEx arguments
#define vKdPrintEx(arguments) vDbgPrintEx arguments
#define vKdPrintExWithPrefix(arguments) vDbgPrintExWithPrefix arguments
#else
#define KdPrint(arguments) ((void)0)
#define KdPrintEx(arguments) ((void)0)
#define vKdPrintEx(arguments) ((void)0)
#define vKdPrintExWithPrefix(arguments) ((void)0)
#endif

#endif
