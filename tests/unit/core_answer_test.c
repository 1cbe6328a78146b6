/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The answers of the socket options, as a caller of <whither/whither.h> reads them. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <whither/whither.h>

#include "abi_answer.h"
#include "chain_build.h"
#include "random_number.h"
#include "rule_builder.h"

/* Every byte random, but the addresses. */
static struct wh_record random_record(__u64 seed, const char *destination, const char *client)
{
	struct random_source random = {seed};
	struct wh_record record;

	random_fill(&random, &record, sizeof(record));
	record.destination = address_of(destination);
	record.destination_port = htons(443);
	record.client = address_of(client);
	record.client_port = htons(40000);
	return record;
}

static union whither_address read_address(const char *text, __u16 port)
{
	struct wh_abi_address filled;
	union whither_address address;
	struct wh_address from = address_of(text);

	memset(&filled, 0x5a, sizeof(filled));
	wh_abi_address_fill(&filled, &from, htons(port));
	memcpy(&address, &filled, sizeof(address));
	return address;
}

static void a_v4_address_is_read_as_sockaddr_in(void **state)
{
	union whither_address address = read_address("192.0.2.7", 443);
	struct sockaddr_in wanted = {.sin_family = AF_INET,
				     .sin_port = htons(443),
				     .sin_addr.s_addr = inet_addr("192.0.2.7")};
	const unsigned char zero[sizeof(address)] = {};

	assert_memory_equal(&address.in, &wanted, sizeof(wanted));
	assert_memory_equal((char *)&address + sizeof(wanted), zero,
			    sizeof(address) - sizeof(wanted));
}

static void a_v6_address_is_read_as_sockaddr_in6(void **state)
{
	union whither_address address = read_address("2001:db8::7", 443);
	struct sockaddr_in6 wanted = {.sin6_family = AF_INET6, .sin6_port = htons(443)};

	inet_pton(AF_INET6, "2001:db8::7", &wanted.sin6_addr);
	assert_memory_equal(&address.in6, &wanted, sizeof(wanted));
}

static void an_address_that_is_not_known_is_unspecified(void **state)
{
	const unsigned char zero[sizeof(union whither_address)] = {};
	union whither_address address = read_address("192.0.2.7", 0);

	assert_memory_equal(&address, zero, sizeof(address));
	assert_int_equal(address.sa.sa_family, AF_UNSPEC);
}

static struct whither_origin read_origin(const struct wh_record *record,
					 const struct wh_chain *chain)
{
	struct wh_abi_origin filled;
	struct whither_origin origin;

	memset(&filled, 0x5a, sizeof(filled));
	wh_abi_origin_fill(&filled, record, chain);
	memcpy(&origin, &filled, sizeof(origin));
	return origin;
}

static void assert_identity(const struct whither_origin *origin, const struct wh_identity *who)
{
	assert_int_equal(origin->pid, who->pid);
	assert_int_equal(origin->uid, who->uid);
	assert_int_equal(origin->gid, who->gid);
	assert_int_equal(origin->start_time, who->start_time);
	assert_int_equal(origin->executable_device, who->executable_device);
	assert_int_equal(origin->executable_inode, who->executable_inode);
	assert_int_equal(origin->cgroup, who->cgroup);
	assert_int_equal(origin->netns_cookie, who->netns);
	assert_memory_equal(origin->comm, who->comm, sizeof(origin->comm));
}

static void assert_newest(const struct whither_origin *origin, const struct wh_record *record,
			  __u32 hops)
{
	assert_int_equal(origin->size, sizeof(*origin));
	assert_int_equal(origin->hops, hops);
	assert_int_equal(origin->time, record->time);
	assert_memory_equal(&origin->redirector, &record->redirector, 16);
	for (int i = 0; i < 3; i++)
		assert_int_equal(origin->reserved[i], 0);
}

static void assert_address(const union whither_address *address, const char *text, __u16 port)
{
	union whither_address wanted = read_address(text, port);

	assert_memory_equal(address, &wanted, sizeof(wanted));
}

