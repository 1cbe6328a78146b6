/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A connect decided in one go, by the functions that the kernel programs call one by one: for who
 * has all of it at hand. The supervisor of unprivileged runs decides so, and 'why' and 'doctor'
 * find out so what the kernel would do.
 *
 * For user space; nothing here is fit for the verifier.
 */
#ifndef WH_CONNECT_ATTEMPT_H
#define WH_CONNECT_ATTEMPT_H

#include "chain_build.h"
#include "redirect_choice.h"

/* A connect, as far as the core looks at it. */
struct wh_attempt {
	const struct wh_rules *rules;
	struct wh_process process;         /* who connects */
	const struct wh_chain *chain;      /* set on the socket as records; NULL: none */
	struct wh_endpoint destination;    /* port 0: not known, for wh_attempt_explain() alone */
	const struct wh_cgroup_path *path; /* of the chain's first process, or of the socket */
	__u64 netns;                       /* of the socket */
	__u32 host_netns;                  /* 1: netns is owned by the initial user namespace */
	__u32 inet6;                       /* the socket is AF_INET6 */

	struct wh_slot_set absent; /* redirectors that are absent, and permit that it goes on */

	/* out: what wh_attempt_decide() found */
	__u32 listener; /* the redirector that listens at the destination, or WH_NO_REDIRECTOR */
	__u32 own;      /* and is the process's own */
	__u32 related;  /* the last redirector whose process it is, or WH_NO_REDIRECTOR */
	__u32 hops;     /* that lie behind the connect */
	struct wh_passed passed;
	struct wh_verdict verdict;
};

WH_RULE struct wh_facts wh_attempt_facts(const struct wh_attempt *attempt)
{
	return (struct wh_facts){.destination = attempt->destination,
				 .host_netns = attempt->host_netns,
				 .netns = attempt->netns,
				 .who = attempt->chain ? &attempt->chain->who :
							 attempt->process.who,
				 .path = attempt->path};
}

/* Who has passed: the chain of the records, or all redirectors up to the process's own. */
WH_RULE void wh_attempt_look_back(struct wh_attempt *attempt)
{
	struct wh_relation relation;

	attempt->related = WH_NO_REDIRECTOR;
	if (attempt->chain) {
		attempt->passed = attempt->chain->passed;
		wh_passed_update(&attempt->passed, attempt->rules);
		attempt->hops = attempt->chain->hop_count;
		wh_slot_set_unite(&attempt->passed.slots, &attempt->absent);
		return;
	}
	wh_relation_find(&relation, attempt->rules, &attempt->process);
	attempt->passed = relation.passed;
	attempt->related = relation.last;
	attempt->hops = relation.last != WH_NO_REDIRECTOR;
	wh_slot_set_unite(&attempt->passed.slots, &attempt->absent);
}

/* The decision, as the kernel programs come to it. What stands in the way of a redirection (no
 * listener, a full map) is not looked at. */
WH_RULE void wh_attempt_decide(struct wh_attempt *attempt)
{
	struct wh_facts facts = wh_attempt_facts(attempt);
	struct wh_listener_search search = {.rules = attempt->rules,
					    .process = &attempt->process,
					    .destination = attempt->destination,
					    .netns = attempt->netns,
					    .found = WH_NO_REDIRECTOR};
	struct wh_choice choice;

	if (wh_rules_listen_port(attempt->rules, WH_HOST16(attempt->destination.port)))
		wh_listener_find(&search);
	attempt->listener = search.found;
	attempt->own = search.own;
	wh_attempt_look_back(attempt);
	wh_choice_first(&choice, attempt->rules, &facts, search.found, search.own, attempt->inet6,
			&attempt->verdict);
	if (attempt->verdict.action == WH_ACTION_ASK)
		wh_choice_final(&choice, &attempt->passed, attempt->hops, &attempt->verdict);
}

#endif /* WH_CONNECT_ATTEMPT_H */
