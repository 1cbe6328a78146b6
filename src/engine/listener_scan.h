/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Who listens already? The kernel programs see a listen() only from the time they are attached;
 * what listened before is found here, and told to them.
 */
#ifndef WH_LISTENER_SCAN_H
#define WH_LISTENER_SCAN_H

#include "engine.h"
#include "program_load.h"

/* A process that holds a listening socket. */
struct wh_holder {
	__u32 pid;
	int fd; /* its number there */
	unsigned long long inode;
};

struct wh_found_listener {
	struct wh_endpoint bound;
	unsigned long long inode;
	struct wh_holder *holders; /* borrowed from the scan */
	size_t holder_count;
};

struct wh_listener_scan {
	struct wh_found_listener *listeners;
	size_t count;
	struct wh_holder *holders; /* sorted by socket */
	size_t holder_count;
};

/* Finds the listening TCP sockets of the caller's network namespace whose port is a listener's
 * in rules, and the processes that hold them. Free with wh_listeners_free(). */
int wh_listeners_scan(const struct wh_rules *rules, struct wh_listener_scan *ret);
void wh_listeners_free(struct wh_listener_scan *scan);

/* Tells the kernel programs what they have not seen: who holds each of these listeners. */
int wh_listeners_teach(const struct wh_maps *maps, const struct wh_rules *rules,
		       const struct wh_listener_scan *scan);

#endif /* WH_LISTENER_SCAN_H */
