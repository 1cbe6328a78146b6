/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The thread pool, and waiting on an address. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <windows.h>

/* A callback may wait for others: a thread more than wait is made, up to many. */
#define THREADS_MAX 256
#define IDLE_SECONDS 5
#define BUCKETS 64

struct _TP_WORK {
	PTP_WORK_CALLBACK callback;
	PVOID context;
	unsigned int queued;
	unsigned int running;
	bool closed;
	/* What is no work but a callback of its own. */
	PTP_SIMPLE_CALLBACK simple;
	LPTHREAD_START_ROUTINE routine;
};

struct piece {
	struct piece *next;
	struct _TP_WORK *work;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static pthread_cond_t settled = PTHREAD_COND_INITIALIZER;
static struct piece *first;
static struct piece **last = &first;
static unsigned int threads;
static unsigned int idle;
static unsigned int pieces;

/* Locked. */
static void free_if_done(struct _TP_WORK *work)
{
	if (work->closed && !work->queued && !work->running)
		free(work);
}

/* Locked; unlocked while it runs. */
static void run_one(void)
{
	struct piece *piece = first;
	struct _TP_WORK *work = piece->work;

	first = piece->next;
	if (!first)
		last = &first;
	pieces--;
	free(piece);
	work->queued--;
	work->running++;
	pthread_mutex_unlock(&lock);
	if (work->callback)
		work->callback(NULL, work->context, work);
	else if (work->simple)
		work->simple(NULL, work->context);
	else
		work->routine(work->context);
	pthread_mutex_lock(&lock);
	work->running--;
	free_if_done(work);
	pthread_cond_broadcast(&settled);
}

static void *serve(void *unused)
{
	struct timespec end;

	pthread_mutex_lock(&lock);
	for (;;) {
		if (first) {
			run_one();
			continue;
		}
		clock_gettime(CLOCK_REALTIME, &end);
		end.tv_sec += IDLE_SECONDS;
		idle++;
		if (pthread_cond_timedwait(&arrived, &lock, &end) == ETIMEDOUT && !first) {
			idle--;
			break;
		}
		idle--;
	}
	threads--;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static bool submit(struct _TP_WORK *work)
{
	struct piece *piece = calloc(1, sizeof(*piece));
	pthread_attr_t attributes;
	pthread_t thread;

	if (!piece)
		return false;
	piece->work = work;
	pthread_mutex_lock(&lock);
	work->queued++;
	*last = piece;
	last = &piece->next;
	pieces++;
	if (idle < pieces && threads < THREADS_MAX) {
		pthread_attr_init(&attributes);
		pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
		if (!pthread_create(&thread, &attributes, serve, NULL))
			threads++;
		pthread_attr_destroy(&attributes);
	}
	pthread_cond_signal(&arrived);
	pthread_mutex_unlock(&lock);
	return true;
}

PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK pfnwk, PVOID pv, PTP_CALLBACK_ENVIRON pcbe)
{
	struct _TP_WORK *work = pfnwk ? calloc(1, sizeof(*work)) : NULL;

	if (!work) {
		SetLastError(pfnwk ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
		return NULL;
	}
	work->callback = pfnwk;
	work->context = pv;
	return work;
}

void WINAPI SubmitThreadpoolWork(PTP_WORK pwk)
{
	if (!submit(pwk))
		abort();
}

/* Locked: takes its pieces out of the queue. */
static void cancel_pieces(struct _TP_WORK *work)
{
	struct piece **at = &first;

	while (*at) {
		struct piece *piece = *at;

		if (piece->work != work) {
			at = &piece->next;
			continue;
		}
		*at = piece->next;
		work->queued--;
		pieces--;
		free(piece);
	}
	last = at;
}

void WINAPI WaitForThreadpoolWorkCallbacks(PTP_WORK pwk, BOOL fCancelPendingCallbacks)
{
	pthread_mutex_lock(&lock);
	if (fCancelPendingCallbacks)
		cancel_pieces(pwk);
	while (pwk->queued || pwk->running)
		pthread_cond_wait(&settled, &lock);
	pthread_mutex_unlock(&lock);
}

/* With callbacks outstanding, it is freed behind the last. */
void WINAPI CloseThreadpoolWork(PTP_WORK pwk)
{
	pthread_mutex_lock(&lock);
	pwk->closed = true;
	free_if_done(pwk);
	pthread_mutex_unlock(&lock);
}

static BOOL submit_once(PTP_SIMPLE_CALLBACK simple, LPTHREAD_START_ROUTINE routine, PVOID context)
{
	struct _TP_WORK *work = simple || routine ? calloc(1, sizeof(*work)) : NULL;

	if (work) {
		*work = (struct _TP_WORK){
			.context = context, .simple = simple, .routine = routine, .closed = true};
		if (submit(work))
			return TRUE;
	}
	free(work);
	SetLastError(simple || routine ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
	return FALSE;
}

BOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK pfns, PVOID pv,
					PTP_CALLBACK_ENVIRON pcbe)
{
	return submit_once(pfns, NULL, pv);
}

BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE Function, PVOID Context, ULONG Flags)
{
	return submit_once(NULL, Function, Context);
}

/* Who waits on an address, by its hash. */
static struct bucket {
	pthread_mutex_t lock;
	pthread_cond_t woken;
} buckets[BUCKETS] = {[0 ... BUCKETS - 1] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER}};

