/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What "whither show" has to say, found out at one moment. Finding out needs the engine; saying
 * it, in text or JSON, needs nothing but this, so that a test can make it up.
 */
#ifndef WH_STATUS_H
#define WH_STATUS_H

#include <stdbool.h>
#include <stdio.h>

#include "engine.h"
#include "redirector_process.h"
#include "rule_names.h"

struct wh_status_listener {
	struct wh_endpoint endpoint; /* port 0: the redirector has none of this family */
	int error;                   /* negative errno: who listens is not known */
	struct wh_listening listening;
};

struct wh_status_redirector {
	const struct wh_redirector *rule;
	const char *set;
	const char *text; /* conditions and owner, as written */
	struct wh_redirector_counters counters;
	struct wh_status_listener listener[2];
	bool elsewhere; /* in another network namespace: who listens cannot be seen from here */
	uint64_t open;  /* live connections */
	/* Whose process? The first of process_count; a negative errno: not known. */
	struct wh_redirector_process *processes;
	int process_count;
};

#define WH_STATUS_PROCESSES 64 /* of one redirector, that are told */

struct wh_status_filter {
	const struct wh_filter *rule;
	__u16 kind; /* WH_RULE_BLOCK or WH_RULE_PERMIT */
	const char *set;
	const char *text;
	struct wh_filter_counters counters;
};

struct wh_status {
	uint64_t now; /* ns, CLOCK_BOOTTIME */
	char kernel[72];
	const char *pins;             /* where the kernel's objects are pinned */
	const struct wh_rules *rules; /* somebody else's */
	const char *(*text)(const struct wh_status *status, uint32_t offset);
	const struct wh_engine *engine; /* for text */
	struct wh_settings settings;
	struct wh_totals totals;
	struct wh_occupancy occupancy;
	int connections_error; /* negative errno: open is not known */
	struct wh_hook hooks[WH_HOOKS_MAX];
	int hook_count;
	struct wh_status_redirector *redirectors; /* rules->redirector_count, in chain order */
	struct wh_status_filter *filters;         /* rules->filter_count, in order */
	char **warnings;
	size_t warning_count;
};

/* The name of a cause, as in JSON: "own_listener"; NULL when the number names none. And what it
 * means: "a proxy called itself". */
const char *wh_cause_name(unsigned int cause);
const char *wh_cause_meaning(unsigned int cause);

/* What whither does not see, one phrase each; NULL at the end. */
extern const char *const wh_not_covered[];

/* Finds out. Returns 0 or a negative errno with *problem. The status points into the engine. */
int wh_status_collect(struct wh_engine *engine, struct wh_status *ret, struct wh_problem *problem);
void wh_status_clear(struct wh_status *status);

/* Writes the warnings that the rest of status gives cause for. Returns 0 or -ENOMEM. */
int wh_status_warn(struct wh_status *status);

void wh_status_print_text(const struct wh_status *status, FILE *file);
int wh_status_print_json(const struct wh_status *status, FILE *file);

#endif /* WH_STATUS_H */
