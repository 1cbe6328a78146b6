/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The checks of "whither doctor": each adds one line or more to a list. */
#ifndef WH_DOCTOR_H
#define WH_DOCTOR_H

#include "engine.h"

enum wh_finding_state {
	WH_FINDING_OK,
	WH_FINDING_NOT_TESTED,
	WH_FINDING_WARNING,
	WH_FINDING_FAILED,
};

struct wh_finding {
	enum wh_finding_state state;
	const char *check; /* "kernel" */
	char *text;        /* owned; what was found and, unless it is good, what would be right */
};

struct wh_doctor {
	struct wh_finding *findings; /* owned */
	size_t count;
	struct wh_engine *engine; /* NULL: whither is not active, or may not be asked */
	int privileged;           /* the engine may be asked */
	int incomplete;           /* memory ran out */
};

/* Adds a finding. */
void wh_doctor_add(struct wh_doctor *doctor, enum wh_finding_state state, const char *check,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Kernel, mounts, privileges, what is pinned: opens doctor->engine. */
void wh_doctor_machine(struct wh_doctor *doctor);

/* Hooks and listeners of the rules in force. */
void wh_doctor_rules(struct wh_doctor *doctor);

/* Connections and processes that the rules in force do not reach. */
void wh_doctor_escapes(struct wh_doctor *doctor);

/* Connections in a cgroup and network namespace made for it, redirected in truth. The engine must
 * be closed: it opens it itself. */
void wh_doctor_connection(struct wh_doctor *doctor);

#endif /* WH_DOCTOR_H */
