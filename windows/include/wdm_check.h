/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Assertions (when DBG is 1), PAGED_CODE, bug checks. */
#ifndef WHITHER_WDM_CHECK_H
#define WHITHER_WDM_CHECK_H

#include <ntdef.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

#ifndef DBG
#define DBG 0
#endif

VOID NTAPI DbgBreakPoint(VOID);
/* Print the bug check, and end the program with SIGABRT. */
DECLSPEC_NORETURN VOID NTAPI KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR Parameter1,
					  ULONG_PTR Parameter2, ULONG_PTR Parameter3,
					  ULONG_PTR Parameter4);
DECLSPEC_NORETURN VOID NTAPI KeBugCheck(ULONG BugCheckCode);
DECLSPEC_NORETURN VOID NTAPI whither_assertion_failed(const char *expression, const char *file,
						      int line);
/* The verifier's rule irql: the caller may not be above APC_LEVEL. */
VOID NTAPI whither_paged_code(const char *file, int line);
#define PAGED_CODE() whither_paged_code(__FILE__, __LINE__)
#define PAGED_CODE_LOCKED() ((void)0)

#define NT_VERIFY(expression) \
	((expression) ? TRUE : (whither_assertion_failed(#expression, __FILE__, __LINE__), FALSE))
#define NT_FRE_ASSERT NT_VERIFY
#if DBG
#define KdBreakPoint() DbgBreakPoint()
#define ASSERT(expression) \
	((expression) ? (void)0 : whither_assertion_failed(#expression, __FILE__, __LINE__))
#define ASSERTMSG(message, expression) \
	((expression) ? (void)0 : whither_assertion_failed(message, __FILE__, __LINE__))
#else
#define KdBreakPoint() ((void)0)
#define ASSERT(expression) ((void)0)
#define ASSERTMSG(message, expression) ((void)0)
#endif
#define NT_ASSERT ASSERT
#define NT_ASSERTMSG ASSERTMSG
#define NT_ASSERT_ACTION(expression) ASSERT(expression)
#define RTL_ASSERT ASSERT
#define RTL_SOFT_ASSERT ASSERT
#define PAGED_ASSERT ASSERT
#define RTL_VERIFY NT_VERIFY
#define NT_ANALYSIS_ASSUME(...) ((void)0)
#ifndef __debugbreak
#define __debugbreak() DbgBreakPoint()
#endif

WHITHER_END_C
#pragma GCC visibility pop

#endif
