/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Threads that run work items: begun when nobody is idle, ended when they have been idle for a while. */
#include <pthread.h>
#include <stdlib.h>

#include "nt_internal.h"
#include "nt_runner.h"
#include "timer.h"
#include "verifier.h"

/* A work item may wait as long as it likes, for another one too; so there are many. */
#define MOST_THREADS 256
#define IDLE_SECONDS 2

struct work {
	struct work *next;
	void (*run)(void *data);
	void *data;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more;
static pthread_cond_t fewer;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct work *first;
static struct work **last = &first;
static unsigned int queued;
static unsigned int idle;
static unsigned int threads;
static bool stopping;

static void initialize(void)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&more, &attributes);
	pthread_cond_init(&fewer, &attributes);
	pthread_condattr_destroy(&attributes);
}

/* Locked. NULL: there was nothing to do for long enough. */
static struct work *take(void)
{
	struct timespec deadline;
	struct work *work;
	int result = 0;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += IDLE_SECONDS;
	while (!first && !stopping && !result) {
		idle++;
		result = pthread_cond_timedwait(&more, &lock, &deadline);
		idle--;
	}
	work = first;
	if (work) {
		first = work->next;
		if (!first)
			last = &first;
		queued--;
	}
	return work;
}

static void *work_on(void *unused)
{
	struct work *work;

	pthread_mutex_lock(&lock);
	while ((work = take())) {
		pthread_mutex_unlock(&lock);
		work->run(work->data);
		if (nt_context.irql != PASSIVE_LEVEL) {
			if (nt_checks(NT_RULE_IRQL))
				nt_violation(NT_RULE_IRQL, NT_BUG_IRQL_UNEXPECTED_VALUE, NULL, NULL,
					     "a work item returned at IRQL %u", nt_context.irql);
			nt_context.irql = PASSIVE_LEVEL;
		}
		free(work);
		pthread_mutex_lock(&lock);
	}
	threads--;
	pthread_cond_broadcast(&fewer);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* Locked. */
static void begin_thread(void)
{
	pthread_attr_t attributes;
	pthread_t id;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&id, &attributes, work_on, NULL) == 0)
		threads++;
	else if (!threads)
		abort();
	pthread_attr_destroy(&attributes);
}

void nt_queue_work(void (*run)(void *data), void *data)
{
	struct work *work = malloc(sizeof(*work));

	/* Windows' items bring their own memory: queueing one cannot fail. */
	if (!work)
		abort();
	*work = (struct work){.run = run, .data = data};
	pthread_once(&once, initialize);
	pthread_mutex_lock(&lock);
	*last = work;
	last = &work->next;
	queued++;
	if (queued > idle && threads < MOST_THREADS)
		begin_thread();
	else
		pthread_cond_signal(&more);
	pthread_mutex_unlock(&lock);
}

void nt_stop_threads(void)
{
	nt_timer_stop();
	pthread_once(&once, initialize);
	pthread_mutex_lock(&lock);
	stopping = true;
	pthread_cond_broadcast(&more);
	while (threads)
		pthread_cond_wait(&fewer, &lock);
	stopping = false;
	pthread_mutex_unlock(&lock);
}

static void run_item(void *data)
{
	PWORK_QUEUE_ITEM item = data;

	/* The routine may free the item. */
	item->List.Flink = NULL;
	item->WorkerRoutine(item->Parameter);
}

void NTAPI ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (nt_checks(NT_RULE_POOL) && WorkItem->List.Flink)
		nt_violation(NT_RULE_POOL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL, "ExQueueWorkItem of item %p, which is queued already",
			     (void *)WorkItem);
	WorkItem->List.Flink = &WorkItem->List;
	nt_queue_work(run_item, WorkItem);
}

/* A work item of a device keeps the device until its routine has returned. */
struct _IO_WORKITEM {
	void *object;
	PIO_WORKITEM_ROUTINE routine;
	PIO_WORKITEM_ROUTINE_EX routine_ex;
	void *context;
	int queued;
};

ULONG NTAPI IoSizeofWorkItem(void)
{
	return sizeof(struct _IO_WORKITEM);
}

void NTAPI IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM IoWorkItem)
{
	*IoWorkItem = (struct _IO_WORKITEM){.object = IoObject};
}

void NTAPI IoUninitializeWorkItem(PIO_WORKITEM IoWorkItem)
{
	if (nt_checks(NT_RULE_POOL) && __atomic_load_n(&IoWorkItem->queued, __ATOMIC_ACQUIRE))
		nt_violation(NT_RULE_POOL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, NT_CALLER,
			     NULL, "work item %p is freed while it is queued", (void *)IoWorkItem);
}

PIO_WORKITEM NTAPI IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
	PIO_WORKITEM item;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	item = nt_pool_allocate(sizeof(*item), 'tIoI', 0, __func__, NT_CALLER);
	if (item)
		IoInitializeWorkItem(DeviceObject, item);
	return item;
}

void NTAPI IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
	IoUninitializeWorkItem(IoWorkItem);
	nt_pool_free(IoWorkItem, 'tIoI', false, __func__, NT_CALLER);
}

static void run_device_item(void *data)
{
	PIO_WORKITEM item = data;
	const struct _IO_WORKITEM copy = *item;

	__atomic_store_n(&item->queued, 0, __ATOMIC_RELEASE);
	if (copy.routine)
		copy.routine(copy.object, copy.context);
	else
		copy.routine_ex(copy.object, copy.context, item);
	if (copy.object)
		ObfDereferenceObject(copy.object);
}

static void queue(PIO_WORKITEM item, const void *place)
{
	if (__atomic_exchange_n(&item->queued, 1, __ATOMIC_ACQ_REL) && nt_checks(NT_RULE_POOL))
		nt_violation(NT_RULE_POOL, NT_BUG_DRIVER_VERIFIER_DETECTED_VIOLATION, place, NULL,
			     "IoQueueWorkItem of item %p, which is queued already", (void *)item);
	if (item->object)
		ObfReferenceObject(item->object);
	nt_queue_work(run_device_item, item);
}

void NTAPI IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
			   WORK_QUEUE_TYPE QueueType, PVOID Context)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	IoWorkItem->routine = WorkerRoutine;
	IoWorkItem->routine_ex = NULL;
	IoWorkItem->context = Context;
	queue(IoWorkItem, NT_CALLER);
}

void NTAPI IoQueueWorkItemEx(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
			     WORK_QUEUE_TYPE QueueType, PVOID Context)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	IoWorkItem->routine = NULL;
	IoWorkItem->routine_ex = WorkerRoutine;
	IoWorkItem->context = Context;
	queue(IoWorkItem, NT_CALLER);
}
