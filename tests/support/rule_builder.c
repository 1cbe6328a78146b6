/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "rule_builder.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "rule_builder: %s\n", what);
	abort();
}

struct wh_address address_of(const char *text)
{
	struct wh_address address;
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1)
		wh_address_from_v4(&address, v4.s_addr);
	else
		require(inet_pton(AF_INET6, text, &address) == 1, text);
	return address;
}

struct wh_endpoint endpoint_of(const char *text, __u16 port)
{
	return (struct wh_endpoint){.address = address_of(text), .port = htons(port)};
}

struct wh_rules *rules_create(__u64 version)
{
	struct wh_rules *rules = calloc(1, sizeof(*rules));

	require(rules != NULL, "no memory");
	rules->layout = WH_LAYOUT_VERSION;
	rules->version = version;
	return rules;
}

/* Only what was used: the whole is nearly a megabyte. */
void rules_clear(struct wh_rules *rules, __u64 version)
{
	memset(rules->rule, 0, (rules->rule_count + 1ul) * sizeof(rules->rule[0]));
	memset(rules->redirector, 0, rules->redirector_count * sizeof(rules->redirector[0]));
	memset(rules->test, 0, rules->test_count * sizeof(rules->test[0]));
	memset(rules, 0, offsetof(struct wh_rules, rule));
	rules->layout = WH_LAYOUT_VERSION;
	rules->version = version;
}

static struct wh_rule *begin_rule(struct wh_rules *rules, __u16 kind, __u32 index)
{
	struct wh_rule *rule = &rules->rule[rules->rule_count];

	require(rules->rule_count < WH_RULES_MAX, "too many rules");
	require(!rules->rule_count || rule[-1].kind <= kind, "rules out of order");
	rules->rule_count++;
	*rule = (struct wh_rule){.kind = kind,
				 .index = (__u16)index,
				 .first = (__u16)rules->test_count,
				 .end = (__u16)rules->test_count};
	return rule;
}

struct wh_rule *rules_add_filter(struct wh_rules *rules, __u16 kind)
{
	require(rules->filter_count < WH_FILTERS_MAX, "too many filters");
	return begin_rule(rules, kind, rules->filter_count++);
}

struct wh_redirector *rules_add_redirector(struct wh_rules *rules, unsigned int slot)
{
	__u32 index = rules->redirector_count;
	struct wh_redirector *redirector = &rules->redirector[index];
	struct wh_endpoint listen4 = endpoint_of("127.0.0.1", (__u16)(10000 + index));
	struct wh_endpoint listen6 = endpoint_of("::1", (__u16)(10000 + index));

	require(index < WH_REDIRECTORS_MAX, "too many redirectors");
	require(slot < WH_SLOTS, "no such slot");
	rules->redirector_count++;
	begin_rule(rules, WH_RULE_REDIRECT, index);
	redirector->slot = (__u16)slot;
	redirector->since = 1;
	redirector->guid.byte[0] = (__u8)slot;
	if (index)
		redirector->upto = redirector[-1].upto;
	wh_slot_set_add(&redirector->upto, slot);
	rules->slot_since[slot] = 1;
	rules_listen(rules, redirector, &listen4, &listen6);
	return redirector;
}

static void note_port(struct wh_rules *rules, __be16 port)
{
	__u16 host = ntohs(port);

	if (host)
		rules->listen_port[host / 64] |= 1ULL << (host % 64);
}

void rules_listen(struct wh_rules *rules, struct wh_redirector *redirector,
		  const struct wh_endpoint *listen4, const struct wh_endpoint *listen6)
{
	const struct wh_endpoint none = {};

	redirector->listen4 = listen4 ? *listen4 : none;
	redirector->listen6 = listen6 ? *listen6 : none;
	note_port(rules, redirector->listen4.port);
	note_port(rules, redirector->listen6.port);
}

void rules_add_test(struct wh_rules *rules, const struct wh_test *test)
{
	struct wh_rule *rule = &rules->rule[rules->rule_count - 1];
	struct wh_test *added = &rules->test[rules->test_count];
	__u32 i = rules->test_count;

	require(rules->rule_count > 0, "a condition without a rule");
	require(rules->test_count < WH_TESTS_MAX, "too many conditions");
	rules->test_count++;
	*added = *test;
	if (test->kind == WH_TEST_REMOTE_ADDRESS)
		wh_address_mask(&added->mask, test->bits);
	added->last = 1;
	if (i > rule->first && rules->test[i - 1].kind == test->kind)
		rules->test[i - 1].last = 0;
	for (i++; i > rule->first && rules->test[i - 1].kind == test->kind; i--)
		rules->test[i - 1].next = (__u16)rules->test_count;
	rule->end = (__u16)rules->test_count;
}

void rules_match_netns(struct wh_rules *rules, __u64 netns)
{
	rules_add_test(rules, &(struct wh_test){.kind = WH_TEST_NETNS, .id = netns});
}

void rules_match_port(struct wh_rules *rules, unsigned int low, unsigned int high)
{
	require(low <= 65535 && high <= 65535, "not a port");
	rules_add_test(rules, &(struct wh_test){.kind = WH_TEST_REMOTE_PORT,
						.low = (__u16)low,
						.high = (__u16)high});
}

void rules_match_address(struct wh_rules *rules, const char *text, __u8 bits)
{
	rules_add_test(rules, &(struct wh_test){.kind = WH_TEST_REMOTE_ADDRESS,
						.address = address_of(text),
						.bits = bits});
}

void rules_match_user(struct wh_rules *rules, __u32 uid)
{
	rules_add_test(rules, &(struct wh_test){.kind = WH_TEST_USER, .number = uid});
}

void rules_match_executable(struct wh_rules *rules, __u32 device, __u64 inode)
{
	rules_add_test(rules,
		       &(struct wh_test){.kind = WH_TEST_EXE, .number = device, .id = inode});
}

void rules_match_cgroup(struct wh_rules *rules, __u32 level, __u64 id)
{
	rules_add_test(rules, &(struct wh_test){.kind = WH_TEST_CGROUP, .number = level, .id = id});
}
