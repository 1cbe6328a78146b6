/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Redirectors that take connects of other network namespaces. From there the kernel programs
 * cannot look who listens here, so that rules are not put in force while somebody else than a
 * stated owner does; from then on nobody else can.
 */
#ifndef WH_LISTENER_ABROAD_H
#define WH_LISTENER_ABROAD_H

#include "listener_scan.h"

/* Returns 0, or -EADDRINUSE with who is in the way in problem. */
int wh_listeners_check_abroad(const struct wh_rules *rules, const struct wh_listener_scan *scan,
			      struct wh_problem *problem);

#endif /* WH_LISTENER_ABROAD_H */
