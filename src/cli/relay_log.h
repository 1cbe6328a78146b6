/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * One line for each connection of the embedded relay, written when it ends: who, whither, by
 * which hops, with what context, how much, how long.
 */
#ifndef WH_RELAY_LOG_H
#define WH_RELAY_LOG_H

#include <stdbool.h>

#include "relay.h"
#include "rule_names.h"

struct wh_relay_log;

/*
 * verbose: on stderr. path: appended to that file, NULL: to none. complain: what fails for a
 * reason of the relay's own is on stderr in any case, though not each time. Without any of them
 * *ret_log is NULL, which everything here takes for "no log". Returns 0 or a negative errno.
 */
int wh_relay_log_open(struct wh_relay_log **ret_log, bool verbose, bool complain, const char *path);

/* Opens the file anew, which may have been renamed. If that fails, the old one stays. */
int wh_relay_log_reopen(struct wh_relay_log *log);

/* Names for the redirectors of the hops; the log's from here on. */
void wh_relay_log_name(struct wh_relay_log *log, struct wh_rule_names *names);

/* The relay's on_event, with the log as its data. */
void wh_relay_log_event(const struct wh_relay_event *event, void *data);

/* Writes the lines of connections that are still open, and frees the log. */
void wh_relay_log_close(struct wh_relay_log *log);

#endif /* WH_RELAY_LOG_H */
