/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The life of "whither relay": it serves until a signal, and drains then; SIGHUP has it read
 * again what can be read again, SIGUSR2 has a new program take its place.
 */
#ifndef WH_RELAY_SERVICE_H
#define WH_RELAY_SERVICE_H

#include "relay_log.h"
#include "relay_settings.h"

struct wh_relay_service {
	struct wh_relay *relay;
	struct wh_relay_log *log; /* may be NULL */
	const struct wh_relay_settings *settings;
	uint64_t drain_seconds;
	int signals;
};

/* Blocks the signals, from now on. Returns a descriptor or a negative errno. */
int wh_relay_service_signals(void);

/* Returns 0 when a signal has ended it, or a negative errno. */
int wh_relay_service_run(struct wh_relay_service *service);

/* For relay_replace.c and "whither relay". */

/* Notes what is executed when another program is to take the place. */
void wh_relay_replace_note(char **argv);

/*
 * A child of this process goes on with the open connections, and this process, which keeps its
 * id, executes the noted program with the listening sockets. Returns 1 in the child, a negative
 * errno in this process when that failed and all is as before.
 */
int wh_relay_replace(const struct wh_relay *relay);

/* The listening sockets that a process before it in this one's place has left: fills fds, returns
 * how many there are or a negative errno. */
int wh_relay_replace_inherited(int *fds, int capacity);

#endif /* WH_RELAY_SERVICE_H */
