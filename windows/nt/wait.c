/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Waiting, and the objects that are waited for. */
#include <pthread.h>

#include "nt_internal.h"
#include "verifier.h"

/*
 * Who waits for an object stands here, under the object's address, not in the object: that holds its
 * state alone, and may vanish as soon as one of its waiters has been released. So a release is the
 * last thing that is done with an object.
 */
#define BUCKETS 256
#define WAITING 0u
#define POKED 0xfffffffeu
#define EXPIRED 0xffffffffu

struct waiter {
	/* WAITING, or 1 + which object ended the wait. */
	uint32_t word;
	bool all;
	PKTHREAD thread;
};

struct block {
	struct block *next;
	struct block *previous;
	DISPATCHER_HEADER *object;
	struct waiter *waiter;
	uint32_t index;
	bool linked;
};

static struct bucket {
	pthread_mutex_t lock;
	struct block *first;
	struct block *last;
} buckets[BUCKETS] = {[0 ... BUCKETS - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}};

static unsigned int bucket_index(const void *object)
{
	return (unsigned int)(((uintptr_t)object >> 3) * 0x9e3779b97f4a7c15u >> 56) % BUCKETS;
}

static struct bucket *lock_bucket(const void *object)
{
	struct bucket *bucket = &buckets[bucket_index(object)];

	pthread_mutex_lock(&bucket->lock);
	return bucket;
}

static LONG state_of(const DISPATCHER_HEADER *object)
{
	return __atomic_load_n(&object->SignalState, __ATOMIC_ACQUIRE);
}

static void set_state(DISPATCHER_HEADER *object, LONG state)
{
	__atomic_store_n(&object->SignalState, state, __ATOMIC_RELEASE);
}

static bool is_signalled(DISPATCHER_HEADER *object, const struct waiter *waiter)
{
	if (state_of(object) > 0)
		return true;
	return object->Type == NT_MUTANT &&
	       CONTAINING_RECORD(object, KMUTANT, Header)->OwnerThread == waiter->thread;
}

static void consume(DISPATCHER_HEADER *object, const struct waiter *waiter)
{
	switch (object->Type) {
	case SynchronizationEvent:
	case NT_TIMER_SYNCHRONIZATION:
		set_state(object, 0);
		break;
	case NT_MUTANT:
		CONTAINING_RECORD(object, KMUTANT, Header)->OwnerThread = waiter->thread;
		set_state(object, state_of(object) - 1);
		break;
	case NT_SEMAPHORE:
		set_state(object, state_of(object) - 1);
		break;
	default:
		break;
	}
}

static void link_block(struct bucket *bucket, struct block *block)
{
	block->next = NULL;
	block->previous = bucket->last;
	if (bucket->last)
		bucket->last->next = block;
	else
		bucket->first = block;
	bucket->last = block;
	block->linked = true;
}

static void unlink_block(struct bucket *bucket, struct block *block)
{
	if (!block->linked)
		return;
	if (block->previous)
		block->previous->next = block->next;
	else
		bucket->first = block->next;
	if (block->next)
		block->next->previous = block->previous;
	else
		bucket->last = block->previous;
	block->linked = false;
}

