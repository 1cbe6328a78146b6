/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * What becomes of a connect: the whole decision, in two steps.
 *
 *	wh_choice_first()   looks at listeners and rules, as far as these decide alone;
 *	wh_choice_final()   is told what lies behind the connect, and decides the rest.
 *
 * Between the two the caller finds out, only when somebody wants to know, whether the socket
 * carries records or whose process is connecting.
 */
#ifndef WH_REDIRECT_CHOICE_H
#define WH_REDIRECT_CHOICE_H

#include "process_relation.h"
#include "rule_match.h"
#include "spread_address.h"

enum wh_action {
	WH_ACTION_PASS = 0,     /* leave the connect alone */
	WH_ACTION_REDIRECT = 1, /* send it to verdict.target */
	WH_ACTION_REFUSE = 2,   /* fail it with verdict.error */
	WH_ACTION_ASK = 3,      /* from wh_choice_first(): go on with wh_choice_final() */
};

/* Why a connect was refused; also the index of its counter. */
enum wh_cause {
	WH_CAUSE_NONE = 0,
	WH_CAUSE_FILTER = 1,       /* a filter blocks: EPERM */
	WH_CAUSE_OWN_LISTENER = 2, /* a proxy called itself: ECONNREFUSED */
	WH_CAUSE_FAMILY = 3,       /* the redirector has no listener of this family: ECONNREFUSED */
	WH_CAUSE_HOPS = 4,         /* a ninth hop: ELOOP */
	WH_CAUSE_BOUND = 5,        /* too many connections in flight: ENOBUFS */
	WH_CAUSE_USER_BOUND = 6,   /* too many of this user: ENOBUFS */
	WH_CAUSE_MEMORY = 7,       /* no memory for the record: ENOBUFS */
	WH_CAUSE_ABSENT = 8,       /* nobody listens: ECONNREFUSED */
	WH_CAUSE_INTRUDER = 9,     /* somebody else than the owner listens: ECONNREFUSED */
	WH_CAUSE_DEVICE = 10,      /* bound to a device that it may not leave: ECONNREFUSED */
	WH_CAUSE_NAMESPACE = 11,   /* its loopback address is another namespace's: ECONNREFUSED */
	WH_CAUSES = 12,
};

#define WH_CAUSE_SLOTS 16 /* counters: a power of two, so that an index can be masked */

struct wh_verdict {
	__u32 action;     /* WH_ACTION_* */
	__u32 cause;      /* WH_CAUSE_*, when refused */
	__u32 error;      /* errno, positive, when refused */
	__u32 rule;       /* index of the deciding rule, or WH_RULES_MAX */
	__u32 redirector; /* its index, or WH_NO_REDIRECTOR */
	struct wh_endpoint target;
};

/* The errno of a cause. One table for the kernel, the tests and the manual. */
WH_RULE __u32 wh_cause_error(__u32 cause)
{
	switch (cause) {
	case WH_CAUSE_NONE:
		return 0;
	case WH_CAUSE_FILTER:
		return WH_EPERM;
	case WH_CAUSE_HOPS:
		return WH_ELOOP;
	case WH_CAUSE_BOUND:
	case WH_CAUSE_USER_BOUND:
	case WH_CAUSE_MEMORY:
		return WH_ENOBUFS;
	default:
		return WH_ECONNREFUSED;
	}
}

WH_RULE void wh_verdict_refuse(struct wh_verdict *verdict, __u32 cause)
{
	verdict->action = WH_ACTION_REFUSE;
	verdict->cause = cause;
	verdict->error = wh_cause_error(cause);
}

/* Is the destination a redirector's own listener, and of a redirector of this process? */
struct wh_listener_search {
	const struct wh_rules *rules;
	const struct wh_process *process;
	struct wh_endpoint destination;
	__u32 found; /* out: index of a redirector that listens there, or WH_NO_REDIRECTOR */
	__u64 netns; /* of the connecting socket */
	__u32 own;   /* out: the process belongs to it; one to which it does is preferred */
};

static long wh_listener_step(__u64 index, void *context)
{
	struct wh_listener_search *search = context;
	const struct wh_redirector *redirector;

	if (index >= search->rules->redirector_count || index >= WH_REDIRECTORS_MAX)
		return 1;
	redirector = &search->rules->redirector[index % WH_REDIRECTORS_MAX];
	if (redirector->netns != search->netns && !(redirector->flags & WH_REDIRECTOR_ABROAD))
		return 0;
	if (!wh_redirector_at(redirector, &search->destination))
		return 0;
	if (redirector->netns != search->netns &&
	    wh_address_is_loopback(&search->destination.address))
		return 0;
	search->found = (__u32)index;
	search->own = (__u32)wh_process_belongs(redirector, search->process);
	return (long)search->own;
}

/* Looks the destination up among the listeners. A destination 0.0.0.0 or :: means this host. */
WH_RULE void wh_listener_find(struct wh_listener_search *search)
{
	search->found = WH_NO_REDIRECTOR;
	search->own = 0;
	wh_loop(WH_REDIRECTORS_MAX, wh_listener_step, search, 0);
}

