/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Which system calls of the command the supervisor gets to see. */
#ifndef WH_NOTIFY_FILTER_H
#define WH_NOTIFY_FILTER_H

/*
 * Puts the filter upon the calling thread and all that it will start, for good; gives up the right
 * to gain privilege by executing a file. Returns the descriptor on which the calls are announced,
 * closed on exec, or a negative errno: -EBUSY when the process has a supervisor already.
 *
 * For a child between fork and exec: async-signal-safe.
 */
int wh_notify_filter_install(void);

#endif /* WH_NOTIFY_FILTER_H */
