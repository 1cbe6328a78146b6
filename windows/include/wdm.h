/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What a driver includes. The subjects are in the wdm_*.h. */
#ifndef WHITHER_WDM_H
#define WHITHER_WDM_H

#if defined(_SYS_SOCKET_H)
#error "one file may not include both the system's socket headers and those of Windows"
#endif

#ifndef NTDDI_VERSION
#define NTDDI_VERSION 0x0a000008
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0a00
#endif
#ifndef NTDDI_WIN7
#define NTDDI_WINXP 0x05010000
#define NTDDI_VISTA 0x06000000
#define NTDDI_WIN6 0x06000000
#define NTDDI_WIN7 0x06010000
#define NTDDI_WIN8 0x06020000
#define NTDDI_WINBLUE 0x06030000
#define NTDDI_WIN10 0x0a000000
#define NTDDI_WIN10_TH2 0x0a000001
#define NTDDI_WIN10_RS1 0x0a000002
#define NTDDI_WIN10_RS2 0x0a000003
#define NTDDI_WIN10_RS3 0x0a000004
#define NTDDI_WIN10_RS4 0x0a000005
#define NTDDI_WIN10_RS5 0x0a000006
#define NTDDI_WIN10_19H1 0x0a000007
#define NTDDI_WIN10_VB 0x0a000008
#endif

#include <wdm_bitmap.h>
#include <wdm_check.h>
#include <wdm_csq.h>
#include <wdm_device.h>
#include <wdm_file.h>
#include <wdm_interlocked.h>
#include <wdm_more.h>
#include <wdm_print.h>
#include <wdm_queue.h>
#include <wdm_registry.h>
#include <wdm_rtl.h>
#include <wdm_seh.h>
#include <wdm_table.h>

#include <minmax.h>

#endif
