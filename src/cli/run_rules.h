/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The rule set of "whither run": one redirector for what the command connects to. */
#ifndef WH_RUN_RULES_H
#define WH_RUN_RULES_H

#include "config.h"
#include "engine.h"
#include "run_cgroup.h"

/* What the command line says of it. */
struct wh_run_conditions {
	char *const *words; /* "remote-port=443" */
	size_t word_count;
	const char *context;   /* as in a file: "text:..."; NULL: none */
	struct wh_endpoint to; /* port 0: the embedded relay */
	const char *command;   /* for people */
};

/* Makes all of it that can be known before anything else is made. What is wrong is in report.
 * Free *ret_set with wh_config_free(). */
int wh_run_rules_read(const struct wh_run_conditions *conditions, struct wh_rule_set **ret_set,
		      struct wh_config_report *report);

/*
 * Adds the rest: the set's name, that of no set in active; the cgroups, and where the relay
 * listens. Returns 0, or a negative errno with *problem.
 */
int wh_run_rules_place(struct wh_rule_set *set, const struct wh_rules *active,
		       const struct wh_run_cgroup *cgroup, const struct wh_endpoint *listen4,
		       const struct wh_endpoint *listen6, struct wh_problem *problem);

/* The same for a run with a supervisor: who is below it is known without cgroups. */
int wh_run_rules_supervise(struct wh_rule_set *set, const struct wh_endpoint *listen4,
			   const struct wh_endpoint *listen6, struct wh_problem *problem);

#endif /* WH_RUN_RULES_H */
