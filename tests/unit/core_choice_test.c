/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What becomes of a connect? */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "redirect_choice.h"
#include "rule_builder.h"

static struct wh_rules *rules;
static struct wh_identity who;
static struct wh_process process = {.who = &who};
static struct wh_passed passed;
static __u32 hop_count;

static int begin(void **state)
{
	rules = rules_create(1);
	who = (struct wh_identity){.uid = 1000};
	passed = (struct wh_passed){.version = 1};
	hop_count = 0;
	return 0;
}

static int end(void **state)
{
	free(rules);
	return 0;
}

/* A connect by process, as the kernel decides it. */
static struct wh_verdict connect_from(__u64 netns, const char *address, __u16 port, __u32 inet6)
{
	struct wh_facts facts = {
		.destination = endpoint_of(address, port), .netns = netns, .who = &who};
	struct wh_listener_search search = {.rules = rules,
					    .process = &process,
					    .destination = facts.destination,
					    .netns = netns,
					    .found = WH_NO_REDIRECTOR};
	struct wh_verdict verdict;
	struct wh_choice choice;

	memset(&verdict, 0x5a, sizeof(verdict));
	memset(&choice, 0x5a, sizeof(choice));
	if (wh_rules_listen_port(rules, port))
		wh_listener_find(&search);
	wh_choice_first(&choice, rules, &facts, search.found, search.own, inet6, &verdict);
	if (verdict.action == WH_ACTION_ASK)
		wh_choice_final(&choice, &passed, hop_count, &verdict);
	return verdict;
}

static struct wh_verdict connect_to(const char *address, __u16 port)
{
	return connect_from(0, address, port, strchr(address, ':') != NULL);
}

static void assert_passes(struct wh_verdict verdict)
{
	assert_int_equal(verdict.action, WH_ACTION_PASS);
	assert_int_equal(verdict.cause, WH_CAUSE_NONE);
	assert_int_equal(verdict.error, 0);
	assert_int_equal(verdict.redirector, WH_NO_REDIRECTOR);
}

static void assert_refused(struct wh_verdict verdict, __u32 cause, int error)
{
	assert_int_equal(verdict.action, WH_ACTION_REFUSE);
	assert_int_equal(verdict.cause, cause);
	assert_int_equal(verdict.error, error);
}

static void assert_redirected(struct wh_verdict verdict, __u32 redirector, const char *address,
			      __u16 port)
{
	struct wh_endpoint target = endpoint_of(address, port);

	assert_int_equal(verdict.action, WH_ACTION_REDIRECT);
	assert_int_equal(verdict.redirector, redirector);
	assert_int_equal(verdict.cause, WH_CAUSE_NONE);
	assert_int_equal(verdict.error, 0);
	assert_memory_equal(&verdict.target, &target, sizeof(target));
}

static void without_rules_every_connect_passes(void **state)
{
	assert_passes(connect_to("192.0.2.7", 443));
	assert_int_equal(connect_to("192.0.2.7", 443).rule, WH_RULES_MAX);
}

static void a_connect_goes_to_the_first_redirector_that_matches(void **state)
{
	rules_add_redirector(rules, 8);
	rules_match_port(rules, 80, 80);
	rules_add_redirector(rules, 7);
	assert_redirected(connect_to("192.0.2.7", 443), 1, "127.0.0.1", 10001);
	assert_int_equal(connect_to("192.0.2.7", 443).rule, 1);
	assert_redirected(connect_to("192.0.2.7", 80), 0, "127.0.0.1", 10000);
}

static void a_redirector_that_was_passed_leaves_it_to_the_next(void **state)
{
	rules_add_redirector(rules, 8);
	rules_add_redirector(rules, 7);
	rules_match_port(rules, 80, 80);
	rules_add_redirector(rules, 6);
	wh_slot_set_add(&passed.slots, 8);
	hop_count = 1;
	assert_redirected(connect_to("192.0.2.7", 80), 1, "127.0.0.1", 10001);
	assert_redirected(connect_to("192.0.2.7", 443), 2, "127.0.0.1", 10002);
	wh_slot_set_add(&passed.slots, 6);
	assert_passes(connect_to("192.0.2.7", 443));
}

