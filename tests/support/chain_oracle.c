/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "chain_oracle.h"

#include <arpa/inet.h>
#include <string.h>

static int bits_agree(const struct wh_address *a, const struct wh_address *b, unsigned int bits)
{
	const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;

	if (memcmp(x, y, bits / 8) != 0)
		return 0;
	return bits % 8 == 0 || (x[bits / 8] ^ y[bits / 8]) >> (8 - bits % 8) == 0;
}

static int below_cgroup(const struct case_process *process, __u64 cgroup)
{
	for (unsigned int level = 0; level < WH_CGROUP_LEVELS; level++)
		if (process->path->id[level] == cgroup)
			return 1;
	return 0;
}

static int test_matches(const struct wh_test *test, const struct case_process *origin,
			const struct wh_endpoint *destination)
{
	unsigned int port = ntohs(destination->port);

	switch (test->kind) {
	case WH_TEST_NETNS:
		return test->id == CASE_NETNS;
	case WH_TEST_REMOTE_PORT:
		return test->low <= port && port <= test->high;
	case WH_TEST_REMOTE_ADDRESS:
		return bits_agree(&destination->address, &test->address, test->bits);
	case WH_TEST_USER:
		return origin->who.uid == test->number;
	case WH_TEST_EXE:
		return origin->who.executable_inode == test->id;
	default:
		return below_cgroup(origin, test->id);
	}
}

int oracle_rule_matches(const struct case_rule *rule, const struct case_process *origin,
			const struct wh_endpoint *destination)
{
	for (unsigned int kind = WH_TEST_NETNS; kind <= WH_TEST_CGROUP; kind++) {
		int asked = 0, met = 0;

		for (unsigned int i = 0; i < rule->count; i++)
			if (rule->test[i].kind == kind) {
				asked = 1;
				met |= test_matches(&rule->test[i], origin, destination);
			}
		if (asked && !met)
			return 0;
	}
	return 1;
}

static int belongs(const struct chain_case *world, unsigned int process,
		   const struct case_redirector *redirector)
{
	const struct case_process *who = &world->process[process];
	const struct wh_owner *owner = &redirector->owner;

	if (!(owner->flags & WH_OWNER_STATED))
		return redirector->process == process;
	return (!(owner->flags & WH_OWNER_USER) || owner->uid == who->who.uid) &&
	       (!(owner->flags & WH_OWNER_EXE) ||
		owner->executable_inode == who->who.executable_inode) &&
	       (!(owner->flags & WH_OWNER_CGROUP) || below_cgroup(who, owner->cgroup));
}

int oracle_last_owned(const struct chain_case *world, unsigned int process)
{
	int last = -1;

	for (unsigned int i = 0; i < world->redirector_count; i++)
		if (belongs(world, process, &world->redirector[i]))
			last = (int)i;
	return last;
}

/* Is destination redirector's listener? */
static int listens_at(const struct case_redirector *redirector,
		      const struct wh_endpoint *destination)
{
	struct wh_endpoint listen4 = case_listener(redirector, 0);
	struct wh_endpoint listen6 = case_listener(redirector, 1);

	return (redirector->listens4 && !memcmp(destination, &listen4, sizeof(listen4))) ||
	       (redirector->listens6 && !memcmp(destination, &listen6, sizeof(listen6)));
}

static void find_past(const struct oracle_connect *connect, struct oracle_past *ret)
{
	int last;

	if (connect->past) {
		*ret = *connect->past;
		return;
	}
	last = oracle_last_owned(connect->world, connect->process);
	*ret = (struct oracle_past){.hops = last >= 0, .origin = connect->process};
	for (int i = 0; i <= last; i++)
		ret->passed[connect->world->redirector[i].identity] = 1;
}

static enum oracle_action take(const struct oracle_connect *connect, const struct oracle_past *past,
			       unsigned int *ret_index)
{
	const struct chain_case *world = connect->world;
	const struct case_process *origin = &world->process[past->origin];

	for (unsigned int i = 0; i < world->redirector_count; i++) {
		const struct case_redirector *redirector = &world->redirector[i];

		if (past->passed[redirector->identity] ||
		    !oracle_rule_matches(&redirector->rule, origin, &connect->destination))
			continue;
		*ret_index = i;
		if (past->hops >= 8)
			return ORACLE_NINTH_HOP;
		if (!connect->inet6 && !redirector->listens4)
			return ORACLE_NO_FAMILY;
		return ORACLE_REDIRECT;
	}
	return ORACLE_PASS;
}

enum oracle_action oracle_decide(const struct oracle_connect *connect, struct oracle_past *ret_past,
				 unsigned int *ret_index)
{
	const struct chain_case *world = connect->world;
	const struct case_process *origin;
	int to_listener = 0;

	find_past(connect, ret_past);
	origin = &world->process[ret_past->origin];
	for (unsigned int i = 0; i < world->redirector_count; i++) {
		if (!listens_at(&world->redirector[i], &connect->destination))
			continue;
		to_listener = 1;
		*ret_index = i;
		if (belongs(world, connect->process, &world->redirector[i]))
			return ORACLE_OWN_LISTENER;
	}
	for (unsigned int i = 0; i < world->filter_count; i++)
		if (oracle_rule_matches(&world->filter[i].rule, origin, &connect->destination))
			return world->filter[i].kind == WH_RULE_BLOCK ? ORACLE_BLOCK : ORACLE_PASS;
	return to_listener ? ORACLE_PASS : take(connect, ret_past, ret_index);
}
