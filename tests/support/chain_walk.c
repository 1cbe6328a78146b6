/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "chain_walk.h"

#include <stddef.h>
#include <string.h>

#include "chain_build.h"
#include "redirect_choice.h"
#include "token_codec.h"

#define CHANGES_UNTIL 6 /* connects; later ones see the same rules, so that the chain ends */
#define RUNAWAY 1000    /* connects: no chain is that long */

struct walk {
	const struct walk_settings *settings;
	struct random_source random;
	const struct chain_case *world;
	struct wh_rules *rules;

	unsigned int client;     /* who begins */
	unsigned int process;    /* who connects */
	struct oracle_past past; /* what lies behind the connect */
	int set;                 /* the records were set: chain and past are of the socket */
	struct wh_chain chain;
	struct wh_endpoint destination;
	int inet6;

	struct wh_verdict verdict;
	struct wh_record record;
	unsigned int by_process;
	unsigned int taken_count;

	/* Large, and not looked at before it is written. */
	struct case_redirector taken[RUNAWAY];
	struct chain_case changed; /* the world, once its rules have changed */
};

static void choose_destination(struct walk *walk)
{
	const struct chain_case *world = walk->world;

	walk->destination = case_destination(&walk->random);
	if (random_chance(&walk->random, 5))
		walk->destination = case_listener(
			&world->redirector[random_below(&walk->random, world->redirector_count)],
			random_chance(&walk->random, 50));
	walk->inet6 = !wh_address_is_v4(&walk->destination.address) ||
		      random_chance(&walk->random, 50);
}

/* The redirectors on whose addresses the process called listen(). */
static struct wh_passed learned_by(const struct walk *walk)
{
	struct wh_passed learned = {.version = walk->world->version};

	for (unsigned int i = 0; i < walk->world->redirector_count; i++)
		if (walk->world->redirector[i].process == walk->process)
			wh_slot_set_add(&learned.slots, walk->world->redirector[i].slot);
	return learned;
}

/* connect(), as the kernel does it. */
static void kernel_connect(struct walk *walk)
{
	const struct case_process *from = &walk->world->process[walk->process];
	struct wh_passed learned = learned_by(walk);
	struct wh_process caller = {.who = &from->who, .path = from->path, .learned = &learned};
	struct wh_facts facts = {.destination = walk->destination,
				 .netns = CASE_NETNS,
				 .who = walk->set ? &walk->chain.who : &from->who,
				 .path = walk->set ? case_cgroup_path(walk->chain.who.cgroup) :
						     from->path};
	struct wh_listener_search search = {.rules = walk->rules,
					    .process = &caller,
					    .destination = walk->destination,
					    .netns = CASE_NETNS,
					    .found = WH_NO_REDIRECTOR};
	struct wh_relation relation;
	struct wh_choice choice;

	if (wh_rules_listen_port(walk->rules, WH_HOST16(walk->destination.port)))
		wh_listener_find(&search);
	wh_choice_first(&choice, walk->rules, &facts, search.found, search.own, walk->inet6,
			&walk->verdict);
	if (walk->verdict.action != WH_ACTION_ASK)
		return;
	if (walk->set) {
		wh_passed_update(&walk->chain.passed, walk->rules);
		wh_choice_final(&choice, &walk->chain.passed, walk->chain.hop_count,
				&walk->verdict);
		return;
	}
	memset(&walk->chain, 0, sizeof(walk->chain));
	wh_relation_find(&relation, walk->rules, &caller);
	wh_choice_final(&choice, &relation.passed, relation.last != WH_NO_REDIRECTOR,
			&walk->verdict);
	if (relation.last == WH_NO_REDIRECTOR)
		return;
	walk->by_process++;
	wh_chain_by_process(&walk->chain, &walk->rules->redirector[relation.last], &relation.passed,
			    &from->who, &walk->destination, walk->taken_count);
}

/* What the kernel notes of a connect that a redirector took; the proxy then accepts it. */
static void kernel_record(struct walk *walk)
{
	const struct wh_redirector *redirector = &walk->rules->redirector[walk->verdict.redirector];

	walk->record = (struct wh_record){
		.id = 1 + walk->taken_count,
		.time = walk->taken_count,
		.version = walk->rules->version,
		.redirector = redirector->guid,
		.destination = walk->destination.address,
		.destination_port = walk->destination.port,
		.client_port = 1,
		.slot = redirector->slot,
		.who = walk->world->process[walk->process].who,
	};
}

