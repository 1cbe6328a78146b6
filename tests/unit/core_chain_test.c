/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* How a chain grows, and what it means to whom. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain_build.h"
#include "process_relation.h"
#include "random_number.h"
#include "rule_builder.h"

static struct wh_guid guid_of(__u16 slot)
{
	return (struct wh_guid){{(__u8)slot, 0x77, [15] = 0x99}};
}

/* Every byte random but what makes it a record of the redirector at slot. */
static struct wh_record record_of(__u16 slot, __u64 version)
{
	struct random_source random = {slot};
	struct wh_record record;

	random_fill(&random, &record, sizeof(record));
	record.slot = slot;
	record.version = version;
	record.redirector = guid_of(slot);
	return record;
}

/* A chain through the redirectors at slot 1 to count. */
static struct wh_chain chain_through(__u16 count)
{
	struct wh_chain chain = {};

	for (__u16 slot = 1; slot <= count; slot++) {
		struct wh_record record = record_of(slot, 3);

		assert_int_equal(wh_chain_append(&chain, &record), 0);
	}
	return chain;
}

static __u32 state_for(const struct wh_chain *chain, __u16 slot, __u64 since)
{
	struct wh_guid guid = guid_of(slot);

	return wh_redirect_state(chain, &guid, slot, since);
}

static void two_guids_are_equal_in_all_bytes_or_not(void **state)
{
	struct wh_guid a = guid_of(1);

	assert_true(wh_guid_equal(&a, &a));
	for (int bit = 0; bit < 128; bit++) {
		struct wh_guid b = a;

		b.byte[bit / 8] ^= (__u8)(1 << bit % 8);
		assert_false(wh_guid_equal(&a, &b));
	}
}

static void without_a_chain_nothing_was_redirected(void **state)
{
	struct wh_chain empty = {.passed = {.version = 9}};

	assert_int_equal(state_for(NULL, 1, 1), WH_NOT_REDIRECTED);
	assert_int_equal(state_for(&empty, 1, 1), WH_NOT_REDIRECTED);
	/* Also when a past without hops claims that somebody was passed. */
	wh_slot_set_add(&empty.passed.slots, 1);
	assert_int_equal(state_for(&empty, 1, 1), WH_NOT_REDIRECTED);
}

static void the_newest_hop_is_by_self_the_older_ones_were_previously(void **state)
{
	for (__u16 count = 1; count <= WH_HOPS_MAX; count++) {
		struct wh_chain chain = chain_through(count);

		assert_int_equal(state_for(&chain, count, 1), WH_REDIRECTED_BY_SELF);
		for (__u16 slot = 1; slot < count; slot++)
			assert_int_equal(state_for(&chain, slot, 1),
					 WH_PREVIOUSLY_REDIRECTED_BY_SELF);
		for (__u16 slot = count + 1; slot < 20; slot++)
			assert_int_equal(state_for(&chain, slot, 1), WH_REDIRECTED_BY_OTHER);
	}
}

static void who_is_in_the_passed_set_without_a_hop_was_previously(void **state)
{
	struct wh_chain chain = chain_through(2);

	wh_slot_set_add(&chain.passed.slots, 9);
	assert_int_equal(state_for(&chain, 9, 3), WH_PREVIOUSLY_REDIRECTED_BY_SELF);
	assert_int_equal(state_for(&chain, 9, 4), WH_REDIRECTED_BY_OTHER);
}

static void a_redirector_on_another_s_old_slot_is_another(void **state)
{
	struct wh_chain chain = chain_through(2);
	struct wh_guid other = guid_of(200);

	/* The slot of hop 1, given to it after the chain's version. */
	assert_int_equal(wh_redirect_state(&chain, &other, 1, 4), WH_REDIRECTED_BY_OTHER);
	/* One that changed its slot is known by its guid. */
	other = guid_of(1);
	assert_int_equal(wh_redirect_state(&chain, &other, 150, 4),
			 WH_PREVIOUSLY_REDIRECTED_BY_SELF);
	other = guid_of(2);
	assert_int_equal(wh_redirect_state(&chain, &other, 150, 4), WH_REDIRECTED_BY_SELF);
}