static bool release(struct waiter *waiter, uint32_t word)
{
	uint32_t waiting = WAITING;

	return __atomic_compare_exchange_n(&waiter->word, &waiting, word, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

/* Those who are woken when the bucket is unlocked: addresses that nobody looks behind any more. */
struct wakes {
	uint32_t *words[16];
	unsigned int count;
};

static void add_wake(struct wakes *wakes, struct waiter *waiter)
{
	if (wakes->count == sizeof(wakes->words) / sizeof(wakes->words[0]))
		nt_futex_wake(&waiter->word, 1);
	else
		wakes->words[wakes->count++] = &waiter->word;
}

/* Hands a signalled object to its waiters, first come, first served. */
static void satisfy(struct bucket *bucket, DISPATCHER_HEADER *object, struct wakes *wakes)
{
	const bool stays = object->Type == NotificationEvent || object->Type == NT_THREAD ||
			   object->Type == NT_TIMER_NOTIFICATION;
	LONG left = state_of(object);
	struct block *next;

	/* Whoever waits for several looks for himself. */
	for (struct block *block = bucket->first; block; block = block->next)
		if (block->object == object && block->waiter->all && release(block->waiter, POKED))
			add_wake(wakes, block->waiter);
	for (struct block *block = bucket->first; block && left > 0; block = next) {
		struct waiter *waiter = block->waiter;
		const LONG before = left;

		next = block->next;
		if (block->object != object || waiter->all)
			continue;
		if (!stays) {
			consume(object, waiter);
			left = state_of(object);
		}
		/* Once released, the waiter may take both his block and the object away. */
		unlink_block(bucket, block);
		if (release(waiter, block->index + 1)) {
			add_wake(wakes, waiter);
		} else if (!stays) {
			if (object->Type == NT_MUTANT)
				CONTAINING_RECORD(object, KMUTANT, Header)->OwnerThread = NULL;
			set_state(object, before);
			left = before;
		}
	}
}

static void unlock_and_wake(struct bucket *bucket, struct wakes *wakes)
{
	pthread_mutex_unlock(&bucket->lock);
	for (unsigned int i = 0; i < wakes->count; i++)
		nt_futex_wake(wakes->words[i], 1);
}

void nt_signal(DISPATCHER_HEADER *object, LONG state)
{
	struct wakes wakes = {.count = 0};
	struct bucket *bucket = lock_bucket(object);
	const bool waited = bucket->first != NULL;

	set_state(object, state);
	if (waited)
		satisfy(bucket, object, &wakes);
	unlock_and_wake(bucket, &wakes);
}

/* Adds, or says no when the limit would be passed. */
bool nt_semaphore_release(KSEMAPHORE *semaphore, LONG count, LONG *ret_before)
{
	struct wakes wakes = {.count = 0};
	struct bucket *bucket = lock_bucket(semaphore);
	const LONG before = state_of(&semaphore->Header);
	LONG after;
	const bool fits = count > 0 && !__builtin_add_overflow(before, count, &after) &&
			  after <= semaphore->Limit;

	if (fits) {
		set_state(&semaphore->Header, after);
		if (bucket->first)
			satisfy(bucket, &semaphore->Header, &wakes);
		*ret_before = before;
	}
	unlock_and_wake(bucket, &wakes);
	return fits;
}

/* Says no when the thread is not the owner. */
bool nt_mutant_release(KMUTANT *mutant, PKTHREAD thread, LONG *ret_before)
{
	struct wakes wakes = {.count = 0};
	struct bucket *bucket = lock_bucket(mutant);
	const bool owned = mutant->OwnerThread == thread && state_of(&mutant->Header) <= 0;

	if (owned) {
		*ret_before = state_of(&mutant->Header);
		if (*ret_before == 0)
			mutant->OwnerThread = NULL;
		set_state(&mutant->Header, *ret_before + 1);
		if (*ret_before == 0 && bucket->first)
			satisfy(bucket, &mutant->Header, &wakes);
	}
	unlock_and_wake(bucket, &wakes);
	return owned;
}

static void unlink_all(struct block *blocks, ULONG count)
{
	for (ULONG i = 0; i < count; i++) {
		struct bucket *bucket = lock_bucket(blocks[i].object);

		unlink_block(bucket, &blocks[i]);
		pthread_mutex_unlock(&bucket->lock);
	}
}

static uint32_t sleep_until(struct waiter *waiter, const struct timespec *deadline)
{
	uint32_t word;

	while ((word = __atomic_load_n(&waiter->word, __ATOMIC_ACQUIRE)) == WAITING)
		if (!nt_futex_wait(&waiter->word, WAITING, deadline) && release(waiter, EXPIRED))
			return EXPIRED;
	return word;
}

static NTSTATUS wait_any(struct block *blocks, ULONG count, struct waiter *waiter,
			 const struct timespec *deadline, bool poll)
{
	uint32_t word = WAITING;
	ULONG linked = 0;

	for (; linked < count && word == WAITING; linked++) {
		struct block *block = &blocks[linked];
		struct bucket *bucket = lock_bucket(block->object);

		if (is_signalled(block->object, waiter)) {
			if (release(waiter, linked + 1))
				consume(block->object, waiter);
			word = __atomic_load_n(&waiter->word, __ATOMIC_ACQUIRE);
		} else if (!poll) {
			link_block(bucket, block);
		}
		pthread_mutex_unlock(&bucket->lock);
	}
	if (word == WAITING) {
		if (poll)
			return STATUS_TIMEOUT;
		word = sleep_until(waiter, deadline);
	}
	unlink_all(blocks, linked);
	return word == EXPIRED ? STATUS_TIMEOUT : (NTSTATUS)(STATUS_WAIT_0 + word - 1);
}

/* The buckets of all objects, each once, in the order that everybody locks them in. */
static void lock_all(const struct block *blocks, ULONG count, bool lock)
{
	uint64_t wanted[BUCKETS / 64] = {0};

	for (ULONG i = 0; i < count; i++) {
		unsigned int index = bucket_index(blocks[i].object);

		wanted[index / 64] |= 1ul << index % 64;
	}
	for (unsigned int i = 0; i < BUCKETS; i++) {
		if (!(wanted[i / 64] >> i % 64 & 1))
			continue;
		if (lock)
			pthread_mutex_lock(&buckets[i].lock);
		else
			pthread_mutex_unlock(&buckets[i].lock);
	}
}

static NTSTATUS wait_all(struct block *blocks, ULONG count, struct waiter *waiter,
			 const struct timespec *deadline, bool poll)
{
	bool expired = poll;

	for (;;) {
		bool ready = true;

		lock_all(blocks, count, true);
		for (ULONG i = 0; i < count; i++)
			ready = ready && is_signalled(blocks[i].object, waiter);
		for (ULONG i = 0; i < count; i++) {
			struct bucket *bucket = &buckets[bucket_index(blocks[i].object)];

			if (ready)
				consume(blocks[i].object, waiter);
			if (ready || expired)
				unlink_block(bucket, &blocks[i]);
			else if (!blocks[i].linked)
				link_block(bucket, &blocks[i]);
		}
		__atomic_store_n(&waiter->word, WAITING, __ATOMIC_RELEASE);
		lock_all(blocks, count, false);
		if (ready)
			return STATUS_SUCCESS;
		if (expired)
			return STATUS_TIMEOUT;
		expired = sleep_until(waiter, deadline) == EXPIRED;
	}
}

NTSTATUS NTAPI KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
					KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
					BOOLEAN Alertable, PLARGE_INTEGER Timeout,
					PKWAIT_BLOCK WaitBlockArray)
{
	const bool poll = Timeout && Timeout->QuadPart == 0;
	struct block blocks[MAXIMUM_WAIT_OBJECTS];
	struct waiter waiter = {.word = WAITING, .all = WaitType == WaitAll && Count > 1};
	struct timespec deadline;

	if (nt_checks(NT_RULE_WAIT))
		nt_check_wait(__func__, Timeout, NT_CALLER);
	if (!Count || Count > MAXIMUM_WAIT_OBJECTS || !Object ||
	    (WaitType != WaitAll && WaitType != WaitAny))
		return STATUS_INVALID_PARAMETER;
	for (ULONG i = 0; i < Count; i++) {
		if (!Object[i] || !nt_is_waitable(Object[i]))
			return STATUS_INVALID_PARAMETER;
		blocks[i].object = Object[i];
		blocks[i].waiter = &waiter;
		blocks[i].index = i;
		blocks[i].linked = false;
		if (blocks[i].object->Type == NT_MUTANT)
			waiter.thread = (PKTHREAD)PsGetCurrentThread();
	}
	if (Timeout && !poll)
		deadline = nt_deadline(Timeout->QuadPart);
	return (waiter.all ? wait_all : wait_any)(blocks, Count, &waiter,
						  Timeout ? &deadline : NULL, poll);
}

NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
				     KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				     PLARGE_INTEGER Timeout)
{
	const bool poll = Timeout && Timeout->QuadPart == 0;
	struct waiter waiter = {.word = WAITING};
	struct block block = {.object = Object, .waiter = &waiter};
	struct timespec deadline;

	if (nt_checks(NT_RULE_WAIT))
		nt_check_wait(__func__, Timeout, NT_CALLER);
	if (!Object || !nt_is_waitable(Object))
		return STATUS_INVALID_PARAMETER;
	if (block.object->Type == NT_MUTANT)
		waiter.thread = (PKTHREAD)PsGetCurrentThread();
	if (Timeout && !poll)
		deadline = nt_deadline(Timeout->QuadPart);
	return wait_any(&block, 1, &waiter, Timeout ? &deadline : NULL, poll);
}
