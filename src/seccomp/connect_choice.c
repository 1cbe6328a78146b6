/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What becomes of a connect: facts are handed to the core, and its verdict becomes a record. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "chain_build.h"
#include "listener_check.h"
#include "socket_finder.h"
#include "supervisor_internal.h"

static __u64 boot_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec;
}

/* Who listens at the destination, and is it the caller's own redirector? */
static void find_listener(const struct wh_rules *rules, const struct wh_process *process,
			  const struct wh_connect *connect, struct wh_listener_search *search)
{
	*search = (struct wh_listener_search){.rules = rules,
					      .process = process,
					      .destination = connect->destination,
					      .netns = connect->taken->netns,
					      .found = WH_NO_REDIRECTOR};
	if (wh_rules_listen_port(rules, WH_HOST16(connect->destination.port)))
		wh_listener_find(search);
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

/* Why the redirector's proxy cannot take the connect, or WH_CAUSE_NONE. Looked at only where it matters for
 * what becomes of the connect: else the connect itself finds out. Who listens is not known. */
static __u32 absence(const struct wh_supervisor *supervisor, const struct wh_connect *connect,
		     const struct wh_redirector *redirector)
{
	if (wh_absence_permits(redirector, WH_CAUSE_ABSENT) &&
	    redirector->netns == connect->taken->netns && redirector->netns == supervisor->netns &&
	    wh_listener_seek(supervisor->finder, &connect->verdict.target) == -ENOENT)
		return WH_CAUSE_ABSENT;
	return WH_CAUSE_NONE;
}

/* Offers the connect to one redirector after the other, until the proxy of one is there. */
static void offer(struct wh_supervisor *supervisor, struct wh_connect *connect,
		  struct wh_choice *choice)
{
	const struct wh_redirector *redirector;
	__u32 cause;

	for (__u32 tried = 0;; tried++) {
		wh_choice_final(choice, &connect->passed, connect->hops, &connect->verdict);
		if (connect->verdict.action != WH_ACTION_REDIRECT)
			return;
		redirector = &supervisor->rules->redirector[connect->verdict.redirector];
		pick_address(supervisor, redirector, &connect->verdict.target);
		cause = absence(supervisor, connect, redirector);
		if (cause == WH_CAUSE_NONE)
			return;
		if (!wh_pass_over(redirector, cause, tried, &connect->passed.slots)) {
			wh_verdict_refuse(&connect->verdict, cause);
			return;
		}
		supervisor->totals.absent++;
	}
}

/* A redirector's conditions match: who has passed, and does it take the connect? */
static void finish(struct wh_supervisor *supervisor, struct wh_connect *connect,
		   const struct wh_process *process, struct wh_choice *choice)
{
	struct wh_relation relation;

	connect->related = WH_NO_REDIRECTOR;
	if (connect->chain) {
		wh_passed_update(&connect->chain->passed, supervisor->rules);
		connect->passed = connect->chain->passed;
		connect->hops = connect->chain->hop_count;
	} else {
		wh_relation_find(&relation, supervisor->rules, process);
		connect->passed = relation.passed;
		connect->related = relation.last;
		connect->hops = relation.last == WH_NO_REDIRECTOR ? 0 : 1;
	}
	offer(supervisor, connect, choice);
}

void wh_connect_decide(struct wh_supervisor *supervisor, struct wh_connect *connect)
{
	const struct wh_rules *rules = supervisor->rules;
	const struct wh_process process = {
		.who = &connect->who,
		.path = &connect->path,
		.learned = wh_memory_learned(supervisor->memory, &connect->who),
	};
	struct wh_facts facts = {
		.destination = connect->destination,
		.netns = connect->taken->netns,
		/* Whatever owns it: no other one can be known as the host's. */
		.host_netns = connect->taken->netns == supervisor->netns,
		.who = &connect->who,
		.path = &connect->path,
	};
	struct wh_listener_search search;
	struct wh_choice choice = {};

	connect->chain = wh_memory_chain(supervisor->memory, connect->taken->cookie);
	if (connect->chain && connect->chain->source != WH_CHAIN_SET)
		connect->chain = NULL;
	if (connect->chain) {
		facts.who = &connect->chain->who;
		/* Of its first process the cgroup's number is known, and those above it are not. */
		if (facts.who->cgroup != connect->who.cgroup)
			facts.path = NULL;
	}
	find_listener(rules, &process, connect, &search);
	wh_choice_first(&choice, rules, &facts, search.found, search.own,
			connect->taken->family == AF_INET6, &connect->verdict);
	if (connect->verdict.action == WH_ACTION_ASK)
		finish(supervisor, connect, &process, &choice);
}

/* What lies behind the connect. NULL with *ret_cause: no memory. */
static struct wh_chain *make_chain(struct wh_supervisor *supervisor,
				   const struct wh_connect *connect, const struct wh_record *record)
{
	struct wh_chain *chain = calloc(1, sizeof(*chain));

	if (!chain)
		return NULL;
	if (connect->chain)
		*chain = *connect->chain;
	else
		wh_chain_by_process(
			chain,
			&supervisor->rules->redirector[connect->related % WH_REDIRECTORS_MAX],
			&connect->passed, &record->who, &connect->destination, record->time);
	return chain;
}

int wh_connect_record(struct wh_supervisor *supervisor, const struct wh_connect *connect,
		      const struct wh_endpoint *target, struct wh_redirect **ret)
{
	const struct wh_redirector *redirector =
		&supervisor->rules->redirector[connect->verdict.redirector % WH_REDIRECTORS_MAX];
	struct wh_redirect *redirect;
	struct wh_record *record;

	redirect = wh_redirects_by_client(supervisor->redirects, connect->taken->cookie);
	if (redirect && redirect->connecting)
		return -EALREADY;
	if (wh_redirects_add(supervisor->redirects, connect->taken->cookie, &redirect))
		return WH_CAUSE_BOUND;
	redirect->connecting = true;
	record = &redirect->record;
	record->time = boot_now();
	record->version = supervisor->rules->version;
	record->redirector = redirector->guid;
	record->destination = connect->destination.address;
	record->destination_port = connect->destination.port;
	record->slot = redirector->slot;
	record->context = redirector->context;
	record->context_kind = (__u8)redirector->context_kind;
	record->who = connect->who;
	record->who.netns = connect->taken->netns;
	redirect->proxy = *target;
	if (connect->chain || connect->related != WH_NO_REDIRECTOR) {
		redirect->chain = make_chain(supervisor, connect, record);
		if (!redirect->chain) {
			wh_redirects_remove(supervisor->redirects, redirect);
			return WH_CAUSE_MEMORY;
		}
		record->flags |= WH_RECORD_CHAINED;
	}
	*ret = redirect;
	return WH_CAUSE_NONE;
}