static void filters_decide_before_redirectors(void **state)
{
	rules_add_filter(rules, WH_RULE_BLOCK);
	rules_match_port(rules, 25, 25);
	rules_add_filter(rules, WH_RULE_PERMIT);
	rules_match_port(rules, 22, 25);
	rules_add_redirector(rules, 0);
	assert_refused(connect_to("192.0.2.7", 25), WH_CAUSE_FILTER, EPERM);
	assert_int_equal(connect_to("192.0.2.7", 25).rule, 0);
	assert_passes(connect_to("192.0.2.7", 22));
	assert_int_equal(connect_to("192.0.2.7", 22).rule, 1);
	assert_redirected(connect_to("192.0.2.7", 80), 0, "127.0.0.1", 10000);
}

static void a_proxy_that_calls_itself_is_refused(void **state)
{
	rules_add_redirector(rules, 0)->owner =
		(struct wh_owner){.flags = WH_OWNER_USER, .uid = 13};
	who.uid = 13;
	assert_refused(connect_to("127.0.0.1", 10000), WH_CAUSE_OWN_LISTENER, ECONNREFUSED);
	assert_refused(connect_to("::1", 10000), WH_CAUSE_OWN_LISTENER, ECONNREFUSED);
	assert_int_equal(connect_to("127.0.0.1", 10000).redirector, 0);
	/* Even where a filter would let it go. */
	rules_clear(rules, 1);
	rules_add_filter(rules, WH_RULE_PERMIT);
	rules_add_redirector(rules, 0)->owner =
		(struct wh_owner){.flags = WH_OWNER_USER, .uid = 13};
	assert_refused(connect_to("127.0.0.1", 10000), WH_CAUSE_OWN_LISTENER, ECONNREFUSED);
}

static void the_refusal_names_the_redirector_that_is_the_process_s_own(void **state)
{
	struct wh_endpoint shared = endpoint_of("127.0.0.1", 10000);

	for (__u32 own = 0; own < 3; own++) {
		rules_clear(rules, 1);
		for (__u32 i = 0; i < 3; i++) {
			struct wh_redirector *added = rules_add_redirector(rules, i);

			rules_listen(rules, added, &shared, NULL);
			added->owner = (struct wh_owner){.flags = WH_OWNER_USER,
							 .uid = i == own ? 13 : 14};
		}
		who.uid = 13;
		assert_refused(connect_to("127.0.0.1", 10000), WH_CAUSE_OWN_LISTENER, ECONNREFUSED);
		assert_int_equal(connect_to("127.0.0.1", 10000).redirector, own);
	}
}

static void a_direct_connect_to_a_listener_passes_for_all_others(void **state)
{
	rules_add_redirector(rules, 0);
	rules_add_redirector(rules, 1);
	assert_passes(connect_to("127.0.0.1", 10000));
	assert_passes(connect_to("::1", 10001));
	assert_passes(connect_from(0, "127.0.0.1", 10001, 1));
	/* An address that is nobody's listener is as any other, also at a listener's port. */
	assert_redirected(connect_to("127.0.0.2", 10001), 0, "127.0.0.1", 10000);
	assert_redirected(connect_to("127.0.0.1", 10002), 0, "127.0.0.1", 10000);
}

static void a_block_holds_for_a_listener_too(void **state)
{
	rules_add_filter(rules, WH_RULE_BLOCK);
	rules_match_port(rules, 10000, 10000);
	rules_add_redirector(rules, 0);
	assert_refused(connect_to("127.0.0.1", 10000), WH_CAUSE_FILTER, EPERM);
}

static void a_wildcard_destination_is_this_host(void **state)
{
	struct wh_endpoint listen = endpoint_of("127.0.0.1", 10000);

	rules_listen(rules, rules_add_redirector(rules, 0), &listen, NULL);
	assert_passes(connect_to("0.0.0.0", 10000));
	assert_passes(connect_to("::", 10000));
	assert_redirected(connect_to("0.0.0.0", 80), 0, "127.0.0.1", 10000);
	listen = endpoint_of("::1", 10000);
	rules_clear(rules, 1);
	rules_listen(rules, rules_add_redirector(rules, 0), NULL, &listen);
	assert_passes(connect_to("::", 10000));
	/* 0.0.0.0 is 127.0.0.1, where nobody listens. */
	assert_refused(connect_to("0.0.0.0", 10000), WH_CAUSE_FAMILY, ECONNREFUSED);
}

