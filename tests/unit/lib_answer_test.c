/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The library against a kernel that is made up here and behaves as the real one was measured to:
 * getsockopt() and setsockopt() of this program stand before libc's. Every buffer ends at an
 * unreadable page.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <whither/whither.h>

#include "guard_page.h"

#define SOCKET 1000001 /* no descriptor of this process */
#define OUTBOUND 1000002

static struct {
	unsigned char answer[4096];
	size_t size;
	int option; /* that is answered */
	int error;  /* instead of an answer, from the call after these on: */
	int calls_before_error;
	int calls;
	unsigned char set[4096];
	size_t set_size;
	int set_error;
} kernel;

static int refuse(int error)
{
	errno = error;
	return -1;
}

int getsockopt(int fd, int level, int optname, void *restrict optval, socklen_t *restrict optlen)
{
	if (fd != SOCKET)
		return refuse(EBADF);
	assert_int_equal(level, SOL_WHITHER);
	assert_int_equal(optname, kernel.option);
	assert_true(*optlen <= INT_MAX);
	if (kernel.error && kernel.calls++ >= kernel.calls_before_error)
		return refuse(kernel.error);
	if (!optval) {
		*optlen = (socklen_t)kernel.size;
		return 0;
	}
	if (!*optlen)
		return refuse(EFAULT);
	if (*optlen < kernel.size)
		return refuse(ENOBUFS);
	memcpy(optval, kernel.answer, kernel.size);
	*optlen = (socklen_t)kernel.size;
	return 0;
}

int setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	if (fd != OUTBOUND)
		return refuse(EBADF);
	assert_int_equal(level, SOL_WHITHER);
	assert_int_equal(optname, WHITHER_RECORDS);
	assert_true(optlen <= INT_MAX);
	if (kernel.set_error)
		return refuse(kernel.set_error);
	assert_true(optlen <= sizeof(kernel.set));
	memcpy(kernel.set, optval, optlen);
	kernel.set_size = optlen;
	return 0;
}

static void answer_with(int option, size_t size)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.option = option;
	kernel.size = size;
	for (size_t i = 0; i < size; i++)
		kernel.answer[i] = (unsigned char)(i + 1);
	errno = 4242;
}

typedef int query_function(int fd, void *buffer, size_t size, size_t *needed);

static void ask_every_size(query_function *query, int option, size_t answer_size)
{
	for (size_t size = 0; size <= answer_size + 70; size++) {
		struct guarded buffer = guarded_create(size ? size : 1);
		size_t needed = 12345;

		answer_with(option, answer_size);
		memset(buffer.start, 0x5a, buffer.size);
		if (size < answer_size) {
			assert_int_equal(query(SOCKET, buffer.start, size, &needed), -ENOBUFS);
			for (size_t i = 0; i < buffer.size; i++)
				assert_int_equal(buffer.start[i], 0x5a);
		} else {
			assert_int_equal(query(SOCKET, buffer.start, size, &needed), 0);
			assert_memory_equal(buffer.start, kernel.answer, answer_size);
			for (size_t i = answer_size; i < buffer.size; i++)
				assert_int_equal(buffer.start[i], 0x5a);
		}
		assert_int_equal(needed, answer_size);
		assert_int_equal(query(SOCKET, buffer.start, size, NULL),
				 size < answer_size ? -ENOBUFS : 0);
		assert_int_equal(errno, 4242);
		guarded_destroy(&buffer);
	}
}

static void bytes_of_every_size(void **state)
{
	(void)state;
	ask_every_size(whither_query_records, WHITHER_RECORDS, 64);
	ask_every_size(whither_query_records, WHITHER_RECORDS, WHITHER_RECORDS_MAX);
	ask_every_size(whither_query_context, WHITHER_CONTEXT, 1);
	ask_every_size(whither_query_context, WHITHER_CONTEXT, 256);
}