static const char *compare_with_oracle(struct walk *walk, enum oracle_action action,
				       unsigned int index)
{
	static const struct {
		__u32 action, cause;
	} wanted[] = {
		[ORACLE_PASS] = {WH_ACTION_PASS, WH_CAUSE_NONE},
		[ORACLE_BLOCK] = {WH_ACTION_REFUSE, WH_CAUSE_FILTER},
		[ORACLE_OWN_LISTENER] = {WH_ACTION_REFUSE, WH_CAUSE_OWN_LISTENER},
		[ORACLE_NINTH_HOP] = {WH_ACTION_REFUSE, WH_CAUSE_HOPS},
		[ORACLE_NO_FAMILY] = {WH_ACTION_REFUSE, WH_CAUSE_FAMILY},
		[ORACLE_REDIRECT] = {WH_ACTION_REDIRECT, WH_CAUSE_NONE},
	};
	struct wh_endpoint listen;

	if (walk->verdict.action != wanted[action].action ||
	    walk->verdict.cause != wanted[action].cause)
		return "the decision is the oracle's";
	if (action >= ORACLE_OWN_LISTENER && action != ORACLE_REDIRECT &&
	    walk->verdict.redirector != index)
		return "the refusal names the redirector that would have taken it";
	if (action != ORACLE_REDIRECT)
		return NULL;
	if (walk->verdict.redirector != index)
		return "the redirector is the first that matches and was not passed";
	listen = case_listener(&walk->world->redirector[index],
			       walk->inet6 && (!walk->world->redirector[index].listens4 ||
					       (walk->world->redirector[index].listens6 &&
						!wh_address_is_v4(&walk->destination.address))));
	if (memcmp(&walk->verdict.target, &listen, sizeof(listen)) != 0)
		return "the target is a listener of the redirector that the socket can reach";
	return NULL;
}

/* Is what lies behind the connect what the oracle remembers? */
static const char *check_chain(const struct walk *walk)
{
	const struct wh_chain *chain = &walk->chain;
	struct wh_guid newest = {};

	if (chain->hop_count != walk->past.hops)
		return "the chain has as many hops as there were";
	if (!chain->hop_count)
		return NULL;
	if (chain->who.pid != walk->past.origin + 1)
		return "the origin is the process that began the chain";
	newest = chain->hop[chain->hop_count - 1].redirector;
	for (unsigned int i = 0; i < walk->world->redirector_count; i++) {
		const struct case_redirector *redirector = &walk->world->redirector[i];
		struct wh_guid guid = case_guid(redirector->identity);
		int passed = walk->past.passed[redirector->identity];
		__u32 state = wh_redirect_state(chain, &guid, redirector->slot, redirector->since);

		if (wh_passed_has(&chain->passed, redirector->slot, redirector->since) != passed)
			return "the passed set has whom the connection passed, and nobody else";
		if (state != (!memcmp(&guid, &newest, sizeof(guid)) ? WH_REDIRECTED_BY_SELF :
			      passed ? WH_PREVIOUSLY_REDIRECTED_BY_SELF :
				       WH_REDIRECTED_BY_OTHER))
			return "the state is that of a redirector in such a chain";
	}
	return NULL;
}

/* The proxy of the redirector that took it goes on. */
static const char *proxy_connects(struct walk *walk)
{
	const struct case_redirector *by = &walk->taken[walk->taken_count - 1];

	walk->process = by->process;
	walk->set = random_chance(&walk->random, walk->world->process[by->process].sets);
	if (walk->set) {
		if (wh_chain_append(&walk->chain, &walk->record))
			return "records that were issued can be set";
		walk->chain.source = WH_CHAIN_SET;
		walk->past.passed[by->identity] = 1;
		walk->past.hops++;
	}
	if (random_chance(&walk->random, walk->world->process[by->process].moves))
		choose_destination(walk);
	return NULL;
}

static void change_rules(struct walk *walk)
{
	if (walk->world != &walk->changed)
		walk->changed = *walk->world;
	walk->world = &walk->changed;
	case_change(&walk->changed, &walk->random);
	case_compile(&walk->changed, walk->rules);
	if (walk->settings->trace)
		case_print(&walk->changed, walk->settings->trace);
}

