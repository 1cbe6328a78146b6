/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Timers that the system allocates: a timer and its DPC, freed when neither can come any more. */
#include <stdlib.h>

#include <wdm_queue.h>

#include "nt_internal.h"
#include "verifier.h"

#define TICK 10000

struct _EX_TIMER {
	KTIMER timer; /* first: it can be waited for */
	KDPC dpc;
	PEXT_CALLBACK callback;
	PVOID context;
	EXT_DELETE_PARAMETERS on_delete;
	bool deleted; /* when it has come once more */
};

static void destroy(void *data)
{
	PEX_TIMER timer = data;
	const EXT_DELETE_PARAMETERS on_delete = timer->on_delete;

	KeFlushQueuedDpcs();
	free(timer);
	if (on_delete.DeleteCallback)
		on_delete.DeleteCallback(on_delete.DeleteContext);
}

static void NTAPI run(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	PEX_TIMER timer = context;

	if (timer->callback)
		timer->callback(timer, timer->context);
	/* The callback may delete it; what does so frees it behind this. */
	if (__atomic_exchange_n(&timer->deleted, false, __ATOMIC_ACQ_REL))
		nt_queue_work(destroy, timer);
}

PEX_TIMER NTAPI ExAllocateTimer(PEXT_CALLBACK Callback, PVOID CallbackContext, ULONG Attributes)
{
	const ULONG known = EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE | EX_TIMER_NOTIFICATION;
	PEX_TIMER timer;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (Attributes & ~known || nt_fault(__func__, sizeof(*timer), 'rmTE'))
		return NULL;
	timer = calloc(1, sizeof(*timer));
	if (!timer)
		return NULL;
	KeInitializeTimerEx(&timer->timer, Attributes & EX_TIMER_NOTIFICATION ?
						   NotificationTimer :
						   SynchronizationTimer);
	KeInitializeDpc(&timer->dpc, run, timer);
	timer->callback = Callback;
	timer->context = CallbackContext;
	return timer;
}

BOOLEAN NTAPI ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period,
			 PEXT_SET_PARAMETERS Parameters)
{
	const LARGE_INTEGER due = {.QuadPart = DueTime};
	const LONGLONG period = (Period + TICK - 1) / TICK;

	return KeSetTimerEx(&Timer->timer, due, period > MAXLONG ? MAXLONG : (LONG)period,
			    &Timer->dpc);
}

BOOLEAN NTAPI ExCancelTimer(PEX_TIMER Timer, PVOID Parameters)
{
	return KeCancelTimer(&Timer->timer);
}

BOOLEAN NTAPI ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait,
			    PEXT_DELETE_PARAMETERS Parameters)
{
	BOOLEAN was = FALSE;

	NT_MAX_IRQL(Wait ? PASSIVE_LEVEL : DISPATCH_LEVEL);
	if (Parameters)
		Timer->on_delete = *Parameters;
	if (Cancel || Wait) {
		was = KeCancelTimer(&Timer->timer);
	} else {
		/* It comes once more, if it is set, and then no more. */
		__atomic_store_n(&Timer->deleted, true, __ATOMIC_RELEASE);
		if (!KeCancelTimer(&Timer->timer)) {
			if (!__atomic_exchange_n(&Timer->deleted, false, __ATOMIC_ACQ_REL))
				return FALSE;
		} else {
			const LARGE_INTEGER due = {
				.QuadPart = (LONGLONG)Timer->timer.DueTime.QuadPart -
					    nt_monotonic_100ns(),
			};

			KeSetTimer(&Timer->timer,
				   (LARGE_INTEGER){.QuadPart = due.QuadPart > 0 ? -due.QuadPart :
										  -1},
				   &Timer->dpc);
			return FALSE;
		}
	}
	if (Wait)
		destroy(Timer);
	else
		nt_queue_work(destroy, Timer);
	return was;
}
