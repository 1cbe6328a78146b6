/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Reads the kernel's decisions as they happen. One process reads at a time; while one does, the
 * kernel programs write. The engine can be closed after the stream was opened.
 */
#ifndef WH_EVENT_STREAM_H
#define WH_EVENT_STREAM_H

#include "engine.h"
#include "event_layout.h"

struct wh_event_stream;

/* What the reader wants, left to the kernel to choose: flags, pid and uid of struct wh_watch. */
struct wh_event_choice {
	__u32 flags; /* WH_WATCH_* */
	__u32 pid;
	__u32 uid;
};

/* -EBUSY: another process reads, which *problem names. */
int wh_events_open(const struct wh_engine *engine, const struct wh_event_choice *choice,
		   struct wh_event_stream **ret_stream, struct wh_problem *problem);

/* Ends the writing. NULL is allowed. */
void wh_events_close(struct wh_event_stream *stream);

/* Becomes readable when there are events. */
int wh_events_fd(const struct wh_event_stream *stream);

/* Calls visit for each event that is there. visit returns 0 to go on, or a negative errno, which
 * is returned. */
typedef int (*wh_event_visit)(const struct wh_event *event, void *data);
int wh_events_read(struct wh_event_stream *stream, wh_event_visit visit, void *data);

/*
 * To be called every WH_EVENTS_RENEW ms or sooner, or the kernel programs take the reader for
 * dead. *ret_dropped: events for which there was no room since the last call; *ret_gap: ns during
 * which nothing was written because it was called too late. -ENOENT: whither is not active any
 * more, or anew.
 */
#define WH_EVENTS_RENEW 1000
int wh_events_renew(struct wh_event_stream *stream, uint64_t *ret_dropped, uint64_t *ret_gap);

#endif /* WH_EVENT_STREAM_H */
