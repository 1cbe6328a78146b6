/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Decisions as they happen, for "whither monitor". Written only while somebody reads: whoever
 * looks first after the reader's time is over writes that nobody does.
 */
#ifndef WH_EVENTS_BPF_H
#define WH_EVENTS_BPF_H

#include "decide.bpf.h"
#include "event_layout.h"
#include "process_facts.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, WH_EVENTS_SIZE);
} wh_events SEC(".maps");

WH_ARRAY(wh_watch, 2, struct wh_watch);
WH_LOOKUP_ONLY(struct wh_watch, wh_watch)

/* Does somebody read? One load when nobody does. */
static __always_inline int events_wanted(void)
{
	struct wh_watch *watch = wh_watch_at(WH_WATCH_READER);

	return watch && watch->until;
}

static __always_inline int events_all(void)
{
	struct wh_watch *watch = wh_watch_at(WH_WATCH_READER);

	return watch && (watch->flags & WH_WATCH_ALL);
}

/* Room for an event of this process and user, or NULL: nobody wants it, or there is none. */
static __always_inline struct wh_event *event_begin(__u32 pid, __u32 uid)
{
	struct wh_watch *watch = wh_watch_at(WH_WATCH_READER);
	struct wh_watch *told = wh_watch_at(WH_WATCH_KERNEL);
	__u64 now = bpf_ktime_get_boot_ns();
	struct wh_event *event;

	if (!watch || !told)
		return NULL;
	if (now > watch->until) {
		watch->until = 0;
		return NULL;
	}
	if ((watch->flags & WH_WATCH_PID) && watch->pid != pid)
		return NULL;
	if ((watch->flags & WH_WATCH_USER) && watch->uid != uid)
		return NULL;
	event = bpf_ringbuf_reserve(&wh_events, sizeof(*event), 0);
	if (!event) {
		count(&told->dropped);
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time = now;
	event->rule = WH_RULES_MAX;
	return event;
}

/* The same for the current process, of which it also notes who it is. */
static __always_inline struct wh_event *event_begin_current(__u64 netns)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	const struct cred *cred = task->cred;
	struct wh_event *event = event_begin((__u32)task->tgid, cred->euid.val);
	struct cgroup *cgroup = process_cgroup();

	if (!event)
		return NULL;
	identity_read(&event->who);
	event->who.cgroup = cgroup->kn->id;
	event->who.netns = netns;
	return event;
}

/* connect() was decided; flags: WH_EVENT_*. */
__noinline int event_connect(const struct wh_rules *rules, const struct connect_question *question,
			     __u32 flags)
{
	struct wh_event *event;
	__u32 index;

	if (!rules || !question)
		return 0;
	if (!events_all() && !wh_event_concerns(&question->verdict, question->hops, flags))
		return 0;
	event = event_begin_current(question->netns);
	if (!event)
		return 0;
	event->version = rules->version;
	event->destination = question->destination;
	event->kind = WH_EVENT_CONNECT;
	event->action = (__u8)question->verdict.action;
	event->cause = (__u8)question->verdict.cause;
	event->rule = (__u16)question->verdict.rule;
	event->hops = question->hops;
	event->flags = (__u8)flags;
	if (question->verdict.action == WH_ACTION_REDIRECT)
		event->target = question->verdict.target;
	index = question->verdict.redirector;
	if (index < WH_REDIRECTORS_MAX)
		event->redirector = rules->redirector[index % WH_REDIRECTORS_MAX].guid;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* A redirected connection never reached a listener. */
static __noinline int event_failed(const struct wh_record *record)
{
	struct wh_event *event = event_begin(record->who.pid, record->who.uid);

	if (!event)
		return 0;
	event->version = record->version;
	event->who = record->who;
	event->redirector = record->redirector;
	event->destination.address = record->destination;
	event->destination.port = record->destination_port;
	event->target.address = record->proxy;
	event->target.port = record->proxy_port;
	event->kind = WH_EVENT_FAILED;
	event->action = WH_ACTION_REFUSE;
	event->cause = WH_CAUSE_ABSENT;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* bind() on the address of a redirector was refused. */
static __noinline int event_bind(const struct wh_rules *rules, const struct bind_question *question)
{
	struct wh_event *event = event_begin_current(question->netns);

	if (!event)
		return 0;
	event->version = rules->version;
	event->destination = question->bound;
	event->redirector = rules->redirector[question->guarded % WH_REDIRECTORS_MAX].guid;
	event->kind = WH_EVENT_BIND;
	event->action = WH_ACTION_REFUSE;
	event->cause = WH_CAUSE_INTRUDER;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

#endif /* WH_EVENTS_BPF_H */