static void the_listener_of_another_namespace_is_an_address_like_any_other(void **state)
{
	struct wh_redirector *redirector = rules_add_redirector(rules, 0);

	redirector->netns = 5;
	redirector->owner = (struct wh_owner){.flags = WH_OWNER_USER, .uid = 13};
	rules_match_netns(rules, 5);
	who.uid = 13;
	assert_passes(connect_from(6, "127.0.0.1", 10000, 0));
	assert_refused(connect_from(5, "127.0.0.1", 10000, 0), WH_CAUSE_OWN_LISTENER, ECONNREFUSED);
}

static void the_listener_is_of_a_family_that_the_socket_reaches(void **state)
{
	enum {
		NONE = 0,
		V4 = 1,
		V6 = 2,
		BOTH = 3
	};
	static const struct {
		int listens;
		const char *destination;
		__u32 inet6; /* the socket */
		int target;
	} rows[] = {
		{V4, "192.0.2.7", 0, V4},       {V6, "192.0.2.7", 0, NONE},
		{BOTH, "192.0.2.7", 0, V4},     {V4, "192.0.2.7", 1, V4},
		{V6, "192.0.2.7", 1, V6},       {BOTH, "192.0.2.7", 1, V4},
		{V4, "2001:db8::7", 1, V4},     {V6, "2001:db8::7", 1, V6},
		{BOTH, "2001:db8::7", 1, V6},   {NONE, "192.0.2.7", 0, NONE},
		{NONE, "2001:db8::7", 1, NONE},
	};
	struct wh_endpoint listen4 = endpoint_of("127.0.0.1", 4), listen6 = endpoint_of("::1", 6);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wh_verdict verdict;

		rules_clear(rules, 1);
		rules_listen(rules, rules_add_redirector(rules, 0),
			     rows[i].listens & V4 ? &listen4 : NULL,
			     rows[i].listens & V6 ? &listen6 : NULL);
		verdict = connect_from(0, rows[i].destination, 443, rows[i].inet6);
		if (rows[i].target == V4)
			assert_redirected(verdict, 0, "127.0.0.1", 4);
		else if (rows[i].target == V6)
			assert_redirected(verdict, 0, "::1", 6);
		else
			assert_refused(verdict, WH_CAUSE_FAMILY, ECONNREFUSED);
		assert_int_equal(verdict.redirector, 0);
	}
}

static void a_ninth_hop_is_refused_but_only_when_somebody_would_take_it(void **state)
{
	rules_add_redirector(rules, 0);
	for (hop_count = 0; hop_count < 8; hop_count++)
		assert_redirected(connect_to("192.0.2.7", 443), 0, "127.0.0.1", 10000);
	for (; hop_count < 300; hop_count++) {
		assert_refused(connect_to("192.0.2.7", 443), WH_CAUSE_HOPS, ELOOP);
		assert_int_equal(connect_to("192.0.2.7", 443).redirector, 0);
	}
	wh_slot_set_add(&passed.slots, 0);
	assert_passes(connect_to("192.0.2.7", 443));
}

/* The id 0 stands for every namespace that the host's root has made. */
static void any_namespace_is_any_of_this_host(void **state)
{
	struct wh_test any = {.kind = WH_TEST_NETNS}, one = {.kind = WH_TEST_NETNS, .id = 6};
	struct wh_facts facts = {.netns = 6};

	assert_false(wh_test_matches(&any, &facts));
	assert_true(wh_test_matches(&one, &facts));
	facts.host_netns = 1;
	assert_true(wh_test_matches(&any, &facts));
	facts.netns = 7;
	assert_true(wh_test_matches(&any, &facts));
	assert_false(wh_test_matches(&one, &facts));
}

/* From another namespace a host address is reached, and an address of loopback is its own. */
static void another_namespace_is_sent_to_addresses_that_it_reaches(void **state)
{
	struct wh_endpoint host4 = endpoint_of("10.77.0.1", 10000);
	struct wh_redirector *redirector = rules_add_redirector(rules, 0);

	redirector->netns = 5;
	redirector->flags = WH_REDIRECTOR_ABROAD;
	assert_refused(connect_from(6, "192.0.2.7", 80, 0), WH_CAUSE_NAMESPACE, ECONNREFUSED);
	assert_refused(connect_from(6, "2001:db8::7", 80, 1), WH_CAUSE_NAMESPACE, ECONNREFUSED);
	assert_redirected(connect_from(5, "192.0.2.7", 80, 0), 0, "127.0.0.1", 10000);
	rules_listen(rules, redirector, &host4, NULL);
	assert_redirected(connect_from(6, "192.0.2.7", 80, 0), 0, "10.77.0.1", 10000);
	assert_redirected(connect_from(6, "2001:db8::7", 80, 1), 0, "10.77.0.1", 10000);
	/* Its listener is the one that it is at home. */
	assert_passes(connect_from(6, "10.77.0.1", 10000, 0));
	redirector->flags = 0;
	assert_redirected(connect_from(6, "10.77.0.1", 10000, 0), 0, "10.77.0.1", 10000);
	/* A range of loopback is as an address of it. */
	wh_spread_set(&redirector->spread4,
		      &(struct wh_address){{0, 0, htonl(0xffff), htonl(0x7f400000)}}, 112);
	assert_refused(connect_from(6, "192.0.2.7", 80, 0), WH_CAUSE_NAMESPACE, ECONNREFUSED);
}

