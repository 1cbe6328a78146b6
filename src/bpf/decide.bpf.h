/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The core's decisions, each as a global function: the verifier looks at it once, with arguments
 * of which it knows no more than their types, and not again for every way that leads to a call.
 * Such a function takes no pointers inside structures, so the questions are plain values.
 */
#ifndef WH_DECIDE_BPF_H
#define WH_DECIDE_BPF_H

#include "bind_guard.h"
#include "state_maps.bpf.h"

/* One connect. Question and answer, as small as can be: it lives on a stack of 512 bytes. */
struct connect_question {
	struct wh_endpoint destination;
	__u32 listener; /* who listens at the destination, as listener_at() says */
	__u64 netns;
	__u8 own_listener;
	__u8 inet6 : 1;
	__u8 host_netns : 1; /* netns is owned by the initial user namespace */
	__u8 hops;           /* what lies behind it: for connect_final() */
	__u8 to_listener;    /* from connect_first() to connect_final() */
	__u16 rule, test;    /* likewise */
	struct wh_passed passed;
	struct wh_verdict verdict;
};

/* wh_choice_first() for who, whose socket is in the cgroup of path. */
__noinline int connect_first(const struct wh_rules *rules, struct connect_question *question,
			     const struct wh_identity *who, const struct wh_cgroup_path *path)
{
	struct wh_choice choice = {};
	struct wh_facts facts;

	if (!rules || !question || !who || !path)
		return 0;
	facts = (struct wh_facts){.destination = question->destination,
				  .host_netns = question->host_netns,
				  .netns = question->netns,
				  .who = who,
				  .path = path};
	wh_choice_first(&choice, rules, &facts, question->listener, question->own_listener,
			question->inet6, &question->verdict);
	question->to_listener = (__u8)choice.to_listener;
	question->rule = (__u16)choice.match.rule;
	question->test = (__u16)choice.match.test;
	return 0;
}

/* wh_choice_final(), from where connect_first() stopped. */
__noinline int connect_final(const struct wh_rules *rules, struct connect_question *question,
			     const struct wh_identity *who, const struct wh_cgroup_path *path)
{
	struct wh_choice choice = {};
	struct wh_facts facts;

	if (!rules || !question || !who || !path)
		return 0;
	facts = (struct wh_facts){.destination = question->destination,
				  .host_netns = question->host_netns,
				  .netns = question->netns,
				  .who = who,
				  .path = path};
	choice.to_listener = question->to_listener;
	choice.inet6 = question->inet6;
	choice.match.rules = rules;
	choice.match.facts = &facts;
	choice.match.rule = question->rule;
	choice.match.test = question->test;
	wh_choice_final(&choice, &question->passed, question->hops, &question->verdict);
	return 0;
}

/* The redirectors to which the process belongs, united; returns the last, or WH_NO_REDIRECTOR.
 * learned may be NULL. */
__noinline int redirectors_of(const struct wh_rules *rules, const struct wh_identity *who,
			      const struct wh_cgroup_path *path, const struct wh_passed *learned,
			      struct wh_passed *ret_passed)
{
	struct wh_relation relation;
	struct wh_process process;

	if (!rules || !who || !path || !ret_passed)
		return (int)WH_NO_REDIRECTOR;
	process = (struct wh_process){.who = who, .path = path, .learned = learned};
	wh_relation_find(&relation, rules, &process);
	*ret_passed = relation.passed;
	return (int)relation.last;
}

/* Fills in who listens at the question's destination, and whether it is the process's own. */
__noinline int listener_at(const struct wh_rules *rules, struct connect_question *question,
			   const struct wh_identity *who, const struct wh_cgroup_path *path,
			   const struct wh_passed *learned)
{
	struct wh_listener_search search;
	struct wh_process process;

	if (!rules || !question || !who || !path)
		return 0;
	process = (struct wh_process){.who = who, .path = path, .learned = learned};
	search = (struct wh_listener_search){.rules = rules,
					     .process = &process,
					     .destination = question->destination,
					     .netns = question->netns};
	wh_listener_find(&search);
	question->listener = search.found;
	question->own_listener = (__u8)search.own;
	return 0;
}

/* A socket bound to an address. Question and answer; see wh_bind_find(). */
struct bind_question {
	struct wh_endpoint bound;
	__u32 guarded;
	__u64 netns;
	struct wh_slot_set at;
};

__noinline int redirectors_at(const struct wh_rules *rules, struct bind_question *question,
			      const struct wh_identity *who, const struct wh_cgroup_path *path)
{
	struct wh_bind_search search;
	struct wh_process process;

	if (!rules || !question || !who || !path)
		return 0;
	process = (struct wh_process){.who = who, .path = path};
	search = (struct wh_bind_search){.rules = rules,
					 .process = &process,
					 .bound = question->bound,
					 .netns = question->netns};
	wh_bind_find(&search);
	question->guarded = search.guarded;
	question->at = search.at;
	return 0;
}

#endif /* WH_DECIDE_BPF_H */
