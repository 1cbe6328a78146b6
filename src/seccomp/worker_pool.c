/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The threads. One of them receives calls: it answers what does not wait at once, and receives the
 * next. Before something that waits it passes its turn on, so that nobody else is held up. A
 * connect to a proxy on this machine counts as what does not wait; where it does (its backlog is
 * full), the watcher takes the turn over after some milliseconds. Others rest.
 *
 * Only one receives, for the kernel wakes all that do, for each call; and one that answers and
 * receives by itself needs not be woken at all when the next call is there already.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "supervisor_internal.h"

#define STACK_SIZE (256u << 10)
#define RESTING_MOST 8 /* others end */
#define STOP_TURN_NS 1000000L
#define TICK_NS 2000000L        /* how often the watcher looks, while there are calls */
#define TICKS_OF_SILENCE 5      /* after which it does not look any more */
#define RELEASE_NS 100000000ULL /* how long one waits before it is looked at whether for nothing */

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec;
}

/* What makes a system call of a worker's return: it is sent to that thread alone. */
static int wake_signal(void)
{
	return SIGRTMIN + 3;
}

static void woken(int signal)
{
	(void)signal;
}

int wh_workers_init(struct wh_workers *workers)
{
	pthread_condattr_t attributes;
	int error = pthread_condattr_init(&attributes);

	if (error)
		return -error;
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&workers->lock, NULL);
	pthread_cond_init(&workers->turn, &attributes);
	pthread_cond_init(&workers->watch, &attributes);
	pthread_condattr_destroy(&attributes);
	return 0;
}

void wh_workers_destroy(struct wh_workers *workers)
{
	pthread_cond_destroy(&workers->watch);
	pthread_cond_destroy(&workers->turn);
	pthread_mutex_destroy(&workers->lock);
}

/* The rest is called with the lock, where nothing else is said. */

static bool is_over(const struct wh_supervisor *supervisor)
{
	return supervisor->stopping || supervisor->workers.over;
}

static void *work(void *data);

static int start_one(struct wh_supervisor *supervisor)
{
	struct wh_workers *workers = &supervisor->workers;
	struct wh_worker *worker = calloc(1, sizeof(*worker));
	pthread_attr_t attributes;
	int error;

	if (!worker)
		return -ENOMEM;
	worker->supervisor = supervisor;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	error = pthread_create(&worker->thread, &attributes, work, worker);
	pthread_attr_destroy(&attributes);
	if (error) {
		free(worker);
		return -error;
	}
	worker->next = workers->list;
	workers->list = worker;
	workers->count++;
	return 0;
}

/* Those that have ended are joined. */
static void reap(struct wh_workers *workers)
{
	struct wh_worker **link = &workers->list, *worker;

	while ((worker = *link)) {
		if (!worker->ended) {
			link = &worker->next;
			continue;
		}
		*link = worker->next;
		pthread_join(worker->thread, NULL);
		free(worker);
		workers->count--;
	}
}

/* Somebody is wanted: to receive, or to watch. */
static void call_for_one(struct wh_supervisor *supervisor)
{
	struct wh_workers *workers = &supervisor->workers;

	if (workers->resting) {
		pthread_cond_signal(&workers->turn);
		return;
	}
	if (workers->watcher)
		pthread_cond_signal(&workers->watch);
	reap(workers);
	if (workers->count < WH_WORKERS_MAX && !is_over(supervisor))
		(void)start_one(supervisor);
}

/* Until it is to receive. The receiver that has been at one call for a whole tick waits for
 * something after all. */
static void watch(struct wh_supervisor *supervisor)
{
	struct wh_workers *workers = &supervisor->workers;
	unsigned int silence = 0;

	while (!is_over(supervisor) && workers->receiver) {
		const __u64 received = workers->received;
		struct timespec until;

		if (!workers->watched) {
			pthread_cond_wait(&workers->watch, &workers->lock);
			silence = 0;
			continue;
		}
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK_NS;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		if (pthread_cond_timedwait(&workers->watch, &workers->lock, &until) != ETIMEDOUT)
			continue;
		if (received != workers->received)
			silence = 0;
		else if (workers->receiver && workers->receiver->call)
			workers->receiver = NULL;
		else if (++silence >= TICKS_OF_SILENCE)
			workers->watched = false;
	}
}

/* Waits until it is to receive. False: it is not needed any more. Without the lock. */
static bool take_turn(struct wh_worker *worker)
{
	struct wh_supervisor *supervisor = worker->supervisor;
	struct wh_workers *workers = &supervisor->workers;
	bool takes;

	pthread_mutex_lock(&workers->lock);
	while (!is_over(supervisor) && workers->receiver && workers->receiver != worker) {
		if (!workers->watcher) {
			workers->watcher = worker;
			watch(supervisor);
			workers->watcher = NULL;
			call_for_one(supervisor);
		} else if (workers->resting >= RESTING_MOST) {
			break;
		} else {
			workers->resting++;
			pthread_cond_wait(&workers->turn, &workers->lock);
			workers->resting--;
		}
	}
	takes = !is_over(supervisor) && (!workers->receiver || workers->receiver == worker);
	if (takes) {
		workers->receiver = worker;
	} else {
		worker->ended = true; /* and may be freed from now on */
		if (workers->receiver == worker)
			workers->receiver = NULL;
	}
	pthread_mutex_unlock(&workers->lock);
	return takes;
}