static struct bucket *bucket_of(const volatile void *address)
{
	return &buckets[((ULONG_PTR)address >> 3) * 0x9e3779b97f4a7c15u >> 58];
}

static bool differs(volatile void *address, const void *other, SIZE_T size)
{
	switch (size) {
	case 1:
		return __atomic_load_n((volatile UINT8 *)address, __ATOMIC_ACQUIRE) !=
		       *(const UINT8 *)other;
	case 2:
		return __atomic_load_n((volatile UINT16 *)address, __ATOMIC_ACQUIRE) !=
		       *(const UINT16 *)other;
	case 4:
		return __atomic_load_n((volatile UINT32 *)address, __ATOMIC_ACQUIRE) !=
		       *(const UINT32 *)other;
	default:
		return __atomic_load_n((volatile UINT64 *)address, __ATOMIC_ACQUIRE) !=
		       *(const UINT64 *)other;
	}
}

BOOL WINAPI WaitOnAddress(volatile VOID *Address, PVOID CompareAddress, SIZE_T AddressSize,
			  DWORD dwMilliseconds)
{
	struct bucket *bucket = bucket_of(Address);
	struct timespec end;
	int error = 0;

	if (AddressSize != 1 && AddressSize != 2 && AddressSize != 4 && AddressSize != 8) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += dwMilliseconds / 1000;
	end.tv_nsec += (long)(dwMilliseconds % 1000) * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&bucket->lock);
	if (!differs(Address, CompareAddress, AddressSize)) {
		/* Woken for nothing is allowed: the caller looks again. */
		error = dwMilliseconds == INFINITE ?
				pthread_cond_wait(&bucket->woken, &bucket->lock) :
				pthread_cond_timedwait(&bucket->woken, &bucket->lock, &end);
	}
	pthread_mutex_unlock(&bucket->lock);
	if (!error)
		return TRUE;
	SetLastError(ERROR_TIMEOUT);
	return FALSE;
}

void WINAPI WakeByAddressAll(PVOID Address)
{
	struct bucket *bucket = bucket_of(Address);

	pthread_mutex_lock(&bucket->lock);
	pthread_cond_broadcast(&bucket->woken);
	pthread_mutex_unlock(&bucket->lock);
}

/* Others may share the bucket: all look again. */
void WINAPI WakeByAddressSingle(PVOID Address)
{
	WakeByAddressAll(Address);
}