static void a_probe(void **state)
{
	size_t needed = 12345;

	(void)state;
	answer_with(WHITHER_RECORDS, 64);
	assert_int_equal(whither_query_records(SOCKET, NULL, 0, &needed), -ENOBUFS);
	assert_int_equal(needed, 64);
	assert_int_equal(whither_query_records(SOCKET, NULL, 0, NULL), -ENOBUFS);
	assert_int_equal(errno, 4242);
}

static void sizes_beyond_int(void **state)
{
	unsigned char buffer[WHITHER_ANSWER_MAX];
	size_t needed = 0;

	(void)state;
	answer_with(WHITHER_RECORDS, 64);
	assert_int_equal(whither_query_records(SOCKET, buffer, (size_t)INT_MAX + 1, &needed), 0);
	assert_int_equal(needed, 64);
	assert_int_equal(whither_query_records(SOCKET, buffer, (size_t)1 << 32, &needed), 0);
	assert_int_equal(whither_query_records(SOCKET, buffer, SIZE_MAX, &needed), 0);
	answer_with(WHITHER_HOPS, 64);
	assert_int_equal(whither_query_hops(SOCKET, (struct whither_hop *)(void *)buffer, SIZE_MAX,
					    &needed),
			 0);
	assert_int_equal(needed, 1);
}

/* The connection may change between the call that was too small and the one that asks how small. */
static void an_error_of_the_second_call(void **state)
{
	unsigned char buffer[8];
	size_t needed = 12345;

	(void)state;
	answer_with(WHITHER_RECORDS, 64);
	kernel.error = ENOTCONN;
	kernel.calls_before_error = 1;
	assert_int_equal(whither_query_records(SOCKET, buffer, sizeof(buffer), &needed), -ENOTCONN);
	assert_int_equal(needed, 12345);
}

/* Without a buffer, ENOBUFS is not about its size. */
static void no_memory_in_the_kernel(void **state)
{
	unsigned char buffer[128];
	size_t needed = 12345;

	(void)state;
	answer_with(WHITHER_RECORDS, 64);
	kernel.error = ENOBUFS;
	assert_int_equal(whither_query_records(SOCKET, NULL, 0, &needed), -ENOMEM);
	assert_int_equal(whither_query_records(SOCKET, buffer, sizeof(buffer), &needed), -ENOMEM);
	assert_int_equal(whither_relate(OUTBOUND, SOCKET), -ENOMEM);
	assert_int_equal(needed, 12345);
	assert_int_equal(kernel.set_size, 0);
}

static void errors_pass_unchanged_but_one(void **state)
{
	static const int errors[] = {ENOENT, ENOTCONN, EINVAL,  EOPNOTSUPP, EFAULT,  ENOMEM,
				     EACCES, ESTALE,   EBADMSG, EOVERFLOW,  EISCONN, ENOPROTOOPT};
	unsigned char buffer[64];
	struct whither_hop hop;
	struct whither_origin origin = {.size = sizeof(origin)};
	size_t needed = 12345;

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		int expected = errors[i] == ENOPROTOOPT ? -EOPNOTSUPP : -errors[i];

		answer_with(WHITHER_RECORDS, 64);
		kernel.error = kernel.set_error = errors[i];
		assert_int_equal(whither_query_records(SOCKET, buffer, 64, &needed), expected);
		assert_int_equal(whither_query_records(SOCKET, NULL, 0, &needed), expected);
		assert_int_equal(whither_set_records(OUTBOUND, buffer, 64, &needed), expected);
		assert_int_equal(whither_relate(OUTBOUND, SOCKET), expected);
		kernel.error = 0;
		assert_int_equal(whither_relate(OUTBOUND, SOCKET), expected);
		kernel.error = errors[i];
		kernel.option = WHITHER_CONTEXT;
		assert_int_equal(whither_query_context(SOCKET, buffer, 64, &needed), expected);
		kernel.option = WHITHER_HOPS;
		assert_int_equal(whither_query_hops(SOCKET, &hop, 1, &needed), expected);
		kernel.option = WHITHER_ORIGIN;
		assert_int_equal(whither_query_origin(SOCKET, &origin), expected);
		assert_int_equal(origin.size, sizeof(origin));
		assert_int_equal(needed, 12345);
		assert_int_equal(errno, 4242);
	}
}

