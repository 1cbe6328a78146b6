/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Queues that threads wait at, and timers that the system allocates. */
#ifndef WHITHER_WDM_QUEUE_H
#define WHITHER_WDM_QUEUE_H

#include <wdm_thread.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

/* How many threads run at once is not limited here. */
typedef struct _KQUEUE {
	DISPATCHER_HEADER Header;
	LIST_ENTRY EntryListHead;
	volatile ULONG CurrentCount;
	ULONG MaximumCount;
	LIST_ENTRY ThreadListHead;
} KQUEUE, *PKQUEUE, *PRKQUEUE;

VOID NTAPI KeInitializeQueue(PRKQUEUE Queue, ULONG Count);
/* How many entries there were before. */
LONG NTAPI KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry);
LONG NTAPI KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry);
LONG NTAPI KeReadStateQueue(PRKQUEUE Queue);
/* An entry, or the status of a wait that ended without one: STATUS_TIMEOUT, STATUS_ABANDONED. */
PLIST_ENTRY NTAPI KeRemoveQueue(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, PLARGE_INTEGER Timeout);
/* What was left, as a ring without a head; who waits goes on with STATUS_ABANDONED. */
PLIST_ENTRY NTAPI KeRundownQueue(PRKQUEUE Queue);

typedef struct _EX_TIMER *PEX_TIMER;
typedef VOID NTAPI EXT_CALLBACK(PEX_TIMER Timer, PVOID Context);
typedef EXT_CALLBACK *PEXT_CALLBACK;
typedef VOID NTAPI EXT_DELETE_CALLBACK(PVOID Context);
typedef EXT_DELETE_CALLBACK *PEXT_DELETE_CALLBACK;
typedef struct _EXT_SET_PARAMETERS_V0 {
	ULONG Version;
	ULONG Reserved;
	LONGLONG NoWakeTolerance;
} EXT_SET_PARAMETERS, *PEXT_SET_PARAMETERS;
typedef struct _EXT_DELETE_PARAMETERS {
	ULONG Version;
	ULONG Reserved;
	PEXT_DELETE_CALLBACK DeleteCallback;
	PVOID DeleteContext;
} EXT_DELETE_PARAMETERS, *PEXT_DELETE_PARAMETERS;
#define EX_TIMER_HIGH_RESOLUTION 0x4
#define EX_TIMER_NO_WAKE 0x8
#define EX_TIMER_UNLIMITED_TOLERANCE ((LONGLONG)-1)
#define EX_TIMER_NOTIFICATION 0x80000000u
WHITHER_INLINE VOID ExInitializeSetTimerParameters(PEXT_SET_PARAMETERS Parameters)
{
	__builtin_memset(Parameters, 0, sizeof(*Parameters));
}
WHITHER_INLINE VOID ExInitializeDeleteTimerParameters(PEXT_DELETE_PARAMETERS Parameters)
{
	__builtin_memset(Parameters, 0, sizeof(*Parameters));
}
/* The callback runs at DISPATCH_LEVEL; what is returned can be waited for. */
PEX_TIMER NTAPI ExAllocateTimer(PEXT_CALLBACK Callback, PVOID CallbackContext, ULONG Attributes);
/* Period is in units of 100 ns. TRUE: it was set already. */
BOOLEAN NTAPI ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period,
			 PEXT_SET_PARAMETERS Parameters);
BOOLEAN NTAPI ExCancelTimer(PEX_TIMER Timer, PVOID Parameters);
/* With Wait no callback runs any more when this returns. TRUE: it was set, and is cancelled. */
BOOLEAN NTAPI ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait,
			    PEXT_DELETE_PARAMETERS Parameters);

WHITHER_STATIC_ASSERT(sizeof(KQUEUE) == 64);

WHITHER_END_C
#pragma GCC visibility pop

#endif
