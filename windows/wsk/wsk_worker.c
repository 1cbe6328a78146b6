/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "wsk_worker.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#define WORKERS_MAX 8

static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct wsk_job *first;
	struct wsk_job **last;
	unsigned int threads;
	unsigned int idle;
	unsigned int waiting;
} workers = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.more = PTHREAD_COND_INITIALIZER,
	.last = &workers.first,
};

static void *work(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&workers.lock);
	for (;;) {
		struct wsk_job *job = workers.first;

		if (!job) {
			workers.idle++;
			pthread_cond_wait(&workers.more, &workers.lock);
			workers.idle--;
			continue;
		}
		workers.first = job->next;
		if (!workers.first)
			workers.last = &workers.first;
		workers.waiting--;
		pthread_mutex_unlock(&workers.lock);
		job->run(job);
		pthread_mutex_lock(&workers.lock);
	}
	return NULL;
}

/* Under the lock. */
static void start_one(void)
{
	sigset_t all, before;
	pthread_attr_t attributes;
	pthread_t thread;

	sigfillset(&all);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (!pthread_create(&thread, &attributes, work, NULL))
		workers.threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
}

bool wsk_worker_run(struct wsk_job *job)
{
	bool accepted;

	pthread_mutex_lock(&workers.lock);
	if (workers.waiting >= workers.idle && workers.threads < WORKERS_MAX)
		start_one();
	accepted = workers.threads;
	if (accepted) {
		job->next = NULL;
		*workers.last = job;
		workers.last = &job->next;
		workers.waiting++;
		pthread_cond_signal(&workers.more);
	}
	pthread_mutex_unlock(&workers.lock);
	return accepted;
}
