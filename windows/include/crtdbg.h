/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The debug heap is not here: AddressSanitizer does more. Assertions are, when _DEBUG is defined. */
#ifndef WHITHER_CRTDBG_H
#define WHITHER_CRTDBG_H

#include <crt_more.h>

#define _CRTDBG_ALLOC_MEM_DF 0x01
#define _CRTDBG_CHECK_ALWAYS_DF 0x04
#define _CRTDBG_LEAK_CHECK_DF 0x20
#define _CRTDBG_REPORT_FLAG (-1)
#define _CRTDBG_MODE_FILE 1
#define _CRTDBG_MODE_DEBUG 2
#define _CRTDBG_FILE_STDERR ((void *)-5)
#define _CRT_WARN 0
#define _CRT_ERROR 1
#define _CRT_ASSERT 2
#define _CrtSetDbgFlag(flags) ((void)(flags), 0)
#define _CrtSetReportMode(kind, mode) ((void)(kind), (void)(mode), 0)
#define _CrtSetReportFile(kind, file) ((void)(kind), (void)(file), (void *)0)
#define _CrtDumpMemoryLeaks() 0
#define _CrtCheckMemory() 1
#define _CrtSetBreakAlloc(number) ((void)(number), 0)

#ifdef _DEBUG
#define _ASSERTE(condition) ((condition) ? (void)0 : __builtin_trap())
#else
#define _ASSERTE(condition) ((void)0)
#endif
#define _ASSERT _ASSERTE
#define _ASSERT_EXPR(condition, text) _ASSERTE(condition)
#define _RPT0(kind, text) ((void)0)
#define _RPTF0(kind, text) ((void)0)

#endif