static void tell(const struct walk *walk, enum oracle_action action, unsigned int index)
{
	static const char *const actions[] = {"passes",
					      "is blocked",
					      "is its own listener's",
					      "is one hop too many for",
					      "has no listener at",
					      "goes to"};
	FILE *trace = walk->settings->trace;

	if (!trace)
		return;
	fprintf(trace, "# process %u, %s, to %s%s: %s", walk->process,
		walk->set ? "records set" : "no records", case_endpoint_text(&walk->destination),
		walk->inet6 ? " (v6 socket)" : "", actions[action]);
	if (action >= ORACLE_OWN_LISTENER)
		fprintf(trace, " redirector %u", walk->world->redirector[index].identity);
	fprintf(trace, "; the core says: action %u, cause %u, redirector index %d\n",
		walk->verdict.action, walk->verdict.cause, (int)walk->verdict.redirector);
}

/* One connect and its consequence. *ret_action: what became of it. */
static const char *step(struct walk *walk, enum oracle_action *ret_action)
{
	struct oracle_connect connect = {.process = walk->process,
					 .past = walk->set ? &walk->past : NULL,
					 .destination = walk->destination,
					 .inet6 = walk->inet6};
	struct oracle_past past;
	unsigned int index = 0;
	const char *failed;

	if (walk->taken_count < CHANGES_UNTIL &&
	    random_chance(&walk->random, walk->settings->changes))
		change_rules(walk);
	connect.world = walk->world;
	if (walk->set) {
		failed = check_chain(walk);
		if (failed)
			return failed;
	}
	kernel_connect(walk);
	*ret_action = oracle_decide(&connect, &past, &index);
	tell(walk, *ret_action, index);
	failed = compare_with_oracle(walk, *ret_action, index);
	if (failed || *ret_action != ORACLE_REDIRECT)
		return failed;
	walk->past = past;
	failed = check_chain(walk);
	if (failed)
		return failed;
	walk->taken[walk->taken_count++] = walk->world->redirector[index];
	kernel_record(walk);
	return proxy_connects(walk);
}

/* When all set records and nothing changes: has everybody seen it who should? */
static const char *check_nobody_skipped(const struct walk *walk)
{
	const struct chain_case *world = walk->world;
	int first = oracle_last_owned(world, walk->client) + 1;
	unsigned int seen = 0;

	for (unsigned int i = (unsigned int)first; i < world->redirector_count; i++)
		if (oracle_rule_matches(&world->redirector[i].rule, &world->process[walk->client],
					&walk->destination))
			if (seen >= walk->taken_count ||
			    walk->taken[seen++].identity != world->redirector[i].identity)
				return "none that should see a connection is skipped";
	return seen == walk->taken_count ? NULL : "none sees a connection that should not";
}

/* What holds for the chain as a whole. */
static const char *check_whole(const struct walk *walk, enum oracle_action end)
{
	const struct case_redirector *taken = walk->taken;
	int all_set = 1, constant = !walk->settings->changes;

	for (unsigned int i = 0; i < CASE_PROCESSES; i++) {
		all_set &= walk->world->process[i].sets == 100;
		constant &= !walk->world->process[i].moves;
	}
	if (all_set && walk->taken_count > WH_HOPS_MAX)
		return "a chain has at most eight hops when all set records";
	if (!walk->settings->changes &&
	    walk->taken_count > WH_HOPS_MAX * (1 + walk->world->redirector_count))
		return "a chain has at most eight hops between two that set no records";
	for (unsigned int i = 0; i < walk->taken_count; i++) {
		if (constant && i && case_order(&taken[i - 1], &taken[i]) >= 0)
			return "the redirectors take a connection in their order";
		for (unsigned int k = 0; (all_set || constant) && k < i; k++)
			if (taken[i].identity == taken[k].identity)
				return "no redirector takes a connection twice";
	}
	if (all_set && constant && walk->taken_count && end == ORACLE_PASS)
		return check_nobody_skipped(walk);
	return NULL;
}

const char *walk_chain(const struct chain_case *world, struct wh_rules *rules,
		       const struct walk_settings *settings, struct walk_result *ret)
{
	static struct walk walk;
	const char *failed;

	memset(&walk, 0, offsetof(struct walk, taken));
	walk.settings = settings;
	walk.random.state = settings->seed;
	walk.world = world;
	walk.rules = rules;
	/* Now and then a proxy begins a connection of its own. */
	walk.client = random_below(&walk.random,
				   random_chance(&walk.random, 90) ? CASE_CLIENTS : CASE_PROCESSES);
	walk.process = walk.client;
	choose_destination(&walk);
	do {
		if (walk.taken_count == RUNAWAY)
			return "every chain ends";
		failed = step(&walk, &ret->end);
	} while (!failed && ret->end == ORACLE_REDIRECT);
	ret->taken = walk.taken_count;
	ret->by_process = walk.by_process;
	return failed ? failed : check_whole(&walk, ret->end);
}
