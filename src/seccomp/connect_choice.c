/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What becomes of a connect: facts are handed to the core, and its verdict becomes a record. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "listener_check.h"
#include "socket_finder.h"
#include "supervisor_internal.h"

static __u64 boot_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec;
}

/* One address of the redirector's range, if it has one: the next. */
static void pick_address(struct wh_supervisor *supervisor, const struct wh_redirector *redirector,
			 struct wh_endpoint *target)
{
	const struct wh_spread *spread = wh_redirector_spread(redirector, target);

	if (spread)
		wh_spread_pick(spread, supervisor->spread[redirector->slot % WH_SLOTS]++,
			       &target->address);
}

/*
 * Why the redirector's proxy cannot take the connect, or WH_CAUSE_NONE. Looked at only where it
 * matters for what becomes of the connect: else the connect itself finds out. Of a listener no more
 * is known than its user: which file it executes and in which cgroup is not asked.
 */
static __u32 absence(const struct wh_supervisor *supervisor, __u64 netns,
		     const struct wh_redirector *redirector, const struct wh_endpoint *target)
{
	const struct wh_owner *owner = &redirector->owner;
	__u32 uid = 0;
	int error;

	if (!(owner->flags & WH_OWNER_USER) && !(redirector->flags & WH_WHEN_ABSENT_PERMIT))
		return WH_CAUSE_NONE;
	if (redirector->netns != netns || redirector->netns != supervisor->netns)
		return WH_CAUSE_NONE;
	error = wh_listener_seek(supervisor->finder, target, &uid);
	if (error == -ENOENT)
		return WH_CAUSE_ABSENT;
	if (!(owner->flags & WH_OWNER_USER))
		return WH_CAUSE_NONE;
	if (!error && (uid == owner->uid ||
		       ((owner->flags & WH_OWNER_LISTEN_USER) && uid == owner->listen_uid)))
		return WH_CAUSE_NONE;
	return WH_CAUSE_INTRUDER;
}

/* Offers the connect to one redirector after the other, until the proxy of one is there. */
static void offer(struct wh_supervisor *supervisor, struct wh_attempt *attempt)
{
	const struct wh_redirector *redirector;
	__u32 cause;

	for (__u32 tried = 0;; tried++) {
		wh_attempt_decide(attempt);
		if (attempt->verdict.action != WH_ACTION_REDIRECT)
			return;
		redirector = &supervisor->rules->redirector[attempt->verdict.redirector];
		pick_address(supervisor, redirector, &attempt->verdict.target);
		cause = absence(supervisor, attempt->netns, redirector, &attempt->verdict.target);
		if (cause == WH_CAUSE_NONE)
			return;
		if (!wh_pass_over(redirector, cause, tried, &attempt->absent)) {
			wh_verdict_refuse(&attempt->verdict, cause);
			return;
		}
		supervisor->totals.absent++;
	}
}

/* All that is said of the redirection later, by the rules that decided it. */
static void write_record(struct wh_connect *connect)
{
	const struct wh_attempt *attempt = &connect->attempt;
	const struct wh_redirector *redirectors = attempt->rules->redirector;
	const struct wh_redirector *redirector =
		&redirectors[attempt->verdict.redirector % WH_REDIRECTORS_MAX];
	struct wh_record *record = &connect->record;

	*record = (struct wh_record){
		.time = boot_now(),
		.version = attempt->rules->version,
		.redirector = redirector->guid,
		.destination = attempt->destination.address,
		.destination_port = attempt->destination.port,
		.slot = redirector->slot,
		.context = redirector->context,
		.context_kind = (__u8)redirector->context_kind,
		.who = connect->who,
	};
	record->who.netns = connect->taken->netns;
	connect->redirector = *redirector;
	if (attempt->chain || attempt->related != WH_NO_REDIRECTOR)
		record->flags |= WH_RECORD_CHAINED;
	if (!attempt->chain && attempt->related != WH_NO_REDIRECTOR)
		wh_chain_by_process(&connect->chain,
				    &redirectors[attempt->related % WH_REDIRECTORS_MAX],
				    &attempt->passed, &record->who, &attempt->destination,
				    record->time);
}

void wh_connect_decide(struct wh_supervisor *supervisor, struct wh_connect *connect)
{
	const struct wh_chain *chain = wh_memory_chain(supervisor->memory, connect->taken->cookie);
	struct wh_attempt *attempt = &connect->attempt;

	attempt->rules = supervisor->rules;
	attempt->process = (struct wh_process){
		.who = &connect->who,
		.path = &connect->path,
		.learned = wh_memory_learned(supervisor->memory, &connect->who),
	};
	attempt->path = &connect->path;
	attempt->netns = connect->taken->netns;
	/* Whatever owns it: no other one can be known as the host's. */
	attempt->host_netns = connect->taken->netns == supervisor->netns;
	attempt->inet6 = connect->taken->family == AF_INET6;
	if (chain && chain->source == WH_CHAIN_SET) {
		connect->chain = *chain;
		attempt->chain = &connect->chain;
		/* Of its first process the cgroup's number is known, and those above it are not. */
		if (chain->who.cgroup != connect->who.cgroup)
			attempt->path = NULL;
	}
	offer(supervisor, attempt);
	if (attempt->verdict.action == WH_ACTION_REDIRECT)
		write_record(connect);
	attempt->rules = NULL; /* others may be in force by the time that it is made */
}

__u32 wh_connect_absence(const struct wh_supervisor *supervisor, const struct wh_connect *connect)
{
	return absence(supervisor, connect->taken->netns, &connect->redirector,
		       &connect->attempt.verdict.target);
}

int wh_connect_beside(const struct wh_supervisor *supervisor, const struct wh_taken *taken)
{
	const struct wh_redirect *redirect =
		wh_redirects_by_client(supervisor->redirects, taken->cookie);
	int state;

	if (!redirect)
		return 0;
	if (redirect->connecting)
		return -EALREADY;
	/* Asked for anew: a thread that was quicker has connected it since. */
	state = wh_taken_state(taken->fd);
	if (state == taken->state)
		return 0;
	return state == TCP_SYN_SENT ? -EALREADY : state == TCP_CLOSE ? 0 : -EISCONN;
}

int wh_connect_record(struct wh_supervisor *supervisor, const struct wh_connect *connect,
		      const struct wh_endpoint *target, struct wh_redirect **ret)
{
	struct wh_redirect *redirect;
	int error;
	__u64 id;

	error = wh_connect_beside(supervisor, connect->taken);
	if (error)
		return error;
	if (wh_redirects_add(supervisor->redirects, connect->taken->cookie, &redirect))
		return WH_CAUSE_BOUND;
	redirect->connecting = true;
	id = redirect->record.id;
	redirect->record = connect->record;
	redirect->record.id = id;
	redirect->proxy = *target;
	if (connect->record.flags & WH_RECORD_CHAINED) {
		redirect->chain = malloc(sizeof(*redirect->chain));
		if (!redirect->chain) {
			wh_redirects_remove(supervisor->redirects, redirect);
			return WH_CAUSE_MEMORY;
		}
		*redirect->chain = connect->chain;
	}
	*ret = redirect;
	return WH_CAUSE_NONE;
}
