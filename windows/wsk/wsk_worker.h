/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Threads for what blocks: names that are looked up. Started when needed, never stopped. */
#ifndef WHITHER_WSK_WORKER_H
#define WHITHER_WSK_WORKER_H

#include <stdbool.h>

struct wsk_job {
	struct wsk_job *next;
	void (*run)(struct wsk_job *job);
};

/* Has the job run by a thread of ours; false when there is none. The job is the caller's memory. */
bool wsk_worker_run(struct wsk_job *job);

#endif /* WHITHER_WSK_WORKER_H */