static void the_origin_of_a_single_hop_is_its_record_s(void **state)
{
	struct wh_record record = random_record(1, "192.0.2.7", "198.51.100.1");
	struct whither_origin origin = read_origin(&record, NULL);

	assert_newest(&origin, &record, 1);
	assert_identity(&origin, &record.who);
	assert_address(&origin.destination, "192.0.2.7", 443);
	assert_address(&origin.client, "198.51.100.1", 40000);
}

static void the_client_is_the_oldest_hop_s_the_destination_the_newest_s(void **state)
{
	struct wh_record oldest = random_record(1, "192.0.2.7", "198.51.100.1");
	struct wh_record newest = random_record(2, "2001:db8::7", "2001:db8::1");
	struct wh_chain chain = {};
	struct whither_origin origin;

	assert_int_equal(wh_chain_append(&chain, &oldest), 0);
	origin = read_origin(&newest, &chain);
	assert_newest(&origin, &newest, 2);
	assert_identity(&origin, &oldest.who);
	assert_address(&origin.destination, "2001:db8::7", 443);
	assert_address(&origin.client, "198.51.100.1", 40000);
}

/* The proxy that was recognised is the client; its socket is the newest record's. */
static void where_a_chain_began_by_process_the_client_is_that_process(void **state)
{
	struct wh_record record = random_record(1, "192.0.2.7", "198.51.100.1");
	struct wh_redirector redirector = {.slot = 3};
	struct wh_passed passed = {.version = 1};
	struct wh_endpoint destination = endpoint_of("192.0.2.7", 443);
	struct wh_chain chain = {};
	struct whither_origin origin;

	wh_chain_by_process(&chain, &redirector, &passed, &record.who, &destination, 1);
	origin = read_origin(&record, &chain);
	assert_newest(&origin, &record, 2);
	assert_identity(&origin, &record.who);
	assert_address(&origin.client, "198.51.100.1", 40000);
}

static void a_hop_is_read_with_its_mark(void **state)
{
	struct wh_hop hop = {.redirector = {{1, 2, 3}},
			     .destination = address_of("2001:db8::7"),
			     .destination_port = htons(443),
			     .slot = 9,
			     .flags = WH_HOP_BY_PROCESS,
			     .time = 77};
	struct wh_abi_hop filled;
	struct whither_hop read;

	memset(&filled, 0x5a, sizeof(filled));
	wh_abi_hop_fill(&filled, &hop);
	memcpy(&read, &filled, sizeof(read));
	assert_memory_equal(&read.redirector, &hop.redirector, 16);
	assert_address(&read.destination, "2001:db8::7", 443);
	assert_int_equal(read.flags, WHITHER_HOP_BY_PROCESS);
	assert_int_equal(read.time, 77);
	assert_int_equal(read.reserved, 0);
}

static void the_newest_hop_is_read_from_the_record(void **state)
{
	struct wh_record record = random_record(1, "192.0.2.7", "198.51.100.1");
	struct wh_abi_hop filled;
	struct whither_hop read;

	memset(&filled, 0x5a, sizeof(filled));
	wh_abi_newest_hop_fill(&filled, &record);
	memcpy(&read, &filled, sizeof(read));
	assert_memory_equal(&read.redirector, &record.redirector, 16);
	assert_address(&read.destination, "192.0.2.7", 443);
	assert_int_equal(read.flags, 0);
	assert_int_equal(read.time, record.time);
	assert_int_equal(read.reserved, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_v4_address_is_read_as_sockaddr_in),
		cmocka_unit_test(a_v6_address_is_read_as_sockaddr_in6),
		cmocka_unit_test(an_address_that_is_not_known_is_unspecified),
		cmocka_unit_test(the_origin_of_a_single_hop_is_its_record_s),
		cmocka_unit_test(the_client_is_the_oldest_hop_s_the_destination_the_newest_s),
		cmocka_unit_test(where_a_chain_began_by_process_the_client_is_that_process),
		cmocka_unit_test(a_hop_is_read_with_its_mark),
		cmocka_unit_test(the_newest_hop_is_read_from_the_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
