/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Timers and deferred procedure calls: one thread for both. */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "nt_internal.h"
#include "timer.h"
#include "verifier.h"

#define DPC_TYPE 19

/*
 * An armed timer stands in this list, earliest first; its TimerListEntry is the link. DueTime is on
 * the monotonic clock. Queued DPCs are linked by DpcListEntry, and their DpcData says so.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static pthread_cond_t settled;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static LIST_ENTRY timers;
static PSINGLE_LIST_ENTRY dpcs;
static PSINGLE_LIST_ENTRY *last_dpc = &dpcs;
static pthread_t thread;
static bool running;
static bool stopping;
static PKDPC current;

static void initialize(void)
{
	pthread_condattr_t attributes;

	InitializeListHead(&timers);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &attributes);
	pthread_cond_init(&settled, &attributes);
	pthread_condattr_destroy(&attributes);
}

/* Locked. */
static bool queue_dpc(PKDPC dpc, void *argument1, void *argument2)
{
	if (dpc->DpcData)
		return false;
	dpc->DpcData = &dpcs;
	dpc->SystemArgument1 = argument1;
	dpc->SystemArgument2 = argument2;
	dpc->DpcListEntry.Next = NULL;
	*last_dpc = &dpc->DpcListEntry;
	last_dpc = &dpc->DpcListEntry.Next;
	return true;
}

/* Locked; unlocked while the routine runs. The routine may free or queue its DPC. */
static void run_dpc(void)
{
	PKDPC dpc = CONTAINING_RECORD(dpcs, KDPC, DpcListEntry);
	const KDPC copy = *dpc;
	KIRQL irql;

	dpcs = dpcs->Next;
	if (!dpcs)
		last_dpc = &dpcs;
	dpc->DpcData = NULL;
	current = dpc;
	pthread_mutex_unlock(&lock);
	irql = nt_enter_callback();
	copy.DeferredRoutine(dpc, copy.DeferredContext, copy.SystemArgument1, copy.SystemArgument2);
	nt_leave_callback(irql, "a deferred procedure call");
	pthread_mutex_lock(&lock);
	current = NULL;
	if (!dpcs)
		pthread_cond_broadcast(&settled);
}

/* Locked. */
static void arm(PKTIMER timer, LONGLONG due)
{
	PLIST_ENTRY place = timers.Blink;

	timer->DueTime.QuadPart = (ULONGLONG)due;
	while (place != &timers &&
	       (LONGLONG)CONTAINING_RECORD(place, KTIMER, TimerListEntry)->DueTime.QuadPart > due)
		place = place->Blink;
	InsertHeadList(place, &timer->TimerListEntry);
	timer->Header.Signalling = 1;
}

/* Locked. */
static bool disarm(PKTIMER timer)
{
	if (!timer->Header.Signalling)
		return false;
	RemoveEntryList(&timer->TimerListEntry);
	timer->Header.Signalling = 0;
	return true;
}

/* Locked, and stays so until the timer has been signalled: then it may be gone. */
static void expire(PKTIMER timer, LONGLONG now)
{
	disarm(timer);
	if (timer->Period) {
		LONGLONG due = (LONGLONG)timer->DueTime.QuadPart + timer->Period * 10000L;

		arm(timer, due > now ? due : now);
	}
	if (timer->Dpc)
		queue_dpc(timer->Dpc, NULL, NULL);
	nt_signal(&timer->Header, 1);
}

static PKTIMER earliest(void)
{
	return IsListEmpty(&timers) ? NULL :
				      CONTAINING_RECORD(timers.Flink, KTIMER, TimerListEntry);
}