/* Nobody is left who could call: the filter ends with the last one. Without the lock. */
static void look_for_end(struct wh_supervisor *supervisor)
{
	struct wh_workers *workers = &supervisor->workers;
	struct pollfd poll_fd = {.fd = supervisor->notifications};

	if (poll(&poll_fd, 1, 0) <= 0 || !(poll_fd.revents & POLLHUP))
		return;
	pthread_mutex_lock(&workers->lock);
	workers->over = true;
	pthread_cond_broadcast(&workers->turn);
	pthread_cond_broadcast(&workers->watch);
	pthread_mutex_unlock(&workers->lock);
}

static void *work(void *data)
{
	struct wh_worker *worker = data;
	struct wh_supervisor *supervisor = worker->supervisor;
	union wh_notice notice;
	sigset_t wake;

	sigemptyset(&wake);
	sigaddset(&wake, wake_signal());
	pthread_sigmask(SIG_UNBLOCK, &wake, NULL);
	while (take_turn(worker)) {
		if (wh_notify_receive(supervisor->notifications, &notice)) {
			look_for_end(supervisor);
			continue;
		}
		wh_worker_begin(worker, notice.call.id);
		wh_call_handle(worker, &notice.call);
		wh_worker_end(worker);
	}
	return NULL;
}

void wh_worker_begin(struct wh_worker *worker, __u64 call)
{
	struct wh_workers *workers = &worker->supervisor->workers;

	pthread_mutex_lock(&workers->lock);
	worker->busy = true;
	worker->call = call;
	worker->since = now_ns();
	workers->received++;
	if (++workers->busy > workers->busy_most)
		workers->busy_most = workers->busy;
	if (!workers->watched) {
		workers->watched = true;
		pthread_cond_signal(&workers->watch);
	}
	pthread_mutex_unlock(&workers->lock);
}

void wh_worker_end(struct wh_worker *worker)
{
	struct wh_workers *workers = &worker->supervisor->workers;

	pthread_mutex_lock(&workers->lock);
	if (worker->busy)
		workers->busy--;
	worker->busy = false;
	worker->call = 0;
	pthread_mutex_unlock(&workers->lock);
}

void wh_worker_waits(struct wh_worker *worker)
{
	struct wh_supervisor *supervisor = worker->supervisor;
	struct wh_workers *workers = &supervisor->workers;

	pthread_mutex_lock(&workers->lock);
	if (workers->receiver == worker) {
		workers->receiver = NULL;
		call_for_one(supervisor);
	}
	pthread_mutex_unlock(&workers->lock);
}

int wh_workers_start(struct wh_supervisor *supervisor)
{
	const struct sigaction action = {.sa_handler = woken};
	int error = 0;

	sigaction(wake_signal(), &action, NULL);
	pthread_mutex_lock(&supervisor->workers.lock);
	for (int i = 0; !error && i < 2; i++)
		error = start_one(supervisor);
	pthread_mutex_unlock(&supervisor->workers.lock);
	return error;
}

void wh_workers_release(struct wh_supervisor *supervisor)
{
	struct wh_workers *workers = &supervisor->workers;
	__u64 now = now_ns();

	pthread_mutex_lock(&workers->lock);
	reap(workers);
	/* Where a thread could not be started when it was wanted: again. */
	if (!is_over(supervisor) && (!workers->receiver || !workers->watcher))
		call_for_one(supervisor);
	for (struct wh_worker *worker = workers->list; worker; worker = worker->next)
		if (worker->call && !worker->ended && now - worker->since > RELEASE_NS &&
		    !wh_notify_waits(supervisor->notifications, worker->call))
			pthread_kill(worker->thread, wake_signal());
	pthread_mutex_unlock(&workers->lock);
}

void wh_workers_stop(struct wh_supervisor *supervisor)
{
	const struct timespec turn = {.tv_nsec = STOP_TURN_NS};
	struct wh_workers *workers = &supervisor->workers;
	bool left = true;

	pthread_mutex_lock(&workers->lock);
	supervisor->stopping = true;
	pthread_cond_broadcast(&workers->turn);
	pthread_cond_broadcast(&workers->watch);
	while (left) {
		reap(workers);
		for (struct wh_worker *worker = workers->list; worker; worker = worker->next)
			if (!worker->ended)
				pthread_kill(worker->thread, wake_signal());
		left = workers->list;
		pthread_mutex_unlock(&workers->lock);
		/* One that was just about to wait has not noticed: again. */
		if (left)
			nanosleep(&turn, NULL);
		pthread_mutex_lock(&workers->lock);
	}
	pthread_mutex_unlock(&workers->lock);
}
