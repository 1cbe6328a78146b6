/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Every byte that the kernel programs and user space share. A program of one version may meet
 * the maps of another: whoever changes a line here changes WH_LAYOUT_VERSION too, once there has
 * been a release, and whoever must not change it learns that here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bind_guard.h"
#include "chain_build.h"
#include "kernel_state.h"
#include "token_codec.h"

struct row {
	const char *structure, *field; /* NULL: the structure itself */
	size_t offset, size, wanted_offset, wanted_size;
};

#define STRUCTURE(name, size)                                \
	{                                                    \
#name, NULL, 0, sizeof(struct name), 0, size \
	}
#define FIELD(name, field, offset, size)                                                        \
	{                                                                                       \
#name, #field, offsetof(struct name, field), sizeof(((struct name *)0)->field), \
			offset, size                                                            \
	}

/* clang-format off */
static const struct row rows[] = {
	STRUCTURE(wh_address, 16),
	FIELD(wh_address, word, 0, 16),
	STRUCTURE(wh_endpoint, 20),
	FIELD(wh_endpoint, address, 0, 16),
	FIELD(wh_endpoint, port, 16, 2),
	FIELD(wh_endpoint, reserved, 18, 2),
	STRUCTURE(wh_slot_set, 32),
	FIELD(wh_slot_set, word, 0, 32),
	STRUCTURE(wh_passed, 40),
	FIELD(wh_passed, slots, 0, 32),
	FIELD(wh_passed, version, 32, 8),
	STRUCTURE(wh_guid, 16),
	FIELD(wh_guid, byte, 0, 16),
	STRUCTURE(wh_identity, 64),
	FIELD(wh_identity, pid, 0, 4),
	FIELD(wh_identity, uid, 4, 4),
	FIELD(wh_identity, gid, 8, 4),
	FIELD(wh_identity, executable_device, 12, 4),
	FIELD(wh_identity, start_time, 16, 8),
	FIELD(wh_identity, executable_inode, 24, 8),
	FIELD(wh_identity, cgroup, 32, 8),
	FIELD(wh_identity, netns, 40, 8),
	FIELD(wh_identity, comm, 48, 16),
	STRUCTURE(wh_record, 176),
	FIELD(wh_record, id, 0, 8),
	FIELD(wh_record, time, 8, 8),
	FIELD(wh_record, version, 16, 8),
	FIELD(wh_record, redirector, 24, 16),
	FIELD(wh_record, destination, 40, 16),
	FIELD(wh_record, client, 56, 16),
	FIELD(wh_record, proxy, 72, 16),
	FIELD(wh_record, proof, 72, 16),
	FIELD(wh_record, destination_port, 88, 2),
	FIELD(wh_record, client_port, 90, 2),
	FIELD(wh_record, proxy_port, 92, 2),
	FIELD(wh_record, slot, 94, 2),
	FIELD(wh_record, context, 96, 4),
	FIELD(wh_record, bound_device, 100, 4),
	FIELD(wh_record, flags, 104, 1),
	FIELD(wh_record, context_kind, 105, 1),
	FIELD(wh_record, reserved, 106, 2),
	FIELD(wh_record, asker, 108, 4),
	FIELD(wh_record, who, 112, 64),
	STRUCTURE(wh_issued, 192),
	FIELD(wh_issued, record, 0, 176),
	FIELD(wh_issued, holder_start, 176, 8),
	FIELD(wh_issued, holder_pid, 184, 4),
	FIELD(wh_issued, reserved, 188, 4),
	STRUCTURE(wh_hop, 48),
	FIELD(wh_hop, redirector, 0, 16),
	FIELD(wh_hop, destination, 16, 16),
	FIELD(wh_hop, destination_port, 32, 2),
	FIELD(wh_hop, slot, 34, 2),
	FIELD(wh_hop, flags, 36, 4),
	FIELD(wh_hop, time, 40, 8),
	STRUCTURE(wh_chain, 512),
	FIELD(wh_chain, passed, 0, 40),
	FIELD(wh_chain, who, 40, 64),
	FIELD(wh_chain, client, 104, 16),
	FIELD(wh_chain, client_port, 120, 2),
	FIELD(wh_chain, source, 122, 1),
	FIELD(wh_chain, hop_count, 123, 1),
	FIELD(wh_chain, reserved, 124, 4),
	FIELD(wh_chain, hop, 128, 384),
	STRUCTURE(wh_flight_key, 48),
	FIELD(wh_flight_key, netns, 0, 8),
	FIELD(wh_flight_key, client, 8, 16),
	FIELD(wh_flight_key, proxy, 24, 16),
	FIELD(wh_flight_key, client_port, 40, 2),
	FIELD(wh_flight_key, proxy_port, 42, 2),
	FIELD(wh_flight_key, reserved, 44, 4),
	STRUCTURE(wh_hash_key, 16),
	FIELD(wh_hash_key, word, 0, 16),
	STRUCTURE(wh_token, 64),
	FIELD(wh_token, magic, 0, 4),
	FIELD(wh_token, version, 4, 2),
	FIELD(wh_token, header_size, 6, 2),
	FIELD(wh_token, size, 8, 4),
	FIELD(wh_token, body_size, 12, 4),
	FIELD(wh_token, id, 16, 8),
	FIELD(wh_token, time, 24, 8),
	FIELD(wh_token, redirector, 32, 16),
	FIELD(wh_token, proof, 48, 16),
	STRUCTURE(wh_cgroup_path, 128),
	FIELD(wh_cgroup_path, id, 0, 128),
	STRUCTURE(wh_test, 48),
	FIELD(wh_test, kind, 0, 1),
	FIELD(wh_test, bits, 1, 1),
	FIELD(wh_test, last, 2, 1),
	FIELD(wh_test, reserved, 3, 1),
	FIELD(wh_test, next, 4, 2),
	FIELD(wh_test, low, 6, 2),
	FIELD(wh_test, high, 8, 2),
	FIELD(wh_test, reserved2, 10, 6),
	FIELD(wh_test, address, 16, 16),
	FIELD(wh_test, mask, 32, 16),
	FIELD(wh_test, id, 16, 8),
	FIELD(wh_test, number, 24, 4),
	FIELD(wh_test, reserved3, 28, 4),
	STRUCTURE(wh_rule, 8),
	FIELD(wh_rule, kind, 0, 2),
	FIELD(wh_rule, index, 2, 2),
	FIELD(wh_rule, first, 4, 2),
	FIELD(wh_rule, end, 6, 2),
	STRUCTURE(wh_owner, 40),
	FIELD(wh_owner, flags, 0, 4),
	FIELD(wh_owner, uid, 4, 4),
	FIELD(wh_owner, listen_uid, 8, 4),
	FIELD(wh_owner, executable_device, 12, 4),
	FIELD(wh_owner, executable_inode, 16, 8),
	FIELD(wh_owner, cgroup, 24, 8),
	FIELD(wh_owner, cgroup_level, 32, 4),
	FIELD(wh_owner, reserved, 36, 4),
	STRUCTURE(wh_spread, 36),
	FIELD(wh_spread, prefix, 0, 16),
	FIELD(wh_spread, mask, 16, 16),
	FIELD(wh_spread, bits, 32, 2),
	FIELD(wh_spread, host_bits, 34, 2),
	STRUCTURE(wh_redirector, 280),
	FIELD(wh_redirector, guid, 0, 16),
	FIELD(wh_redirector, since, 16, 8),
	FIELD(wh_redirector, upto, 24, 32),
	FIELD(wh_redirector, listen4, 56, 20),
	FIELD(wh_redirector, listen6, 76, 20),
	FIELD(wh_redirector, owner, 96, 40),
	FIELD(wh_redirector, netns, 136, 8),
	FIELD(wh_redirector, slot, 144, 2),
	FIELD(wh_redirector, set, 146, 2),
	FIELD(wh_redirector, position, 148, 2),
	FIELD(wh_redirector, flags, 150, 2),
	FIELD(wh_redirector, weight, 152, 4),
	FIELD(wh_redirector, context, 156, 4),
	FIELD(wh_redirector, context_size, 160, 4),
	FIELD(wh_redirector, context_kind, 164, 4),
	FIELD(wh_redirector, text, 168, 4),
	FIELD(wh_redirector, reserved, 172, 4),
	FIELD(wh_redirector, name, 176, 32),
	FIELD(wh_redirector, spread4, 208, 36),
	FIELD(wh_redirector, spread6, 244, 36),
	STRUCTURE(wh_filter, 44),
	FIELD(wh_filter, set, 0, 2),
	FIELD(wh_filter, position, 2, 2),
	FIELD(wh_filter, slot, 4, 2),
	FIELD(wh_filter, reserved, 6, 2),
	FIELD(wh_filter, text, 8, 4),
	FIELD(wh_filter, name, 12, 32),
	STRUCTURE(wh_set, 48),
	FIELD(wh_set, name, 0, 32),
	FIELD(wh_set, process_start, 32, 8),
	FIELD(wh_set, process_pid, 40, 4),
	FIELD(wh_set, text, 44, 4),
	STRUCTURE(wh_rules, 804920),
	FIELD(wh_rules, layout, 0, 4),
	FIELD(wh_rules, flags, 4, 4),
	FIELD(wh_rules, version, 8, 8),
	FIELD(wh_rules, set_count, 16, 4),
	FIELD(wh_rules, redirector_count, 20, 4),
	FIELD(wh_rules, filter_count, 24, 4),
	FIELD(wh_rules, rule_count, 28, 4),
	FIELD(wh_rules, test_count, 32, 4),
	FIELD(wh_rules, text_size, 36, 4),
	FIELD(wh_rules, installed, 40, 8),
	FIELD(wh_rules, zero, 48, 4),
	FIELD(wh_rules, reserved, 52, 4),
	FIELD(wh_rules, slot_since, 56, 2048),
	FIELD(wh_rules, listen_port, 2104, 8192),
	FIELD(wh_rules, rule, 10296, 16384),
	FIELD(wh_rules, redirector, 26680, 71680),
	FIELD(wh_rules, test, 98360, 393216),
	FIELD(wh_rules, filter, 491576, 45056),
	FIELD(wh_rules, set, 536632, 6144),
	FIELD(wh_rules, text, 542776, 262144),
	STRUCTURE(wh_settings, 64),
	FIELD(wh_settings, layout, 0, 4),
	FIELD(wh_settings, flight_limit, 4, 4),
	FIELD(wh_settings, user_flight_limit, 8, 4),
	FIELD(wh_settings, reserved, 12, 4),
	FIELD(wh_settings, key, 16, 16),
	FIELD(wh_settings, program_version, 32, 16),
	FIELD(wh_settings, program_build, 48, 8),
	FIELD(wh_settings, made, 56, 8),
	STRUCTURE(wh_process_key, 16),
	FIELD(wh_process_key, start_tick, 0, 8),
	FIELD(wh_process_key, pid, 8, 4),
	FIELD(wh_process_key, reserved, 12, 4),
	STRUCTURE(wh_context, 1032),
	FIELD(wh_context, size, 0, 4),
	FIELD(wh_context, reserved, 4, 4),
	FIELD(wh_context, bytes, 8, 1024),
	STRUCTURE(wh_redirector_counters, 224),
	FIELD(wh_redirector_counters, guid, 0, 16),
	FIELD(wh_redirector_counters, taken, 16, 8),
	FIELD(wh_redirector_counters, arrived, 24, 8),
	FIELD(wh_redirector_counters, related_by_records, 32, 8),
	FIELD(wh_redirector_counters, related_by_process, 40, 8),
	FIELD(wh_redirector_counters, refused, 48, 128),
	FIELD(wh_redirector_counters, binds_refused, 176, 8),
	FIELD(wh_redirector_counters, last_taken, 184, 8),
	FIELD(wh_redirector_counters, intruder_pid, 192, 4),
	FIELD(wh_redirector_counters, intruder_uid, 196, 4),
	FIELD(wh_redirector_counters, absent_permitted, 200, 8),
	FIELD(wh_redirector_counters, last_absent, 208, 8),
	FIELD(wh_redirector_counters, spread, 216, 8),
	STRUCTURE(wh_filter_counters, 24),
	FIELD(wh_filter_counters, identity, 0, 8),
	FIELD(wh_filter_counters, hits, 8, 8),
	FIELD(wh_filter_counters, last_hit, 16, 8),
	STRUCTURE(wh_totals, 160),
	FIELD(wh_totals, next_id, 0, 8),
	FIELD(wh_totals, flights, 8, 8),
	FIELD(wh_totals, lost, 16, 8),
	FIELD(wh_totals, issued, 24, 8),
	FIELD(wh_totals, refused, 32, 128),
	STRUCTURE(wh_listing, 200),
	FIELD(wh_listing, record, 0, 176),
	FIELD(wh_listing, proxy, 176, 16),
	FIELD(wh_listing, proxy_port, 192, 2),
	FIELD(wh_listing, state, 194, 2),
	FIELD(wh_listing, chained, 196, 4),
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void every_field_is_where_it_was(void **state)
{
	int wrong = 0;

	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];

		if (row->offset == row->wanted_offset && row->size == row->wanted_size)
			continue;
		wrong++;
		print_message("# %s.%s is at %zu, %zu bytes; it was at %zu, %zu bytes\n",
			      row->structure, row->field ? row->field : "*", row->offset, row->size,
			      row->wanted_offset, row->wanted_size);
	}
	assert_int_equal(wrong, 0);
}