static void hops_behind_the_count_do_not_exist(void **state)
{
	struct wh_chain chain = chain_through(8);

	chain.passed.slots = (struct wh_slot_set){};
	chain.hop_count = 2;
	assert_int_equal(state_for(&chain, 2, 1), WH_REDIRECTED_BY_SELF);
	assert_int_equal(state_for(&chain, 1, 1), WH_PREVIOUSLY_REDIRECTED_BY_SELF);
	assert_int_equal(state_for(&chain, 3, 1), WH_REDIRECTED_BY_OTHER);
	/* A count that cannot be is taken for the largest. */
	chain.hop_count = 255;
	assert_int_equal(state_for(&chain, 8, 1), WH_REDIRECTED_BY_SELF);
	assert_int_equal(state_for(&chain, 7, 1), WH_PREVIOUSLY_REDIRECTED_BY_SELF);
}

static void a_hop_is_the_record_s(void **state)
{
	struct wh_chain chain = chain_through(3);

	assert_int_equal(chain.hop_count, 3);
	assert_int_equal(chain.passed.version, 3);
	for (__u16 i = 0; i < 3; i++) {
		struct wh_record record = record_of(i + 1, 3);
		const struct wh_hop *hop = &chain.hop[i];

		assert_memory_equal(&hop->redirector, &record.redirector, sizeof(struct wh_guid));
		assert_memory_equal(&hop->destination, &record.destination,
				    sizeof(struct wh_address));
		assert_int_equal(hop->destination_port, record.destination_port);
		assert_int_equal(hop->slot, record.slot);
		assert_int_equal(hop->flags, 0);
		assert_int_equal(hop->time, record.time);
		assert_true(wh_passed_has(&chain.passed, record.slot, 3));
	}
	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		assert_int_equal(wh_slot_set_has(&chain.passed.slots, slot),
				 slot >= 1 && slot <= 3);
}

static void the_origin_is_that_of_the_oldest_hop(void **state)
{
	for (__u16 count = 1; count <= WH_HOPS_MAX; count++) {
		struct wh_chain chain = chain_through(count);
		struct wh_record oldest = record_of(1, 3);

		assert_memory_equal(&chain.who, &oldest.who, sizeof(chain.who));
		assert_memory_equal(&chain.client, &oldest.client, sizeof(chain.client));
		assert_int_equal(chain.client_port, oldest.client_port);
	}
}

static void a_ninth_hop_is_refused_and_changes_nothing(void **state)
{
	struct wh_chain chain = chain_through(8), before = chain;
	struct wh_record record = record_of(9, 4);

	assert_int_equal(wh_chain_append(&chain, &record), -ELOOP);
	assert_memory_equal(&chain, &before, sizeof(chain));
	chain.hop_count = before.hop_count = 255;
	assert_int_equal(wh_chain_append(&chain, &record), -ELOOP);
	assert_memory_equal(&chain, &before, sizeof(chain));
}

/* What wh_relation_find() found: slots 4 and 5, of which 5 is the process's. */
static struct wh_chain chain_by_process(struct wh_identity *ret_who)
{
	struct wh_redirector redirector = {.guid = guid_of(5), .slot = 5};
	struct wh_passed passed = {.version = 3};
	struct wh_endpoint destination = endpoint_of("192.0.2.7", 443);
	struct random_source random = {1};
	struct wh_chain chain = {};

	random_fill(&random, ret_who, sizeof(*ret_who));
	wh_slot_set_add(&passed.slots, 4);
	wh_slot_set_add(&passed.slots, 5);
	wh_chain_by_process(&chain, &redirector, &passed, ret_who, &destination, 1234);
	return chain;
}

static void a_chain_by_process_begins_with_one_marked_hop(void **state)
{
	struct wh_address destination = address_of("192.0.2.7");
	struct wh_identity who;
	struct wh_chain chain = chain_by_process(&who);
	struct wh_guid guid = guid_of(5);

	assert_int_equal(chain.source, WH_CHAIN_BY_PROCESS);
	assert_int_equal(chain.hop_count, 1);
	assert_memory_equal(&chain.who, &who, sizeof(who));
	assert_memory_equal(&chain.hop[0].redirector, &guid, sizeof(guid));
	assert_memory_equal(&chain.hop[0].destination, &destination, sizeof(destination));
	assert_int_equal(chain.hop[0].destination_port, htons(443));
	assert_int_equal(chain.hop[0].slot, 5);
	assert_int_equal(chain.hop[0].flags, WH_HOP_BY_PROCESS);
	assert_int_equal(chain.hop[0].time, 1234);
	assert_int_equal(state_for(&chain, 5, 1), WH_REDIRECTED_BY_SELF);
	assert_int_equal(state_for(&chain, 4, 1), WH_PREVIOUSLY_REDIRECTED_BY_SELF);
	assert_int_equal(state_for(&chain, 6, 1), WH_REDIRECTED_BY_OTHER);
}

