/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Queues that threads wait at. An entry is handed to a thread that waits, which then does not look at the
 * queue again: it may be gone.
 */
#include <pthread.h>

#include <wdm_queue.h>

#include "nt_internal.h"
#include "verifier.h"

#define QUEUE_TYPE 4

struct remover {
	struct remover *next;
	PRKQUEUE queue;
	PLIST_ENTRY entry;
	uint32_t released;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct remover *removers;

void NTAPI KeInitializeQueue(PRKQUEUE Queue, ULONG Count)
{
	*Queue = (KQUEUE){.Header.Type = QUEUE_TYPE, .MaximumCount = Count};
	InitializeListHead(&Queue->Header.WaitListHead);
	InitializeListHead(&Queue->EntryListHead);
	InitializeListHead(&Queue->ThreadListHead);
}

/* Locked. */
static void let_go(struct remover *remover, PLIST_ENTRY entry)
{
	uint32_t *word = &remover->released;

	remover->entry = entry;
	__atomic_store_n(word, 1, __ATOMIC_RELEASE);
	nt_futex_wake(word, 1);
}

/* Locked: who waits longest is the last of the list. */
static struct remover *take_remover(PRKQUEUE queue)
{
	struct remover **oldest = NULL;
	struct remover *found;

	for (struct remover **at = &removers; *at; at = &(*at)->next)
		if ((*at)->queue == queue)
			oldest = at;
	if (!oldest)
		return NULL;
	found = *oldest;
	*oldest = found->next;
	return found;
}

static LONG insert(PRKQUEUE queue, PLIST_ENTRY entry, bool first)
{
	struct remover *remover;
	LONG before;

	pthread_mutex_lock(&lock);
	before = queue->Header.SignalState;
	remover = take_remover(queue);
	if (remover) {
		entry->Flink = NULL;
		let_go(remover, entry);
	} else {
		if (first)
			InsertHeadList(&queue->EntryListHead, entry);
		else
			InsertTailList(&queue->EntryListHead, entry);
		queue->Header.SignalState = before + 1;
	}
	pthread_mutex_unlock(&lock);
	return before;
}

LONG NTAPI KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return insert(Queue, Entry, false);
}

LONG NTAPI KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return insert(Queue, Entry, true);
}

LONG NTAPI KeReadStateQueue(PRKQUEUE Queue)
{
	LONG state;

	pthread_mutex_lock(&lock);
	state = Queue->Header.SignalState;
	pthread_mutex_unlock(&lock);
	return state;
}

PLIST_ENTRY NTAPI KeRemoveQueue(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, PLARGE_INTEGER Timeout)
{
	struct remover self = {.queue = Queue};
	struct timespec deadline;
	PLIST_ENTRY entry;

	if (nt_checks(NT_RULE_WAIT))
		nt_check_wait(__func__, Timeout, NT_CALLER);
	pthread_mutex_lock(&lock);
	if (!IsListEmpty(&Queue->EntryListHead)) {
		entry = RemoveHeadList(&Queue->EntryListHead);
		entry->Flink = NULL;
		Queue->Header.SignalState--;
		pthread_mutex_unlock(&lock);
		return entry;
	}
	if (Timeout && !Timeout->QuadPart) {
		pthread_mutex_unlock(&lock);
		return (PLIST_ENTRY)(LONG_PTR)STATUS_TIMEOUT;
	}
	self.next = removers;
	removers = &self;
	pthread_mutex_unlock(&lock);
	if (Timeout)
		deadline = nt_deadline(Timeout->QuadPart);
	while (!__atomic_load_n(&self.released, __ATOMIC_ACQUIRE))
		if (!nt_futex_wait(&self.released, 0, Timeout ? &deadline : NULL))
			break;
	pthread_mutex_lock(&lock);
	if (!self.released) {
		struct remover **at = &removers;

		while (*at != &self)
			at = &(*at)->next;
		*at = self.next;
		self.entry = (PLIST_ENTRY)(LONG_PTR)STATUS_TIMEOUT;
	}
	pthread_mutex_unlock(&lock);
	/* It is out of the list: by itself, or by who released it. */
	/* NOLINTNEXTLINE(clang-analyzer-core.StackAddressEscape) */
	return self.entry;
}

PLIST_ENTRY NTAPI KeRundownQueue(PRKQUEUE Queue)
{
	struct remover *remover;
	PLIST_ENTRY first = NULL;

	pthread_mutex_lock(&lock);
	while ((remover = take_remover(Queue)))
		let_go(remover, (PLIST_ENTRY)(LONG_PTR)STATUS_ABANDONED);
	if (!IsListEmpty(&Queue->EntryListHead)) {
		first = Queue->EntryListHead.Flink;
		RemoveEntryList(&Queue->EntryListHead);
		InitializeListHead(&Queue->EntryListHead);
	}
	Queue->Header.SignalState = 0;
	pthread_mutex_unlock(&lock);
	return first;
}