/* A hole would carry bytes of the kernel's stack into a map, and make equal keys differ. */
static void no_structure_has_a_hole(void **state)
{
	size_t end = 0;

	for (size_t i = 0; i < ROWS; i++) {
		int last = i + 1 == ROWS || !rows[i + 1].field;

		if (!rows[i].field) {
			end = 0;
			continue;
		}
		/* The members of a union begin together. */
		if (rows[i].offset > end) {
			print_message("# a hole before %s.%s\n", rows[i].structure, rows[i].field);
			fail();
		}
		if (rows[i].offset + rows[i].size > end)
			end = rows[i].offset + rows[i].size;
		if (last) {
			size_t k = i;

			while (rows[k].field)
				k--;
			assert_int_equal(end, rows[k].size);
		}
	}
}

static void numbers_that_are_stored_keep_their_meaning(void **state)
{
	assert_int_equal(WH_LAYOUT_VERSION, 2);
	assert_int_equal(WH_TOKEN_MAGIC, 0x31524857);
	assert_int_equal(WH_TOKEN_VERSION, 1);
	assert_int_equal(WH_HOPS_MAX, 8);
	assert_int_equal(WH_CONTEXT_NONE, 0);
	assert_int_equal(WH_CONTEXT_BYTES, 1);
	assert_int_equal(WH_CONTEXT_DESTINATION, 2);
	assert_int_equal(WH_CONTEXT_ENDPOINTS, 3);
	assert_int_equal(WH_RECORD_CHAINED, 1);
	assert_int_equal(WH_RECORD_ISSUED, 2);
	assert_int_equal(WH_RECORD_SENT, 4);
	assert_int_equal(WH_CHAIN_NONE, 0);
	assert_int_equal(WH_CHAIN_SET, 1);
	assert_int_equal(WH_CHAIN_BY_PROCESS, 2);
	assert_int_equal(WH_HOP_BY_PROCESS, 1);
	assert_int_equal(WH_WHEN_ABSENT_PERMIT, 1);
}