struct wh_choice {
	struct wh_match match;
	__u32 to_listener; /* the destination is a redirector's listener */
	__u32 inet6;       /* the socket is AF_INET6 */
};

/*
 * Decides what listeners and rules decide alone. listener is the redirector that listens at the
 * destination, or WH_NO_REDIRECTOR, and own whether it is the process's own (as
 * wh_listener_find() tells). On WH_ACTION_ASK a redirector's conditions match.
 */
WH_RULE void wh_choice_first(struct wh_choice *choice, const struct wh_rules *rules,
			     const struct wh_facts *facts, __u32 listener, __u32 own, __u32 inet6,
			     struct wh_verdict *ret)
{
	*ret = (struct wh_verdict){.rule = WH_RULES_MAX, .redirector = WH_NO_REDIRECTOR};
	choice->to_listener = listener != WH_NO_REDIRECTOR;
	choice->inet6 = inet6;
	if (choice->to_listener && own) {
		ret->redirector = listener;
		wh_verdict_refuse(ret, WH_CAUSE_OWN_LISTENER);
		return;
	}
	wh_match_init(&choice->match, rules, facts);
	wh_match_run(&choice->match);
	switch (choice->match.outcome) {
	case WH_MATCH_FILTER:
		ret->rule = choice->match.rule;
		if (rules->rule[choice->match.rule % WH_RULES_MAX].kind == WH_RULE_BLOCK)
			wh_verdict_refuse(ret, WH_CAUSE_FILTER);
		return;
	case WH_MATCH_ASK:
		if (!choice->to_listener)
			ret->action = WH_ACTION_ASK;
		return;
	default:
		return;
	}
}

/* The listener that a connect is sent to. NULL: the redirector has none that it can reach. */
WH_RULE const struct wh_endpoint *wh_redirector_target(const struct wh_redirector *redirector,
						       __u32 inet6, __u32 to_v4)
{
	if (!inet6)
		return redirector->listen4.port ? &redirector->listen4 : NULL;
	if (to_v4 && redirector->listen4.port)
		return &redirector->listen4;
	if (redirector->listen6.port)
		return &redirector->listen6;
	return redirector->listen4.port ? &redirector->listen4 : NULL;
}

/* Whether a client in the namespace netns reaches target: a loopback address is its own's. */
WH_RULE int wh_target_reached(const struct wh_redirector *redirector,
			      const struct wh_endpoint *target, __u64 netns)
{
	if (redirector->netns == netns)
		return 1;
	if (wh_address_is_loopback(&target->address))
		return 0;
	/* No range is all zero, which is no loopback address either. */
	if (wh_address_is_v4(&target->address))
		return !wh_address_is_loopback(&redirector->spread4.prefix);
	return !wh_address_is_loopback(&redirector->spread6.prefix);
}

/*
 * Decides the rest. passed: who must not take it; hop_count: how many hops lie behind it.
 * passed must outlive choice; ret is the verdict of wh_choice_first() and is completed.
 */
WH_RULE void wh_choice_final(struct wh_choice *choice, const struct wh_passed *passed,
			     __u32 hop_count, struct wh_verdict *ret)
{
	/* Taken before the loop: Linux 6.1 forgets pointers on a stack that a loop writes to. */
	const struct wh_rules *rules = choice->match.rules;
	const struct wh_facts *facts = choice->match.facts;
	const struct wh_redirector *redirector;
	const struct wh_endpoint *target;
	const struct wh_rule *rule;

	ret->action = WH_ACTION_PASS;
	ret->rule = WH_RULES_MAX;
	ret->redirector = WH_NO_REDIRECTOR;
	choice->match.passed = passed;
	wh_match_run(&choice->match);
	if (choice->match.outcome != WH_MATCH_REDIRECTOR)
		return;
	rule = &rules->rule[choice->match.rule % WH_RULES_MAX];
	redirector = &rules->redirector[rule->index % WH_REDIRECTORS_MAX];
	ret->rule = choice->match.rule;
	ret->redirector = rule->index % WH_REDIRECTORS_MAX;
	if (hop_count >= WH_HOPS_MAX) {
		wh_verdict_refuse(ret, WH_CAUSE_HOPS);
		return;
	}
	target = wh_redirector_target(redirector, choice->inet6,
				      (__u32)wh_address_is_v4(&facts->destination.address));
	if (!target) {
		wh_verdict_refuse(ret, WH_CAUSE_FAMILY);
		return;
	}
	/* clang 14 joins the test above with those below, and Linux 6.1 sees a NULL pointer read. */
	WH_SAME_POINTER(target);
	if (!wh_target_reached(redirector, target, facts->netns)) {
		wh_verdict_refuse(ret, WH_CAUSE_NAMESPACE);
		return;
	}
	ret->action = WH_ACTION_REDIRECT;
	ret->target = *target;
}

#endif /* WH_REDIRECT_CHOICE_H */
