/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "driver_options.h"
#include "driver_signals.h"

#define LATE_SECONDS 5

static sem_t asked;
static const char *busy;
static int is_unloading;
static void (*on_late)(void);

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* The next signal, or 0 after a fifth of a second. */
static int next_signal(const sigset_t *set)
{
	struct timespec wait = {.tv_nsec = 200000000};
	int number = sigtimedwait(set, NULL, &wait);

	return number > 0 ? number : 0;
}

static void *watch(void *data)
{
	const sigset_t *set = data;
	long long since = 0;
	int seen = 0, said = 0;

	for (;;) {
		int number = next_signal(set);

		if (number && seen++)
			_exit(RUN_SIGNAL + number);
		if (number) {
			const char *why = __atomic_load_n(&busy, __ATOMIC_ACQUIRE);

			if (why)
				driver_say("%s; once more to end at once", why);
			sem_post(&asked);
		}
		if (!__atomic_load_n(&is_unloading, __ATOMIC_ACQUIRE))
			since = 0;
		else if (!since)
			since = now_ms();
		else if (!said && now_ms() - since >= LATE_SECONDS * 1000LL)
			said = 1, on_late();
	}
	return NULL;
}

int driver_signals_start(void (*late)(void))
{
	static sigset_t set;
	pthread_t thread;
	int error;

	on_late = late;
	sem_init(&asked, 0, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	/* A peer that is gone is an error of the call. */
	signal(SIGPIPE, SIG_IGN);
	error = pthread_create(&thread, NULL, watch, &set);
	if (error)
		return -error;
	pthread_detach(thread);
	return 0;
}

void driver_signals_busy(const char *why)
{
	__atomic_store_n(&busy, why, __ATOMIC_RELEASE);
}

void driver_signals_wait(void)
{
	while (sem_wait(&asked) && errno == EINTR)
		;
}

void driver_signals_unloading(int begins)
{
	__atomic_store_n(&is_unloading, begins, __ATOMIC_RELEASE);
}