static void each_cause_has_the_errno_of_the_manual(void **state)
{
	static const int errors[WH_CAUSES] = {
		[WH_CAUSE_NONE] = 0,
		[WH_CAUSE_FILTER] = EPERM,
		[WH_CAUSE_OWN_LISTENER] = ECONNREFUSED,
		[WH_CAUSE_FAMILY] = ECONNREFUSED,
		[WH_CAUSE_HOPS] = ELOOP,
		[WH_CAUSE_BOUND] = ENOBUFS,
		[WH_CAUSE_USER_BOUND] = ENOBUFS,
		[WH_CAUSE_MEMORY] = ENOBUFS,
		[WH_CAUSE_ABSENT] = ECONNREFUSED,
		[WH_CAUSE_INTRUDER] = ECONNREFUSED,
		[WH_CAUSE_DEVICE] = ECONNREFUSED,
		[WH_CAUSE_NAMESPACE] = ECONNREFUSED,
	};
	struct wh_verdict verdict;

	assert_true(WH_CAUSES <= WH_CAUSE_SLOTS);
	for (__u32 cause = 0; cause < WH_CAUSES; cause++) {
		assert_int_equal(wh_cause_error(cause), errors[cause]);
		wh_verdict_refuse(&verdict, cause);
		assert_refused(verdict, cause, errors[cause]);
	}
}

static void the_core_s_numbers_are_those_of_the_system(void **state)
{
	assert_int_equal(WH_EPERM, EPERM);
	assert_int_equal(WH_ENOENT, ENOENT);
	assert_int_equal(WH_EACCES, EACCES);
	assert_int_equal(WH_EINVAL, EINVAL);
	assert_int_equal(WH_ELOOP, ELOOP);
	assert_int_equal(WH_EBADMSG, EBADMSG);
	assert_int_equal(WH_EOVERFLOW, EOVERFLOW);
	assert_int_equal(WH_EOPNOTSUPP, EOPNOTSUPP);
	assert_int_equal(WH_ENOBUFS, ENOBUFS);
	assert_int_equal(WH_EISCONN, EISCONN);
	assert_int_equal(WH_ENOTCONN, ENOTCONN);
	assert_int_equal(WH_ECONNREFUSED, ECONNREFUSED);
	assert_int_equal(WH_ESTALE, ESTALE);
	assert_int_equal(WH_AF_UNSPEC, AF_UNSPEC);
	assert_int_equal(WH_AF_INET, AF_INET);
	assert_int_equal(WH_AF_INET6, AF_INET6);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_rules_every_connect_passes),
		TEST(a_connect_goes_to_the_first_redirector_that_matches),
		TEST(a_redirector_that_was_passed_leaves_it_to_the_next),
		TEST(filters_decide_before_redirectors),
		TEST(a_proxy_that_calls_itself_is_refused),
		TEST(the_refusal_names_the_redirector_that_is_the_process_s_own),
		TEST(a_direct_connect_to_a_listener_passes_for_all_others),
		TEST(a_block_holds_for_a_listener_too),
		TEST(a_wildcard_destination_is_this_host),
		TEST(the_listener_of_another_namespace_is_an_address_like_any_other),
		TEST(the_listener_is_of_a_family_that_the_socket_reaches),
		TEST(a_ninth_hop_is_refused_but_only_when_somebody_would_take_it),
		TEST(any_namespace_is_any_of_this_host),
		TEST(another_namespace_is_sent_to_addresses_that_it_reaches),
		TEST(each_cause_has_the_errno_of_the_manual),
		TEST(the_core_s_numbers_are_those_of_the_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
