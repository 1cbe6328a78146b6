/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What is said to be open when a driver does not unload: others know, and tell. */
#include <pthread.h>
#include <stddef.h>

#include "nt_runner.h"

#define MOST_TELLERS 8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void (*tellers[MOST_TELLERS])(nt_line *line, void *data);

void nt_on_report_open(void (*tell)(nt_line *line, void *data))
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < MOST_TELLERS && tellers[i] != tell; i++) {
		if (tellers[i])
			continue;
		tellers[i] = tell;
		break;
	}
	pthread_mutex_unlock(&lock);
}

void nt_report_open(nt_line *line, void *data)
{
	for (size_t i = 0; i < MOST_TELLERS; i++) {
		void (*tell)(nt_line *, void *);

		pthread_mutex_lock(&lock);
		tell = tellers[i];
		pthread_mutex_unlock(&lock);
		if (tell)
			tell(line, data);
	}
}
