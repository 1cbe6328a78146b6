/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Chains by hand: proxies that set records and proxies that do not, one after the other. The
 * property test walks random ones; here stand those that whither(7) speaks of, and what the
 * second kind of proxy loses.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain_build.h"
#include "redirect_choice.h"
#include "rule_builder.h"

#define CLIENT 1000
#define NOBODY (-1)

static struct wh_rules *rules;
static struct wh_chain chain; /* what was set on the socket, or is known by its process */
static unsigned int user;     /* who connects: CLIENT, or 1 + the index of a redirector */
static __u64 netns;
static int hops_seen; /* by the proxy that was reached last */

/* Proxies are known by their user: 1 for redirector 0, and so on. */
static int begin(void **state)
{
	rules = rules_create(1);
	chain = (struct wh_chain){};
	user = CLIENT;
	netns = 0;
	return 0;
}

static int end(void **state)
{
	free(rules);
	return 0;
}

static struct wh_redirector *add(unsigned int slot)
{
	struct wh_redirector *added = rules_add_redirector(rules, slot);

	added->owner = (struct wh_owner){.flags = WH_OWNER_USER, .uid = rules->redirector_count};
	return added;
}

/*
 * The present process connects to port, with what lies behind it in chain. The redirector that
 * takes it is returned and its proxy becomes the present process; with sets, it then sets the
 * records that it got.
 */
static int connect_to(__u16 port, int sets)
{
	struct wh_identity who = {.uid = user};
	struct wh_process process = {.who = &who};
	struct wh_facts facts = {.destination = endpoint_of("192.0.2.7", port), .netns = netns};
	int carries = chain.source == WH_CHAIN_SET;
	struct wh_relation relation;
	struct wh_verdict verdict;
	struct wh_choice choice;
	struct wh_record record;

	facts.who = carries ? &chain.who : &who;
	wh_choice_first(&choice, rules, &facts, WH_NO_REDIRECTOR, 0, 0, &verdict);
	if (verdict.action != WH_ACTION_ASK)
		return NOBODY;
	wh_relation_find(&relation, rules, &process);
	if (!carries)
		chain = (struct wh_chain){};
	if (!carries && relation.last != WH_NO_REDIRECTOR)
		wh_chain_by_process(&chain, &rules->redirector[relation.last], &relation.passed,
				    &who, &facts.destination, 1);
	wh_choice_final(&choice, carries ? &chain.passed : &relation.passed, chain.hop_count,
			&verdict);
	if (verdict.action != WH_ACTION_REDIRECT)
		return NOBODY;
	record = (struct wh_record){.version = rules->version,
				    .redirector = rules->redirector[verdict.redirector].guid,
				    .destination = facts.destination.address,
				    .destination_port = facts.destination.port,
				    .slot = rules->redirector[verdict.redirector].slot,
				    .who = who};
	hops_seen = chain.hop_count + 1;
	assert_int_equal(wh_chain_append(&chain, &record), 0);
	chain.source = sets ? WH_CHAIN_SET : WH_CHAIN_NONE;
	user = 1 + verdict.redirector;
	return (int)verdict.redirector;
}

static void three_proxies_that_set_records_show_three_hops(void **state)
{
	for (unsigned int slot = 7; slot > 4; slot--)
		add(slot);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(connect_to(443, 1), i);
		assert_int_equal(hops_seen, i + 1);
		assert_int_equal(chain.who.uid, CLIENT);
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(chain.hop[i].flags, 0);
	assert_int_equal(connect_to(443, 1), NOBODY);
}

static void every_mixture_of_three_goes_in_order_and_ends(void **state)
{
	for (unsigned int set = 0; set < 8; set++) {
		int hops = 0, marked = 0;

		rules_clear(rules, 1);
		chain = (struct wh_chain){};
		user = CLIENT;
		for (unsigned int slot = 7; slot > 4; slot--)
			add(slot);
		for (int i = 0; i < 3; i++) {
			/* After a proxy that sets none there is one hop: its own, marked. */
			if (i && !(set & 1u << (i - 1)))
				hops = marked = 1;
			hops++;
			assert_int_equal(connect_to(443, set & 1u << i), i);
			assert_int_equal(hops_seen, hops);
			for (int hop = 0; hop < hops; hop++)
				assert_int_equal(chain.hop[hop].flags,
						 marked && !hop ? WH_HOP_BY_PROCESS : 0);
			assert_int_equal(chain.who.uid, marked ? 8u - chain.hop[0].slot : CLIENT);
		}
		assert_int_equal(connect_to(443, 1), NOBODY);
	}
}

