/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One "whither run": cgroups, relay, rules, command; and everything away again. */
#ifndef WH_RUN_SESSION_H
#define WH_RUN_SESSION_H

#include <stdbool.h>

#include "relay_settings.h"
#include "run_ask.h"
#include "run_command.h"
#include "run_rules.h"

enum wh_run_engine {
	WH_RUN_EITHER, /* the kernel's, or the supervisor where that may not be used */
	WH_RUN_KERNEL,
	WH_RUN_SECCOMP,
};

struct wh_run_request {
	struct wh_run_conditions conditions;
	char *const *words; /* the command; the last is NULL */
	struct wh_run_user user;
	struct wh_relay_settings relay;
	const char *log; /* a file for the lines about connections, or NULL */
	enum wh_run_engine engine;
	char *const *rules; /* with the supervisor: rule files in the place of conditions */
	size_t rule_count;
	struct wh_run_ask ask;
	bool verbose; /* these lines on stderr */
};

/* Does it all, says on stderr what failed, and returns the exit status. set: the rules that
 * wh_run_rules_read() made of request->conditions. */
int wh_run_session(const struct wh_run_request *request, struct wh_rule_set *set);

#endif /* WH_RUN_SESSION_H */
