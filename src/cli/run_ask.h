/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* "whither run --ask PROGRAM": puts each new executable and destination to a program. */
#ifndef WH_RUN_ASK_H
#define WH_RUN_ASK_H

#include "ask_answer.h"
#include "supervisor.h"

struct wh_run_ask {
	const char *program;          /* NULL: nobody is asked */
	enum wh_ask_verdict verdict;  /* when it does not answer */
	unsigned int timeout_seconds; /* until then */
};

/* For struct wh_supervisor_options; ask is a const struct wh_run_ask. */
enum wh_pended_verdict wh_run_ask(const struct wh_run_ask *ask, const struct wh_pended *pended,
				  bool *ret_remember);

#endif /* WH_RUN_ASK_H */