static void nine_redirectors_are_eight_and_a_refusal_when_all_set_records(void **state)
{
	for (unsigned int slot = 0; slot < 9; slot++)
		add(slot);
	for (int i = 0; i < 8; i++)
		assert_int_equal(connect_to(443, 1), i);
	assert_int_equal(connect_to(443, 1), NOBODY);
	assert_int_equal(chain.hop_count, 8);
}

static void nine_redirectors_are_no_loop_when_none_sets_records(void **state)
{
	for (unsigned int slot = 0; slot < 9; slot++)
		add(slot);
	for (int i = 0; i < 9; i++)
		assert_int_equal(connect_to(443, 0), i);
	assert_int_equal(connect_to(443, 0), NOBODY);
}

static void conditions_about_the_client_hold_behind_a_proxy_that_sets_records(void **state)
{
	add(0);
	add(1);
	rules_match_user(rules, CLIENT);
	assert_int_equal(connect_to(443, 1), 0);
	assert_int_equal(connect_to(443, 1), 1);
	/* Behind one that does not, the proxy itself is the client. */
	chain = (struct wh_chain){};
	user = CLIENT;
	assert_int_equal(connect_to(443, 0), 0);
	assert_int_equal(connect_to(443, 0), NOBODY);
}

static void one_process_for_two_redirectors_skips_those_between_when_it_sets_none(void **state)
{
	for (int sets = 0; sets < 2; sets++) {
		rules_clear(rules, 1);
		add(0);
		add(1);
		add(2)->owner.uid = 1; /* the process of redirector 0 */
		chain = (struct wh_chain){};
		user = CLIENT;
		assert_int_equal(connect_to(443, sets), 0);
		assert_int_equal(connect_to(443, 1), sets ? 1 : NOBODY);
	}
}

/*
 * A limit of the second kind: who sets no records forgets those that come after it in the order.
 * That matters only where one of these was there already, because redirector 0 did not match at
 * first; then it sees the connection once more, and no third time.
 */
static void a_changed_destination_may_come_back_once_behind_a_proxy_that_sets_none(void **state)
{
	add(0);
	rules_match_port(rules, 8080, 8080);
	add(1);
	assert_int_equal(connect_to(80, 1), 1);
	assert_int_equal(connect_to(8080, 0), 0); /* proxy 1 goes elsewhere, and proxy 0 forgets */
	assert_int_equal(connect_to(8080, 1), 1);
	assert_int_equal(connect_to(8080, 1), NOBODY);
}

static void reached_from_afar(void)
{
	for (__u32 i = 0; i < rules->redirector_count; i++) {
		struct wh_endpoint listen = endpoint_of("10.77.0.1", (__u16)(10000 + i));

		rules_listen(rules, &rules->redirector[i], &listen, NULL);
	}
}

/* The same by a condition on the namespace, which is that of the connecting socket. */
static void another_namespace_may_come_back_once_behind_a_proxy_that_sets_none(void **state)
{
	add(0);
	rules_match_netns(rules, 2);
	add(1);
	reached_from_afar();
	netns = 1;
	assert_int_equal(connect_to(80, 1), 1);
	netns = 2;
	assert_int_equal(connect_to(80, 0), 0);
	assert_int_equal(connect_to(80, 1), 1);
	assert_int_equal(connect_to(80, 1), NOBODY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(three_proxies_that_set_records_show_three_hops),
		TEST(every_mixture_of_three_goes_in_order_and_ends),
		TEST(nine_redirectors_are_eight_and_a_refusal_when_all_set_records),
		TEST(nine_redirectors_are_no_loop_when_none_sets_records),
		TEST(conditions_about_the_client_hold_behind_a_proxy_that_sets_records),
		TEST(one_process_for_two_redirectors_skips_those_between_when_it_sets_none),
		TEST(a_changed_destination_may_come_back_once_behind_a_proxy_that_sets_none),
		TEST(another_namespace_may_come_back_once_behind_a_proxy_that_sets_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
