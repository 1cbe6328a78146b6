/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Structured exception handling over setjmp: __try, __except, __finally, __leave, and what raises.
 *
 * Raised are the exceptions of ExRaiseStatus() and of the routines that are documented to raise
 * (MmProbeAndLockPages, ProbeForRead, ...), not faults of the processor. A filter runs after the
 * stack has been unwound, so it cannot continue the execution. A return or goto out of __try is
 * allowed, but passes over its __finally; break and continue in either block belong to the block,
 * not to a loop around it. A local that changes in __try and is read in the handler must be volatile.
 */
#ifndef WHITHER_WDM_SEH_H
#define WHITHER_WDM_SEH_H

#include <ntdef.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

#define EXCEPTION_MAXIMUM_PARAMETERS 15
typedef struct _EXCEPTION_RECORD {
	NTSTATUS ExceptionCode;
	ULONG ExceptionFlags;
	struct _EXCEPTION_RECORD *ExceptionRecord;
	PVOID ExceptionAddress;
	ULONG NumberParameters;
	ULONG_PTR ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
} EXCEPTION_RECORD, *PEXCEPTION_RECORD;
typedef struct _EXCEPTION_POINTERS {
	PEXCEPTION_RECORD ExceptionRecord;
	PVOID ContextRecord;
} EXCEPTION_POINTERS, *PEXCEPTION_POINTERS;

#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

struct whither_seh {
	ULONG_PTR jump[64];
	struct whither_seh *outer;
	EXCEPTION_RECORD record;
	EXCEPTION_POINTERS pointers;
	int phase;
	int raised;
	int linked;
	int finally;
	KIRQL irql;
} __attribute__((__aligned__(16)));

void whither_seh_link(struct whither_seh *frame);
void whither_seh_close(struct whither_seh *frame);
int whither_seh_step(struct whither_seh *frame);
int whither_seh_except(struct whither_seh *frame);
int whither_seh_accept(struct whither_seh *frame, int filter);
int whither_seh_finally(struct whither_seh *frame);
int whither_setjmp(void *jump) __asm__("_setjmp") __attribute__((__returns_twice__));

DECLSPEC_NORETURN VOID NTAPI ExRaiseStatus(NTSTATUS Status);
DECLSPEC_NORETURN VOID NTAPI ExRaiseAccessViolation(VOID);
DECLSPEC_NORETURN VOID NTAPI ExRaiseDatatypeMisalignment(VOID);
DECLSPEC_NORETURN VOID NTAPI RtlRaiseStatus(NTSTATUS Status);

WHITHER_END_C
#pragma GCC visibility pop

/* Gcc warns of every local that changes in __try, also of those that nobody reads in the handler. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wclobbered"
#endif

/* C++'s own library has macros of the name __try. */
#if !defined(__cplusplus) || defined(_KERNEL_MODE)
#ifdef __cplusplus
#define WHITHER_SEH_ZERO \
	{                \
	}
#else
#define WHITHER_SEH_ZERO                        \
	{                                       \
		{0}, 0, {0}, {0}, 0, 0, 0, 0, 0 \
	}
#endif
#undef __try
#define __try                                                                    \
	for (struct whither_seh whither_frame                                    \
	     __attribute__((__cleanup__(whither_seh_close))) = WHITHER_SEH_ZERO; \
	     whither_seh_step(&whither_frame);)                                  \
		if (whither_frame.phase == 1) {                                  \
			__label__ whither_leave;                                 \
			if ((whither_seh_link(&whither_frame),                   \
			     whither_setjmp(whither_frame.jump)) == 0)
#endif
#define WHITHER_EXCEPT(filter)       \
whither_leave:                       \
	__attribute__((__unused__)); \
	}                            \
	else if (whither_seh_except(&whither_frame) && whither_seh_accept(&whither_frame, (filter)))
#define WHITHER_FINALLY              \
whither_leave:                       \
	__attribute__((__unused__)); \
	}                            \
	else if (whither_seh_finally(&whither_frame))
#undef __except
#undef __finally
#undef __leave
#define __except WHITHER_EXCEPT
#define __finally WHITHER_FINALLY
#define __leave goto whither_leave
#define GetExceptionCode() (whither_frame.record.ExceptionCode)
#define GetExceptionInformation() (&whither_frame.pointers)
#define _exception_code GetExceptionCode
#define _exception_info GetExceptionInformation
#define exception_code GetExceptionCode
/* The words of the kernel's C; C++ has them for itself. */
#if !defined(__cplusplus) && defined(_KERNEL_MODE)
#define try __try
#define except __except
#define finally __finally
#define leave __leave
#endif
#define AbnormalTermination() (whither_frame.raised)
#define _abnormal_termination AbnormalTermination

#endif