static void a_chain_by_process_grows_as_any_other(void **state)
{
	struct wh_record record = record_of(6, 3);
	struct wh_identity who;
	struct wh_chain chain = chain_by_process(&who);

	assert_int_equal(wh_chain_append(&chain, &record), 0);
	assert_int_equal(chain.hop_count, 2);
	assert_int_equal(chain.hop[0].flags, WH_HOP_BY_PROCESS);
	assert_int_equal(chain.hop[1].flags, 0);
	for (__u32 slot = 0; slot < WH_SLOTS; slot++)
		assert_int_equal(wh_slot_set_has(&chain.passed.slots, slot),
				 slot >= 4 && slot <= 6);
	/* It began with the process that was recognised, whose socket the record describes. */
	assert_memory_equal(&chain.who, &who, sizeof(who));
	assert_memory_equal(&chain.client, &record.client, sizeof(record.client));
	assert_int_equal(chain.client_port, record.client_port);
	assert_int_equal(state_for(&chain, 5, 1), WH_PREVIOUSLY_REDIRECTED_BY_SELF);
	assert_int_equal(state_for(&chain, 6, 1), WH_REDIRECTED_BY_SELF);
}

static void a_chain_that_began_by_process_keeps_its_client(void **state)
{
	struct wh_record first = record_of(6, 3), second = record_of(7, 3);
	struct wh_identity who;
	struct wh_chain chain = chain_by_process(&who);

	assert_int_equal(wh_chain_append(&chain, &first), 0);
	assert_int_equal(wh_chain_append(&chain, &second), 0);
	assert_memory_equal(&chain.who, &who, sizeof(who));
	assert_memory_equal(&chain.client, &first.client, sizeof(first.client));
	assert_int_equal(chain.client_port, first.client_port);
}

/* Rules change between the hops; the set is brought up to date at each connect. */
static void a_slot_given_anew_between_two_hops_is_not_passed(void **state)
{
	struct wh_rules *rules = rules_create(5);
	struct wh_chain chain = chain_through(2);
	struct wh_record record = record_of(3, 5);

	rules->slot_since[1] = 4; /* given away since */
	rules->slot_since[2] = 2; /* as it was */
	wh_passed_update(&chain.passed, rules);
	assert_int_equal(wh_chain_append(&chain, &record), 0);
	assert_int_equal(chain.passed.version, 5);
	assert_false(wh_passed_has(&chain.passed, 1, 4));
	assert_true(wh_passed_has(&chain.passed, 2, 2));
	assert_true(wh_passed_has(&chain.passed, 3, 5));
	free(rules);
}

/* Records are set after the rules have changed once more than the connect saw. */
static void a_slot_given_anew_before_records_are_set_is_not_passed(void **state)
{
	struct wh_rules *rules = rules_create(9);
	struct wh_record record = record_of(3, 5);
	struct wh_chain chain = {.passed = {.version = 5}};

	assert_int_equal(wh_chain_append(&chain, &record), 0);
	rules->slot_since[3] = 7;
	assert_false(wh_passed_has(&chain.passed, 3, 7));
	wh_passed_update(&chain.passed, rules);
	assert_false(wh_slot_set_has(&chain.passed.slots, 3));
	free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_guids_are_equal_in_all_bytes_or_not),
		cmocka_unit_test(without_a_chain_nothing_was_redirected),
		cmocka_unit_test(the_newest_hop_is_by_self_the_older_ones_were_previously),
		cmocka_unit_test(who_is_in_the_passed_set_without_a_hop_was_previously),
		cmocka_unit_test(a_redirector_on_another_s_old_slot_is_another),
		cmocka_unit_test(hops_behind_the_count_do_not_exist),
		cmocka_unit_test(a_hop_is_the_record_s),
		cmocka_unit_test(the_origin_is_that_of_the_oldest_hop),
		cmocka_unit_test(a_ninth_hop_is_refused_and_changes_nothing),
		cmocka_unit_test(a_chain_by_process_begins_with_one_marked_hop),
		cmocka_unit_test(a_chain_by_process_grows_as_any_other),
		cmocka_unit_test(a_chain_that_began_by_process_keeps_its_client),
		cmocka_unit_test(a_slot_given_anew_between_two_hops_is_not_passed),
		cmocka_unit_test(a_slot_given_anew_before_records_are_set_is_not_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
