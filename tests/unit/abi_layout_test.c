/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The kernel programs and the public header declare the same bytes twice. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <whither/whither.h>

#include "abi_answer.h"
#include "token_codec.h"

#define assert_same_member(kernel, public, member)                                              \
	do {                                                                                    \
		assert_int_equal(offsetof(kernel, member), offsetof(public, member));           \
		assert_int_equal(sizeof(((kernel *)0)->member), sizeof(((public *)0)->member)); \
	} while (0)

#define assert_same_origin(member) \
	assert_same_member(struct wh_abi_origin, struct whither_origin, member)
#define assert_same_hop(member) assert_same_member(struct wh_abi_hop, struct whither_hop, member)

static void origin(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct whither_origin), 176);
	assert_int_equal(sizeof(struct wh_abi_origin), sizeof(struct whither_origin));
	assert_same_origin(size);
	assert_same_origin(hops);
	assert_same_origin(destination);
	assert_same_origin(client);
	assert_same_origin(pid);
	assert_same_origin(uid);
	assert_same_origin(start_time);
	assert_same_origin(gid);
	assert_same_origin(executable_device);
	assert_same_origin(executable_inode);
	assert_same_origin(cgroup);
	assert_same_origin(netns_cookie);
	assert_same_origin(redirector);
	assert_same_origin(time);
	assert_same_origin(comm);
	assert_same_origin(reserved);
	assert_int_equal(offsetof(struct whither_origin, reserved) + 24,
			 sizeof(struct whither_origin));
}

static void hop(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct whither_hop), 64);
	assert_int_equal(sizeof(struct wh_abi_hop), sizeof(struct whither_hop));
	assert_same_hop(redirector);
	assert_same_hop(destination);
	assert_same_hop(flags);
	assert_same_hop(time);
	assert_same_hop(reserved);
}

/* One struct for the kernel, three in a union for the public. */
static void address(void **state)
{
	(void)state;
	assert_int_equal(sizeof(union whither_address), 28);
	assert_int_equal(sizeof(struct wh_abi_address), sizeof(union whither_address));
	assert_int_equal(offsetof(struct wh_abi_address, family),
			 offsetof(struct sockaddr, sa_family));
	assert_int_equal(offsetof(struct wh_abi_address, port),
			 offsetof(struct sockaddr_in, sin_port));
	assert_int_equal(offsetof(struct wh_abi_address, port),
			 offsetof(struct sockaddr_in6, sin6_port));
	assert_int_equal(offsetof(struct wh_abi_address, v4),
			 offsetof(struct sockaddr_in, sin_addr));
	assert_int_equal(offsetof(struct wh_abi_address, v4),
			 offsetof(struct sockaddr_in6, sin6_flowinfo));
	assert_int_equal(offsetof(struct wh_abi_address, v6),
			 offsetof(struct sockaddr_in6, sin6_addr));
	assert_int_equal(offsetof(struct wh_abi_address, scope),
			 offsetof(struct sockaddr_in6, sin6_scope_id));
	assert_int_equal(sizeof(struct wh_abi_storage), sizeof(struct sockaddr_storage));
	assert_int_equal(sizeof(struct wh_guid), sizeof(struct whither_guid));
}

static void a_filled_address_is_a_sockaddr(void **state)
{
	struct wh_address v4 = {.word = {0, 0, WH_BE32(0xffff), WH_BE32(0xc0000201)}};
	struct wh_address v6 = {.word = {WH_BE32(0x20010db8), 0, 0, WH_BE32(1)}};
	struct wh_abi_address filled;
	union whither_address seen;

	(void)state;
	wh_abi_address_fill(&filled, &v4, WH_BE16(443));
	memcpy(&seen, &filled, sizeof(seen));
	assert_int_equal(seen.sa.sa_family, AF_INET);
	assert_int_equal(seen.in.sin_addr.s_addr, htonl(0xc0000201));
	assert_int_equal(seen.in.sin_port, htons(443));
	assert_int_equal(whither_address_size(&seen), sizeof(struct sockaddr_in));
	wh_abi_address_fill(&filled, &v6, WH_BE16(443));
	memcpy(&seen, &filled, sizeof(seen));
	assert_int_equal(seen.sa.sa_family, AF_INET6);
	assert_memory_equal(&seen.in6.sin6_addr, &v6, sizeof(v6));
	assert_int_equal(seen.in6.sin6_port, htons(443));
	assert_int_equal(seen.in6.sin6_flowinfo, 0);
	assert_int_equal(seen.in6.sin6_scope_id, 0);
	assert_int_equal(whither_address_size(&seen), sizeof(struct sockaddr_in6));
	wh_abi_address_fill(&filled, &v6, 0);
	memcpy(&seen, &filled, sizeof(seen));
	assert_int_equal(seen.sa.sa_family, AF_UNSPEC);
	assert_int_equal(whither_address_size(&seen), 0);
}

static void numbers(void **state)
{
	(void)state;
	assert_int_equal(WH_LEVEL, SOL_WHITHER);
	assert_int_equal(WH_LEVEL, SOL_WFP);
	assert_int_equal(WH_OPTION_RECORDS, WHITHER_RECORDS);
	assert_int_equal(WH_OPTION_CONTEXT, WHITHER_CONTEXT);
	assert_int_equal(WH_OPTION_HOPS, WHITHER_HOPS);
	assert_int_equal(WH_OPTION_ORIGIN, WHITHER_ORIGIN);
	assert_int_equal(WH_ANSWER_MAX, WHITHER_ANSWER_MAX);
	assert_int_equal(WH_TOKEN_MAX, WHITHER_RECORDS_MAX);
	assert_int_equal(WH_HOPS_MAX, WHITHER_HOPS_MAX);
	assert_int_equal(WH_HOP_BY_PROCESS, WHITHER_HOP_BY_PROCESS);
	assert_true(sizeof(struct whither_hop) * WHITHER_HOPS_MAX <= WHITHER_ANSWER_MAX);
	assert_true(sizeof(struct whither_origin) <= WHITHER_ANSWER_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(origin),  cmocka_unit_test(hop),
		cmocka_unit_test(address), cmocka_unit_test(a_filled_address_is_a_sockaddr),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests_name("abi_layout", tests, NULL, NULL);
}
