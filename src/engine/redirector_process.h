/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Which processes count for which redirector, why, and since when. */
#ifndef WH_REDIRECTOR_PROCESS_H
#define WH_REDIRECTOR_PROCESS_H

#include "engine.h"

enum wh_process_reason {
	WH_PROCESS_OWNER,    /* it is the stated owner's */
	WH_PROCESS_LISTENED, /* no owner is stated, and it called listen() on the address */
	WH_PROCESS_ASKED,    /* no owner is stated, and it asked about a connection from there */
};

struct wh_redirector_process {
	struct wh_identity who;
	enum wh_process_reason reason;
	uint64_t since; /* ns, CLOCK_BOOTTIME: learned then; an owner's: its start */
};

/*
 * Finds the live processes of redirector: writes up to room of them to ret, which may be NULL
 * when room is 0, and returns how many there are, or a negative errno.
 */
int wh_engine_processes(const struct wh_engine *engine, const struct wh_redirector *redirector,
			struct wh_redirector_process *ret, size_t room);

#endif /* WH_REDIRECTOR_PROCESS_H */
