/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Decisions as they happen: what the kernel programs write into a ring buffer while somebody
 * reads it, and how they know that somebody does.
 */
#ifndef WH_EVENT_LAYOUT_H
#define WH_EVENT_LAYOUT_H

#include "redirect_choice.h"

#define WH_EVENTS_SIZE (512 * 1024) /* of the ring buffer, bytes; a power of two, of pages */

enum wh_event_kind {
	WH_EVENT_CONNECT = 1, /* connect() was decided */
	WH_EVENT_FAILED = 2,  /* what was sent to a redirector found no listener */
	WH_EVENT_BIND = 3,    /* bind() on a redirector's address was refused */
};

enum wh_event_flags {
	WH_EVENT_TO_LISTENER = 1 << 0, /* the destination is a redirector's own address */
	WH_EVENT_SET = 1 << 1,         /* the socket carries records that a proxy set */
};

struct wh_event {
	__u64 time;                     /* ns, CLOCK_BOOTTIME */
	__u64 version;                  /* of the rules: what .rule counts in */
	struct wh_identity who;         /* the process that calls; cgroup and netns too */
	struct wh_guid redirector;      /* all 0: none */
	struct wh_endpoint destination; /* of BIND: the address */
	struct wh_endpoint target;      /* where it is sent instead; port 0: nowhere */
	__u16 rule;                     /* that decided, or WH_RULES_MAX */
	__u8 kind;                      /* WH_EVENT_* */
	__u8 action;                    /* WH_ACTION_* */
	__u8 cause;                     /* WH_CAUSE_* */
	__u8 hops;                      /* that lie behind the connect */
	__u8 flags;                     /* WH_EVENT_* */
	__u8 reserved;
};

/*
 * The watch map has two of these: one that the reader writes and one that the kernel programs
 * write. A reader that died leaves no cost behind: what it asked for ends by itself.
 */
#define WH_WATCH_READER 0
#define WH_WATCH_KERNEL 1

enum wh_watch_flags {
	WH_WATCH_PID = 1 << 0,  /* only of .pid */
	WH_WATCH_USER = 1 << 1, /* only of .uid */
	WH_WATCH_ALL = 1 << 2,  /* also connects that no rule has to do with */
};

struct wh_watch {
	__u64 until;        /* ns, CLOCK_BOOTTIME; 0: nobody reads */
	__u64 dropped;      /* WH_WATCH_KERNEL: events for which there was no room */
	__u64 reader_start; /* who reads; ns, CLOCK_BOOTTIME */
	__u32 reader_pid;
	__u32 flags; /* WH_WATCH_* */
	__u32 pid;
	__u32 uid;
};

_Static_assert(sizeof(struct wh_event) == 144, "event");
_Static_assert(sizeof(struct wh_watch) == 40, "watch");

/* Whether a connect is worth an event to those who do not want all: some rule had to do with it. */
WH_RULE int wh_event_concerns(const struct wh_verdict *verdict, __u32 hops, __u32 flags)
{
	return verdict->action != WH_ACTION_PASS || verdict->rule < WH_RULES_MAX || hops ||
	       (flags & WH_EVENT_TO_LISTENER);
}

#endif /* WH_EVENT_LAYOUT_H */