static void the_order_of_kinds_is_that_in_which_they_are_looked_at(void **state)
{
	assert_int_equal(WH_RULE_BLOCK, 1);
	assert_int_equal(WH_RULE_PERMIT, 2);
	assert_int_equal(WH_RULE_REDIRECT, 3);
	assert_int_equal(WH_TEST_NETNS, 1);
	assert_int_equal(WH_TEST_REMOTE_PORT, 2);
	assert_int_equal(WH_TEST_REMOTE_ADDRESS, 3);
	assert_int_equal(WH_TEST_USER, 4);
	assert_int_equal(WH_TEST_EXE, 5);
	assert_int_equal(WH_TEST_CGROUP, 6);
}

/* FWPS_CONNECTION_REDIRECT_STATE of Windows. */
static void the_redirect_states_are_numbered_as_on_windows(void **state)
{
	assert_int_equal(WH_NOT_REDIRECTED, 0);
	assert_int_equal(WH_REDIRECTED_BY_SELF, 1);
	assert_int_equal(WH_REDIRECTED_BY_OTHER, 2);
	assert_int_equal(WH_PREVIOUSLY_REDIRECTED_BY_SELF, 3);
}

/* Indices are masked by these, so that no table can lead outside. */
static void what_an_index_is_masked_by_is_a_power_of_two(void **state)
{
	static const unsigned int sizes[] = {WH_SLOTS,       WH_SLOT_WORDS, WH_REDIRECTORS_MAX,
					     WH_FILTERS_MAX, WH_RULES_MAX,  WH_TESTS_MAX,
					     WH_SETS_MAX,    WH_HOPS_MAX,   WH_CGROUP_LEVELS,
					     WH_CAUSE_SLOTS, WH_USER_SLOTS};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_int_equal(sizes[i] & (sizes[i] - 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_where_it_was),
		cmocka_unit_test(no_structure_has_a_hole),
		cmocka_unit_test(numbers_that_are_stored_keep_their_meaning),
		cmocka_unit_test(the_order_of_kinds_is_that_in_which_they_are_looked_at),
		cmocka_unit_test(the_redirect_states_are_numbered_as_on_windows),
		cmocka_unit_test(what_an_index_is_masked_by_is_a_power_of_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