static void *run(void *unused)
{
	pthread_mutex_lock(&lock);
	while (!stopping || dpcs) {
		const LONGLONG now = nt_monotonic_100ns();
		PKTIMER timer = earliest();

		if (dpcs) {
			run_dpc();
		} else if (timer && (LONGLONG)timer->DueTime.QuadPart <= now) {
			expire(timer, now);
		} else if (timer) {
			const LONGLONG due = (LONGLONG)timer->DueTime.QuadPart;
			const struct timespec deadline = {.tv_sec = due / 10000000,
							  .tv_nsec = due % 10000000 * 100};

			pthread_cond_timedwait(&changed, &lock, &deadline);
		} else {
			pthread_cond_wait(&changed, &lock);
		}
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* Locked. */
static void wake(void)
{
	if (!running) {
		if (pthread_create(&thread, NULL, run, NULL))
			abort();
		running = true;
	}
	pthread_cond_signal(&changed);
}

void nt_timer_stop(void)
{
	pthread_once(&once, initialize);
	pthread_mutex_lock(&lock);
	if (!running) {
		pthread_mutex_unlock(&lock);
		return;
	}
	stopping = true;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	pthread_mutex_lock(&lock);
	stopping = running = false;
	pthread_mutex_unlock(&lock);
}

void NTAPI KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
	memset(Timer, 0, sizeof(*Timer));
	Timer->Header.Type = Type == NotificationTimer ? NT_TIMER_NOTIFICATION :
							 NT_TIMER_SYNCHRONIZATION;
	InitializeListHead(&Timer->Header.WaitListHead);
}

void NTAPI KeInitializeTimer(PKTIMER Timer)
{
	KeInitializeTimerEx(Timer, NotificationTimer);
}

/* TRUE: it was armed already. */
BOOLEAN NTAPI KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
	struct timespec deadline = nt_deadline(DueTime.QuadPart);
	bool was;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	pthread_once(&once, initialize);
	pthread_mutex_lock(&lock);
	was = disarm(Timer);
	__atomic_store_n(&Timer->Header.SignalState, 0, __ATOMIC_RELEASE);
	Timer->Dpc = Dpc;
	Timer->Period = Period > 0 ? (ULONG)Period : 0;
	arm(Timer, deadline.tv_sec > LLONG_MAX / 10000000 - 1 ?
			   LLONG_MAX :
			   deadline.tv_sec * 10000000 + deadline.tv_nsec / 100);
	wake();
	pthread_mutex_unlock(&lock);
	return was;
}

BOOLEAN NTAPI KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
	return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}

BOOLEAN NTAPI KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period,
				    ULONG TolerableDelay, PKDPC Dpc)
{
	return KeSetTimerEx(Timer, DueTime, (LONG)Period, Dpc);
}

/* TRUE: it was armed. Its DPC may be queued, or run, even so. */
BOOLEAN NTAPI KeCancelTimer(PKTIMER Timer)
{
	bool was;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	pthread_once(&once, initialize);
	pthread_mutex_lock(&lock);
	was = disarm(Timer);
	Timer->Period = 0;
	pthread_mutex_unlock(&lock);
	return was;
}

BOOLEAN NTAPI KeReadStateTimer(PKTIMER Timer)
{
	return __atomic_load_n(&Timer->Header.SignalState, __ATOMIC_ACQUIRE) != 0;
}

void NTAPI KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
	*Dpc = (KDPC){
		.Type = DPC_TYPE,
		.Importance = MediumImportance,
		.DeferredRoutine = DeferredRoutine,
		.DeferredContext = DeferredContext,
	};
}

BOOLEAN NTAPI KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
	bool queued;

	pthread_once(&once, initialize);
	pthread_mutex_lock(&lock);
	queued = queue_dpc(Dpc, SystemArgument1, SystemArgument2);
	if (queued)
		wake();
	pthread_mutex_unlock(&lock);
	return queued;
}

BOOLEAN NTAPI KeRemoveQueueDpc(PRKDPC Dpc)
{
	bool queued;

	pthread_once(&once, initialize);
	pthread_mutex_lock(&lock);
	queued = Dpc->DpcData != NULL;
	if (queued) {
		PSINGLE_LIST_ENTRY *link = &dpcs;

		while (*link != &Dpc->DpcListEntry)
			link = &(*link)->Next;
		*link = Dpc->DpcListEntry.Next;
		if (!*link)
			last_dpc = link;
		Dpc->DpcData = NULL;
		pthread_cond_broadcast(&settled);
	}
	pthread_mutex_unlock(&lock);
	return queued;
}

/* Until no DPC is queued or runs. */
void NTAPI KeFlushQueuedDpcs(void)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	pthread_once(&once, initialize);
	pthread_mutex_lock(&lock);
	while (dpcs || current)
		pthread_cond_wait(&settled, &lock);
	pthread_mutex_unlock(&lock);
}

void NTAPI KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
	Dpc->Importance = (UCHAR)Importance;
}

void NTAPI KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
	Dpc->Number = (USHORT)Number;
}