/* asked: the size that the caller was compiled with; answered: that of the kernel's structure. */
static void ask_origin(uint32_t asked, uint32_t answered)
{
	struct guarded memory = guarded_create(asked);
	struct whither_origin *origin = (struct whither_origin *)(void *)memory.start;
	uint32_t filled = asked < answered ? asked : answered;

	answer_with(WHITHER_ORIGIN, answered);
	memcpy(kernel.answer, &answered, sizeof(answered));
	memset(memory.start, 0x5a, asked);
	memcpy(memory.start, &asked, sizeof(asked));
	assert_int_equal(whither_query_origin(SOCKET, origin), 0);
	assert_memory_equal(memory.start, &filled, sizeof(filled));
	assert_memory_equal(memory.start + 4, kernel.answer + 4, filled - 4);
	for (uint32_t i = filled; i < asked; i++)
		assert_int_equal(memory.start[i], 0);
	assert_int_equal(errno, 4242);
	guarded_destroy(&memory);
}

static void origins_of_every_age(void **state)
{
	(void)state;
	for (uint32_t asked = 8; asked <= WHITHER_ANSWER_MAX; asked += 8) {
		ask_origin(asked, sizeof(struct whither_origin));
		ask_origin(asked, WHITHER_ANSWER_MAX);
		ask_origin(asked, 96);
	}
}

static void hops_of_every_count(void **state)
{
	(void)state;
	for (size_t hops = 1; hops <= WHITHER_HOPS_MAX; hops++) {
		for (size_t capacity = 0; capacity <= 20; capacity++) {
			struct guarded memory = guarded_create(capacity ? capacity * 64 : 1);
			void *start = capacity ? memory.start : NULL;
			size_t count = 12345;
			int expected = capacity < hops ? -ENOBUFS : 0;

			answer_with(WHITHER_HOPS, hops * sizeof(struct whither_hop));
			assert_int_equal(whither_query_hops(SOCKET, start, capacity, &count),
					 expected);
			assert_int_equal(count, hops);
			if (!expected)
				assert_memory_equal(start, kernel.answer, kernel.size);
			assert_int_equal(whither_query_hops(SOCKET, start, capacity, NULL),
					 expected);
			guarded_destroy(&memory);
		}
	}
}

static void records_are_set_as_they_are(void **state)
{
	struct guarded token = guarded_create(64);
	size_t needed = 12345;

	(void)state;
	answer_with(WHITHER_RECORDS, 64);
	memcpy(token.start, kernel.answer, 64);
	assert_int_equal(whither_set_records(OUTBOUND, token.start, 64, &needed), 0);
	assert_int_equal(needed, 64);
	assert_int_equal(kernel.set_size, 64);
	assert_memory_equal(kernel.set, kernel.answer, 64);
	assert_int_equal(whither_set_records(OUTBOUND, token.start, 63, NULL), 0);
	assert_int_equal(kernel.set_size, 63);
	guarded_destroy(&token);
}

static void relating_sets_what_was_asked(void **state)
{
	(void)state;
	for (size_t size = 1; size <= WHITHER_RECORDS_MAX; size++) {
		answer_with(WHITHER_RECORDS, size);
		assert_int_equal(whither_relate(OUTBOUND, SOCKET), 0);
		assert_int_equal(kernel.set_size, size);
		assert_memory_equal(kernel.set, kernel.answer, size);
		assert_int_equal(errno, 4242);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_every_size),
		cmocka_unit_test(a_probe),
		cmocka_unit_test(sizes_beyond_int),
		cmocka_unit_test(an_error_of_the_second_call),
		cmocka_unit_test(no_memory_in_the_kernel),
		cmocka_unit_test(errors_pass_unchanged_but_one),
		cmocka_unit_test(origins_of_every_age),
		cmocka_unit_test(hops_of_every_count),
		cmocka_unit_test(records_are_set_as_they_are),
		cmocka_unit_test(relating_sets_what_was_asked),
	};

	return cmocka_run_group_tests_name("lib_answer", tests, NULL, NULL);
}
